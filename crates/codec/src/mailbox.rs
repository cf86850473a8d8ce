//! Mailbox names and their encoding on the wire.

use std::{
    borrow::Cow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use crate::{
    token::{all, lossy},
    utf7,
};

/// The encoding of mailbox names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "the protocol has no others")]
pub enum NameEncoding {
    /// Modified UTF-7 (RFC 3501 §5.1.3), the default of each session.
    #[default]
    Utf7,
    /// UTF-8, after `ENABLE UTF8=ACCEPT` (RFC 6855) or `ENABLE IMAP4rev2`.
    Utf8,
}

/// The name of a mailbox.
///
/// A name that came from the server keeps its bytes, so that the mailbox can be opened even if its
/// name is malformed. Names are compared as text, `INBOX` without regard to case.
///
/// ```
/// use imapclient_codec::{MailboxName, NameEncoding};
///
/// let name = MailboxName::from("Entwürfe");
/// assert_eq!(&*name.wire(NameEncoding::Utf7), b"Entw&APw-rfe");
/// assert_eq!(name, MailboxName::from_wire(b"Entw&APw-rfe", NameEncoding::Utf7));
/// assert_eq!(MailboxName::from("Inbox"), MailboxName::from("INBOX"));
/// ```
#[derive(Clone)]
pub struct MailboxName {
    name: Box<str>,
    /// The bytes it was read from, if they differ from the encoding that we would send. Rare, so
    /// boxed to save space.
    odd: Option<Box<Odd>>,
}

#[derive(Clone)]
struct Odd {
    names: NameEncoding,
    wire: Box<[u8]>,
}

impl MailboxName {
    /// Decodes a name that a server sent, without its quotes. A name that cannot be decoded keeps
    /// its bytes and is displayed with replacement characters.
    #[must_use]
    pub fn from_wire(wire: &[u8], names: NameEncoding) -> Self {
        if let Some(name) = Self::from_plain(wire) {
            return name;
        }
        let decoded = match names {
            NameEncoding::Utf7 => utf7::read(wire).ok(),
            NameEncoding::Utf8 => std::str::from_utf8(wire)
                .ok()
                .map(|name| (name.to_owned(), true)),
        };
        let (name, usual) = decoded.unwrap_or_else(|| (lossy(wire), false));
        Self {
            name: name.into(),
            odd: (!usual).then(|| {
                Box::new(Odd {
                    names,
                    wire: wire.into(),
                })
            }),
        }
    }

    /// Returns the name if its encoding is the same in all forms.
    #[inline]
    pub(crate) fn from_plain(wire: &[u8]) -> Option<Self> {
        plain(wire).map(Self::from)
    }

    /// Returns the name if its encoding is the same in all forms.
    pub(crate) fn to_plain(&self) -> Option<&str> {
        match self.odd {
            None => plain(self.name.as_bytes()),
            Some(_) => None,
        }
    }

    /// Returns the decoded name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Returns the bytes to send, without quotes: those that the server sent, if `names` is the
    /// same as then.
    #[must_use]
    pub fn wire(&self, names: NameEncoding) -> Cow<'_, [u8]> {
        match &self.odd {
            Some(odd) if odd.names == names => Cow::Borrowed(&odd.wire),
            _ => encode(&self.name, names),
        }
    }

    /// Returns whether it is INBOX, which every account has, in any spelling.
    #[must_use]
    pub fn is_inbox(&self) -> bool {
        self.name.eq_ignore_ascii_case("INBOX")
    }

    /// Returns the text by which names are compared.
    fn key(&self) -> &str {
        if self.is_inbox() { "INBOX" } else { &self.name }
    }
}

/// Returns the text of a name whose encoding is the same in all forms.
#[inline]
fn plain(wire: &[u8]) -> Option<&str> {
    let plain = all(wire, |byte| matches!(byte, b' '..=b'~') & (byte != b'&'));
    plain.then(|| std::str::from_utf8(wire).ok()).flatten()
}

fn encode(name: &str, names: NameEncoding) -> Cow<'_, [u8]> {
    if names == NameEncoding::Utf8 || plain(name.as_bytes()).is_some() {
        Cow::Borrowed(name.as_bytes())
    } else {
        Cow::Owned(utf7::encode(name).into_bytes())
    }
}

impl From<&str> for MailboxName {
    fn from(name: &str) -> Self {
        Self {
            name: name.into(),
            odd: None,
        }
    }
}

impl From<String> for MailboxName {
    fn from(name: String) -> Self {
        Self {
            name: name.into(),
            odd: None,
        }
    }
}

impl From<&String> for MailboxName {
    fn from(name: &String) -> Self {
        Self::from(name.as_str())
    }
}

impl From<&Self> for MailboxName {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl AsRef<str> for MailboxName {
    fn as_ref(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl fmt::Debug for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

impl PartialEq for MailboxName {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for MailboxName {}

impl PartialEq<str> for MailboxName {
    fn eq(&self, other: &str) -> bool {
        *self.name == *other || (self.is_inbox() && other.eq_ignore_ascii_case("INBOX"))
    }
}

impl PartialEq<&str> for MailboxName {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl Hash for MailboxName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for MailboxName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for MailboxName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(other.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_back_as_they_came() {
        for (wire, shown) in [
            (&b"INBOX"[..], "INBOX"),
            (b"Entw&APw-rfe", "Entw\u{fc}rfe"),
            (b"Tom &- Jerry", "Tom & Jerry"),
            // Malformed, or not the encoding that we would send.
            (b"&AGE-", "a"),
            (b"&AP8", "\u{ff}"),
            (b"Tom & Jerry", "Tom & Jerry"),
            (b"&&-", "&&-"),
            ("Entwürfe".as_bytes(), "Entwürfe"),
            (b"latin \xfc", "latin \u{fffd}"),
            (b"tab\there", "tab\there"),
        ] {
            let name = MailboxName::from_wire(wire, NameEncoding::Utf7);
            assert_eq!(name.as_str(), shown);
            assert_eq!(
                *name.wire(NameEncoding::Utf7),
                *wire,
                "{}",
                wire.escape_ascii()
            );
            assert_eq!(*name.wire(NameEncoding::Utf8), *shown.as_bytes());
        }
    }

    #[test]
    fn utf8_names_are_not_decoded() {
        let name = MailboxName::from_wire("Tom & Jerry ü".as_bytes(), NameEncoding::Utf8);
        assert_eq!(name, "Tom & Jerry ü");
        assert_eq!(*name.wire(NameEncoding::Utf7), *b"Tom &- Jerry &APw-");
        let broken = MailboxName::from_wire(b"\xff", NameEncoding::Utf8);
        assert_eq!(
            (broken.as_str(), &*broken.wire(NameEncoding::Utf8)),
            ("\u{fffd}", &b"\xff"[..])
        );
    }

    #[test]
    fn only_inbox_ignores_case() {
        assert_eq!(MailboxName::from("inbox"), MailboxName::from("INBOX"));
        assert_eq!(
            MailboxName::from("inbox").cmp(&MailboxName::from("INBOX")),
            Ordering::Equal
        );
        assert_ne!(MailboxName::from("inbox/a"), MailboxName::from("INBOX/a"));
        assert_ne!(MailboxName::from("Sent"), MailboxName::from("sent"));
        let inbox = MailboxName::from("iNBOX");
        assert_eq!(inbox, "inbox");
    }
}
