//! Messages that were fetched, although others are missing: the server did not send all of them,
//! or they could not be kept.

use std::collections::BTreeMap;

use imapclient::{Error, Fetch};

use crate::{
    arguments::messages::Number,
    failure::{Failure, Result},
};

/// The messages of one fetch or several, and the failure about those that are missing.
#[derive(Debug)]
pub(super) struct Kept<N> {
    pub(super) found: BTreeMap<N, Fetch>,
    /// Messages are missing that are too large to be kept.
    too_large: Option<Error>,
    /// Messages are missing whose UID the server does not send.
    unnamed: Option<Error>,
    /// The server has refused to send the rest.
    refused: Option<Error>,
}

impl<N> Default for Kept<N> {
    fn default() -> Self {
        Self {
            found: BTreeMap::new(),
            too_large: None,
            unnamed: None,
            refused: None,
        }
    }
}

impl<N: Number> Kept<N> {
    /// Adds the result of one fetch.
    ///
    /// # Errors
    /// Returns errors that have no messages.
    pub(super) fn add(&mut self, fetched: imapclient::Result<BTreeMap<N, Fetch>>) -> Result<()> {
        let mut error = match fetched {
            Ok(mut found) => {
                self.found.append(&mut found);
                return Ok(());
            }
            Err(error) => error,
        };
        match &mut error {
            Error::TooLarge(lost) => {
                self.keep(&mut lost.kept);
                match &mut self.too_large {
                    Some(Error::TooLarge(all)) => all.missing.append(&mut lost.missing),
                    first => *first = Some(error),
                }
            }
            Error::Unnamed(lost) => {
                self.keep(&mut lost.kept);
                match &mut self.unnamed {
                    Some(Error::Unnamed(all)) => all.missing.append(&mut lost.missing),
                    first => *first = Some(error),
                }
            }
            Error::Refused(refused) if !(refused.kept.is_empty() && self.found.is_empty()) => {
                self.keep(&mut refused.kept);
                self.refused = Some(error);
            }
            _ => return Err(error.into()),
        }
        Ok(())
    }

    fn keep(&mut self, kept: &mut Vec<Fetch>) {
        let kept = kept.drain(..);
        self.found
            .extend(kept.filter_map(|fetch| Some((N::number_of(&fetch)?, fetch))));
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
    pub(super) fn values<T>(&self, value: impl Fn(&Fetch) -> Option<T>) -> BTreeMap<N, T> {
        let found = self.found.iter();
        found
            .filter_map(|(number, fetch)| Some((*number, value(fetch)?)))
            .collect()
    }

    /// Returns the failure to report after the messages.
    pub(super) fn failure(self) -> Option<Failure> {
        let all = [self.too_large, self.unnamed, self.refused];
        let mut all = all.into_iter().flatten().map(Failure::from);
        let first = all.next()?;
        Some(all.fold(first, |before, next| next.at(before.text())))
    }
}
