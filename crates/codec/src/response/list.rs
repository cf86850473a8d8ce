//! LIST and LSUB (RFC 9051 §7.3.1, RFC 5258).

use crate::{
    MailboxName,
    token::{Cursor, Fault, Read, Text, all, lossy, trim_end},
};

use super::{Malformed, Unknown, parts::word, reader::Reader};

mod attribute;

pub use attribute::{Attribute, Attributes};

/// A mailbox, as returned by LIST.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ListedMailbox {
    /// The attributes.
    pub attributes: Attributes,
    /// The hierarchy delimiter; `None` if names are flat.
    pub delimiter: Option<char>,
    /// The name.
    pub name: MailboxName,
    /// Rare, and boxed so that it takes little space in the usual case.
    extended: Option<Box<Extended>>,
}

/// Extended data items (RFC 5258 §3.5, RFC 9051 §7.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Extended {
    child_info: Option<Vec<String>>,
    old_name: Option<MailboxName>,
    unknown: Vec<Unknown>,
    malformed: Vec<Malformed>,
}

impl ListedMailbox {
    /// Creates a mailbox without attributes and delimiter, for tests of programs that use it.
    ///
    /// ```
    /// use imapclient_codec::{Attribute, ListedMailbox};
    ///
    /// fn can_be_opened(mailbox: &ListedMailbox) -> bool {
    ///     !mailbox.has(&Attribute::NoSelect)
    /// }
    ///
    /// let mut mailbox = ListedMailbox::new("[Gmail]");
    /// assert!(can_be_opened(&mailbox));
    /// mailbox.attributes = [Attribute::NoSelect, Attribute::HasChildren].into_iter().collect();
    /// mailbox.delimiter = Some('/');
    /// assert!(!can_be_opened(&mailbox));
    /// ```
    #[must_use]
    pub fn new(name: impl Into<MailboxName>) -> Self {
        Self {
            attributes: Attributes::default(),
            delimiter: None,
            name: name.into(),
            extended: None,
        }
    }

    /// Returns whether it has this attribute.
    #[must_use]
    pub fn has(&self, attribute: &Attribute) -> bool {
        self.attributes.contains(attribute)
    }

    /// Returns `CHILDINFO`: the selection options, as in `SUBSCRIBED`, that match mailboxes below
    /// this one which are not listed themselves.
    #[must_use]
    pub fn child_info(&self) -> Option<&[String]> {
        self.extended.as_ref()?.child_info.as_deref()
    }

    /// Returns `OLDNAME`: the name before a RENAME, or the name that was asked for.
    #[must_use]
    pub fn old_name(&self) -> Option<&MailboxName> {
        self.extended.as_ref()?.old_name.as_ref()
    }

    /// Returns other extended data items, as sent.
    #[must_use]
    pub fn unknown(&self) -> &[Unknown] {
        self.extended
            .as_ref()
            .map_or(&[], |extended| &extended.unknown)
    }

    /// Returns extended data items that cannot be parsed.
    #[must_use]
    pub fn malformed(&self) -> &[Malformed] {
        self.extended
            .as_ref()
            .map_or(&[], |extended| &extended.malformed)
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let cursor = &mut reader.cursor;
        cursor.blanks();
        let attributes = Attributes::read(cursor, reader.limits.items)?;
        cursor.blanks();
        let delimiter = delimiter(cursor)?;
        cursor.blanks();
        let name = name(cursor)?;
        let name = if name.escaped {
            MailboxName::from_wire(&name.bytes(), reader.names)
        } else {
            MailboxName::from_wire(name.raw, reader.names)
        };
        let extended = if matches!(reader.cursor.rest(), b"\r\n") || reader.cursor.is_done() {
            None
        } else {
            Some(Box::new(Extended::read(reader)))
        };
        Ok(Self {
            attributes,
            delimiter,
            name,
            extended,
        })
    }
}

/// Reads the form that most servers send most of the time, `* LIST (\HasNoChildren) "/" "name"`,
/// without anything unusual in it. Returns `None` for any other response.
#[inline(always)]
pub(super) fn usual(message: &[u8]) -> Option<ListedMailbox> {
    let mut rest = message.strip_prefix(b"* LIST (")?;
    let mut known = 0;
    let (delimiter, name) = loop {
        match rest {
            [b')', b' ', b'"', delimiter, b'"', b' ', name @ ..] => break (*delimiter, name),
            [b' ', after @ ..] => rest = after,
            _ => {
                let (bit, length) = attribute::usual(rest)?;
                known |= bit;
                rest = rest.get(length..)?;
            }
        }
    };
    // `from_plain` checks the rest.
    let (name, usual) = match name {
        [b'"', name @ .., b'"', b'\r', b'\n'] => {
            (name, all(name, |byte| !matches!(byte, b'"' | b'\\')))
        }
        [name @ .., b'\r', b'\n'] => {
            let is_usual =
                |byte: u8| byte.is_ascii_alphanumeric() | matches!(byte, b'.' | b'/' | b'-' | b'_');
            (name, all(name, is_usual) & !name.is_empty())
        }
        _ => return None,
    };
    if !usual | !delimiter.is_ascii_graphic() | matches!(delimiter, b'"' | b'\\') {
        return None;
    }
    Some(ListedMailbox {
        attributes: Attributes::of_known(known),
        delimiter: Some(char::from(delimiter)),
        name: MailboxName::from_plain(name)?,
        extended: None,
    })
}

impl Extended {
    /// Reads `(label value label value ...)`. Errors do not affect the mailbox itself.
    #[cold]
    fn read(reader: &mut Reader<'_, '_, '_>) -> Self {
        let mut extended = Self::default();
        reader.cursor.blanks();
        let start = reader.cursor.at();
        if let Err(fault) = extended.read_items(reader) {
            let rest = start..reader.source.whole().end;
            let bad = reader.source.malformed(b"LIST", rest, fault);
            extended.malformed.push(bad);
        }
        extended
    }

    fn read_items(&mut self, reader: &mut Reader<'_, '_, '_>) -> Read<()> {
        reader
            .cursor
            .expect(b'(', "something follows the name of the mailbox")?;
        let mut items = 0;
        let mut open = 0;
        while reader.next_in_list(&mut open)? {
            reader.room(items)?;
            items += 1;
            let label = reader.text()?;
            reader.cursor.whitespace();
            let start = reader.cursor.at();
            let is_list = ["CHILDINFO", "OLDNAME"]
                .iter()
                .any(|known| label.eq_ignore_ascii_case(known));
            if is_list && reader.cursor.peek() == Some(b'"') {
                self.malformed.push(reader.missing_value(label.as_bytes()));
            } else if let Err(fault) = self.read_value(reader, &label) {
                let bad = reader.bad_value(label.as_bytes(), start, fault)?;
                self.malformed.push(bad);
            }
        }
        reader.end()
    }

    fn read_value(&mut self, reader: &mut Reader<'_, '_, '_>, label: &str) -> Read<()> {
        if label.eq_ignore_ascii_case("CHILDINFO") {
            self.child_info = Some(reader.listed_texts()?);
        } else if label.eq_ignore_ascii_case("OLDNAME") {
            reader.cursor.expect(b'(', "a list is missing")?;
            let name = reader.cursor.in_parentheses(word)?;
            let name = MailboxName::from_wire(&name.bytes(), reader.names);
            if !reader.list_ends()? {
                return reader.cursor.fault("more than one old name");
            }
            self.old_name = Some(name);
        } else {
            let value = reader.unknown_value(label.as_bytes())?;
            self.unknown.push(value);
        }
        Ok(())
    }
}

/// Reads `"/"` or NIL.
#[inline]
fn delimiter(cursor: &mut Cursor<'_>) -> Read<Option<char>> {
    if let [b'"', c @ ..=0x7f, b'"', ..] = *cursor.rest()
        && c != b'\\'
        && c != b'"'
    {
        cursor.skip(3);
        return Ok(Some(char::from(c)));
    }
    let text = cursor.nstring()?;
    Ok(text.and_then(|text| lossy(&text.bytes()).chars().next()))
}

/// Reads the name: quoted, as a literal, or unquoted, possibly with spaces and brackets in it.
fn name<'m>(cursor: &mut Cursor<'m>) -> Read<Text<'m>> {
    let start = cursor.at();
    let ends = |cursor: &Cursor<'_>| {
        cursor
            .peek()
            .is_none_or(|byte| byte <= b' ' || byte == b'(')
    };
    match cursor.peek() {
        Some(b'"') => {
            if let Ok(text) = cursor.quoted()
                && ends(cursor)
            {
                return Ok(text);
            }
        }
        _ => {
            if let Ok(text) = cursor.literal() {
                return Ok(text);
            }
        }
    }
    cursor.seek(start);
    let line = trim_end(cursor.rest());
    // Unescaped quotes: the string extends from the first to the last.
    if let [b'"', raw @ .., b'"'] = line {
        cursor.skip(line.len());
        return Ok(Text {
            raw,
            at: start + 1,
            escaped: true,
        });
    }
    let raw = line
        .get(..bare_length(line))
        .map(trim_end)
        .unwrap_or_default();
    if raw.is_empty() {
        return Err(Fault {
            at: start,
            why: "the name of the mailbox is missing",
        });
    }
    cursor.skip(raw.len());
    Ok(Text {
        raw,
        at: start,
        escaped: false,
    })
}

/// Returns the length of an unquoted name, which extends to the end of the line or to extended
/// data.
fn bare_length(line: &[u8]) -> usize {
    let mut starts = memchr::memmem::find_iter(line, b" (");
    starts
        .next()
        .filter(|&at| is_extended(line.get(at + 1..).unwrap_or_default()))
        .unwrap_or(line.len())
}

/// Returns whether the rest of a line is extended data as in RFC 5258: pairs of a label and a value
/// that is a list or a number.
fn is_extended(rest: &[u8]) -> bool {
    let mut cursor = Cursor::new(rest);
    let mut pairs = 0;
    cursor.skip(1);
    loop {
        cursor.blanks();
        if cursor.eat(b')') {
            return pairs > 0 && cursor.is_done();
        }
        if cursor.astring().is_err() {
            return false;
        }
        cursor.blanks();
        let value = match cursor.peek() {
            Some(b'(') => cursor.value(usize::MAX).is_ok(),
            _ => cursor.number().is_ok(),
        };
        if !value {
            return false;
        }
        pairs += 1;
    }
}
