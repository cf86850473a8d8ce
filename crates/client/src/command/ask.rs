use imapclient_codec::{InvalidArgument, Names, Outgoing, Response, Status, Tag};
use imapclient_engine::State;

use super::Command;
use crate::error::{Error, Result};

/// A command that is said in full by how it is written and which answers are its own.
pub(crate) struct Ask<E, A, T> {
    name: &'static str,
    needs: Needs,
    encode: E,
    accept: A,
    answer: T,
}

/// Whether a command is in place.
pub(crate) type Needs = fn(&'static str, &State) -> Result<()>;

/// Keeps nothing.
type Nothing = fn(&mut (), Response) -> Option<Response>;

impl<E> Ask<E, Nothing, ()>
where
    E: FnMut(Names) -> Result<Outgoing, InvalidArgument>,
{
    /// A command whose only answer is OK.
    pub(crate) fn to(name: &'static str, needs: Needs, encode: E) -> Self {
        Self::for_answer(name, needs, encode, |(), response| Some(response))
    }
}

impl<E, A, T> Ask<E, A, T>
where
    E: FnMut(Names) -> Result<Outgoing, InvalidArgument>,
    A: FnMut(&mut T, Response) -> Option<Response>,
    T: Default,
{
    /// A command that asks for something: `accept` puts a response into the answer, or hands it
    /// back. See [`each!`](super::each) and [`last!`](super::last).
    pub(crate) fn for_answer(name: &'static str, needs: Needs, encode: E, accept: A) -> Self {
        let answer = T::default();
        Self {
            name,
            needs,
            encode,
            accept,
            answer,
        }
    }
}

impl<E, A, T> Command for Ask<E, A, T>
where
    E: FnMut(Names) -> Result<Outgoing, InvalidArgument> + Send,
    A: FnMut(&mut T, Response) -> Option<Response> + Send,
    T: Send,
{
    type Output = T;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        (self.needs)(self.name, state)?;
        Ok((self.encode)(state.names())?)
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        (self.accept)(&mut self.answer, response)
    }

    fn finish(self, _done: Status) -> Result<T> {
        Ok(self.answer)
    }
}

/// Keeps each response of a kind, in a list.
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

/// Keeps the response of a kind that is about what was asked for, or else the last one: some servers
/// spell names in another way.
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

/// An answer that has to be there.
pub(crate) fn given<T>(command: &'static str, answer: Option<T>) -> Result<T> {
    answer.ok_or(Error::NoAnswer { command })
}
