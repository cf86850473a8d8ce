//! APPEND.

use imapclient_codec::{
    AppendUid, Code, InvalidArgument, MailboxName, Needs, Outgoing, Status, command,
};
use imapclient_engine::State;

use super::Command;
use crate::{done::distinct, error::Result};

/// `APPEND` of one message, or of several by `MULTIAPPEND`.
#[derive(Debug)]
pub(crate) struct Append {
    name: MailboxName,
    /// The number of messages.
    count: u64,
    outgoing: Outgoing,
    /// The UIDVALIDITY of the mailbox, if it is selected.
    uid_validity: Option<u32>,
}

impl Append {
    pub(crate) fn new(
        name: MailboxName,
        messages: &[command::Append],
    ) -> Result<Self, InvalidArgument> {
        Ok(Self {
            count: messages.len() as u64,
            outgoing: command::append_all(&name, messages)?,
            name,
            uid_validity: None,
        })
    }

    /// Creates the APPEND of a message whose bytes follow.
    pub(crate) fn stream(
        name: MailboxName,
        message: &command::AppendStream,
    ) -> Result<Self, InvalidArgument> {
        Ok(Self {
            count: 1,
            outgoing: command::append_stream(&name, message)?,
            name,
            uid_validity: None,
        })
    }
}

impl Command for Append {
    type Output = Option<AppendUid>;

    fn needs(&self) -> Needs {
        self.outgoing.needs().clone()
    }

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        let selected = state.selected().filter(|mailbox| mailbox.name == self.name);
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
