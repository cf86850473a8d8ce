//! Detects UIDs that are no longer valid.

use imapclient_codec::Outgoing;
use imapclient_engine::State;

use crate::{
    error::{Error, Result},
    outcome::{Outcome, changes},
};

/// The name of a command that depends on the UIDs of the selected mailbox; `None` for other
/// commands.
pub(crate) struct ByUid(Option<String>);

impl ByUid {
    /// Checks a command before it is sent.
    ///
    /// # Errors
    /// Returns [`Error::UidValidity`] if the UIDs that it depends on are no longer valid.
    pub(crate) fn of(outgoing: &Outgoing, state: &State) -> Result<Self> {
        let by_uid = outgoing.is_by_uid();
        if by_uid {
            still_valid(state)?;
        }
        Ok(Self(by_uid.then(|| outgoing.name())))
    }

    /// Checks a command that the server has executed. Its UIDs were valid when it was sent; if they
    /// no longer are, it is unknown whether the server applied it to other messages.
    ///
    /// # Errors
    /// Returns [`Error::UidValidity`] if the UIDs became invalid while the command was under way;
    /// within [`Error::Unfinished`] if the command changes something.
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

/// Fails if the UIDs of the selected mailbox are no longer valid.
pub(crate) fn still_valid(state: &State) -> Result<()> {
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
