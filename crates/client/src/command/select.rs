//! SELECT and EXAMINE.

use imapclient_codec::{Code, Needs, Outgoing, Response, Status, StatusKind, Tag};
use imapclient_engine::State;

use super::Command;
use crate::error::Result;

/// `SELECT` and `EXAMINE`. The engine keeps the data about the mailbox; this only prevents them
/// from becoming updates.
pub(crate) struct Select(pub(crate) Outgoing);

impl Command for Select {
    type Output = ();

    fn needs(&self) -> Needs {
        self.0.needs().clone()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.0.clone())
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            Response::Exists(_) | Response::Recent(_) | Response::Flags(_) => None,
            Response::Status(Status {
                kind: StatusKind::Ok,
                code:
                    Some(
                        Code::PermanentFlags(_)
                        | Code::UidValidity(_)
                        | Code::UidNext(_)
                        | Code::Unseen(_)
                        | Code::HighestModSeq(_)
                        | Code::NoModSeq
                        | Code::MailboxId(_)
                        | Code::Closed,
                    ),
                ..
            }) => None,
            other => Some(other),
        }
    }

    fn finish(self, _done: Status) -> Result<()> {
        Ok(())
    }
}
