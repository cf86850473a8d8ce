use imapclient_codec::{Outgoing, Response, Status, Tag};
use imapclient_engine::State;

use super::Command;
use crate::error::Result;

/// A command given as text.
pub(crate) struct Raw {
    command: Outgoing,
    responses: Vec<Response>,
}

impl Raw {
    pub(crate) fn new(command: Outgoing) -> Self {
        let responses = Vec::new();
        Self { command, responses }
    }
}

impl Command for Raw {
    type Output = (Vec<Response>, Status);

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.command.clone())
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        self.responses.push(response);
        None
    }

    fn finish(self, done: Status) -> Result<Self::Output> {
        Ok((self.responses, done))
    }
}
