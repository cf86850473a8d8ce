//! The items of a `Fetch` besides flags and numbers, and their replacement by later responses.

use std::collections::HashSet;

use bytes::Bytes;

use super::{
    super::{Malformed, Unknown},
    tape::{Kept, Kind, NONE, Record, pair},
};

#[derive(Debug, Clone, Default)]
pub(super) struct Data {
    pub(super) newest: Kept,
    /// The items of earlier responses about the same message that no later one has replaced; oldest
    /// first.
    pub(super) older: Vec<Kept>,
    pub(super) unknown: Vec<Unknown>,
    pub(super) malformed: Vec<Malformed>,
}

impl Data {
    /// Returns all items, in the order of the server.
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let kept = self.older.iter().chain([&self.newest]);
        kept.flat_map(Kept::records)
    }

    /// Returns the last item of a kind.
    pub(super) fn find(&self, kind: Kind) -> Option<Record<'_>> {
        let is = |record: &Record<'_>| record.kind == kind;
        self.newest.records().filter(is).last().or_else(|| {
            self.older
                .iter()
                .rev()
                .find_map(|kept| kept.records().filter(is).last())
        })
    }

    pub(super) fn merge(&mut self, newer: Self) {
        let keys: HashSet<Key> = newer.records().map(|record| key(&record)).collect();
        let before = std::mem::replace(&mut self.newest, newer.newest);
        self.older.push(before);
        self.older.retain_mut(|kept| kept.forget(&keys));
        self.older.extend(newer.older);
        if self.newest.tape.is_empty() {
            // Only unknown or malformed items arrived.
            self.newest = self.older.pop().unwrap_or_default();
        }
        replace(&mut self.unknown, newer.unknown, |item| item.name.clone());
        replace(&mut self.malformed, newer.malformed, |item| {
            item.item.clone()
        });
    }
}

impl Kept {
    /// Removes the items with these keys. Returns false if nothing is left.
    fn forget(&mut self, keys: &HashSet<Key>) -> bool {
        if self.records().any(|record| keys.contains(&key(&record))) {
            let mut tape = Vec::with_capacity(self.tape.len());
            for record in self.records().filter(|record| !keys.contains(&key(record))) {
                tape.push(pair(record.kind as usize, record.words.len()));
                tape.extend_from_slice(record.words);
            }
            self.tape = tape.into();
        }
        if self.tape.is_empty() {
            self.frame = Bytes::new();
        }
        !self.tape.is_empty()
    }
}

/// Identifies items that replace one another.
type Key = (Kind, Vec<u8>, u64);

fn key(record: &Record<'_>) -> Key {
    let (name, origin) = match record.kind {
        Kind::Section => (record.text(0).unwrap_or_default(), record.number(1)),
        Kind::BinarySize => (record.text(0).unwrap_or_default(), NONE),
        _ => ("", NONE),
    };
    (record.kind, canonical(name).collect(), origin)
}

/// Appends `newer` to `items` without those that it replaces, so that repetition does not grow the
/// list.
fn replace<T>(items: &mut Vec<T>, newer: Vec<T>, key: impl Fn(&T) -> String) {
    if !items.is_empty() && !newer.is_empty() {
        let keys: HashSet<String> = newer.iter().map(&key).collect();
        items.retain(|item| !keys.contains(&key(item)));
    }
    items.extend(newer);
}

/// Returns whether two names denote the same section. Some servers reorder the names of header
/// fields (pymap 0.36).
pub(super) fn same_section(one: &str, other: &str) -> bool {
    canonical(one).eq(canonical(other)) || {
        let fields = |name: &str| {
            let name: Vec<u8> = canonical(name).collect();
            let name = String::from_utf8_lossy(&name).into_owned();
            let (section, fields) = name.strip_suffix(')')?.split_once(" (")?;
            let mut fields: Vec<_> = fields.split(' ').map(str::to_owned).collect();
            fields.sort();
            section
                .contains("HEADER.FIELDS")
                .then(|| (section.to_owned(), fields))
        };
        fields(one).is_some_and(|one| Some(one) == fields(other))
    }
}

/// Returns the name of a section in the form to compare: in upper case, without quotes and extra
/// spaces.
fn canonical(name: &str) -> impl Iterator<Item = u8> + '_ {
    let mut last = b'(';
    let bytes = name.trim().bytes().filter(|&byte| byte != b'"');
    bytes
        .map(|byte| byte.to_ascii_uppercase())
        .filter(move |&byte| {
            let spare = byte == b' ' && matches!(last, b' ' | b'(');
            last = byte;
            !spare
        })
}
