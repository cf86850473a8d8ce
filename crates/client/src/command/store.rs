use std::{collections::BTreeMap, marker::PhantomData};

use imapclient_codec::{self as codec, InvalidArgument, Outgoing, Response, Status, Tag, command};
use imapclient_engine::State;

use super::{Command, fetch::take, need_mailbox};
use crate::{
    error::Result,
    stored::{Stored, Value},
};

/// `STORE` of flags or labels, by UID or by sequence number.
pub(crate) struct Store<E, T> {
    set: command::Set,
    encode: E,
    changed: BTreeMap<u32, codec::Fetch>,
    kind: PhantomData<fn() -> T>,
}

impl<E, T> Store<E, T> {
    pub(crate) fn new(set: command::Set, encode: E) -> Self {
        let changed = BTreeMap::new();
        let kind = PhantomData;
        Self {
            set,
            encode,
            changed,
            kind,
        }
    }
}

impl<E, T> Command for Store<E, T>
where
    E: Fn(&command::Set, codec::Names) -> Result<Outgoing, InvalidArgument> + Send,
    T: Value,
{
    type Output = Stored<T>;

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_mailbox("STORE", state)?;
        Ok((self.encode)(&self.set, state.names())?)
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            Response::Fetch(fetch) => take(&mut self.changed, &self.set, fetch, |fetch| {
                T::of(fetch).is_some() || fetch.modseq().is_some()
            }),
            other => Some(other),
        }
    }

    fn finish(self, done: Status) -> Result<Self::Output> {
        Stored::new(self.changed, done)
    }
}
