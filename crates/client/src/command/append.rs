//! APPEND.

use imapclient_codec::{
    AppendUid, Code, InvalidArgument, MailboxName, Needs, Outgoing, Status, command,
};
use imapclient_engine::State;

use super::Command;
use crate::{done::distinct, error::Result};

/// `APPEND` of one message, or of several by `MULTIAPPEND`.
pub(crate) struct Append<'a> {
    name: &'a MailboxName,
    /// The number of messages.
    count: u64,
    outgoing: Outgoing,
    /// The UIDVALIDITY of the mailbox, if it is selected.
    uid_validity: Option<u32>,
}

impl<'a> Append<'a> {
    pub(crate) fn new(
        name: &'a MailboxName,
        messages: &[command::Append],
    ) -> Result<Self, InvalidArgument> {
        Ok(Self {
            name,
            count: messages.len() as u64,
            outgoing: command::append_all(name, messages)?,
            uid_validity: None,
        })
    }
}

impl Command for Append<'_> {
    type Output = Option<AppendUid>;

    fn needs(&self) -> Needs {
        self.outgoing.needs().clone()
    }

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        let selected = state
            .selected()
            .filter(|mailbox| mailbox.name == *self.name);
        self.uid_validity = selected.and_then(|mailbox| mailbox.uid_validity);
        Ok(self.outgoing.clone())
    }

    fn finish(self, done: Status) -> Result<Self::Output> {
        match done.code {
            // If the number of UIDs differs from that of the messages, or two messages have the
            // same UID, the UIDs cannot be assigned to messages.
            Some(Code::AppendUid(appended))
                if distinct(&appended.uids) == Some(self.count)
                    && self
                        .uid_validity
                        .is_none_or(|known| known == appended.uid_validity) =>
            {
                Ok(Some(appended))
            }
            _ => Ok(None),
        }
    }
}
