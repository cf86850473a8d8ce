//! Mailbox attributes of LIST.

use std::{convert::Infallible, fmt, str::FromStr};

use crate::token::{Cursor, Fault, Read, exact, lossy, words};

macro_rules! attributes {
    ($($(#[$doc:meta])* $variant:ident $wire:literal)+) => {
        /// A mailbox attribute (RFC 9051 §7.3.1, RFC 6154, RFC 8457). Case does not matter.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Attribute {
            $($(#[$doc])* $variant,)+
            /// Any other attribute, as sent.
            Other(String),
        }

        const WORDS: &[&str] = &[$($wire),+];

        impl Attribute {
            /// The attributes that have a variant.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the attribute as it appears on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Other(name) => name,
                }
            }
        }
    };
}

attributes! {
    /// `\HasNoChildren`
    HasNoChildren "\\HasNoChildren"
    /// `\HasChildren`
    HasChildren "\\HasChildren"
    /// `\NoInferiors`: the mailbox cannot have children.
    NoInferiors "\\NoInferiors"
    /// `\Noselect`: the mailbox cannot be opened.
    NoSelect "\\Noselect"
    /// `\Marked`: the mailbox probably has new messages.
    Marked "\\Marked"
    /// `\Unmarked`: the mailbox has no new messages.
    Unmarked "\\Unmarked"
    /// `\NonExistent`: there is no mailbox with this name.
    NonExistent "\\NonExistent"
    /// `\Subscribed`
    Subscribed "\\Subscribed"
    /// `\Remote`: the mailbox is on another server.
    Remote "\\Remote"
    /// `\All`: contains all messages.
    All "\\All"
    /// `\Archive`
    Archive "\\Archive"
    /// `\Drafts`
    Drafts "\\Drafts"
    /// `\Flagged`: contains all messages with that flag.
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

impl Attribute {
    /// The attributes that name the use of a mailbox (RFC 6154 §2, RFC 8457).
    pub const SPECIAL_USES: &'static [Self] = &[
        Self::All,
        Self::Archive,
        Self::Drafts,
        Self::Flagged,
        Self::Important,
        Self::Junk,
        Self::Sent,
        Self::Trash,
    ];

    /// Returns its bit in [`Attributes`]; 0 for an unknown attribute.
    fn bit(&self) -> u32 {
        known_bit(self.as_str().as_bytes())
    }
}

impl From<&str> for Attribute {
    fn from(name: &str) -> Self {
        let mut known = Self::KNOWN.iter();
        let known = known.find(|known| known.as_str().eq_ignore_ascii_case(name));
        known
            .cloned()
            .unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

impl From<&Self> for Attribute {
    fn from(attribute: &Self) -> Self {
        attribute.clone()
    }
}

impl FromStr for Attribute {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(name.into())
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The attributes of a mailbox. Known attributes need no allocation.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    known: u32,
    /// In the order of the server.
    others: Box<[Box<str>]>,
}

impl Attributes {
    /// Returns whether this attribute is among them, ignoring case.
    #[must_use]
    pub fn contains(&self, attribute: &Attribute) -> bool {
        match attribute.bit() {
            0 => {
                let name = attribute.as_str();
                self.others
                    .iter()
                    .any(|other| other.eq_ignore_ascii_case(name))
            }
            bit => self.known & bit != 0,
        }
    }

    /// Returns all attributes: known ones in the order of [`Attribute`], then others.
    pub fn iter(&self) -> impl Iterator<Item = Attribute> + '_ {
        let known = Attribute::KNOWN
            .iter()
            .enumerate()
            .filter(|(index, _)| self.known & (1 << index) != 0);
        let others = self
            .others
            .iter()
            .map(|name| Attribute::Other(name.to_string()));
        known.map(|(_, attribute)| attribute.clone()).chain(others)
    }

    /// Returns whether there are no attributes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known == 0 && self.others.is_empty()
    }

    #[inline]
    pub(super) fn of_known(known: u32) -> Self {
        Self {
            known,
            others: Box::default(),
        }
    }

    /// Reads a list in parentheses, or NIL.
    #[inline]
    pub(super) fn read(cursor: &mut Cursor<'_>, most: usize) -> Read<Self> {
        let mut known = 0;
        let start = cursor.at();
        if !cursor.eat(b'(') {
            if cursor.nil() {
                return Ok(Self::default());
            }
            return cursor.fault("a list of attributes is missing");
        }
        loop {
            let rest = cursor.rest();
            if let Some((bit, length)) = usual(rest) {
                known |= bit;
                cursor.skip(length);
            } else if let Some(b' ') = rest.first() {
                cursor.skip(1);
            } else if let Some(b')') = rest.first() {
                cursor.skip(1);
                return Ok(Self::of_known(known));
            } else {
                return match Self::read_rest(cursor, known, most)? {
                    Some(attributes) => Ok(attributes),
                    None => {
                        cursor.seek(start + 1);
                        Self::read_odd(cursor, most)
                    }
                };
            }
        }
    }

    /// Reads from the first unusual attribute on. Returns `None` if there are unexpected
    /// parentheses.
    #[cold]
    fn read_rest(cursor: &mut Cursor<'_>, mut known: u32, most: usize) -> Read<Option<Self>> {
        let mut others = Vec::new();
        loop {
            cursor.blanks();
            if cursor.eat(b')') {
                let others = others.into();
                return Ok(list_ends(cursor.rest()).then_some(Self { known, others }));
            }
            if cursor.peek() == Some(b'(') {
                return Ok(None);
            }
            let text = cursor.astring()?;
            match known_bit(&text.bytes()) {
                0 if others.len() >= most => return cursor.fault("too many attributes"),
                0 => others.push(lossy(&text.bytes()).into()),
                bit => known |= bit,
            }
        }
    }

    /// Reads a list with parentheses inside of attributes or around some of them.
    #[cold]
    fn read_odd(cursor: &mut Cursor<'_>, most: usize) -> Read<Self> {
        let mut known = 0;
        let mut others: Vec<Box<str>> = Vec::new();
        words(cursor, list_ends, |text| {
            match known_bit(&text.bytes()) {
                0 if others.len() >= most => {
                    return Err(Fault {
                        at: text.at,
                        why: "too many attributes",
                    });
                }
                0 => others.push(lossy(&text.bytes()).into()),
                bit => known |= bit,
            }
            Ok(())
        })?;
        let others = others.into();
        Ok(Self { known, others })
    }
}

/// Returns whether a delimiter follows, as it does after a list of attributes.
fn list_ends(after: &[u8]) -> bool {
    let mut cursor = Cursor::new(after);
    cursor.blanks();
    cursor.peek() == Some(b'"') || cursor.nil()
}

/// Returns the bit and the length of the most frequent attributes, in their exact spelling.
#[inline]
pub(super) fn usual(rest: &[u8]) -> Option<(u32, usize)> {
    let (index, length) = match rest {
        [b'\\', b'H', b'a', b's', b'N', ..] => (0, exact(rest, b"\\HasNoChildren")),
        [b'\\', b'H', b'a', b's', b'C', ..] => (1, exact(rest, b"\\HasChildren")),
        [b'\\', b'N', b'o', b'I', ..] => (2, exact(rest, b"\\NoInferiors")),
        [b'\\', b'U', b'n', b'm', ..] => (5, exact(rest, b"\\Unmarked")),
        [b'\\', b'U', b'n', b'M', ..] => (5, exact(rest, b"\\UnMarked")),
        [b'\\', b'S', b'u', b'b', ..] => (7, exact(rest, b"\\Subscribed")),
        _ => return None,
    };
    Some((1 << index, length?))
}

fn known_bit(name: &[u8]) -> u32 {
    let known = WORDS
        .iter()
        .position(|known| known.as_bytes().eq_ignore_ascii_case(name));
    known.map_or(0, |index| 1 << index)
}

impl FromIterator<Attribute> for Attributes {
    fn from_iter<I: IntoIterator<Item = Attribute>>(iter: I) -> Self {
        let mut known = 0;
        let mut others = Vec::new();
        for attribute in iter {
            match attribute.bit() {
                0 => others.push(attribute.as_str().into()),
                bit => known |= bit,
            }
        }
        Self {
            known,
            others: others.into(),
        }
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Attributes {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_the_table() {
        for (index, attribute) in Attribute::KNOWN.iter().enumerate() {
            let name = attribute.as_str();
            assert_eq!(attribute.bit(), 1 << index);
            let line = format!("{name})");
            let usual = usual(line.as_bytes());
            assert!(
                usual.is_none_or(|usual| usual == (1 << index, name.len())),
                "{name}"
            );
        }
    }
}
