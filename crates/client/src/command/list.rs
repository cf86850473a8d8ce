use imapclient_codec::{self as codec, Outgoing, Response, Status, command};
use imapclient_engine::State;

use super::{Command, need_login};
use crate::error::Result;

/// `LIST`.
pub(crate) struct List<'a> {
    pub(crate) reference: &'a str,
    pub(crate) pattern: &'a str,
    pub(crate) found: Vec<codec::List>,
}

impl Command for List<'_> {
    type Output = Vec<codec::List>;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_login("LIST", state)?;
        Ok(command::list(self.reference, self.pattern, state.names())?)
    }

    fn accept(&mut self, response: Response) -> Option<Response> {
        match response {
            Response::List(list) => {
                self.found.push(list);
                None
            }
            other => Some(other),
        }
    }

    fn finish(self, _done: Status) -> Result<Self::Output> {
        Ok(self.found)
    }
}
