//! Messages by UID or sequence number: a trial that runs with both is marked `#[trial(Uid, Seq)]`.

use imapclient::{Messages, SearchKey, SearchQuery, SeqSet, UidSet};

pub(crate) use By::{Seq, Uid};

/// The kind of numbers by which a trial identifies messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// UIDs.
    Uid,
    /// Sequence numbers.
    Seq,
}

impl By {
    /// Returns the numbers of all messages in a mailbox, given their UIDs.
    pub(crate) fn numbers(self, uids: &[u32]) -> Vec<u32> {
        match self {
            Uid => uids.to_vec(),
            Seq => (1..).zip(uids).map(|(seq, _)| seq).collect(),
        }
    }

    /// Returns the messages with these numbers.
    pub(crate) fn messages(self, numbers: &[u32]) -> Messages {
        match self {
            Uid => UidSet::from(numbers).into(),
            Seq => SeqSet::from(numbers).into(),
        }
    }

    /// Returns a search whose results are numbers of this kind.
    pub(crate) fn query(self, key: impl Into<SearchKey>) -> SearchQuery {
        let query = SearchQuery::new(key);
        match self {
            Uid => query,
            Seq => query.sequence_numbers(),
        }
    }
}
