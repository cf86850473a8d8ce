use imapclient_codec::{Outgoing, Response, Status, Tag, UidSet, command};
use imapclient_engine::State;

use super::{Command, need_mailbox};
use crate::{
    done::Expunged,
    error::{Error, Result},
};

/// `EXPUNGE` and `UID EXPUNGE`.
pub(crate) struct Expunge {
    /// Only these messages.
    pub(crate) uids: Option<UidSet>,
    gone: Expunged,
}

impl Expunge {
    /// Removes all messages with `\Deleted`, or those of these.
    pub(crate) fn new(uids: Option<UidSet>) -> Self {
        let gone = Expunged::default();
        Self { uids, gone }
    }
}

impl Command for Expunge {
    type Output = Expunged;

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
                self.gone.seqs.push(seq);
                None
            }
            Response::Vanished(vanished) if !vanished.earlier => {
                self.gone.vanished.append(vanished.uids);
                None
            }
            other => Some(other),
        }
    }

    fn failed(&self, error: Error) -> Error {
        match self.gone.named() {
            0 => error,
            _ => error.in_part(),
        }
    }

    fn finish(self, _done: Status) -> Result<Expunged> {
        Ok(self.gone)
    }
}
