//! What came of a change of flags or labels.

use std::{
    collections::{BTreeMap, btree_map},
    ops::Deref,
};

use imapclient_codec::{Code, Fetch, Flags, MailboxName, Status, UidSet, command::Items};

use crate::error::{Error, Result};

/// What came of a STORE: a map of the flags (or labels) that resulted, by message.
///
/// It is empty where the change was [`silent`](crate::FlagChange::silent), though some servers tell
/// the flags all the same.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stored<T> {
    values: BTreeMap<u32, T>,
    modseqs: BTreeMap<u32, u64>,
    unchanged: UidSet,
}

/// What a STORE can change.
pub(crate) trait Value: Sized + Send {
    fn of(fetch: &Fetch) -> Option<Self>;

    /// The item of FETCH that tells it.
    fn item() -> Items;
}

impl Value for Flags {
    fn of(fetch: &Fetch) -> Option<Self> {
        fetch.flags().cloned()
    }

    fn item() -> Items {
        Items::new().flags()
    }
}

impl Value for Vec<MailboxName> {
    fn of(fetch: &Fetch) -> Option<Self> {
        fetch.gmail_labels()
    }

    fn item() -> Items {
        Items::new().gmail_labels()
    }
}

impl<T> Stored<T> {
    /// The modification sequence that a message has now, where the server has `CONDSTORE`
    /// (RFC 7162 §3.1.3) and was asked to use it. After a conditional change by UID it is asked for
    /// where the server has told the flags (or labels) without it; not by sequence number, which
    /// may be that of another message by then.
    #[must_use]
    pub fn modseq(&self, message: u32) -> Option<u64> {
        self.modseqs.get(&message).copied()
    }

    /// The messages that were left as they are, since they had changed in the meantime: what the
    /// server tells by `MODIFIED` when the change was only for those
    /// [`unchanged_since`](crate::FlagChange::unchanged_since). Numbered as in the command.
    #[must_use]
    pub fn unchanged(&self) -> &UidSet {
        &self.unchanged
    }

    /// The flags (or labels) alone.
    #[must_use]
    pub fn into_map(self) -> BTreeMap<u32, T> {
        self.values
    }

    /// Messages whose new state was told without its modification sequence.
    pub(crate) fn without_modseq(&self) -> Vec<u32> {
        let keys = self.values.keys().copied();
        keys.filter(|key| !self.modseqs.contains_key(key)).collect()
    }

    /// Takes note of the state that messages have by now.
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

    /// Adds what messages have that nothing is known of. Those that were left alone are not
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
            // One that cannot be read: it would seem that all had been changed.
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
