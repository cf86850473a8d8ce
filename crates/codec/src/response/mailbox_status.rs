//! STATUS: data of a mailbox, which need not be selected (RFC 9051 §7.3.4).

use crate::{
    MailboxName, MessageCount, Uid,
    token::{Cursor, Fault, Read, Text, lossy, trim, trim_end},
};

use super::{Malformed, Unknown, parts::begins_item, reader::Reader};

words! {
    /// A status data item (RFC 9051 §6.3.11).
    #[non_exhaustive]
    pub enum StatusItem is "status item" {
        /// The number of messages.
        Messages "MESSAGES",
        /// The number of messages with `\Recent`; not in `IMAP4rev2`.
        Recent "RECENT",
        /// The predicted next UID.
        UidNext "UIDNEXT",
        /// The UID validity.
        UidValidity "UIDVALIDITY",
        /// The number of messages without `\Seen`.
        Unseen "UNSEEN",
        /// The number of messages with `\Deleted`; requires `IMAP4rev2` or `QUOTA=RES-STORAGE`.
        Deleted "DELETED",
        /// The total size in bytes; requires `IMAP4rev2` or `STATUS=SIZE`.
        Size "SIZE",
        /// The highest modification sequence; requires `CONDSTORE`.
        HighestModSeq "HIGHESTMODSEQ",
        /// The permanent identifier of the mailbox; requires `OBJECTID` (RFC 8474).
        MailboxId "MAILBOXID",
        /// The maximum size of an appended message, in bytes; requires `APPENDLIMIT` (RFC 7889).
        AppendLimit "APPENDLIMIT",
        /// The number of bytes that EXPUNGE would free; requires `QUOTA=RES-STORAGE` (RFC 9208).
        DeletedStorage "DELETED-STORAGE",
    }
}

/// Status data of a mailbox, as far as the server sent them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MailboxStatus {
    /// The name.
    pub name: MailboxName,
    /// The number of messages.
    pub messages: Option<MessageCount>,
    /// The number of recent messages (`IMAP4rev1`).
    pub recent: Option<MessageCount>,
    /// The predicted UID of the next message. Some servers send 0, which is malformed.
    pub uid_next: Option<Uid>,
    /// The UIDVALIDITY. Some servers send 0.
    pub uid_validity: Option<u32>,
    /// The number of messages without `\Seen`.
    pub unseen: Option<MessageCount>,
    /// The number of messages with `\Deleted` (RFC 9051).
    pub deleted: Option<MessageCount>,
    /// The highest modification sequence (RFC 7162).
    pub highest_modseq: Option<u64>,
    /// The total size of the messages in bytes (RFC 8438).
    pub size: Option<u64>,
    /// The number of bytes that EXPUNGE would free (RFC 9208).
    pub deleted_storage: Option<u64>,
    /// The maximum size of an appended message (RFC 7889).
    pub append_limit: Option<AppendLimit>,
    /// The permanent identifier of the mailbox (RFC 8474).
    pub mailbox_id: Option<String>,
    /// Items that this crate does not know, with their values as sent.
    pub unknown: Vec<Unknown>,
    /// Items that cannot be parsed, with their values as sent.
    pub malformed: Vec<Malformed>,
}

/// The maximum size of an appended message (RFC 7889).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[expect(clippy::exhaustive_enums, reason = "the grammar has no others")]
pub enum AppendLimit {
    /// The maximum size in bytes.
    Bytes(u64),
    /// The server has no limit or does not report it.
    None,
}

impl MailboxStatus {
    /// Creates a status without any data, for tests of programs that use it.
    ///
    /// ```
    /// use imapclient_codec::MailboxStatus;
    ///
    /// fn is_known(status: &MailboxStatus) -> bool {
    ///     status.messages.is_some()
    /// }
    ///
    /// let mut status = MailboxStatus::new("Archive");
    /// assert!(!is_known(&status));
    /// status.messages = Some(3.into());
    /// assert!(is_known(&status));
    /// ```
    #[must_use]
    pub fn new(name: impl Into<MailboxName>) -> Self {
        Self {
            name: name.into(),
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
            mailbox_id: None,
            unknown: Vec::new(),
            malformed: Vec::new(),
        }
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let name = name(&mut reader.cursor)?;
        let mut status = Self::new(MailboxName::from_wire(&name.bytes(), reader.names));
        reader.cursor.expect(b'(', "a list is missing")?;
        let mut items = 0;
        let mut open = 0;
        while reader.next_in_list(&mut open)? {
            reader.room(items)?;
            items += 1;
            status.read_item(reader)?;
        }
        if let Err(fault) = reader.end() {
            let rest = fault.at..reader.source.whole().end;
            let bad = reader.source.malformed(b"STATUS", rest, fault);
            status.malformed.push(bad);
        }
        Ok(status)
    }

    fn read_item(&mut self, reader: &mut Reader<'_, '_, '_>) -> Read<()> {
        let cursor = &mut reader.cursor;
        let name = cursor.atom();
        if name.is_empty() {
            return cursor.fault("the name of an item is missing");
        }
        cursor.blanks();
        let start = cursor.at();
        let mut items = StatusItem::ALL.iter();
        let item = items.find(|item| name.eq_ignore_ascii_case(item.as_str().as_bytes()));
        if begins_item(cursor.rest(), StatusItem::WORDS, item.is_some()) {
            let bad = reader.missing_value(name);
            self.malformed.push(bad);
            return Ok(());
        }
        let Some(item) = item else {
            let value = reader.unknown_value(name)?;
            self.unknown.push(value);
            return Ok(());
        };
        if let Err(fault) = self.read_value(cursor, *item) {
            let bad = reader.bad_value(name, start, fault)?;
            self.malformed.push(bad);
        }
        Ok(())
    }

    fn read_value(&mut self, cursor: &mut Cursor<'_>, item: StatusItem) -> Read<()> {
        match item {
            StatusItem::Messages => self.messages = Some(cursor.listed_number32()?.into()),
            StatusItem::Recent => self.recent = Some(cursor.listed_number32()?.into()),
            StatusItem::UidNext => {
                let at = cursor.at();
                let why = "there is no UID 0";
                let next = Uid::new(cursor.listed_number32()?);
                self.uid_next = Some(next.ok_or(Fault { at, why })?);
            }
            StatusItem::UidValidity => self.uid_validity = Some(cursor.listed_number32()?),
            StatusItem::Unseen => self.unseen = Some(cursor.listed_number32()?.into()),
            StatusItem::Deleted => self.deleted = Some(cursor.listed_number32()?.into()),
            StatusItem::Size => self.size = Some(cursor.listed_number()?),
            StatusItem::HighestModSeq => self.highest_modseq = Some(cursor.listed_number()?),
            StatusItem::DeletedStorage => self.deleted_storage = Some(cursor.listed_number()?),
            StatusItem::MailboxId => self.mailbox_id = Some(object_id(cursor)?),
            StatusItem::AppendLimit => {
                self.append_limit = Some(if cursor.nil() {
                    AppendLimit::None
                } else {
                    AppendLimit::Bytes(cursor.listed_number()?)
                });
            }
        }
        Ok(())
    }
}

/// Reads `(F2212ea87-6097)`, or the same without parentheses (RFC 8474 §4).
fn object_id(cursor: &mut Cursor<'_>) -> Read<String> {
    let id = cursor.in_parentheses(Cursor::astring)?;
    Ok(lossy(&id.bytes()))
}

/// Reads the name, up to the list. An unquoted name can contain spaces and parentheses, so the last
/// list counts.
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
        // Unescaped quotes.
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

/// Returns the position of the list that ends the line.
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
