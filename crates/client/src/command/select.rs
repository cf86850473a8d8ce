//! SELECT and EXAMINE.

use imapclient_codec::{Code, Fetch, Needs, Outgoing, Response, Status, StatusKind, Tag, UidSet};
use imapclient_engine::State;

use super::Command;
use crate::error::Result;

/// `SELECT` and `EXAMINE`. The engine keeps the data about the mailbox; this only prevents them
/// from becoming updates, and keeps the changes since an earlier state.
pub(crate) struct Select {
    outgoing: Outgoing,
    /// True if the changes were asked for, by QRESYNC.
    resyncs: bool,
    vanished: UidSet,
    changed: Vec<Fetch>,
}

impl Select {
    pub(crate) fn new(outgoing: Outgoing) -> Self {
        Self {
            outgoing,
            resyncs: false,
            vanished: UidSet::new(),
            changed: Vec::new(),
        }
    }

    /// Creates the command with QRESYNC.
    pub(crate) fn resyncing(outgoing: Outgoing) -> Self {
        Self {
            resyncs: true,
            ..Self::new(outgoing)
        }
    }
}

impl Command for Select {
    /// The messages that have been removed, and those that have changed.
    type Output = (UidSet, Vec<Fetch>);

    fn needs(&self) -> Needs {
        self.outgoing.needs().clone()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.outgoing.clone())
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            Response::Exists(_) | Response::Recent(_) | Response::Flags(_) => None,
            Response::Status(Status {
                kind: StatusKind::Ok,
                code: Some(Code::Closed),
                ..
            }) => {
                // The responses so far were about the mailbox that was selected before.
                self.vanished = UidSet::new();
                self.changed.clear();
                None
            }
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
                        | Code::MailboxId(_),
                    ),
                ..
            }) => None,
            Response::Vanished(vanished) if self.resyncs && vanished.earlier => {
                self.vanished.append(vanished.uids);
                None
            }
            Response::Fetch(fetch) if self.resyncs && fetch.uid().is_some() => {
                self.changed.push(fetch);
                None
            }
            other => Some(other),
        }
    }

    fn finish(mut self, _done: Status) -> Result<Self::Output> {
        self.vanished.compact();
        Ok((self.vanished, self.changed))
    }
}
