//! The result of a change of flags or labels.

use std::collections::{BTreeMap, btree_map};

use imapclient_codec::{
    Code, Fetch, Flags, MailboxName, NumberSet, Status, Uid, command::FetchItems,
};

use crate::{
    error::{Error, Result},
    selection::MessageId,
};

/// The result of a STORE: a map from each message to its new flags (or labels).
///
/// The map is empty if the change was [`silent`](crate::FlagChange::silent), though some servers
/// send the flags all the same.
///
/// ```
/// # imapclient_example::blocking!(|mut client| {
/// use imapclient::{Flag, FlagChange};
///
/// let stored = client.store([1, 2], FlagChange::add([Flag::Flagged]))?;
/// for (uid, flags) in &stored {
///     println!("{uid} has {flags} now");
/// }
/// # assert_eq!(stored.len(), 2);
/// # Ok(()) });
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "T: serde::Serialize, Id: serde::Serialize, Id::Set: serde::Serialize"
    ))
)]
pub struct Stored<T, Id: MessageId = Uid> {
    values: BTreeMap<Id, T>,
    modseqs: BTreeMap<Id, u64>,
    unchanged: Id::Set,
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

impl<T, Id: MessageId> Stored<T, Id> {
    /// Returns the new flags (or labels) of a message; `None` if the server did not send them.
    #[must_use]
    pub fn get(&self, message: Id) -> Option<&T> {
        self.values.get(&message)
    }

    /// Returns the number of messages whose flags (or labels) the server sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns whether the server sent no flags (or labels).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the messages and their flags (or labels), in the order of their numbers.
    pub fn iter(&self) -> btree_map::Iter<'_, Id, T> {
        self.values.iter()
    }

    /// Returns the new modification sequence of a message, if the server supports `CONDSTORE` (RFC
    /// 7162 §3.1.3) and was asked to use it. If the server sent flags (or labels) without it after
    /// a conditional change by UID, it is fetched; not after one by sequence number, which may
    /// refer to another message by then.
    #[must_use]
    pub fn modseq(&self, message: Id) -> Option<u64> {
        self.modseqs.get(&message).copied()
    }

    /// Returns the messages that were not changed because they had changed in the meantime: the
    /// server lists them by `MODIFIED` if the change was limited to those
    /// [`unchanged_since`](crate::FlagChange::unchanged_since).
    #[must_use]
    pub fn unchanged(&self) -> &Id::Set {
        &self.unchanged
    }

    /// Returns the map of flags (or labels).
    #[must_use]
    pub fn into_map(self) -> BTreeMap<Id, T> {
        self.values
    }

    /// Returns the messages whose new value was sent without its modification sequence.
    pub(crate) fn without_modseq(&self) -> impl Iterator<Item = Id> {
        let keys = self.values.keys().copied();
        keys.filter(|key| !self.modseqs.contains_key(key))
    }

    /// Records the values that messages have by now.
    pub(crate) fn learn(&mut self, found: impl Iterator<Item = Fetch>)
    where
        T: Value,
    {
        for fetch in found {
            if let (Some(key), Some(value), Some(modseq)) =
                (Id::of(&fetch), T::of(&fetch), fetch.modseq())
            {
                self.values.insert(key, value);
                self.modseqs.insert(key, modseq);
            }
        }
    }

    /// Adds the values of messages whose value is not known yet, except those that were not
    /// changed.
    pub(crate) fn fill(&mut self, found: impl Iterator<Item = Fetch>)
    where
        T: Value,
    {
        for fetch in found {
            let Some(key) = Id::of(&fetch) else {
                continue;
            };
            if Id::contains(&self.unchanged, key) || self.values.contains_key(&key) {
                continue;
            }
            self.values.extend(T::of(&fetch).map(|value| (key, value)));
        }
    }

    pub(crate) fn append(&mut self, mut later: Self) {
        self.values.append(&mut later.values);
        self.modseqs.append(&mut later.modseqs);
        Id::append(&mut self.unchanged, later.unchanged);
    }

    pub(crate) fn new(changed: BTreeMap<Id, Fetch>, done: Status) -> Result<Self>
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
            Some(Code::Modified(messages)) => Id::set(messages),
            // If this code cannot be decoded, all messages would seem to have been changed.
            Some(code) if code.name().eq_ignore_ascii_case("MODIFIED") => {
                return Err(Error::NoAnswer { command: "STORE" });
            }
            _ => Id::set(NumberSet::new()),
        };
        Ok(Self {
            values,
            modseqs,
            unchanged,
        })
    }
}

impl<T, Id: MessageId> Default for Stored<T, Id> {
    fn default() -> Self {
        Self {
            values: BTreeMap::new(),
            modseqs: BTreeMap::new(),
            unchanged: Id::Set::default(),
        }
    }
}

impl<T, Id: MessageId> IntoIterator for Stored<T, Id> {
    type Item = (Id, T);
    type IntoIter = btree_map::IntoIter<Id, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}

impl<'a, T, Id: MessageId> IntoIterator for &'a Stored<T, Id> {
    type Item = (&'a Id, &'a T);
    type IntoIter = btree_map::Iter<'a, Id, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.iter()
    }
}
