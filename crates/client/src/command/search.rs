use imapclient_codec::{InvalidArgument, Names, Outgoing, Response, Status, Tag};
use imapclient_engine::State;

use super::{Command, need_mailbox};
use crate::{error::Result, found::Found};

/// `SEARCH` and `SORT`.
pub(crate) struct Search<E> {
    pub(crate) name: &'static str,
    pub(crate) encode: E,
    pub(crate) found: Found,
}

impl<E> Command for Search<E>
where
    E: FnMut(Names) -> Result<Outgoing, InvalidArgument> + Send,
{
    type Output = Found;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_mailbox(self.name, state)?;
        Ok((self.encode)(state.names())?)
    }

    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        self.found.accept(tag, response)
    }

    fn finish(self, _done: Status) -> Result<Found> {
        Ok(self.found)
    }
}
