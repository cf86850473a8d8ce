//! What a server can do (RFC 9051 §7.2.2).

use std::fmt;

use crate::token::lossy;

/// The capabilities of a server, as it listed them.
///
/// ```
/// use imapclient_codec::Capabilities;
///
/// let capabilities = Capabilities::from_iter(["IMAP4rev1", "IDLE", "AUTH=PLAIN"]);
/// assert!(capabilities.has("idle") && !capabilities.has("ID"));
/// assert_eq!(capabilities.auth_mechanisms().collect::<Vec<_>>(), ["PLAIN"]);
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// Joined by single spaces, which no capability contains.
    text: String,
}

/// What `IMAP4rev2` includes without a word.
const IN_REV2: [&str; 15] = [
    "BINARY",
    "CHILDREN",
    "ENABLE",
    "ESEARCH",
    "IDLE",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "LITERAL-",
    "MOVE",
    "NAMESPACE",
    "SASL-IR",
    "SEARCHRES",
    "STATUS=SIZE",
    "UIDPLUS",
    "UNSELECT",
];

impl Capabilities {
    /// Whether exactly this one is listed; case does not matter.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.iter()
            .any(|capability| capability.eq_ignore_ascii_case(name))
    }

    /// Whether the server can do what this capability stands for: it is listed, or it is part of
    /// `IMAP4rev2`, which is (RFC 9051 §1.4 and Appendix E).
    #[must_use]
    pub fn offers(&self, name: &str) -> bool {
        let part_of_rev2 = || {
            IN_REV2
                .iter()
                .any(|capability| capability.eq_ignore_ascii_case(name))
        };
        self.has(name) || (part_of_rev2() && self.has("IMAP4rev2"))
    }

    /// All of them, as sent.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.text.split(' ').filter(|name| !name.is_empty())
    }

    /// The SASL mechanisms: what stands after `AUTH=`.
    pub fn auth_mechanisms(&self) -> impl Iterator<Item = &str> {
        self.iter().filter_map(|capability| {
            let (prefix, mechanism) = capability.split_at_checked(5)?;
            (prefix.eq_ignore_ascii_case("AUTH=") && !mechanism.is_empty()).then_some(mechanism)
        })
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether none is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn read(wire: &[u8]) -> Self {
        // No name has parentheses, so that any there are stand around some of them.
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '(' | ')');
        lossy(wire)
            .split(ends)
            .filter(|name| !name.is_empty())
            .collect()
    }

    fn push(&mut self, name: &str) {
        // `LITERAL +` is what some servers make of `LITERAL+`.
        let split = matches!(name, "+" | "-")
            && self
                .text
                .rsplit(' ')
                .next()
                .is_some_and(|last| last.eq_ignore_ascii_case("LITERAL"));
        if !self.text.is_empty() && !split {
            self.text.push(' ');
        }
        self.text.push_str(name);
    }
}

impl<T: Into<String>> FromIterator<T> for Capabilities {
    fn from_iter<I: IntoIterator<Item = T>>(names: I) -> Self {
        let mut capabilities = Self::default();
        for name in names {
            for word in name.into().split_ascii_whitespace() {
                capabilities.push(word);
            }
        }
        capabilities
    }
}

impl fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_lists_are_read() {
        for (wire, expected) in [
            (&b" IMAP4rev1  IDLE \r\n"[..], "IMAP4rev1 IDLE"),
            (b"IMAP4rev1 LITERAL + IDLE", "IMAP4rev1 LITERAL+ IDLE"),
            (b"literal -", "literal-"),
            (b"+ X", "+ X"),
            (b" (IMAP4rev1 (IDLE ID))(X)\r\n", "IMAP4rev1 IDLE ID X"),
            (b"", ""),
        ] {
            assert_eq!(Capabilities::read(wire).to_string(), expected);
        }
    }

    #[test]
    fn names_match_whole() {
        let capabilities = Capabilities::read(b"IMAP4rev1 LITERAL+ auth=Plain AUTH= AUTH=XOAUTH2");
        assert!(capabilities.has("imap4REV1") && capabilities.has("literal+"));
        assert!(!capabilities.has("LITERAL") && !capabilities.has("IMAP4rev1 LITERAL+"));
        assert_eq!(
            capabilities.auth_mechanisms().collect::<Vec<_>>(),
            ["Plain", "XOAUTH2"]
        );
        assert_eq!(capabilities.len(), 5);
    }
}
