//! A command under way with a caller that waits for its answer.

use imapclient_codec::{Response, Status, Tag};
use imapclient_engine::{Oversize, State};
use secrecy::zeroize::Zeroizing;

use crate::{
    command::Answered,
    error::{Error, Incomplete, Result, check},
    kept::{self, Kept},
    unread::Unread,
    validity::ByUid,
};

/// A command that was sent by [`Connection::begin`](super::Connection::begin).
pub(crate) struct Begun {
    tag: Tag,
    name: String,
    by_uid: ByUid,
    answer_limit: u64,
}

impl Begun {
    pub(super) fn new(tag: Tag, name: String, by_uid: ByUid, answer_limit: u64) -> Self {
        Self {
            tag,
            name,
            by_uid,
            answer_limit,
        }
    }

    /// Waits for the answer to the command.
    pub(crate) fn wait<C: Held>(self, command: C) -> Waiting<C> {
        Waiting {
            tag: self.tag,
            unread: Unread::of(&self.name),
            name: self.name,
            by_uid: self.by_uid,
            command,
            bytes: 0,
            answer_limit: self.answer_limit,
            failure: None,
            too_large: None,
            echoes: false,
        }
    }
}

/// A command under way with a caller that waits for its answer. `C` owns the command, or borrows
/// it.
///
/// If it is dropped, the command stays under way, and the next command first waits for its end.
pub(crate) struct Waiting<C> {
    pub(super) tag: Tag,
    /// The name of the command, such as `APPEND`.
    pub(super) name: String,
    by_uid: ByUid,
    /// The responses to the command that could not be decoded.
    unread: Unread,
    command: C,
    /// The number of bytes of responses that this command has kept.
    bytes: u64,
    /// Upper bound on the bytes of responses that may be kept.
    answer_limit: u64,
    /// The error for which the exchange was cancelled.
    failure: Option<Error>,
    /// The response that is missing from the answer.
    too_large: Option<Box<Incomplete>>,
    /// True if the server repeats a secret, so that errors must not show its text.
    echoes: bool,
}

/// A command, or a reference to one.
pub(crate) trait Held: Send {
    /// Returns the command.
    fn held(&self) -> &dyn Answered;

    /// Returns the command, for changes.
    fn held_mut(&mut self) -> &mut dyn Answered;
}

impl Held for &mut dyn Answered {
    fn held(&self) -> &dyn Answered {
        *self
    }

    fn held_mut(&mut self) -> &mut dyn Answered {
        *self
    }
}

impl<C: Held> Waiting<C> {
    /// Keeps a response that answers this command and returns any other. The response has `size`
    /// bytes, and takes `memory` bytes to keep. If it is news as well, `news` gets a copy. `kept`
    /// counts the bytes of the whole answer, which several commands may make up.
    pub(super) fn offer(
        &mut self,
        kept: &mut Kept,
        response: Response,
        size: u64,
        memory: u64,
        news: &mut Option<Response>,
    ) -> Option<Response> {
        let left = kept.left(self.answer_limit);
        let mut rest = Some(response);
        if kept::cost(memory) > left {
            // The command may be able to do without this response.
            let lost = rest.map(|response| Oversize::over_answer(response, left, size));
            rest = lost
                .and_then(|lost| self.command.held_mut().too_large(&self.tag, lost))
                .map(|lost| lost.response);
            if rest.is_none() {
                kept.miss();
            }
        }
        let response = rest?;
        let mut copy = None;
        if self.command.held().is_news(&response) {
            copy = Some(response.clone());
        }
        let command = self.command.held_mut();
        let accept = |response| command.accept(&self.tag, response);
        let rest = self.unread.pass(&self.name, response, accept);
        if rest.is_none() {
            if copy.is_some() {
                *news = copy;
            }
            kept.add(memory);
            self.bytes = self.bytes.saturating_add(kept::cost(memory));
        }
        rest
    }

    /// Records a response to this command that was skipped, and returns any other.
    pub(super) fn offer_lost(&mut self, kept: &mut Kept, lost: Oversize) -> Option<Oversize> {
        let command = self.command.held_mut();
        let Some(lost) = command.too_large(&self.tag, lost) else {
            kept.miss();
            return None;
        };
        let is_answer = kept::is_answer(&self.name, &lost.name)
            || (command.accept(&self.tag, lost.response.clone())).is_none();
        if !is_answer {
            return Some(lost);
        }
        self.too_large.get_or_insert_with(|| {
            Box::new(Incomplete::response(&self.name, &lost, self.answer_limit))
        });
        kept.miss();
        None
    }

    /// Returns the number of bytes of responses that this command has kept.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the tag of the command.
    pub(crate) fn tag(&self) -> &Tag {
        &self.tag
    }

    /// Returns the name of the command, such as `APPEND`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the owner of the command.
    pub(crate) fn command(&self) -> &C {
        &self.command
    }

    /// Returns the owner of the command.
    pub(crate) fn into_command(self) -> C {
        self.command
    }

    /// Returns the response to a challenge; `None` to cancel the exchange.
    pub(super) fn respond(
        &mut self,
        data: std::result::Result<Vec<u8>, String>,
        echoes: bool,
    ) -> Option<Zeroizing<Vec<u8>>> {
        if self.failure.is_some() {
            // The exchange has failed already.
            return None;
        }
        self.echoes |= echoes;
        // Without a responder, AUTHENTICATE was not sent.
        let responder = self.command.held_mut().responder()?;
        let response = data
            .map_err(|text| Error::Challenge { text })
            .and_then(|data| responder.respond(&data));
        match response {
            Ok(response) => Some(response),
            Err(error) => {
                self.failure = Some(self.shown(error));
                None
            }
        }
    }

    /// Returns the secrets of the command that were sent so far.
    pub(super) fn secrets(&self) -> Option<Vec<secrecy::SecretString>> {
        self.command.held().secrets()
    }

    /// Returns the error for a command without an answer.
    pub(crate) fn lost(&mut self, error: Error) -> Error {
        // The reason of the cancellation is more useful than the server's complaint about it.
        let error = match self.failure.take() {
            Some(failure) if matches!(error, Error::Protocol(_)) => failure,
            _ => error,
        };
        self.command.held().failed(error)
    }

    /// Returns the status of the command's `OK`, or the error that the answer results in.
    pub(crate) fn end(&mut self, status: Status, state: &State) -> Result<Status> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let done = check(&self.name, status).map_err(|error| self.command.held().failed(error));
        let done = done.and_then(|done| {
            self.by_uid.still_valid(state)?;
            self.unread.check().map(|()| done)
        });
        match (done, self.too_large.take()) {
            (Ok(_), Some(lost)) => Err(Error::TooLarge(lost)),
            (done, _) => done.map_err(|error| self.shown(error)),
        }
    }

    /// Returns an error without text that must not be shown.
    pub(crate) fn shown(&self, error: Error) -> Error {
        match self.echoes {
            true => error.without_words(),
            false => error,
        }
    }

    /// Returns whether the server repeats a secret.
    pub(crate) fn echoes(&self) -> bool {
        self.echoes
    }
}
