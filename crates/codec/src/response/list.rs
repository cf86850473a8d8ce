//! LIST and LSUB (RFC 9051 §7.3.1).

use std::fmt;

use bytes::Bytes;

use crate::{
    MailboxName,
    token::{Cursor, Fault, Read, Text, lossy, trim_end},
};

use super::decoder::Reader;

/// A mailbox, as LIST shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct List {
    /// What it is.
    pub attributes: Vec<Attribute>,
    /// What separates the levels of its name; `None` if there are no levels.
    pub delimiter: Option<char>,
    /// Its name.
    pub name: MailboxName,
    /// More about it, parentheses included, as it was sent (RFC 5258).
    pub extended: Option<Bytes>,
}

impl List {
    /// Whether it has this attribute.
    #[must_use]
    pub fn has(&self, attribute: &Attribute) -> bool {
        self.attributes.contains(attribute)
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let cursor = &mut reader.cursor;
        cursor.blanks();
        let attributes = attributes(cursor, reader.limits.items)?;
        cursor.blanks();
        let delimiter = cursor
            .nstring()?
            .and_then(|text| String::from_utf8_lossy(&text.bytes()).chars().next());
        cursor.blanks();
        let name = name(cursor)?;
        let name = MailboxName::from_wire(&name.bytes(), reader.names);
        cursor.blanks();
        let start = cursor.at();
        let extended = trim_end(cursor.rest()).len();
        let extended = (extended > 0).then(|| reader.source.slice(start..start + extended));
        Ok(Self {
            attributes,
            delimiter,
            name,
            extended,
        })
    }
}

fn attributes(cursor: &mut Cursor<'_>, most: usize) -> Read<Vec<Attribute>> {
    let mut attributes = Vec::new();
    if cursor.nil() {
        return Ok(attributes);
    }
    cursor.expect(b'(', "a list of attributes is missing")?;
    loop {
        cursor.blanks();
        if cursor.eat(b')') {
            return Ok(attributes);
        }
        if attributes.len() == most {
            return cursor.fault("too many attributes");
        }
        attributes.push(Attribute::read(&cursor.astring()?.bytes()));
    }
}

/// The name, in quotes, as a literal, or bare, be it with blanks and brackets in it.
fn name<'m>(cursor: &mut Cursor<'m>) -> Read<Text<'m>> {
    let start = cursor.at();
    let ends = |cursor: &Cursor<'_>| {
        cursor
            .peek()
            .is_none_or(|byte| byte <= b' ' || byte == b'(')
    };
    if let Ok(text) = cursor.literal() {
        return Ok(text);
    }
    if let Ok(text) = cursor.quoted()
        && ends(cursor)
    {
        return Ok(text);
    }
    cursor.seek(start);
    let line = trim_end(cursor.rest());
    // Quotes that nobody escaped: from the first to the last.
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

/// Where a bare name ends: at the end of the line, or where the rest is extended data.
fn bare_length(line: &[u8]) -> usize {
    let mut starts = memchr::memmem::find_iter(line, b" (");
    starts
        .next()
        .filter(|&at| is_extended(line.get(at + 1..).unwrap_or_default()))
        .unwrap_or(line.len())
}

/// Whether the rest of a line is what RFC 5258 allows there: pairs of a label and a value that is a
/// list or a number.
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

macro_rules! attributes {
    ($($(#[$doc:meta])* $variant:ident $wire:literal)+) => {
        /// What a mailbox is (RFC 9051 §7.3.1, RFC 6154, RFC 8457). Case does not matter.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Attribute {
            $($(#[$doc])* $variant,)+
            /// Any other, as it was sent.
            Other(String),
        }

        impl Attribute {
            /// As it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Other(name) => name,
                }
            }

            fn read(wire: &[u8]) -> Self {
                $(if wire.eq_ignore_ascii_case($wire.as_bytes()) {
                    return Self::$variant;
                })+
                Self::Other(lossy(wire))
            }
        }
    };
}

attributes! {
    /// `\HasNoChildren`
    HasNoChildren "\\HasNoChildren"
    /// `\HasChildren`
    HasChildren "\\HasChildren"
    /// `\NoInferiors`: there can never be children.
    NoInferiors "\\NoInferiors"
    /// `\Noselect`: cannot be opened.
    NoSelect "\\Noselect"
    /// `\Marked`: probably has new messages.
    Marked "\\Marked"
    /// `\Unmarked`: has no new messages.
    Unmarked "\\Unmarked"
    /// `\NonExistent`: only a name.
    NonExistent "\\NonExistent"
    /// `\Subscribed`
    Subscribed "\\Subscribed"
    /// `\Remote`: on another server.
    Remote "\\Remote"
    /// `\All`: all messages.
    All "\\All"
    /// `\Archive`
    Archive "\\Archive"
    /// `\Drafts`
    Drafts "\\Drafts"
    /// `\Flagged`: all messages with that flag.
    Flagged "\\Flagged"
    /// `\Junk`
    Junk "\\Junk"
    /// `\Sent`
    Sent "\\Sent"
    /// `\Trash`
    Trash "\\Trash"
    /// `\Important`
    Important "\\Important"
}

impl From<&str> for Attribute {
    fn from(name: &str) -> Self {
        Self::read(name.as_bytes())
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
