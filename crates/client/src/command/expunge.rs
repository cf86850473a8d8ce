//! EXPUNGE and UID EXPUNGE.

use imapclient_codec::{InvalidArgument, Needs, Outgoing, Response, Status, Tag, UidSet, command};
use imapclient_engine::State;

use super::Command;
use crate::{
    done::Expunged,
    error::{Error, Result},
    needs::needs_of,
};

/// `EXPUNGE` and `UID EXPUNGE`.
pub(crate) struct Expunge {
    /// The messages to remove; `None` for all with `\Deleted`.
    pub(crate) uids: Option<UidSet>,
    gone: Expunged,
}

impl Expunge {
    /// Removes all messages with `\Deleted`, or those among `uids`.
    pub(crate) fn new(uids: Option<UidSet>) -> Self {
        let gone = Expunged::default();
        Self { uids, gone }
    }

    fn outgoing(&self) -> Result<Outgoing, InvalidArgument> {
        match &self.uids {
            Some(uids) => command::uid_expunge(uids),
            None => Ok(command::expunge()),
        }
    }
}

impl Command for Expunge {
    type Output = Expunged;

    fn needs(&self) -> Needs {
        needs_of(|_| self.outgoing())
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.outgoing()?)
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
