//! Removed messages, for clients that synchronise with QRESYNC (RFC 7162 §3.2).

use std::collections::{BTreeSet, VecDeque};

use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};

use super::{Store, StoreError, View, mailbox::Mailbox};

/// The default number of removed messages that a mailbox remembers.
pub(super) const MOST: usize = 10_000;

/// The messages that were removed from a mailbox, as far as they are remembered.
pub(super) struct History {
    /// The mod-sequence and the UID of each removal, in their order.
    removals: VecDeque<(u64, u32)>,
    /// The highest mod-sequence of the removals that were forgotten.
    forgotten: u64,
    /// The maximum number of removals.
    most: usize,
}

/// A request for the removed messages of a mailbox.
#[derive(Clone, Copy)]
pub(crate) struct Since<'a> {
    /// The mod-sequence after which they were removed.
    pub(crate) modseq: u64,
    /// Their UIDs; `None` for all.
    pub(crate) known: Option<&'a SequenceSet>,
    /// The highest UID up to which the client has the current messages.
    pub(crate) matched: u32,
}

impl Store {
    /// Returns the UIDs of the messages that were removed since then, in ascending order. Messages
    /// whose removal was not reported to the connection yet are not among them.
    ///
    /// If the mailbox has forgotten some of these removals, the result is all UIDs that do not
    /// exist (RFC 7162 §3.2.6).
    ///
    /// # Errors
    /// [`StoreError::Gone`]
    pub(crate) fn vanished(&self, view: &View, since: Since<'_>) -> Result<Vec<u32>, StoreError> {
        let mailbox = self.mailbox(view.mailbox()).ok_or(StoreError::Gone)?;
        let spans = spans(since.known, mailbox.uid_next - 1);
        let is_asked = |uid: &u32| {
            let mut spans = spans.iter();
            *uid > since.matched && spans.any(|(low, high)| (*low..=*high).contains(uid))
        };
        let removed: BTreeSet<u32> = match mailbox.history.since(since.modseq) {
            Some(removed) => removed.filter(is_asked).collect(),
            None => mailbox.absent().filter(is_asked).collect(),
        };
        Ok(removed.into_iter().filter(|uid| !view.has(*uid)).collect())
    }

    /// Returns the mod-sequence up to which everything was reported to the connection, if there
    /// are removals that were not (RFC 7162 §3.2).
    pub(crate) fn withheld(&self, view: &View) -> Option<u64> {
        let mailbox = self.mailbox(view.mailbox())?;
        let synced = view.synced();
        if synced == mailbox.highest_modseq {
            return None;
        }
        let withholds = view.hits().any(|hit| mailbox.find(hit.uid).is_none());
        withholds.then_some(synced)
    }

    /// Sets the number of removed messages that each mailbox remembers.
    pub(crate) fn limit_history(&mut self, most: usize) {
        self.most_removals = most;
        for mailbox in self.mailboxes.values_mut() {
            mailbox.history.most = most;
            mailbox.history.shorten();
        }
    }
}

impl Mailbox {
    /// Returns the UIDs that were assigned and do not exist any more.
    fn absent(&self) -> impl Iterator<Item = u32> + '_ {
        (1..self.uid_next).filter(|uid| self.find(*uid).is_none())
    }
}

impl History {
    pub(super) fn new(most: usize) -> Self {
        Self {
            removals: VecDeque::new(),
            forgotten: 0,
            most,
        }
    }

    /// Adds messages that a single change has removed.
    pub(super) fn add(&mut self, modseq: u64, uids: &[u32]) {
        self.removals.extend(uids.iter().map(|uid| (modseq, *uid)));
        self.shorten();
    }

    /// Forgets all removals, since the UIDs have a new meaning.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.most);
    }

    /// Returns the UIDs that were removed after a mod-sequence; `None` if some of them may be
    /// forgotten.
    fn since(&self, modseq: u64) -> Option<impl Iterator<Item = u32> + '_> {
        let later = move |(removed, uid): &(u64, u32)| (*removed > modseq).then_some(*uid);
        let knows = modseq >= self.forgotten;
        knows.then(|| self.removals.iter().filter_map(later))
    }

    fn shorten(&mut self) {
        while self.removals.len() > self.most {
            let Some((modseq, _)) = self.removals.pop_front() else {
                break;
            };
            self.forgotten = modseq;
        }
    }
}

/// Returns the ranges of a set of UIDs; `*` is the last UID that was assigned.
fn spans(set: Option<&SequenceSet>, last: u32) -> Vec<(u32, u32)> {
    let Some(set) = set else {
        return vec![(1, last)];
    };
    let number = |n: SeqOrUid| match n {
        SeqOrUid::Value(value) => value.get(),
        SeqOrUid::Asterisk => last,
    };
    let span = |sequence: &Sequence| match *sequence {
        Sequence::Single(n) => (number(n), number(n)),
        Sequence::Range(a, b) => (number(a).min(number(b)), number(a).max(number(b))),
    };
    set.0.as_ref().iter().map(span).collect()
}
