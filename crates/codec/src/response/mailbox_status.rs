//! STATUS: numbers about a mailbox that need not be open (RFC 9051 §7.3.4).

use bytes::Bytes;

use crate::{
    MailboxName,
    token::{Cursor, Fault, Read, Text, trim, trim_end},
};

use super::decoder::Reader;

/// Numbers about a mailbox, as far as the server sent them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MailboxStatus {
    /// Its name.
    pub name: MailboxName,
    /// How many messages.
    pub messages: Option<u32>,
    /// How many recent messages (`IMAP4rev1`).
    pub recent: Option<u32>,
    /// The UID the next message will get at the least. Some servers send 0.
    pub uid_next: Option<u32>,
    /// The validity of its UIDs. Some servers send 0.
    pub uid_validity: Option<u32>,
    /// How many messages without `\Seen`.
    pub unseen: Option<u32>,
    /// How many messages with `\Deleted` (RFC 9051).
    pub deleted: Option<u32>,
    /// The highest modification sequence (RFC 7162).
    pub highest_modseq: Option<u64>,
    /// The size of all messages, in bytes (RFC 8438).
    pub size: Option<u64>,
    /// How many bytes EXPUNGE would free (RFC 9208).
    pub deleted_storage: Option<u64>,
    /// The largest message that can be appended, in bytes (RFC 7889).
    pub append_limit: Option<u64>,
    /// Anything else, and values that are not as they should be: the name in upper case, and the
    /// value as it was sent.
    pub other: Vec<(String, Bytes)>,
}

impl MailboxStatus {
    fn new(name: MailboxName) -> Self {
        Self {
            name,
            messages: None,
            recent: None,
            uid_next: None,
            uid_validity: None,
            unseen: None,
            deleted: None,
            highest_modseq: None,
            size: None,
            deleted_storage: None,
            append_limit: None,
            other: Vec::new(),
        }
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let name = name(&mut reader.cursor)?;
        let mut status = Self::new(MailboxName::from_wire(&name.bytes(), reader.names));
        reader.cursor.expect(b'(', "a list is missing")?;
        for _ in 0..reader.limits.items {
            reader.cursor.whitespace();
            if reader.cursor.eat(b')') {
                return Ok(status);
            }
            status.read_item(reader)?;
        }
        reader.cursor.fault("too many items")
    }

    fn read_item(&mut self, reader: &mut Reader<'_, '_, '_>) -> Read<()> {
        let cursor = &mut reader.cursor;
        let name = cursor.atom();
        if name.is_empty() {
            return cursor.fault("the name of an item is missing");
        }
        cursor.blanks();
        let start = cursor.at();
        let is = |wire: &str| name.eq_ignore_ascii_case(wire.as_bytes());
        let done = if is("MESSAGES") {
            number32(cursor, &mut self.messages)
        } else if is("UIDNEXT") {
            number32(cursor, &mut self.uid_next)
        } else if is("UIDVALIDITY") {
            number32(cursor, &mut self.uid_validity)
        } else if is("UNSEEN") {
            number32(cursor, &mut self.unseen)
        } else if is("RECENT") {
            number32(cursor, &mut self.recent)
        } else if is("DELETED") {
            number32(cursor, &mut self.deleted)
        } else if is("HIGHESTMODSEQ") {
            number(cursor, &mut self.highest_modseq)
        } else if is("SIZE") {
            number(cursor, &mut self.size)
        } else if is("DELETED-STORAGE") {
            number(cursor, &mut self.deleted_storage)
        } else if is("APPENDLIMIT") {
            number(cursor, &mut self.append_limit)
        } else {
            false
        };
        if !done {
            cursor.seek(start);
            let value = cursor.value(reader.limits.depth)?;
            self.other.push((
                String::from_utf8_lossy(name).to_ascii_uppercase(),
                reader.source.slice(value),
            ));
        }
        Ok(())
    }
}

fn number32(cursor: &mut Cursor<'_>, field: &mut Option<u32>) -> bool {
    cursor
        .number32()
        .map(|number| *field = Some(number))
        .is_ok()
}

fn number(cursor: &mut Cursor<'_>, field: &mut Option<u64>) -> bool {
    cursor.number().map(|number| *field = Some(number)).is_ok()
}

/// The name, up to the list. A bare one can hold blanks and parentheses: the last list counts.
fn name<'m>(cursor: &mut Cursor<'m>) -> Read<Text<'m>> {
    cursor.blanks();
    let start = cursor.at();
    if let Ok(text) = cursor.literal().or_else(|_| cursor.quoted()) {
        cursor.blanks();
        if cursor.peek() == Some(b'(') {
            return Ok(text);
        }
        cursor.seek(start);
    }
    let rest = cursor.rest();
    let list = last_list(trim_end(rest)).ok_or(Fault {
        at: start,
        why: "a list after the name of the mailbox is missing",
    })?;
    let raw = trim(rest.get(..list).unwrap_or_default());
    cursor.skip(list);
    Ok(match raw {
        // Quotes that nobody escaped.
        [b'"', inside @ .., b'"'] => Text {
            raw: inside,
            at: start + 1,
            escaped: true,
        },
        _ => Text {
            raw,
            at: start,
            escaped: false,
        },
    })
}

/// Where the list that ends the line begins.
fn last_list(line: &[u8]) -> Option<usize> {
    let mut open = 0_usize;
    for (at, byte) in line.iter().enumerate().rev() {
        match byte {
            b')' => open += 1,
            _ if open == 0 => return None,
            b'(' if open == 1 => return Some(at),
            b'(' => open -= 1,
            _ => {}
        }
    }
    None
}
