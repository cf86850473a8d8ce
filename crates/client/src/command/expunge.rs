//! EXPUNGE and UID EXPUNGE.

use imapclient_codec::{Needs, Outgoing, Response, Status, Tag};
use imapclient_engine::State;

use super::Command;
use crate::{
    done::Removed,
    error::{Error, Result},
};

/// `EXPUNGE` and `UID EXPUNGE`.
pub(crate) struct Expunge {
    outgoing: Outgoing,
    gone: Removed,
}

impl Expunge {
    pub(crate) fn new(outgoing: Outgoing) -> Self {
        let gone = Removed::default();
        Self { outgoing, gone }
    }
}

impl Command for Expunge {
    type Output = Removed;

    fn needs(&self) -> Needs {
        self.outgoing.needs().clone()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.outgoing.clone())
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            Response::Expunge(seq) => {
                self.gone.seqs.push(seq);
                None
            }
            Response::Vanished(vanished) if !vanished.earlier => {
                self.gone.uids.append(vanished.uids);
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

    fn finish(self, _done: Status) -> Result<Removed> {
        Ok(self.gone)
    }
}
