//! ESEARCH: the extended result of SEARCH or SORT (RFC 4731, RFC 9051 §7.3.4).

use crate::{
    MailboxName, MessageNumber, NumberSet,
    token::{Fault, Read},
};

use super::{
    Malformed, Tag, Unknown,
    parts::{begins_item, word},
    reader::Reader,
};

/// The extended result of SEARCH or SORT, as far as it was asked for.
///
/// Numbers are UIDs if [`uid`](Self::uid) is set, and sequence numbers otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Esearch {
    /// The tag of the command that it answers, or whose result it updates (RFC 5267).
    pub tag: Option<Tag>,
    /// The mailbox, in a search over several (RFC 7377).
    pub mailbox: Option<MailboxName>,
    /// The UIDVALIDITY of that mailbox (RFC 7377).
    pub uid_validity: Option<u32>,
    /// True if the numbers are UIDs.
    pub uid: bool,
    /// The lowest number found.
    pub min: Option<MessageNumber>,
    /// The highest number found.
    pub max: Option<MessageNumber>,
    /// The number of messages found.
    pub count: Option<u64>,
    /// All numbers found, in the order of the server, which is significant after SORT. `None` if
    /// nothing was found, or if this was not asked for.
    pub all: Option<NumberSet>,
    /// The highest modification sequence of all messages found (RFC 7162).
    pub modseq: Option<u64>,
    /// A page of the result (RFC 5267, RFC 9394).
    pub partial: Option<Partial>,
    /// Messages that have joined the result since (RFC 5267).
    pub added: Vec<ContextUpdate>,
    /// Messages that have left the result since (RFC 5267).
    pub removed: Vec<ContextUpdate>,
    /// The relevancy score of each message from 1 to 100, in the order of [`all`](Self::all)
    /// (RFC 6203).
    pub relevancy: Vec<u8>,
    /// Items that this crate does not know.
    pub unknown: Vec<Unknown>,
    /// Items that cannot be parsed.
    pub malformed: Vec<Malformed>,
}

/// A page of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Partial {
    /// The first requested position: 1 is the first message found, -1 the last one.
    pub first: i64,
    /// The last requested position.
    pub last: i64,
    /// The numbers found there; empty for NIL.
    pub found: NumberSet,
}

/// Messages that join or leave a result (RFC 5267 §4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ContextUpdate {
    /// Their position in the result, from 1; 0 if the result has no order.
    pub position: u32,
    /// The messages.
    pub messages: NumberSet,
}

impl Esearch {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mut found = Self::default();
        let mut items = 0;
        // The correlator with the tag is in parentheses, and other items may be.
        let mut open = 0;
        while reader.next_on_line(&mut open)? {
            reader.room(items)?;
            items += 1;
            found.read_item(reader)?;
        }
        Ok(found)
    }

    fn read_item(&mut self, reader: &mut Reader<'_, '_, '_>) -> Read<()> {
        let cursor = &mut reader.cursor;
        let name = cursor.atom();
        if name.is_empty() {
            return cursor.fault("the name of an item is missing");
        }
        let is = |wire: &str| name.eq_ignore_ascii_case(wire.as_bytes());
        if is("UID") {
            self.uid = true;
            return Ok(());
        }
        cursor.blanks();
        let start = cursor.at();
        if !is("MAILBOX") && begins_item(cursor.rest(), &NAMES, true) {
            let bad = reader.missing_value(name);
            self.malformed.push(bad);
            return Ok(());
        }
        let read = if is("TAG") {
            tag(reader).map(|tag| self.tag = Some(tag))
        } else if is("MAILBOX") {
            let mailbox = reader.mailbox();
            mailbox.map(|mailbox| self.mailbox = Some(mailbox))
        } else if is("UIDVALIDITY") {
            let number = cursor.listed_number32();
            number.map(|number| self.uid_validity = Some(number))
        } else if is("ALL") {
            set(reader).map(|all| match &mut self.all {
                // A second list continues the first, as in SEARCH.
                Some(before) => before.append(all),
                None => self.all = Some(all),
            })
        } else if is("COUNT") {
            cursor.listed_number().map(|count| self.count = Some(count))
        } else if is("MIN") {
            message(reader).map(|min| self.min = Some(min))
        } else if is("MAX") {
            message(reader).map(|max| self.max = Some(max))
        } else if is("MODSEQ") {
            cursor
                .listed_number()
                .map(|modseq| self.modseq = Some(modseq))
        } else if is("PARTIAL") {
            Partial::read(reader).map(|partial| self.partial = Some(partial))
        } else if is("ADDTO") {
            updates(reader, &mut self.added)
        } else if is("REMOVEFROM") {
            updates(reader, &mut self.removed)
        } else if is("RELEVANCY") {
            scores(reader).map(|scores| self.relevancy = scores)
        } else {
            let value = reader.unknown_value(name)?;
            self.unknown.push(value);
            Ok(())
        };
        self.keep_fault(reader, name, start, read)
    }

    /// Records a malformed value, so that the items after it survive.
    fn keep_fault(
        &mut self,
        reader: &mut Reader<'_, '_, '_>,
        name: &[u8],
        start: usize,
        read: Read<()>,
    ) -> Read<()> {
        if let Err(fault) = read {
            let bad = reader.bad_value(name, start, fault)?;
            self.malformed.push(bad);
        }
        Ok(())
    }
}

/// The names of the items, to recognise an item after one whose value is missing.
const NAMES: [&str; 13] = [
    "TAG",
    "MAILBOX",
    "UIDVALIDITY",
    "UID",
    "ALL",
    "COUNT",
    "MIN",
    "MAX",
    "MODSEQ",
    "PARTIAL",
    "ADDTO",
    "REMOVEFROM",
    "RELEVANCY",
];

fn tag(reader: &mut Reader<'_, '_, '_>) -> Read<Tag> {
    let text = word(&mut reader.cursor)?;
    Tag::read(&text.bytes()).ok_or(Fault {
        at: text.at,
        why: "not a tag",
    })
}

impl Partial {
    /// Reads `(1:100 200:250)` or `(-1:-100 NIL)`.
    fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let cursor = &mut reader.cursor;
        cursor.expect(b'(', "a list is missing")?;
        cursor.blanks();
        let at = cursor.at();
        let (first, last) = places(cursor.atom()).ok_or(Fault {
            at,
            why: "a range of places is missing",
        })?;
        cursor.blanks();
        let found = if cursor.nil() || cursor.peek() == Some(b')') {
            NumberSet::new()
        } else {
            set(reader)?
        };
        let cursor = &mut reader.cursor;
        cursor.blanks();
        cursor.expect(b')', "a list does not end")?;
        Ok(Self { first, last, found })
    }
}

/// Parses `1:100`, `-1:-100` or `5`.
fn places(wire: &[u8]) -> Option<(i64, i64)> {
    let text = std::str::from_utf8(wire).ok()?;
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// Reads `(0 5:7 3 9)`.
fn updates(reader: &mut Reader<'_, '_, '_>, all: &mut Vec<ContextUpdate>) -> Read<()> {
    let before = all.len();
    let read = read_updates(reader, all);
    if read.is_err() {
        // A partial list would look complete.
        all.truncate(before);
    }
    read
}

fn read_updates(reader: &mut Reader<'_, '_, '_>, all: &mut Vec<ContextUpdate>) -> Read<()> {
    reader.cursor.expect(b'(', "a list is missing")?;
    while !reader.list_ends()? {
        reader.room(all.len())?;
        let position = reader.cursor.number32()?;
        reader.cursor.blanks();
        let messages = set(reader)?;
        all.push(ContextUpdate { position, messages });
    }
    Ok(())
}

/// Reads `(4 99 42)`.
fn scores(reader: &mut Reader<'_, '_, '_>) -> Read<Vec<u8>> {
    let mut scores = Vec::new();
    reader.cursor.expect(b'(', "a list is missing")?;
    while !reader.list_ends()? {
        let at = reader.cursor.at();
        let score = u8::try_from(reader.cursor.number()?).ok();
        scores.push(score.filter(|&score| score <= 100).ok_or(Fault {
            at,
            why: "a score over 100",
        })?);
    }
    Ok(scores)
}

/// Reads message numbers, none of which may be `*`.
fn set(reader: &mut Reader<'_, '_, '_>) -> Read<NumberSet> {
    let at = reader.cursor.at();
    let set = reader.cursor.in_parentheses(|cursor| {
        let at = cursor.at();
        NumberSet::read(cursor.atom()).map_err(|why| Fault { at, why })
    })?;
    if set.has_star() {
        return Err(Fault {
            at,
            why: "a `*` among messages that were found",
        });
    }
    Ok(set)
}

fn message(reader: &mut Reader<'_, '_, '_>) -> Read<MessageNumber> {
    let at = reader.cursor.at();
    let why = "there is no message 0";
    MessageNumber::new(reader.cursor.listed_number32()?).ok_or(Fault { at, why })
}
