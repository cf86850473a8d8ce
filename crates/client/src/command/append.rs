use imapclient_codec::{AppendUid, Code, MailboxName, Outgoing, Status, UidSet, command};
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
            // With fewer or more UIDs than messages nobody knows which is whose, nor with one UID
            // for two of them.
            Some(Code::AppendUid(appended))
                if distinct(&appended.uids) == Some(self.messages.len() as u64) =>
            {
                Ok(Some(appended))
            }
            _ => Ok(None),
        }
    }
}

/// Counts the UIDs of a set; `None` if it has a `*`, or one of them twice.
pub(crate) fn distinct(uids: &UidSet) -> Option<u64> {
    let mut compact = uids.clone();
    compact.compact();
    uids.len().filter(|_| compact.len() == uids.len())
}
