//! Commands whose answer is one response, or a list of responses.

use imapclient_codec::{Needs, Outgoing, Response, Status, Tag};
use imapclient_engine::State;

use super::Command;
use crate::error::{Error, Result};

/// A command of the codec, and a filter for the responses that answer it.
pub(crate) struct Ask<A, T> {
    outgoing: Outgoing,
    needs: Needs,
    accept: A,
    answer: T,
}

/// Keeps nothing.
type Nothing = fn(&mut (), Response) -> Option<Response>;

impl Ask<Nothing, ()> {
    /// Creates a command whose only answer is OK.
    pub(crate) fn to(outgoing: Outgoing) -> Self {
        Self::for_answer(outgoing, |(), response| Some(response))
    }
}

impl<A, T> Ask<A, T>
where
    A: FnMut(&mut T, Response) -> Option<Response>,
    T: Default,
{
    /// Creates a command that asks for data: `accept` adds a response to the answer, or returns it.
    /// See [`each!`](super::each) and [`last!`](super::last).
    pub(crate) fn for_answer(outgoing: Outgoing, accept: A) -> Self {
        Self {
            needs: outgoing.needs().clone(),
            outgoing,
            accept,
            answer: T::default(),
        }
    }

    /// Sets the needs of the command, instead of those stated by the codec.
    pub(crate) fn needing(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }
}

impl<A, T> Command for Ask<A, T>
where
    A: FnMut(&mut T, Response) -> Option<Response> + Send,
    T: Send,
{
    type Output = T;

    fn needs(&self) -> Needs {
        self.needs.clone()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.outgoing.clone())
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        (self.accept)(&mut self.answer, response)
    }

    fn finish(self, _done: Status) -> Result<T> {
        Ok(self.answer)
    }
}

/// Keeps all responses of a kind in a list.
macro_rules! each {
    ($($kind:ident)|+) => {
        |found: &mut Vec<_>, response| match response {
            $(imapclient_codec::Response::$kind(value))|+ => {
                found.push(value);
                None
            }
            other => Some(other),
        }
    };
}

/// Keeps the last response of a kind.
macro_rules! last {
    ($kind:ident) => {
        |found: &mut Option<_>, response| match response {
            imapclient_codec::Response::$kind(value) => {
                *found = Some(value);
                None
            }
            other => Some(other),
        }
    };
}

/// Keeps the response of a kind that is about the requested name, or else the last one, because
/// some servers spell names differently.
macro_rules! about {
    ($kind:ident, $name:ident == $asked:expr) => {
        |found: &mut Option<_>, response| match response {
            imapclient_codec::Response::$kind(value) => {
                let fits = value.$name == $asked;
                if fits || found.is_none() {
                    *found = Some(value);
                }
                None
            }
            other => Some(other),
        }
    };
}

pub(crate) use {about, each, last};

/// Fails if there is no answer.
pub(crate) fn given<T>(command: &'static str, answer: Option<T>) -> Result<T> {
    answer.ok_or(Error::NoAnswer { command })
}
