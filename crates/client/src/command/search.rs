use imapclient_codec::{Outgoing, Response, Status, command, command::SearchKey};
use imapclient_engine::State;

use super::{Command, need_mailbox};
use crate::error::Result;

/// `UID SEARCH`.
pub(crate) struct Search {
    pub(crate) key: SearchKey,
    pub(crate) found: Vec<u32>,
}

impl Command for Search {
    type Output = Vec<u32>;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_mailbox("SEARCH", state)?;
        Ok(command::search(&self.key, state.names())?)
    }

    fn accept(&mut self, response: Response) -> Option<Response> {
        match response {
            // A long answer may come in several lines.
            Response::Search(mut search) => {
                if self.found.is_empty() {
                    self.found = search.numbers;
                } else {
                    self.found.append(&mut search.numbers);
                }
                None
            }
            other => Some(other),
        }
    }

    fn finish(self, _done: Status) -> Result<Vec<u32>> {
        Ok(self.found)
    }
}
