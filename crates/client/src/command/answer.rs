//! Commands that keep all responses.

use imapclient_codec::{
    Code, Concurrency, Effect, Needs, Outgoing, Response, Status, StatusKind, Tag,
};
use imapclient_engine::State;

use super::{Command, IntoCommand};
use crate::{done::contains_all, error::Result, kept::is_answer};

/// The server's answer to a command that has no method: see [`Client::run`](crate::Client::run) and
/// [`Client::raw`](crate::Client::raw).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Answer {
    /// The tagged `OK`.
    pub status: Status,
    /// All untagged responses before it in order, including unsolicited ones.
    pub responses: Vec<Response>,
}

impl Answer {
    /// Creates an answer, for tests of programs that use it.
    ///
    /// ```
    /// use imapclient::{Answer, Response, Status, StatusKind};
    ///
    /// let status = Status { kind: StatusKind::Ok, code: None, text: "done".into() };
    /// let answer = Answer::new(status, vec![Response::Recent(3.into())]);
    /// assert_eq!(answer.responses.len(), 1);
    /// ```
    #[must_use]
    pub fn new(status: Status, responses: Vec<Response>) -> Self {
        Self { status, responses }
    }
}

/// A command of the codec that keeps all responses, created from an
/// [`Outgoing`](crate::codec::Outgoing).
///
/// News of the mailbox and the connection among them ([`Update::Exists`](crate::Update::Exists),
/// `Recent`, `Expunge`, `Vanished`, `Bye`, and `Fetch` with changes of flags that were not asked
/// for) become updates as well.
#[derive(Debug)]
pub struct Verbatim {
    outgoing: Outgoing,
    /// True if it opens a mailbox, which the responses are then about.
    selects: bool,
    /// True if it asks for flags or changes them.
    asks_for_flags: bool,
    /// True if other commands may be under way.
    is_shared: bool,
    responses: Vec<Response>,
}

impl From<Outgoing> for Verbatim {
    fn from(outgoing: Outgoing) -> Self {
        let name = outgoing.name().to_ascii_uppercase();
        let verb = name.strip_prefix("UID ").unwrap_or(&name);
        Self {
            selects: matches!(outgoing.effect(), Effect::Select { .. }),
            asks_for_flags: matches!(verb, "FETCH" | "STORE"),
            outgoing,
            is_shared: false,
            responses: Vec::new(),
        }
    }
}

impl Verbatim {
    /// Returns whether a response belongs to this command while others are under way.
    fn owns(&self, tag: &Tag, response: &Response) -> bool {
        match (self.outgoing.concurrency(), response) {
            (Concurrency::Fetch(uids) | Concurrency::Store(uids), Response::Fetch(fetch)) => {
                fetch.uid().is_none_or(|uid| uids.may_contain(uid))
            }
            (Concurrency::Status(name), Response::MailboxStatus(status)) => status.name == *name,
            (Concurrency::Correlated, Response::Esearch(found)) => {
                found.tag.as_ref().is_none_or(|told| told == tag)
            }
            (Concurrency::Transfer(_, uids), Response::Status(status)) => match &status.code {
                Some(Code::CopyUid(copied)) => contains_all(uids, &copied.source),
                _ => false,
            },
            (Concurrency::Transfer(..), Response::Expunge(_) | Response::Vanished(_)) => true,
            // The commands before it have taken their responses.
            (Concurrency::Select, _) => true,
            (Concurrency::Kind(_) | Concurrency::Correlated | Concurrency::Enable, response) => {
                is_answer(&self.outgoing.name(), response.name()) || is_transfer(response)
            }
            _ => false,
        }
    }
}

/// Returns whether a response belongs to COPY, MOVE, STORE, UID EXPUNGE or a FETCH.
fn is_transfer(response: &Response) -> bool {
    match response {
        Response::Expunge(_) | Response::Vanished(_) | Response::Fetch(_) => true,
        Response::Status(status) => matches!(status.code, Some(Code::CopyUid(_))),
        _ => false,
    }
}

impl IntoCommand for Outgoing {
    type Command = Verbatim;

    fn into_command(self) -> Verbatim {
        self.into()
    }
}

impl Command for Verbatim {
    type Output = Answer;

    fn needs(&self) -> Needs {
        self.outgoing.needs().clone()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.outgoing.clone())
    }

    fn share(&mut self) {
        self.is_shared = *self.outgoing.concurrency() != Concurrency::Alone;
    }

    fn accept(&mut self, tag: &Tag, response: Response) -> Option<Response> {
        if self.is_shared && !self.owns(tag, &response) {
            return Some(response);
        }
        self.responses.push(response);
        None
    }

    fn is_news(&self, response: &Response) -> bool {
        match response {
            Response::Exists(_) | Response::Recent(_) | Response::Expunge(_) => !self.selects,
            Response::Vanished(vanished) => !vanished.earlier && !self.selects,
            Response::Fetch(fetch) => {
                fetch.has_only_flags() && !self.asks_for_flags && !self.selects
            }
            Response::Status(status) => status.kind == StatusKind::Bye,
            _ => false,
        }
    }

    fn finish(self, status: Status) -> Result<Answer> {
        let responses = self.responses;
        Ok(Answer::new(status, responses))
    }
}
