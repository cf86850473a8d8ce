//! The capabilities of a server (RFC 9051 §7.2.2).

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
///
/// // IMAP4rev2 includes IDLE without listing it.
/// let capabilities = Capabilities::from_iter(["IMAP4rev2"]);
/// assert!(capabilities.has("IDLE") && !capabilities.lists("IDLE"));
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// Joined by single spaces, which no capability contains.
    text: String,
    /// The parts of `IMAP4rev2` that do not count as supported, in the same form.
    left_out: String,
}

/// The capabilities that `IMAP4rev2` includes without listing them.
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
    /// Returns whether the server supports this capability, ignoring case: it is listed, or it is a
    /// part of `IMAP4rev2`, which is listed (RFC 9051 Appendix E). Such a part can be used without
    /// `ENABLE IMAP4rev2`, which changes responses and adds no commands.
    ///
    /// Use this to decide whether a command may be sent, and [`lists`](Self::lists) only where the
    /// list itself matters: to recognise a server, to compare two lists, or to read the answer to
    /// ENABLE, in which `IMAP4rev2` stands for itself alone.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let part_of_rev2 = || {
            IN_REV2
                .iter()
                .any(|capability| capability.eq_ignore_ascii_case(name))
        };
        self.lists(name)
            || (part_of_rev2() && self.lists("IMAP4rev2") && !contains(&self.left_out, name))
    }

    /// Returns whether exactly this capability is listed, ignoring case.
    #[must_use]
    pub fn lists(&self, name: &str) -> bool {
        contains(&self.text, name)
    }

    /// Returns these capabilities without some of them, ignoring case. A part of `IMAP4rev2` is
    /// left out even if only that is listed.
    ///
    /// ```
    /// use imapclient_codec::Capabilities;
    ///
    /// let all = Capabilities::from_iter(["IMAP4rev2", "QRESYNC", "QUOTA"]);
    /// let rest = all.without(["move", "qresync"]);
    /// assert!(!rest.has("MOVE") && !rest.has("QRESYNC"));
    /// assert!(rest.has("IDLE") && rest.has("QUOTA"));
    /// ```
    #[must_use]
    pub fn without(&self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let names = names.into_iter().map(|name| name.as_ref().to_owned());
        let gone: Self = names.collect();
        let mut rest = Self::default();
        let kept = self.iter().filter(|name| !gone.lists(name));
        kept.for_each(|name| rest.push(name));
        let parts = IN_REV2.iter().filter(|name| {
            rest.lists("IMAP4rev2") && (gone.lists(name) || contains(&self.left_out, name))
        });
        rest.left_out = parts.copied().collect::<Vec<_>>().join(" ");
        rest
    }

    /// Returns all capabilities, as sent.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        words(&self.text)
    }

    /// Returns the SASL mechanisms: the text after `AUTH=`.
    pub fn auth_mechanisms(&self) -> impl Iterator<Item = &str> {
        self.iter().filter_map(|capability| {
            let (prefix, mechanism) = capability.split_at_checked(5)?;
            (prefix.eq_ignore_ascii_case("AUTH=") && !mechanism.is_empty()).then_some(mechanism)
        })
    }

    /// Returns the number of capabilities.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Returns whether no capability is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn read(wire: &[u8]) -> Self {
        // No name contains parentheses, so any that occur enclose names.
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '(' | ')');
        lossy(wire)
            .split(ends)
            .filter(|name| !name.is_empty())
            .collect()
    }

    fn push(&mut self, name: &str) {
        // Some servers send `LITERAL +` for `LITERAL+`.
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

/// Returns the words of a text that is joined by single spaces.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|name| !name.is_empty())
}

/// Returns whether a word is among those of a text, ignoring case.
fn contains(text: &str, name: &str) -> bool {
    words(text).any(|word| word.eq_ignore_ascii_case(name))
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

    #[test]
    fn rev2_includes_what_it_does_not_list() {
        const REV1: &str = "IMAP4rev1 MOVE CONDSTORE";
        const REV2: &str = "imap4REV2 CONDSTORE";
        const BOTH: &str = "IMAP4rev1 IMAP4rev2 IDLE";
        for (listed, name, has, lists) in [
            (REV1, "move", true, true),
            (REV1, "CONDSTORE", true, true),
            (REV1, "IDLE", false, false),
            (REV1, "IMAP4rev2", false, false),
            (REV2, "MOVE", true, false),
            (REV2, "literal-", true, false),
            (REV2, "CONDSTORE", true, true),
            (REV2, "IMAP4rev2", true, true),
            // These are not parts of it.
            (REV2, "IMAP4rev1", false, false),
            (REV2, "LITERAL+", false, false),
            (REV2, "SPECIAL-USE", false, false),
            (REV2, "QRESYNC", false, false),
            (BOTH, "IDLE", true, true),
            (BOTH, "UIDPLUS", true, false),
            (BOTH, "SORT", false, false),
            // Names match as a whole.
            ("IMAP4rev2bis", "IDLE", false, false),
            ("", "IDLE", false, false),
        ] {
            let capabilities = Capabilities::read(listed.as_bytes());
            assert_eq!(capabilities.has(name), has, "{listed}: has {name}");
            assert_eq!(capabilities.lists(name), lists, "{listed}: lists {name}");
        }
        let rev2 = Capabilities::from_iter(["IMAP4rev2"]);
        for name in IN_REV2 {
            assert!(rev2.has(name) && !rev2.lists(name), "{name}");
        }
    }

    #[test]
    fn what_is_left_out_is_neither_listed_nor_included() {
        for (listed, without, rest, name, has) in [
            (
                "IMAP4rev1 MOVE IDLE",
                "move",
                "IMAP4rev1 IDLE",
                "MOVE",
                false,
            ),
            (
                "IMAP4rev1 MOVE IDLE",
                "move",
                "IMAP4rev1 IDLE",
                "IDLE",
                true,
            ),
            // A word is left out as a whole.
            ("SORT SORT=DISPLAY", "SORT", "SORT=DISPLAY", "SORT", false),
            (
                "AUTH=PLAIN AUTH=LOGIN",
                "auth=plain",
                "AUTH=LOGIN",
                "AUTH=PLAIN",
                false,
            ),
            ("IMAP4rev2 MOVE", "MOVE", "IMAP4rev2", "MOVE", false),
            ("IMAP4rev2", "MOVE X", "IMAP4rev2", "MOVE", false),
            ("IMAP4rev2", "MOVE X", "IMAP4rev2", "IDLE", true),
            // Without IMAP4rev2, nothing is included in it.
            (
                "IMAP4rev1 IMAP4rev2 IDLE",
                "IMAP4rev2",
                "IMAP4rev1 IDLE",
                "MOVE",
                false,
            ),
            (
                "IMAP4rev1 IMAP4rev2 IDLE",
                "IMAP4rev2",
                "IMAP4rev1 IDLE",
                "IDLE",
                true,
            ),
            ("IMAP4rev1 IDLE", "", "IMAP4rev1 IDLE", "IDLE", true),
        ] {
            let left = Capabilities::read(listed.as_bytes()).without(without.split(' '));
            assert_eq!(left.to_string(), rest, "{listed} without {without}");
            assert_eq!(left.has(name), has, "{listed} without {without}: {name}");
        }
        // It stays out.
        let twice = Capabilities::from_iter(["IMAP4rev2"])
            .without(["MOVE"])
            .without(["IDLE"]);
        assert!(!twice.has("MOVE") && !twice.has("IDLE") && twice.has("UIDPLUS"));
    }
}
