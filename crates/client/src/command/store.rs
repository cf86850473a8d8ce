//! STORE of flags or labels.

use std::{
    collections::{BTreeMap, BTreeSet},
    marker::PhantomData,
};

use imapclient_codec::{
    self as codec, Code, InvalidArgument, Needs, Outgoing, Response, Status, Tag, command,
};
use imapclient_engine::State;

use super::{Command, fetch::take};
use crate::{
    error::{Error, Result},
    needs::needs_of,
    stored::{Stored, Value},
};

/// `STORE` of flags or labels, by UID or by sequence number.
pub(crate) struct Store<E, T> {
    set: command::MessageSet,
    encode: E,
    changed: BTreeMap<u32, codec::Fetch>,
    /// The sequence numbers of messages whose flags came with a UID, and of those without one.
    named: BTreeSet<u32>,
    unnamed: BTreeSet<u32>,
    kind: PhantomData<fn() -> T>,
}

impl<E, T> Store<E, T> {
    pub(crate) fn new(set: command::MessageSet, encode: E) -> Self {
        Self {
            set,
            encode,
            changed: BTreeMap::new(),
            named: BTreeSet::new(),
            unnamed: BTreeSet::new(),
            kind: PhantomData,
        }
    }
}

impl<E, T> Command for Store<E, T>
where
    E: Fn(&command::MessageSet, codec::NameEncoding) -> Result<Outgoing, InvalidArgument> + Send,
    T: Value,
{
    /// The result, and whether flags came without the UID of their message.
    type Output = (Stored<T>, bool);

    fn needs(&self) -> Needs {
        needs_of(|names| (self.encode)(&self.set, names))
    }

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        Ok((self.encode)(&self.set, state.names())?)
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            Response::Fetch(fetch) => {
                match fetch.uid() {
                    Some(_) => self.named.insert(fetch.seq()),
                    None => self.unnamed.insert(fetch.seq()),
                };
                take(&mut self.changed, &self.set, fetch, |fetch| {
                    T::of(fetch).is_some() || fetch.modseq().is_some()
                })
            }
            other => Some(other),
        }
    }

    fn failed(&self, error: Error) -> Error {
        let modified = matches!(error.code(), Some(Code::Modified(_)));
        match self.changed.is_empty() && !modified {
            true => error,
            false => error.in_part(),
        }
    }

    fn finish(self, done: Status) -> Result<Self::Output> {
        let lacks_uids = !self.unnamed.is_subset(&self.named);
        Ok((Stored::new(self.changed, done)?, lacks_uids))
    }
}
