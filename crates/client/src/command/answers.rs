//! The messages that a fetch has received, and those that could not be kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use imapclient_codec::{Fetch, Seq, SetRange, Uid, UidSet, command::MessageSet};
use imapclient_engine::Oversize;

use super::fetch::add;
use crate::{
    error::{Error, Incomplete, Missing, Result},
    selection::MessageId,
};

/// The answers to one fetch, which may take several commands.
pub(crate) struct Answers<Id> {
    answer_limit: u64,
    pub(crate) found: BTreeMap<Id, Fetch>,
    /// The messages that could not be kept and have a number of this kind.
    missing: BTreeMap<Id, Missing>,
    /// Those that have none, by their sequence number. `None` stands for all that lack both.
    nameless: BTreeMap<Option<Seq>, Missing>,
    /// The first message that could not be kept.
    first: Option<Incomplete>,
    /// The UIDs of messages by their sequence number, as long as these numbers are valid.
    names: BTreeMap<Seq, Uid>,
    /// Parts of messages that came without their UID, by sequence number.
    held: BTreeMap<Seq, Fetch>,
    /// Parts that came without their UID in earlier commands, and whose UID no other response had.
    unnamed: Vec<Fetch>,
    /// True if messages were removed while the command was under way.
    was_renumbered: bool,
    /// True if a sequence number was reassigned before its UID was known, so that a part of a
    /// message that was found may be without its UID.
    is_doubtful: bool,
    /// Flags that came without a UID and may not belong to the answer.
    news: Vec<Fetch>,
    /// Messages that could not be kept in an earlier command, and whose UID is not known.
    lost: Vec<Missing>,
    /// The messages of earlier sets whose UID is not known.
    given_up: Vec<Missing>,
}

impl<Id: MessageId> Answers<Id> {
    pub(crate) fn new(answer_limit: u64) -> Self {
        Self {
            answer_limit,
            found: BTreeMap::new(),
            missing: BTreeMap::new(),
            nameless: BTreeMap::new(),
            first: None,
            names: BTreeMap::new(),
            held: BTreeMap::new(),
            unnamed: Vec::new(),
            was_renumbered: false,
            is_doubtful: false,
            news: Vec::new(),
            lost: Vec::new(),
            given_up: Vec::new(),
        }
    }

    /// Records a message that could not be kept.
    pub(crate) fn lose(&mut self, lost: &Oversize) {
        let missing = Missing::of(lost);
        self.first.get_or_insert_with(|| {
            let command = if Id::BY_UID { "UID FETCH" } else { "FETCH" };
            Incomplete::too_large(command, lost, self.answer_limit)
        });
        match Id::of_missing(&missing) {
            Some(key) => self.missing.insert(key, missing),
            None => self.nameless.insert(missing.seq, missing),
        };
    }

    /// Records the UID of a sequence number.
    pub(crate) fn learn(&mut self, fetch: &Fetch) {
        if let (Some(uid), Some(seq)) = (fetch.uid(), fetch.seq()) {
            self.names.insert(seq, uid);
        }
    }

    /// Holds a response to a command by UID that lacks the UID. Returns one that is known not to
    /// belong to the answer.
    pub(crate) fn hold(&mut self, set: &MessageSet, mut fetch: Fetch) -> Option<Fetch> {
        let Some(seq) = fetch.seq() else {
            return Some(fetch);
        };
        let Some(uid) = self.names.get(&seq).copied() else {
            add(&mut self.held, seq, fetch);
            return None;
        };
        match Id::of_uid(uid).filter(|_| may_be_in(set, uid)) {
            Some(key) if !is_news(self.found.get(&key), &fetch) => {
                fetch.set_uid(uid);
                add(&mut self.found, key, fetch);
                None
            }
            _ => Some(fetch),
        }
    }

    /// Handles that sequence numbers now refer to other messages, because some were removed or the
    /// command is complete.
    pub(crate) fn renumber(&mut self, set: &MessageSet, is_done: bool) {
        for (seq, mut fetch) in mem::take(&mut self.held) {
            let uid = self.names.get(&seq).copied();
            let asked = uid.filter(|uid| may_be_in(set, *uid));
            match asked.and_then(|uid| Some((uid, Id::of_uid(uid)?))) {
                Some((uid, key)) => match self.found.remove(&key) {
                    found if is_news(found.as_ref(), &fetch) => {
                        self.found.extend(found.map(|found| (key, found)));
                        self.news.push(fetch);
                    }
                    found => {
                        fetch.set_uid(uid);
                        // The part with the UID came later, or is as good.
                        if let Some(found) = found {
                            fetch.merge(found);
                        }
                        self.found.insert(key, fetch);
                    }
                },
                None if uid.is_some() => self.news.push(fetch),
                None => {
                    self.is_doubtful |= self.was_renumbered || !is_done;
                    self.unnamed.push(fetch);
                }
            }
        }
        for (seq, mut missing) in mem::take(&mut self.nameless) {
            missing.uid = seq.and_then(|seq| self.names.get(&seq).copied());
            match Id::of_missing(&missing) {
                Some(key) => _ = self.missing.insert(key, missing),
                None => self.lost.push(missing),
            }
        }
        if !is_done {
            self.names.clear();
        }
        self.was_renumbered = !is_done;
    }

    /// Forgets the UIDs of sequence numbers, because other commands may have received responses.
    pub(crate) fn forget_names(&mut self) {
        self.names.clear();
    }

    /// Returns the number of responses without a UID that no other response had.
    pub(crate) fn unnamed(&self) -> usize {
        self.unnamed.len()
    }

    /// Returns the messages of a set that were not found; `None` if all were.
    pub(crate) fn wanted(&self, set: &MessageSet) -> Option<MessageSet> {
        let MessageSet::Uids(uids) = set else {
            return Some(set.clone());
        };
        if self.is_doubtful {
            return Some(set.clone());
        }
        let found = self.found.values().filter_map(Fetch::uid);
        let missing = self.missing.values().filter_map(|missing| missing.uid);
        let wanted = without(uids, &found.chain(missing).collect());
        (!wanted.is_empty()).then_some(MessageSet::Uids(wanted))
    }

    /// Prepares another fetch of the messages without a UID. Returns the number of bytes that are
    /// dropped.
    pub(crate) fn ask_again(&mut self) -> u64 {
        self.is_doubtful = false;
        self.lost.clear();
        let mut dropped = 0;
        for fetch in mem::take(&mut self.unnamed) {
            match fetch.has_only_flags() {
                true => self.news.push(fetch),
                false => dropped += size(&fetch),
            }
        }
        dropped
    }

    /// Ends the fetch of one set. Returns the flags that came without a UID.
    pub(crate) fn end_piece(&mut self, set: &MessageSet) -> Vec<Fetch> {
        let is_complete = self.wanted(set).is_none();
        for fetch in mem::take(&mut self.unnamed) {
            match is_complete {
                true => self.news.push(fetch),
                false => self.given_up.push(Missing {
                    uid: None,
                    seq: fetch.seq(),
                    size: size(&fetch),
                }),
            }
        }
        self.given_up.append(&mut self.lost);
        self.names.clear();
        self.is_doubtful = false;
        mem::take(&mut self.news)
    }

    /// Adds the messages of another set, whose fetch has [ended](Self::end_piece) as well.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.found.extend(other.found);
        self.missing.extend(other.missing);
        self.given_up.extend(other.given_up);
        if self.first.is_none() {
            self.first = other.first;
        }
    }

    /// Returns the messages that were found, except those of which a part could not be kept.
    pub(crate) fn finish(self) -> Result<BTreeMap<Id, Fetch>> {
        let mut found = self.found;
        if self.first.is_none() && self.given_up.is_empty() {
            return Ok(found);
        }
        found.retain(|key, _| !self.missing.contains_key(key));
        let kept = found.into_values().collect();
        let missing = self.missing.into_values().chain(self.given_up).collect();
        Err(match self.first {
            Some(first) => Error::TooLarge(Box::new(first.with(kept, missing))),
            None => Error::Unnamed(Box::new(Incomplete::unnamed(kept, missing))),
        })
    }
}

/// Returns the number of bytes of the contents.
fn size(fetch: &Fetch) -> u64 {
    let contents = fetch.sections().filter_map(|section| section.data);
    contents.map(|data| data.len() as u64).sum()
}

/// Returns whether a response reports a change of flags that were already received.
fn is_news(found: Option<&Fetch>, fetch: &Fetch) -> bool {
    fetch.has_only_flags() && found.is_some_and(|found| found.flags().is_some())
}

fn may_be_in(set: &MessageSet, uid: Uid) -> bool {
    match set {
        MessageSet::Uids(uids) => uids.may_contain(uid),
        _ => true,
    }
}

/// Returns the UIDs of a set that are not known.
pub(crate) fn without(set: &UidSet, known: &BTreeSet<Uid>) -> UidSet {
    let mut rest = UidSet::new();
    for range in set.ranges() {
        let (first, last) = match range {
            SetRange::Numbers(first, last) => (first, Some(last)),
            SetRange::From(first) => (first, None),
            SetRange::Last => {
                rest.append(UidSet::last());
                continue;
            }
        };
        let mut next = Some(first.get());
        for uid in known.range(first..=last.unwrap_or(Uid::MAX)) {
            let number = uid.get();
            if let Some(start) = next.filter(|start| *start < number) {
                rest.append(UidSet::from(start..=number - 1));
            }
            next = number.checked_add(1);
        }
        match (next, last.map(Uid::get)) {
            (Some(start), Some(last)) if start <= last => rest.append(UidSet::from(start..=last)),
            (Some(start), None) => rest.append(UidSet::from(start..)),
            _ => {}
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_left_out() {
        for (set, known, rest) in [
            ("1:9", &[1, 3, 4, 9][..], "2,5:8"),
            ("1:3,7", &[2, 7, 8], "1,3"),
            ("5", &[5], ""),
            ("2:*", &[2, 3, 6], "4:5,7:*"),
            ("*", &[9], "*"),
            ("4294967290:*", &[4_294_967_295], "4294967290:4294967294"),
        ] {
            let set: UidSet = set.parse().unwrap();
            let known = known
                .iter()
                .filter_map(|number| Uid::new(*number))
                .collect();
            assert_eq!(without(&set, &known).to_string(), rest, "{set}");
        }
    }
}
