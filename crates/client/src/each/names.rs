//! The messages of a fetch by UID whose UID the server left out.

use imapclient_codec::{Fetch, Response, Seq, SeqSet, Uid, command::MessageSet};

use super::ranges::Ranges;
use crate::error::Missing;

/// Upper bound on the number of ranges that are kept.
const RANGES: usize = 65_536;

/// Upper bound on the number of messages whose UIDs are requested in one command.
const AT_ONCE: usize = 10_000;

/// Upper bound on the number of messages that an error lists.
const LISTED: usize = 10_000;

/// The sequence numbers of the messages that were received with their UID, and of those that were
/// not.
#[derive(Debug, Default)]
pub(crate) struct Names {
    named: Ranges,
    unnamed: Ranges,
    /// The number of messages without a UID whose sequence number is not known any more.
    lost: usize,
}

impl Names {
    /// Records a response that answers a command by UID.
    pub(crate) fn answered(&mut self, fetch: &Fetch) {
        let Some(seq) = fetch.seq().map(Seq::get) else {
            return;
        };
        if fetch.uid().is_some() {
            self.named.insert(seq);
            if !self.unnamed.is_empty() {
                self.unnamed.remove(seq);
            }
            if self.named.len() > RANGES {
                // At worst, messages are fetched that had been received.
                self.named.clear();
            }
        } else if !self.named.contains(seq) && !self.unnamed.contains(seq) {
            match self.unnamed.len() < RANGES {
                true => self.unnamed.insert(seq),
                false => self.lost += 1,
            }
        }
    }

    /// Adapts the sequence numbers to the removal of messages.
    pub(crate) fn renumber(&mut self, response: &Response) {
        match response {
            Response::Expunge(seq) => {
                self.named.expunge(seq.get());
                self.unnamed.expunge(seq.get());
            }
            Response::Vanished(vanished) if !vanished.earlier => {
                // These are UIDs, of which the sequence numbers are not known.
                self.lost += self.unnamed.count();
                *self = Self {
                    lost: self.lost,
                    ..Self::default()
                };
            }
            _ => {}
        }
    }

    /// Returns the number of messages without a UID.
    pub(super) fn unnamed(&self) -> usize {
        self.unnamed.count().saturating_add(self.lost)
    }

    /// Returns the sequence numbers of the first messages without a UID.
    pub(super) fn first_unnamed(&self) -> SeqSet {
        let numbers = self.unnamed.numbers();
        numbers.take(AT_ONCE).filter_map(Seq::new).collect()
    }

    /// Removes a message whose UID is not among those that were asked for.
    pub(super) fn forget(&mut self, seq: Seq) {
        self.unnamed.remove(seq.get());
    }

    /// Returns descriptions of the messages without a UID.
    pub(super) fn missing(&self) -> Vec<Missing> {
        let known = self
            .unnamed
            .numbers()
            .map(Seq::new)
            .chain((0..self.lost).map(|_| None));
        let missing = known.map(|seq| Missing {
            uid: None,
            seq,
            size: 0,
        });
        missing.take(LISTED).collect()
    }
}

/// Returns whether a message was asked for.
pub(super) fn is_asked(sets: &[MessageSet], uid: Uid) -> bool {
    sets.iter().any(|set| match set {
        MessageSet::Uids(uids) => uids.contains(uid),
        MessageSet::Saved => true,
        MessageSet::Seqs(_) => false,
    })
}
