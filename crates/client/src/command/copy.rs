use imapclient_codec::{
    Code, CopyUid, MailboxName, Outgoing, Response, Status, Tag, UidSet, command,
};
use imapclient_engine::State;

use super::{Command, need_mailbox};
use crate::{
    done::{Copied, Done, merge, proved},
    error::{Error, Result},
};

/// `COPY` and `MOVE`, by UID or by sequence number.
pub(crate) struct Copy<'a> {
    pub(crate) set: command::Set,
    pub(crate) to: &'a MailboxName,
    pub(crate) remove: bool,
    told: Option<CopyUid>,
    /// The most messages that the mailbox had while the command was under way.
    exists: u32,
    /// Messages have gone meanwhile.
    gone: bool,
}

impl<'a> Copy<'a> {
    pub(crate) fn new(set: command::Set, to: &'a MailboxName, remove: bool) -> Self {
        Self {
            set,
            to,
            remove,
            told: None,
            exists: 0,
            gone: false,
        }
    }

    /// Returns the UIDs that the server has told so far, if they can be true.
    fn proved(&self, last: Option<CopyUid>) -> Option<CopyUid> {
        let told = last.or_else(|| self.told.clone());
        told.and_then(|told| proved(told, &self.set, self.exists))
    }

    /// What is done once these messages are copied.
    pub(crate) fn done(remove: bool, messages: UidSet, uids: Option<CopyUid>) -> Done {
        if remove {
            Done::Moved { messages, uids }
        } else {
            Done::Copied { messages, uids }
        }
    }
}

impl Command for Copy<'_> {
    type Output = Copied;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        self.exists = state.selected().map_or(0, |mailbox| mailbox.exists);
        if self.remove {
            need_mailbox("MOVE", state)?;
            return Ok(command::move_to(&self.set, self.to, state.names())?);
        }
        need_mailbox("COPY", state)?;
        Ok(command::copy(&self.set, self.to, state.names())?)
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            // MOVE tells it beforehand (RFC 6851 §4.3); several are one answer.
            Response::Status(Status {
                code: Some(Code::CopyUid(copied)),
                ..
            }) => {
                merge(&mut self.told, usable(copied));
                None
            }
            Response::Exists(count) => {
                self.exists = self.exists.max(count);
                Some(Response::Exists(count))
            }
            other => {
                self.gone |= matches!(other, Response::Expunge(_) | Response::Vanished(_));
                Some(other)
            }
        }
    }

    fn failed(&self, error: Error) -> Error {
        let error = match self.remove && (self.gone || self.told.is_some()) {
            true => error.in_part(),
            false => error,
        };
        error.after(Self::done(self.remove, UidSet::new(), self.proved(None)))
    }

    fn finish(self, done: Status) -> Result<Self::Output> {
        let last = match done.code {
            Some(Code::CopyUid(copied)) => usable(copied),
            _ => None,
        };
        Ok(Copied::of(self.proved(last)))
    }
}

/// Returns a COPYUID, unless it leaves open which message became which.
fn usable(copied: CopyUid) -> Option<CopyUid> {
    let pairs = copied.source.len();
    (pairs != Some(0) && pairs == copied.destination.len()).then_some(copied)
}
