use imapclient_codec::{Code, CopyUid, MailboxName, Outgoing, Response, Status, Tag, command};
use imapclient_engine::State;

use super::{Command, need_mailbox};
use crate::error::{Error, Result};

/// `COPY` and `MOVE`, by UID or by sequence number.
pub(crate) struct Copy<'a> {
    pub(crate) set: command::Set,
    pub(crate) to: &'a MailboxName,
    pub(crate) remove: bool,
    pub(crate) copied: Option<CopyUid>,
}

impl Command for Copy<'_> {
    type Output = Option<CopyUid>;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
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
                merge(&mut self.copied, Some(copied));
                None
            }
            other => Some(other),
        }
    }

    fn refused(&self, refusal: Error) -> Error {
        after(refusal, self.copied.clone())
    }

    fn finish(self, done: Status) -> Result<Self::Output> {
        match done.code {
            Some(Code::CopyUid(copied)) => Ok(Some(copied)),
            _ => Ok(self.copied),
        }
    }
}

/// A refusal, with what was done before it.
pub(crate) fn after(mut refusal: Error, copied: Option<CopyUid>) -> Error {
    if let Error::Refused(refused) = &mut refusal {
        let mut all = copied;
        merge(&mut all, refused.copied.take());
        refused.copied = all;
    }
    refusal
}

/// Puts what is told of the steps of one copy together.
pub(crate) fn merge(all: &mut Option<CopyUid>, step: Option<CopyUid>) {
    match (all.as_mut(), step) {
        (Some(all), Some(step)) if all.uid_validity == step.uid_validity => {
            all.source.append(step.source);
            all.destination.append(step.destination);
        }
        (None, step) => *all = step,
        _ => {}
    }
}
