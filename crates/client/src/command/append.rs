use imapclient_codec::{AppendUid, Code, MailboxName, Outgoing, Status, command};
use imapclient_engine::State;

use super::{Command, need_login};
use crate::error::Result;

/// `APPEND`.
pub(crate) struct Append {
    pub(crate) name: MailboxName,
    pub(crate) messages: Vec<command::Append>,
}

impl Command for Append {
    type Output = Option<AppendUid>;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_login("APPEND", state)?;
        Ok(command::append_all(
            &self.name,
            &self.messages,
            state.names(),
        )?)
    }

    fn finish(self, done: Status) -> Result<Self::Output> {
        match done.code {
            Some(Code::AppendUid(appended)) => Ok(Some(appended)),
            _ => Ok(None),
        }
    }
}
