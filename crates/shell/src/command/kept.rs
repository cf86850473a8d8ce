//! Messages that were fetched, although others are missing: the server did not send all of them,
//! or they could not be kept.

use std::collections::BTreeMap;

use imapclient::{Error, Fetch};

use crate::failure::{Failure, Result};

/// The messages of one fetch or several, and the failure about those that are missing.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) found: BTreeMap<u32, Fetch>,
    missing: Option<Error>,
    /// The server has refused to send the rest.
    refused: Option<Error>,
}

impl Kept {
    /// Adds the result of one fetch.
    ///
    /// # Errors
    /// Returns errors that have no messages.
    pub(super) fn add(&mut self, fetched: imapclient::Result<BTreeMap<u32, Fetch>>) -> Result<()> {
        let mut error = match fetched {
            Ok(mut found) => {
                self.found.append(&mut found);
                return Ok(());
            }
            Err(error) => error,
        };
        match &mut error {
            Error::TooLarge(lost) | Error::Unnamed(lost) => {
                self.found.append(&mut lost.kept);
                match &mut self.missing {
                    Some(Error::TooLarge(all) | Error::Unnamed(all)) => {
                        all.missing.append(&mut lost.missing);
                    }
                    missing => *missing = Some(error),
                }
            }
            Error::Refused(refused) if !(refused.kept.is_empty() && self.found.is_empty()) => {
                self.found.append(&mut refused.kept);
                self.refused = Some(error);
            }
            _ => return Err(error.into()),
        }
        Ok(())
    }

    /// Takes the messages from the error of a fetch.
    ///
    /// # Errors
    /// Returns errors that have no messages.
    pub(super) fn of(error: Error) -> Result<Self> {
        let mut kept = Self::default();
        kept.add(Err(error))?;
        Ok(kept)
    }

    /// Returns whether the server has refused to send more.
    pub(super) fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// Returns one value of each message that has it.
    pub(super) fn values<T>(&self, value: impl Fn(&Fetch) -> Option<T>) -> BTreeMap<u32, T> {
        let found = self.found.iter();
        found
            .filter_map(|(number, fetch)| Some((*number, value(fetch)?)))
            .collect()
    }

    /// Returns the failure to report after the messages.
    pub(super) fn failure(self) -> Option<Failure> {
        match (self.missing, self.refused) {
            (Some(missing), Some(refused)) => {
                let place = Failure::from(missing).text();
                Some(Failure::from(refused).at(place))
            }
            (missing, refused) => missing.or(refused).map(Failure::from),
        }
    }
}
