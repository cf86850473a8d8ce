//! Message flags (RFC 9051 §2.3.2).

use std::{
    cmp::Ordering,
    convert::Infallible,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use crate::token::{Cursor, Ends, Fault, Read, exact, words};

mod keywords;

use keywords::Keywords;

/// A message flag. Comparison ignores case, as the RFC requires.
///
/// ```
/// use imapclient_codec::Flag;
///
/// assert_eq!(Flag::from("\\seen"), Flag::Seen);
/// assert_eq!(Flag::from("$Junk"), Flag::from("$junk"));
/// assert_eq!(Flag::Seen.to_string(), "\\Seen");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Flag {
    /// `\Answered`
    Answered,
    /// `\Deleted`: marked for removal by EXPUNGE.
    Deleted,
    /// `\Draft`
    Draft,
    /// `\Flagged`: marked for special attention.
    Flagged,
    /// `\Recent`: arrived after the last session (`IMAP4rev1` only). Clients cannot set it.
    Recent,
    /// `\Seen`
    Seen,
    /// `\*`, in PERMANENTFLAGS only: new keywords can be created.
    Any,
    /// A keyword, or an unknown system flag, as sent.
    Other(String),
}

/// The known flags in the order of their bits in [`Flags`].
const KNOWN: [(&str, Flag); 7] = [
    ("\\Seen", Flag::Seen),
    ("\\Answered", Flag::Answered),
    ("\\Flagged", Flag::Flagged),
    ("\\Deleted", Flag::Deleted),
    ("\\Draft", Flag::Draft),
    ("\\Recent", Flag::Recent),
    ("\\*", Flag::Any),
];

const SEEN: u8 = 1;

impl Flag {
    /// The system flags that clients can set (RFC 9051 §2.3.2).
    pub const SYSTEM: &'static [Self] = &[
        Self::Seen,
        Self::Answered,
        Self::Flagged,
        Self::Deleted,
        Self::Draft,
    ];

    /// Returns the flag as it appears on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Seen => "\\Seen",
            Self::Answered => "\\Answered",
            Self::Flagged => "\\Flagged",
            Self::Deleted => "\\Deleted",
            Self::Draft => "\\Draft",
            Self::Recent => "\\Recent",
            Self::Any => "\\*",
            Self::Other(name) => name,
        }
    }

    /// Returns its bit in [`Flags`]; 0 for a keyword.
    fn bit(&self) -> u8 {
        match self {
            Self::Seen => SEEN,
            Self::Answered => 1 << 1,
            Self::Flagged => 1 << 2,
            Self::Deleted => 1 << 3,
            Self::Draft => 1 << 4,
            Self::Recent => 1 << 5,
            Self::Any => 1 << 6,
            // A hand-made `Other` can hold the name of a known flag.
            Self::Other(name) => known_bit(name.as_bytes()),
        }
    }
}

/// Returns the bit of the flag at the front if it has its usual spelling, and the length of its
/// name.
#[inline]
fn usual_bit(list: &[u8]) -> Option<(u8, usize)> {
    let (index, length) = match list {
        [b'\\', b'S', ..] => (0, exact(list, b"\\Seen")),
        [b'\\', b'A', ..] => (1, exact(list, b"\\Answered")),
        [b'\\', b'F', ..] => (2, exact(list, b"\\Flagged")),
        [b'\\', b'D', b'e', ..] => (3, exact(list, b"\\Deleted")),
        [b'\\', b'D', b'r', ..] => (4, exact(list, b"\\Draft")),
        _ => return None,
    };
    Some((1 << index, length?))
}

fn known_bit(name: &[u8]) -> u8 {
    if name.first() == Some(&b'\\') {
        odd_bit(name)
    } else {
        0
    }
}

#[cold]
fn odd_bit(name: &[u8]) -> u8 {
    let known = KNOWN
        .iter()
        .position(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
    known.map_or(0, |index| 1 << index)
}

impl From<&str> for Flag {
    fn from(name: &str) -> Self {
        let known = KNOWN
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or_else(|| Self::Other(name.to_owned()), |(_, flag)| flag.clone())
    }
}

impl FromStr for Flag {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(name.into())
    }
}

impl From<String> for Flag {
    fn from(name: String) -> Self {
        Self::from(name.as_str())
    }
}

impl From<&Self> for Flag {
    fn from(flag: &Self) -> Self {
        flag.clone()
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PartialEq for Flag {
    fn eq(&self, other: &Self) -> bool {
        self.as_str().eq_ignore_ascii_case(other.as_str())
    }
}

impl Eq for Flag {}

impl Hash for Flag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.as_str().bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
        state.write_u8(0xff);
    }
}

impl PartialOrd for Flag {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Flag {
    fn cmp(&self, other: &Self) -> Ordering {
        order(self.as_str(), other.as_str())
    }
}

fn order(a: &str, b: &str) -> Ordering {
    let lower = |byte: &u8| byte.to_ascii_lowercase();
    a.as_bytes()
        .iter()
        .map(lower)
        .cmp(b.as_bytes().iter().map(lower))
}

/// A set of flags. Order and case do not matter. Known flags need no allocation.
///
/// ```
/// use imapclient_codec::{Flag, Flags};
///
/// let flags = Flags::from([Flag::Seen, Flag::from("$Forwarded")]);
/// assert!(flags.contains(&Flag::Seen) && !flags.contains(&Flag::Draft));
/// assert_eq!(flags.to_string(), "(\\Seen $Forwarded)");
/// ```
#[derive(Clone, Default)]
pub struct Flags {
    known: u8,
    keywords: Keywords,
}

impl Flags {
    /// Creates an empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns whether the set contains `flag`.
    #[must_use]
    pub fn contains(&self, flag: &Flag) -> bool {
        match flag.bit() {
            0 => self.keywords.contains(flag.as_str()),
            bit => self.known & bit != 0,
        }
    }

    /// Adds a flag. Returns whether it was new.
    pub fn insert(&mut self, flag: impl Into<Flag>) -> bool {
        let flag = flag.into();
        let bit = flag.bit();
        if bit != 0 {
            let new = self.known & bit == 0;
            self.known |= bit;
            return new;
        }
        self.keywords.insert(flag.as_str())
    }

    /// Removes a flag. Returns whether it was there.
    pub fn remove(&mut self, flag: &Flag) -> bool {
        let bit = flag.bit();
        if bit != 0 {
            let there = self.known & bit != 0;
            self.known &= !bit;
            return there;
        }
        self.keywords.remove(flag.as_str())
    }

    /// Returns the flags: known ones first, then keywords in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = Flag> + '_ {
        let known = KNOWN
            .iter()
            .filter(|(_, flag)| self.known & flag.bit() != 0);
        let keywords = self
            .keywords
            .iter()
            .map(|name| Flag::Other(name.to_owned()));
        known.map(|(_, flag)| flag.clone()).chain(keywords)
    }

    /// Returns the number of flags.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.count_ones() as usize + self.keywords.iter().count()
    }

    /// Returns whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known == 0 && self.keywords.is_empty()
    }

    /// Parses a list of flags that ends the line, with the spaces before it, or NIL. Allows at most
    /// `most` keywords.
    pub(crate) fn read_line(cursor: &mut Cursor<'_>, most: usize) -> Read<Self> {
        let line_ends: Ends = |after| Cursor::new(after).is_done();
        cursor.blanks();
        let start = cursor.at();
        let mut flags = Self::read(cursor, most, line_ends)?;
        if !cursor.is_done() {
            // The parenthesis that ended the list belongs to a flag.
            cursor.seek(start);
            flags = Self::read_odd(cursor, most, line_ends)?;
        }
        if cursor.is_done() {
            Ok(flags)
        } else {
            cursor.fault("something follows the list of flags")
        }
    }

    /// Parses a list of flags from its opening parenthesis, or NIL. Allows at most `most` keywords.
    ///
    /// `ends` decides whether a closing parenthesis ends the list if the bytes after the first one
    /// leave it open.
    #[inline(always)]
    pub(crate) fn read(cursor: &mut Cursor<'_>, most: usize, ends: Ends) -> Read<Self> {
        if let [b'(', b'\\', b'S', b'e', b'e', b'n', b')', ..] = cursor.rest() {
            cursor.skip(b"(\\Seen)".len());
            return Ok(Self {
                known: SEEN,
                keywords: Keywords::default(),
            });
        }
        let mut flags = Self::new();
        flags.read_list(cursor, most, ends)?;
        Ok(flags)
    }

    fn read_list(&mut self, cursor: &mut Cursor<'_>, most: usize, ends: Ends) -> Read<()> {
        if cursor.nil() {
            return Ok(());
        }
        let start = cursor.at();
        cursor.expect(b'(', "a list of flags is missing")?;
        let mut keywords = Keywords::reader(most);
        loop {
            if let Some((bit, length)) = usual_bit(cursor.rest()) {
                self.known |= bit;
                cursor.skip(length);
            }
            match cursor.rest() {
                [b')', after @ ..] => {
                    if !(may_end(after) || ends(after)) {
                        return self.reread(cursor, start, most, ends);
                    }
                    cursor.skip(1);
                    break;
                }
                [b' ' | b'\t' | b'\r' | b'\n', ..] => cursor.skip(1),
                [] => return cursor.fault("a list of flags does not end"),
                [b'(', ..] => return self.reread(cursor, start, most, ends),
                [b'"' | b'{' | b'~', ..] => {
                    let name = cursor.astring()?.bytes();
                    let bit = known_bit(&name);
                    self.known |= bit;
                    if bit == 0 && !keywords.push(&String::from_utf8_lossy(&name)) {
                        return cursor.fault("too many flags");
                    }
                }
                _ => {
                    let name = cursor.atom();
                    if cursor.peek() == Some(b'(') {
                        return self.reread(cursor, start, most, ends);
                    }
                    let bit = known_bit(name);
                    self.known |= bit;
                    if bit == 0 {
                        let read = match std::str::from_utf8(name) {
                            Ok("") => return cursor.fault("a flag is missing"),
                            Ok(name) => keywords.push_atom(name),
                            Err(_) => keywords.push(&String::from_utf8_lossy(name)),
                        };
                        if !read {
                            return cursor.fault("too many flags");
                        }
                    }
                }
            }
        }
        self.keywords = keywords.finish();
        Ok(())
    }

    #[cold]
    fn reread(
        &mut self,
        cursor: &mut Cursor<'_>,
        start: usize,
        most: usize,
        ends: Ends,
    ) -> Read<()> {
        cursor.seek(start);
        *self = Self::read_odd(cursor, most, ends)?;
        Ok(())
    }

    /// Parses a list with parentheses inside of flags or around some of them.
    #[cold]
    fn read_odd(cursor: &mut Cursor<'_>, most: usize, ends: Ends) -> Read<Self> {
        let mut flags = Self::new();
        let mut keywords = Keywords::reader(most);
        cursor.expect(b'(', "a list of flags is missing")?;
        words(cursor, ends, |text| {
            let name = text.bytes();
            let bit = known_bit(&name);
            flags.known |= bit;
            if bit > 0 || keywords.push(&String::from_utf8_lossy(&name)) {
                return Ok(());
            }
            Err(Fault {
                at: text.at,
                why: "too many flags",
            })
        })?;
        flags.keywords = keywords.finish();
        Ok(flags)
    }
}

/// Returns whether the list may end at its first closing parenthesis if `after` follows: the name
/// of an item, possibly in parentheses, or the end of an enclosing list.
#[inline]
fn may_end(after: &[u8]) -> bool {
    matches!(
        after,
        [b' ', b'A'..=b'Z' | b'a'..=b'z' | b'(', ..] | [b')', ..]
    )
}

impl PartialEq for Flags {
    fn eq(&self, other: &Self) -> bool {
        self.known == other.known && self.keywords == other.keywords
    }
}

impl Eq for Flags {}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (index, flag) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            flag.fmt(f)?;
        }
        f.write_str(")")
    }
}

impl<F: Into<Flag>> Extend<F> for Flags {
    fn extend<I: IntoIterator<Item = F>>(&mut self, flags: I) {
        let mut keywords = std::mem::take(&mut self.keywords).extend(usize::MAX);
        for flag in flags {
            let flag = flag.into();
            match flag.bit() {
                0 => drop(keywords.push(flag.as_str())),
                bit => self.known |= bit,
            }
        }
        self.keywords = keywords.finish();
    }
}

impl<F: Into<Flag>> FromIterator<F> for Flags {
    fn from_iter<I: IntoIterator<Item = F>>(flags: I) -> Self {
        let mut all = Self::new();
        all.extend(flags);
        all
    }
}

impl From<Flag> for Flags {
    fn from(flag: Flag) -> Self {
        [flag].into_iter().collect()
    }
}

impl From<&str> for Flags {
    /// Creates a set of the flag with this name.
    fn from(name: &str) -> Self {
        [name].into_iter().collect()
    }
}

impl<F: Into<Flag>, const N: usize> From<[F; N]> for Flags {
    fn from(flags: [F; N]) -> Self {
        flags.into_iter().collect()
    }
}

impl<F: Into<Flag>> From<Vec<F>> for Flags {
    fn from(flags: Vec<F>) -> Self {
        flags.into_iter().collect()
    }
}

impl From<&Self> for Flags {
    fn from(flags: &Self) -> Self {
        flags.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn read(wire: &str) -> Read<Flags> {
        Flags::read_line(&mut Cursor::new(wire.as_bytes()), 4)
    }

    #[test]
    fn lists_are_read() {
        for (wire, expected) in [
            ("()", "()"),
            ("NIL", "()"),
            (r"(\Seen)", r"(\Seen)"),
            (r"( \Seen  \seen \DELETED )", r"(\Seen \Deleted)"),
            (r"(\Seen \SeenToo)", r"(\Seen \SeenToo)"),
            (r"(b A a \*)", r"(\* A b)"),
            (
                r"(OIB-Seen-[Gmail]/All \Flagged)",
                r"(\Flagged OIB-Seen-[Gmail]/All)",
            ),
            (r#"("quoted word" x)"#, "(quoted word x)"),
            ("(123 007)", "(007 123)"),
            ("(a (b))", "(a b)"),
            ("(a (b)", "((b a)"),
            ("(a b(1) c)", "(a b(1) c)"),
            ("(a :) c)", "(:) a c)"),
        ] {
            assert_eq!(read(wire).unwrap().to_string(), expected, "{wire}");
        }
        for wire in [r"(\Seen", "x", "(a b c d e)", "(a) b", "((a b c d e))", ""] {
            assert!(read(wire).is_err(), "{wire}");
        }
    }

    #[test]
    fn case_and_order_do_not_matter() {
        let a = Flags::from(["$Junk", "\\seen", "x"]);
        let b = Flags::from(["X", "$junk", "\\Seen", "x"]);
        assert_eq!(a, b);
        assert_ne!(a, Flags::from(["x", "\\Seen"]));
        let set: HashSet<Flag> = a.iter().chain(b.iter()).collect();
        assert_eq!(set.len(), 3);
        assert_eq!(Flag::Other("\\SEEN".into()), Flag::Seen);
        assert!(a.contains(&Flag::Other("\\SEEN".into())));
    }

    #[test]
    fn insert_and_remove_say_whether_they_did() {
        let mut flags = Flags::new();
        assert!(flags.insert("b") && flags.insert(Flag::Draft) && flags.insert("a"));
        assert!(!flags.insert("B") && !flags.insert("\\draft"));
        assert_eq!(flags.len(), 3);
        assert!(flags.remove(&Flag::from("A")) && !flags.remove(&Flag::from("a")));
        assert!(flags.remove(&Flag::Draft) && !flags.remove(&Flag::Draft));
        assert_eq!(flags, Flags::from("b"));
    }
}
