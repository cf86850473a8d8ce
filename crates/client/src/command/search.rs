//! SEARCH and SORT.

use imapclient_codec::{InvalidArgument, NameEncoding, Needs, Outgoing, Response, Status, Tag};
use imapclient_engine::State;

use super::Command;
use crate::{error::Result, found::Found, needs::needs_of};

/// `SEARCH` and `SORT`.
pub(crate) struct Search<E> {
    pub(crate) encode: E,
    pub(crate) found: Found,
}

impl<E> Command for Search<E>
where
    E: Fn(NameEncoding) -> Result<Outgoing, InvalidArgument> + Send,
{
    type Output = Found;

    fn needs(&self) -> Needs {
        needs_of(&self.encode)
    }

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        Ok((self.encode)(state.names())?)
    }

    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        self.found.accept(tag, response)
    }

    fn finish(self, _done: Status) -> Result<Found> {
        Ok(self.found)
    }
}
