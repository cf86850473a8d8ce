//! The result of a change of flags or labels.

use std::{
    collections::{BTreeMap, btree_map},
    ops::Deref,
};

use imapclient_codec::{Code, Fetch, Flags, MailboxName, Status, UidSet, command::FetchItems};

use crate::error::{Error, Result};

/// The result of a STORE: a map from each message to its new flags (or labels).
///
/// The map is empty if the change was [`silent`](crate::FlagChange::silent), though some servers
/// send the flags all the same.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Stored<T> {
    values: BTreeMap<u32, T>,
    modseqs: BTreeMap<u32, u64>,
    unchanged: UidSet,
}

/// A value that a STORE can change.
pub(crate) trait Value: Sized + Send {
    fn of(fetch: &Fetch) -> Option<Self>;

    /// Returns the FETCH item with this value.
    fn item() -> FetchItems;
}

impl Value for Flags {
    fn of(fetch: &Fetch) -> Option<Self> {
        fetch.flags().cloned()
    }

    fn item() -> FetchItems {
        FetchItems::new().flags()
    }
}

impl Value for Vec<MailboxName> {
    fn of(fetch: &Fetch) -> Option<Self> {
        fetch.gmail_labels()
    }

    fn item() -> FetchItems {
        FetchItems::new().gmail_labels()
    }
}

impl<T> Stored<T> {
    /// Returns the new modification sequence of a message, if the server supports `CONDSTORE` (RFC
    /// 7162 §3.1.3) and was asked to use it. If the server sent flags (or labels) without it after
    /// a conditional change by UID, it is fetched; not after one by sequence number, which may
    /// refer to another message by then.
    #[must_use]
    pub fn modseq(&self, message: u32) -> Option<u64> {
        self.modseqs.get(&message).copied()
    }

    /// Returns the messages that were not changed because they had changed in the meantime: the
    /// server lists them by `MODIFIED` if the change was limited to those
    /// [`unchanged_since`](crate::FlagChange::unchanged_since). They are numbered as in the
    /// command.
    #[must_use]
    pub fn unchanged(&self) -> &UidSet {
        &self.unchanged
    }

    /// Returns the map of flags (or labels).
    #[must_use]
    pub fn into_map(self) -> BTreeMap<u32, T> {
        self.values
    }

    /// Returns the messages whose new value was sent without its modification sequence.
    pub(crate) fn without_modseq(&self) -> Vec<u32> {
        let keys = self.values.keys().copied();
        keys.filter(|key| !self.modseqs.contains_key(key)).collect()
    }

    /// Records the values that messages have by now.
    pub(crate) fn learn(&mut self, found: BTreeMap<u32, Fetch>)
    where
        T: Value,
    {
        for (key, fetch) in found {
            if let (Some(value), Some(modseq)) = (T::of(&fetch), fetch.modseq()) {
                self.values.insert(key, value);
                self.modseqs.insert(key, modseq);
            }
        }
    }

    /// Adds the values of messages whose value is not known yet, except those that were not
    /// changed.
    pub(crate) fn fill(&mut self, found: BTreeMap<u32, Fetch>)
    where
        T: Value,
    {
        for (key, fetch) in found {
            if self.unchanged.contains(key) || self.values.contains_key(&key) {
                continue;
            }
            self.values.extend(T::of(&fetch).map(|value| (key, value)));
        }
    }

    pub(crate) fn append(&mut self, mut later: Self) {
        self.values.append(&mut later.values);
        self.modseqs.append(&mut later.modseqs);
        self.unchanged.append(later.unchanged);
    }

    pub(crate) fn new(changed: BTreeMap<u32, Fetch>, done: Status) -> Result<Self>
    where
        T: Value,
    {
        let modseqs = changed
            .iter()
            .filter_map(|(key, fetch)| Some((*key, fetch.modseq()?)))
            .collect();
        let values = changed
            .into_iter()
            .filter_map(|(key, fetch)| Some((key, T::of(&fetch)?)))
            .collect();
        let unchanged = match done.code {
            Some(Code::Modified(messages)) => messages,
            // If this code cannot be decoded, all messages would seem to have been changed.
            Some(code) if code.name().eq_ignore_ascii_case("MODIFIED") => {
                return Err(Error::NoAnswer { command: "STORE" });
            }
            _ => UidSet::new(),
        };
        Ok(Self {
            values,
            modseqs,
            unchanged,
        })
    }
}

impl<T> Deref for Stored<T> {
    type Target = BTreeMap<u32, T>;

    fn deref(&self) -> &BTreeMap<u32, T> {
        &self.values
    }
}

impl<T> IntoIterator for Stored<T> {
    type Item = (u32, T);
    type IntoIter = btree_map::IntoIter<u32, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}
