//! SEARCH and SORT.

use imapclient_codec::{Needs, Outgoing, Response, Status, Tag};
use imapclient_engine::State;

use super::Command;
use crate::{error::Result, found::Found, selection::MessageId};

/// `SEARCH` and `SORT`.
pub(crate) struct Search<Id> {
    pub(crate) outgoing: Outgoing,
    pub(crate) found: Found<Id>,
}

impl<Id: MessageId> Command for Search<Id> {
    type Output = Found<Id>;

    fn needs(&self) -> Needs {
        self.outgoing.needs().clone()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.outgoing.clone())
    }

    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        self.found.accept(tag, response)
    }

    fn finish(self, _done: Status) -> Result<Found<Id>> {
        Ok(self.found)
    }
}
