//! Messages by either of their numbers: a trial for both is marked `#[trial(Uid, Seq)]`.

use imapclient::{Messages, SearchKey, SearchQuery, SeqSet, UidSet};

pub(crate) use By::{Seq, Uid};

/// What a trial names messages by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// UIDs.
    Uid,
    /// Sequence numbers.
    Seq,
}

impl By {
    /// The numbers of all messages in a mailbox, of which these are the UIDs.
    pub(crate) fn numbers(self, uids: &[u32]) -> Vec<u32> {
        match self {
            Uid => uids.to_vec(),
            Seq => (1..).zip(uids).map(|(seq, _)| seq).collect(),
        }
    }

    /// The messages of these numbers.
    pub(crate) fn messages(self, numbers: &[u32]) -> Messages {
        match self {
            Uid => UidSet::from(numbers).into(),
            Seq => SeqSet::from(numbers).into(),
        }
    }

    /// A search that finds numbers of this kind.
    pub(crate) fn query(self, key: impl Into<SearchKey>) -> SearchQuery {
        let query = SearchQuery::new(key);
        match self {
            Uid => query,
            Seq => query.sequence_numbers(),
        }
    }
}
