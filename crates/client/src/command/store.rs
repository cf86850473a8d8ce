//! STORE of flags or labels.

use std::{
    collections::{BTreeMap, BTreeSet},
    marker::PhantomData,
};

use imapclient_codec::{self as codec, Code, Needs, Outgoing, Response, Status, Tag, command};
use imapclient_engine::State;

use super::{Command, fetch::take};
use crate::{
    error::{Error, Result},
    selection::MessageId,
    stored::{Stored, Value},
};

/// `STORE` of flags or labels, by UID or by sequence number.
pub(crate) struct Store<T, Id> {
    set: command::MessageSet,
    outgoing: Outgoing,
    changed: BTreeMap<Id, codec::Fetch>,
    /// The sequence numbers of messages whose flags came with a UID, and of those without one.
    named: BTreeSet<Option<codec::Seq>>,
    unnamed: BTreeSet<Option<codec::Seq>>,
    kind: PhantomData<fn() -> T>,
}

impl<T, Id> Store<T, Id> {
    /// Creates the command of this set of messages.
    pub(crate) fn new(set: command::MessageSet, outgoing: Outgoing) -> Self {
        Self {
            set,
            outgoing,
            changed: BTreeMap::new(),
            named: BTreeSet::new(),
            unnamed: BTreeSet::new(),
            kind: PhantomData,
        }
    }
}

impl<T: Value, Id: MessageId> Command for Store<T, Id> {
    /// The result, and whether flags came without the UID of their message.
    type Output = (Stored<T, Id>, bool);

    fn needs(&self) -> Needs {
        self.outgoing.needs().clone()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(self.outgoing.clone())
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
