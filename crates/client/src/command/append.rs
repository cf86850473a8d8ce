use imapclient_codec::{AppendUid, Code, MailboxName, Outgoing, Status, command};
use imapclient_engine::State;

use super::{Command, need_login};
use crate::error::Result;

/// `APPEND` of one message, or of several by `MULTIAPPEND`.
pub(crate) struct Append<'a> {
    pub(crate) name: &'a MailboxName,
    pub(crate) messages: &'a [command::Append],
}

impl Command for Append<'_> {
    type Output = Option<AppendUid>;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_login("APPEND", state)?;
        Ok(command::append_all(
            self.name,
            self.messages,
            state.names(),
        )?)
    }

    fn finish(self, done: Status) -> Result<Self::Output> {
        match done.code {
            // With fewer or more UIDs than messages nobody knows which is whose.
            Some(Code::AppendUid(appended))
                if appended.uids.len() == Some(self.messages.len() as u64) =>
            {
                Ok(Some(appended))
            }
            _ => Ok(None),
        }
    }
}
