//! SELECT and EXAMINE.

use imapclient_codec::{
    Code, MailboxName, Needs, Outgoing, Response, Status, StatusKind, Tag, command,
};
use imapclient_engine::State;

use super::Command;
use crate::{error::Result, needs::needs_of};

/// `SELECT` and `EXAMINE`. The engine keeps the data about the mailbox; this only prevents them
/// from becoming updates.
pub(crate) struct Select {
    pub(crate) name: MailboxName,
    pub(crate) read_only: bool,
}

impl Command for Select {
    type Output = ();

    fn needs(&self) -> Needs {
        needs_of(|names| command::select(&self.name, self.read_only, names))
    }

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        Ok(command::select(&self.name, self.read_only, state.names())?)
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
