use imapclient_codec::{Outgoing, Response, Status, Tag, UidSet, command};
use imapclient_engine::State;

use super::{Command, need_mailbox};
use crate::error::Result;

/// `EXPUNGE` and `UID EXPUNGE`.
pub(crate) struct Expunge {
    /// Only these messages.
    pub(crate) uids: Option<UidSet>,
    pub(crate) gone: Vec<u32>,
}

impl Command for Expunge {
    type Output = Vec<u32>;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_mailbox("EXPUNGE", state)?;
        Ok(match &self.uids {
            Some(uids) => command::uid_expunge(uids)?,
            None => command::expunge(),
        })
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            Response::Expunge(seq) => {
                self.gone.push(seq);
                None
            }
            other => Some(other),
        }
    }

    fn finish(self, _done: Status) -> Result<Vec<u32>> {
        Ok(self.gone)
    }
}
