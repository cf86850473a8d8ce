//! COPY and MOVE.

use imapclient_codec::{
    Code, CopyUid, InvalidArgument, MailboxName, MessageCount, Needs, Outgoing, Response, Status,
    Tag, UidSet, command,
};
use imapclient_engine::State;

use super::Command;
use crate::{
    done::{Copied, Done, contains_all, merge, proved},
    error::{Error, Result},
    moving::MoveSteps,
};

/// The purpose of a command that copies messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// COPY for itself.
    Copy,
    /// MOVE.
    Move,
    /// COPY as the first step of a move without MOVE.
    MoveByCopy,
}

/// `COPY` and `MOVE`, by UID or by sequence number.
pub(crate) struct CopyOrMove {
    set: command::MessageSet,
    purpose: Transfer,
    outgoing: Outgoing,
    told: Option<CopyUid>,
    /// True if other commands of the same kind may be under way.
    is_shared: bool,
    /// The highest number of messages in the mailbox while the command was under way.
    exists: MessageCount,
    /// True if messages were removed meanwhile.
    gone: bool,
}

impl CopyOrMove {
    pub(crate) fn new(
        set: command::MessageSet,
        to: &MailboxName,
        purpose: Transfer,
    ) -> Result<Self, InvalidArgument> {
        Ok(Self {
            outgoing: transfer(purpose, &set, to)?,
            set,
            purpose,
            told: None,
            is_shared: false,
            exists: MessageCount::default(),
            gone: false,
        })
    }

    /// Returns the UIDs that the server has sent so far, if they are plausible.
    fn proved(&self, last: Option<CopyUid>) -> Option<CopyUid> {
        let told = last.or_else(|| self.told.clone());
        told.and_then(|told| proved(told, &self.set, self.exists))
    }

    /// Returns whether the UIDs of copied messages belong to this command.
    fn owns(&self, copied: &CopyUid) -> bool {
        match &self.set {
            command::MessageSet::Uids(uids) if self.is_shared => contains_all(uids, &copied.source),
            _ => true,
        }
    }

    /// Returns the description of a completed command.
    pub(crate) fn done(purpose: Transfer, messages: UidSet, uids: Option<CopyUid>) -> Done {
        match purpose {
            Transfer::Copy => Done::Copied { messages, uids },
            Transfer::Move => Done::Moved { messages, uids },
            Transfer::MoveByCopy => Done::MovedBySteps(Box::new(MoveSteps {
                copied: messages,
                uids,
                ..MoveSteps::default()
            })),
        }
    }
}

impl Command for CopyOrMove {
    type Output = Copied;

    fn needs(&self) -> Needs {
        self.outgoing.needs().clone()
    }

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        self.exists = state
            .selected()
            .map_or_else(MessageCount::default, |mailbox| mailbox.exists);
        Ok(self.outgoing.clone())
    }

    fn share(&mut self) {
        self.is_shared = true;
    }

    /// Removed messages are news. Of several moves under way, only the oldest takes note of them.
    fn is_news(&self, response: &Response) -> bool {
        self.is_shared
            && self.purpose == Transfer::Move
            && matches!(response, Response::Expunge(_) | Response::Vanished(_))
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            // MOVE sends it before its tagged response (RFC 6851 §4.3); several belong together.
            Response::Status(Status {
                code: Some(Code::CopyUid(copied)),
                ..
            }) if self.owns(&copied) => {
                merge(&mut self.told, usable(copied));
                None
            }
            Response::Exists(count) => {
                self.exists = self.exists.max(count);
                Some(Response::Exists(count))
            }
            gone @ (Response::Expunge(_) | Response::Vanished(_)) => {
                self.gone = true;
                (!self.is_news(&gone)).then_some(gone)
            }
            other => Some(other),
        }
    }

    fn failed(&self, error: Error) -> Error {
        let error = match self.purpose == Transfer::Move && (self.gone || self.told.is_some()) {
            true => error.in_part(),
            false => error,
        };
        error.after(Self::done(self.purpose, UidSet::new(), self.proved(None)))
    }

    fn finish(self, done: Status) -> Result<Self::Output> {
        let last = match done.code {
            Some(Code::CopyUid(copied)) => usable(copied),
            _ => None,
        };
        Ok(Copied::of(self.proved(last)))
    }
}

/// Encodes the command that copies or moves messages.
pub(crate) fn transfer(
    purpose: Transfer,
    set: &command::MessageSet,
    to: &MailboxName,
) -> Result<Outgoing, InvalidArgument> {
    match purpose {
        Transfer::Move => command::move_to(set, to),
        Transfer::Copy | Transfer::MoveByCopy => command::copy(set, to),
    }
}

/// Returns a COPYUID if it pairs old and new messages.
fn usable(copied: CopyUid) -> Option<CopyUid> {
    let pairs = copied.source.len();
    (pairs != Some(0) && pairs == copied.destination.len()).then_some(copied)
}
