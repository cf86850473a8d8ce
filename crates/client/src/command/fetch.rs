//! FETCH: which responses belong to it.

use std::collections::{BTreeMap, btree_map::Entry};

use imapclient_codec::{
    self as codec, Needs, Outgoing, Response, Status, Tag, command, command::FetchItems,
};
use imapclient_engine::{Oversize, State};

use super::{Answers, Command};
use crate::{error::Result, selection::MessageId};

/// `FETCH`, by UID or by sequence number.
pub(crate) struct Fetch<'a, Id> {
    pub(crate) set: command::MessageSet,
    pub(crate) items: &'a FetchItems,
    pub(crate) answers: &'a mut Answers<Id>,
}

impl<Id: MessageId> Command for Fetch<'_, Id> {
    type Output = ();

    fn needs(&self) -> Needs {
        Needs::mailbox()
    }

    fn encode(&mut self, _state: &State) -> Result<Outgoing> {
        Ok(command::fetch(&self.set, self.items)?)
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        match response {
            Response::Fetch(fetch) if self.lacks_uid(&fetch) => {
                self.answers.hold(&self.set, fetch).map(Response::Fetch)
            }
            Response::Fetch(fetch) => {
                self.answers.learn(&fetch);
                take(&mut self.answers.found, &self.set, fetch, |fetch| {
                    asked_for(self.items, fetch)
                })
            }
            gone @ (Response::Expunge(_) | Response::Vanished(_)) => {
                self.answers.renumber(&self.set, false);
                Some(gone)
            }
            other => Some(other),
        }
    }

    fn too_large(&mut self, _tag: &Tag, lost: Oversize) -> Option<Oversize> {
        match &lost.response {
            Response::Fetch(fetch)
                if asked_for(self.items, fetch) && may_answer(&self.set, fetch) =>
            {
                self.answers.learn(fetch);
                self.answers.lose(&lost);
                None
            }
            _ => Some(lost),
        }
    }

    fn finish(self, _done: Status) -> Result<Self::Output> {
        self.answers.renumber(&self.set, true);
        Ok(())
    }
}

impl<Id: MessageId> Fetch<'_, Id> {
    /// Returns whether a response may belong to the answer and lacks its UID.
    fn lacks_uid(&self, fetch: &codec::Fetch) -> bool {
        Id::BY_UID && fetch.uid().is_none() && asked_for(self.items, fetch)
    }
}

/// Keeps a FETCH response that answers the request for a message of the set, under its UID or its
/// sequence number. Several responses about one message are merged.
pub(super) fn take<Id: MessageId>(
    found: &mut BTreeMap<Id, codec::Fetch>,
    set: &command::MessageSet,
    fetch: codec::Fetch,
    answers: impl Fn(&codec::Fetch) -> bool,
) -> Option<Response> {
    let asked = match set {
        command::MessageSet::Uids(uids) => fetch.uid().is_some_and(|uid| uids.may_contain(uid)),
        command::MessageSet::Seqs(seqs) => fetch.seq().is_some_and(|seq| seqs.may_contain(seq)),
        // Only the server knows the messages of the saved set.
        command::MessageSet::Saved => true,
    };
    let Some(key) = Id::of(&fetch).filter(|_| asked && answers(&fetch)) else {
        return Some(Response::Fetch(fetch));
    };
    add(found, key, fetch);
    None
}

/// Adds the data of a response to those of its message.
pub(super) fn add<Id: Ord>(found: &mut BTreeMap<Id, codec::Fetch>, key: Id, fetch: codec::Fetch) {
    match found.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(fetch);
        }
        // A server that removes messages meanwhile, which it must not do, gives the number of one
        // to another. Parts of both must not be merged into one message.
        Entry::Occupied(mut entry) if differ(entry.get(), &fetch) => {
            entry.insert(fetch);
        }
        Entry::Occupied(mut entry) => entry.get_mut().merge(fetch),
    }
}

/// Returns whether a response may be about a message of the set. One without a UID always may.
pub(crate) fn may_answer(set: &command::MessageSet, fetch: &codec::Fetch) -> bool {
    match set {
        command::MessageSet::Uids(uids) => fetch.uid().is_none_or(|uid| uids.may_contain(uid)),
        command::MessageSet::Seqs(seqs) => fetch.seq().is_some_and(|seq| seqs.may_contain(seq)),
        command::MessageSet::Saved => true,
    }
}

/// Returns whether two responses are known to be about different messages.
fn differ(one: &codec::Fetch, other: &codec::Fetch) -> bool {
    matches!((one.uid(), other.uid()), (Some(one), Some(other)) if one != other)
}

/// Returns whether a response contains an item that was asked for. A response with nothing but
/// changed flags, during a FETCH of other items, is news and not an answer.
pub(crate) fn asked_for(items: &FetchItems, fetch: &codec::Fetch) -> bool {
    !fetch.has_only_flags()
        || items.has("FLAGS")
        || (items.has("MODSEQ") && fetch.modseq().is_some())
        // The message exists, but none of its data were sent. Servers do not send such responses as
        // news.
        || (fetch.uid().is_some() && fetch.flags().is_none() && fetch.modseq().is_none())
        || (items.is_empty() && fetch.flags().is_none())
}
