use imapclient_codec::{InvalidArgument, Names, Needs, Outgoing, Response, Status, Tag};
use imapclient_engine::State;

use super::Command;
use crate::{
    error::{Error, Result},
    needs::needs_of,
};

/// A command that is said in full by how it is written and which answers are its own.
pub(crate) struct Ask<E, A, T> {
    encode: E,
    accept: A,
    answer: T,
    /// `None` for what the codec says.
    needs: Option<Needs>,
}

/// Keeps nothing.
type Nothing = fn(&mut (), Response) -> Option<Response>;

impl<E> Ask<E, Nothing, ()>
where
    E: Fn(Names) -> Result<Outgoing, InvalidArgument>,
{
    /// A command whose only answer is OK.
    pub(crate) fn to(encode: E) -> Self {
        Self::for_answer(encode, |(), response| Some(response))
    }
}

impl<E, A, T> Ask<E, A, T>
where
    E: Fn(Names) -> Result<Outgoing, InvalidArgument>,
    A: FnMut(&mut T, Response) -> Option<Response>,
    T: Default,
{
    /// A command that asks for something: `accept` puts a response into the answer, or hands it
    /// back. See [`each!`](super::each) and [`last!`](super::last).
    pub(crate) fn for_answer(encode: E, accept: A) -> Self {
        let answer = T::default();
        Self {
            encode,
            accept,
            answer,
            needs: None,
        }
    }

    /// Sets what the command needs, in place of what the codec says.
    pub(crate) fn needing(mut self, needs: Needs) -> Self {
        self.needs = Some(needs);
        self
    }
}

impl<E, A, T> Command for Ask<E, A, T>
where
    E: Fn(Names) -> Result<Outgoing, InvalidArgument> + Send,
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
