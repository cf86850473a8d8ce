//! Sets of UIDs that are searched often.

use imapclient_codec::{SetRange, Uid, UidSet};

/// Ascending ranges of UIDs. Servers send ranges of any size, so these are not expanded.
pub(crate) struct Ranges(Vec<(Uid, Uid)>);

impl Ranges {
    pub(crate) fn of(set: &UidSet) -> Self {
        let mut set = set.clone();
        set.compact();
        let numbers = set.ranges().filter_map(|range| match range {
            SetRange::Numbers(first, last) => Some((first, last)),
            _ => None,
        });
        Self(numbers.collect())
    }

    pub(crate) fn contains(&self, uid: Uid) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < uid);
        self.0.get(at).is_some_and(|(first, _)| *first <= uid)
    }
}
