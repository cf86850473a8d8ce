//! UIDs that are not valid any more.

use imapclient_codec::Outgoing;
use imapclient_engine::State;

use crate::{
    error::{Error, Result},
    outcome::{Outcome, changes},
};

/// Whether a command depends on the UIDs of the selected mailbox, and what it is called then.
pub(crate) struct ByUid(Option<String>);

impl ByUid {
    /// Judges a command before it is sent.
    ///
    /// # Errors
    /// [`Error::UidValidity`] if the UIDs that it depends on are not valid any more.
    pub(crate) fn of(outgoing: &Outgoing, state: &State) -> Result<Self> {
        let by_uid = outgoing.is_by_uid();
        if by_uid {
            still_valid(state)?;
        }
        Ok(Self(by_uid.then(|| outgoing.name())))
    }

    /// Judges the answer of a command that the server has done. It was sent for UIDs that were
    /// valid: nobody knows whether the server took them for those of other messages.
    ///
    /// # Errors
    /// [`Error::UidValidity`] if they became invalid while the command was under way; within
    /// [`Error::Unfinished`] if it changes something.
    pub(crate) fn still_valid(&self, state: &State) -> Result<()> {
        let Some(name) = &self.0 else {
            return Ok(());
        };
        still_valid(state).map_err(|error| match changes(name) {
            true => error.unfinished(name.clone(), Outcome::Unknown),
            false => error,
        })
    }
}

fn still_valid(state: &State) -> Result<()> {
    let Some(mailbox) = state.selected() else {
        return Ok(());
    };
    match (mailbox.uid_validity, mailbox.new_uid_validity) {
        (Some(was), Some(is)) => Err(Error::UidValidity {
            mailbox: mailbox.name.clone(),
            was,
            is,
        }),
        _ => Ok(()),
    }
}
