//! Commands whose answer is one response, or a list of responses.

use imapclient_codec::{InvalidArgument, NameEncoding, Needs, Outgoing, Response, Status, Tag};
use imapclient_engine::State;

use super::Command;
use crate::{
    error::{Error, Result},
    needs::needs_of,
};

/// A command that is fully described by its encoding and the responses that answer it.
pub(crate) struct Ask<E, A, T> {
    encode: E,
    accept: A,
    answer: T,
    /// `None` to use the needs stated by the codec.
    needs: Option<Needs>,
}

/// Keeps nothing.
type Nothing = fn(&mut (), Response) -> Option<Response>;

impl<E> Ask<E, Nothing, ()>
where
    E: Fn(NameEncoding) -> Result<Outgoing, InvalidArgument>,
{
    /// Creates a command whose only answer is OK.
    pub(crate) fn to(encode: E) -> Self {
        Self::for_answer(encode, |(), response| Some(response))
    }
}

impl<E, A, T> Ask<E, A, T>
where
    E: Fn(NameEncoding) -> Result<Outgoing, InvalidArgument>,
    A: FnMut(&mut T, Response) -> Option<Response>,
    T: Default,
{
    /// Creates a command that asks for data: `accept` adds a response to the answer, or returns it.
    /// See [`each!`](super::each) and [`last!`](super::last).
    pub(crate) fn for_answer(encode: E, accept: A) -> Self {
        let answer = T::default();
        Self {
            encode,
            accept,
            answer,
            needs: None,
        }
    }

    /// Sets the needs of the command, instead of those stated by the codec.
    pub(crate) fn needing(mut self, needs: Needs) -> Self {
        self.needs = Some(needs);
        self
    }
}

impl<E, A, T> Command for Ask<E, A, T>
where
    E: Fn(NameEncoding) -> Result<Outgoing, InvalidArgument> + Send,
    A: FnMut(&mut T, Response) -> Option<Response> + Send,
    T: Send,
{
    type Output = T;

    fn needs(&self) -> Needs {
        let stated = self.needs.clone();
        stated.unwrap_or_else(|| needs_of(&self.encode))
    }

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        Ok((self.encode)(state.names())?)
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
