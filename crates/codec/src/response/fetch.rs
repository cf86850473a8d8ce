//! FETCH: data of a message (RFC 9051 §7.5.2).

use std::collections::HashSet;

use bytes::Bytes;

use crate::{Flags, InternalDate};

use super::{Malformed, Unknown};

mod read;

/// Data of a message, as far as the server sent them.
///
/// ```
/// use imapclient_codec::{Decoder, Flag, Limits, Message, Response};
///
/// let wire: &[u8] = b"* 7 FETCH (UID 42 FLAGS (\\Seen) BODY[HEADER] {4}\r\nA: b)\r\n";
/// let Response::Fetch(fetch) = Decoder::new(Limits::default()).decode(&Message::from(wire)) else {
///     panic!()
/// };
/// assert_eq!((fetch.seq(), fetch.uid()), (7, Some(42)));
/// assert!(fetch.flags().is_some_and(|flags| flags.contains(&Flag::Seen)));
/// assert_eq!(fetch.section("header"), Some(&b"A: b"[..]));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fetch {
    seq: u32,
    uid: Option<u32>,
    flags: Option<Flags>,
    size: Option<u64>,
    modseq: Option<u64>,
    internal_date: Option<InternalDate>,
    sections: Vec<Section>,
    unknown: Vec<Unknown>,
    malformed: Vec<Malformed>,
}

/// A part of a message, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What stood in the brackets, as it was sent: `HEADER.FIELDS (From To)`, `1.2`; empty for the
    /// whole message. `BINARY[1.2]` for a decoded part (RFC 3516).
    pub name: String,
    /// Where in the section the data begin, in bytes, if only a piece of it was asked for.
    pub origin: Option<u64>,
    /// The data; `None` is NIL. Empty where the literal was streamed.
    pub data: Option<Bytes>,
}

impl Fetch {
    fn new(seq: u32) -> Self {
        Self {
            seq,
            uid: None,
            flags: None,
            size: None,
            modseq: None,
            internal_date: None,
            sections: Vec::new(),
            unknown: Vec::new(),
            malformed: Vec::new(),
        }
    }

    /// The sequence number.
    #[must_use]
    pub fn seq(&self) -> u32 {
        self.seq
    }

    /// The UID.
    #[must_use]
    pub fn uid(&self) -> Option<u32> {
        self.uid
    }

    /// The flags.
    #[must_use]
    pub fn flags(&self) -> Option<&Flags> {
        self.flags.as_ref()
    }

    /// The size in bytes, as the server reckons it. Some are wrong.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// When the message arrived. NIL counts as a date that cannot be read.
    #[must_use]
    pub fn internal_date(&self) -> Option<&InternalDate> {
        self.internal_date.as_ref()
    }

    /// The modification sequence (RFC 7162).
    #[must_use]
    pub fn modseq(&self) -> Option<u64> {
        self.modseq
    }

    /// The whole message: `BODY[]` or `RFC822`.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.section("")
    }

    /// A section, whole: `HEADER`, `1.2`, `HEADER.FIELDS (FROM TO)`. Case and quotes do not
    /// matter. `RFC822.HEADER` and `RFC822.TEXT` are `HEADER` and `TEXT`. For pieces see
    /// [`partial`](Self::partial).
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&[u8]> {
        self.find(name, None)
    }

    /// The piece of a section that begins at `origin`, in bytes.
    #[must_use]
    pub fn partial(&self, name: &str, origin: u64) -> Option<&[u8]> {
        self.find(name, Some(origin))
    }

    /// All sections, in the order of the server.
    pub fn sections(&self) -> impl ExactSizeIterator<Item = &Section> {
        self.sections.iter()
    }

    /// Items that nobody here reads, with their values as they were sent.
    #[must_use]
    pub fn unknown(&self) -> &[Unknown] {
        &self.unknown
    }

    /// Items that cannot be read, with their values as they were sent.
    #[must_use]
    pub fn malformed(&self) -> &[Malformed] {
        &self.malformed
    }

    /// Whether there is nothing but FLAGS, UID and MODSEQ: what servers send unasked.
    #[must_use]
    pub fn has_only_flags(&self) -> bool {
        self.size.is_none()
            && self.internal_date.is_none()
            && self.sections.is_empty()
            && self.unknown.is_empty()
            && self.malformed.is_empty()
    }

    /// Adds what a later response says about the same message: the later value of each item wins.
    pub fn merge(&mut self, other: Self) {
        self.seq = other.seq;
        self.uid = other.uid.or(self.uid);
        self.size = other.size.or(self.size);
        self.modseq = other.modseq.or(self.modseq);
        if other.flags.is_some() {
            self.flags = other.flags;
        }
        if other.internal_date.is_some() {
            self.internal_date = other.internal_date;
        }
        replace(&mut self.sections, other.sections, |section| {
            (canonical(&section.name).collect::<Vec<_>>(), section.origin)
        });
        replace(&mut self.unknown, other.unknown, |item| item.name.clone());
        replace(&mut self.malformed, other.malformed, |item| {
            item.item.clone()
        });
    }

    fn find(&self, name: &str, origin: Option<u64>) -> Option<&[u8]> {
        let same = |section: &&Section| {
            section.origin == origin && canonical(&section.name).eq(canonical(name))
        };
        self.sections.iter().rev().find(same)?.data.as_deref()
    }
}

/// Appends `newer` to `items`, less those it replaces, so that repetition makes nothing grow.
fn replace<T, K: Eq + std::hash::Hash>(items: &mut Vec<T>, newer: Vec<T>, key: impl Fn(&T) -> K) {
    if !items.is_empty() && !newer.is_empty() {
        let keys: HashSet<K> = newer.iter().map(&key).collect();
        items.retain(|item| !keys.contains(&key(item)));
    }
    items.extend(newer);
}

/// The name of a section as it is compared: in upper case, without quotes and spare blanks.
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
