//! Access control: ACL, LISTRIGHTS, MYRIGHTS (RFC 4314).

use std::{
    fmt,
    ops::{BitOr, BitOrAssign},
};

use crate::{
    MailboxName,
    token::{Fault, Read},
};

use super::{Malformed, parts::word, reader::Reader};

/// The access control list of a mailbox (RFC 4314 §3.6).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Acl {
    /// The mailbox.
    pub mailbox: MailboxName,
    /// The identifiers and their rights, in the order of the server. An identifier that begins with
    /// `-` has its rights denied.
    pub entries: Vec<(String, Rights)>,
    /// Entries whose rights are missing or cannot be parsed.
    pub malformed: Vec<Malformed>,
}

/// The rights that an identifier can be granted (RFC 4314 §3.7).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ListRights {
    /// The mailbox.
    pub mailbox: MailboxName,
    /// The identifier, usually the name of a user.
    pub identifier: String,
    /// The rights that it always has.
    pub required: Rights,
    /// The rights that it can be granted. Rights in one set are granted together.
    pub optional: Vec<Rights>,
}

/// The rights of the user on a mailbox (RFC 4314 §3.8).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MyRights {
    /// The mailbox.
    pub mailbox: MailboxName,
    /// The rights.
    pub rights: Rights,
}

/// A set of rights, each of which is a letter or a digit (RFC 4314 §2).
///
/// ```
/// use imapclient_codec::Rights;
///
/// let rights: Rights = "rlswi".parse()?;
/// assert!(rights.contains(Rights::READ | Rights::SEEN));
/// assert!(!rights.contains(Rights::ADMINISTER));
/// assert_eq!(rights.to_string(), "ilrsw");
/// # Ok::<(), imapclient_codec::InvalidRight>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rights(u128);

/// The error for a character that is not an ASCII letter or digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a right")]
pub struct InvalidRight(char);

impl Rights {
    /// No rights.
    pub const NONE: Self = Self(0);
    /// `l`: the mailbox is visible to LIST and can be subscribed to.
    pub const LOOKUP: Self = Self::of(b'l');
    /// `r`: the mailbox can be opened and read.
    pub const READ: Self = Self::of(b'r');
    /// `s`: `\Seen` is kept across sessions.
    pub const SEEN: Self = Self::of(b's');
    /// `w`: flags other than `\Seen` and `\Deleted` can be changed.
    pub const WRITE: Self = Self::of(b'w');
    /// `i`: messages can be appended or copied to the mailbox.
    pub const INSERT: Self = Self::of(b'i');
    /// `p`: mail can be sent to the submission address of the mailbox.
    pub const POST: Self = Self::of(b'p');
    /// `k`: mailboxes can be created below it.
    pub const CREATE: Self = Self::of(b'k');
    /// `x`: the mailbox can be deleted and renamed.
    pub const DELETE_MAILBOX: Self = Self::of(b'x');
    /// `t`: `\Deleted` can be set.
    pub const DELETE_MESSAGES: Self = Self::of(b't');
    /// `e`: the mailbox can be expunged.
    pub const EXPUNGE: Self = Self::of(b'e');
    /// `a`: the access control list can be changed.
    pub const ADMINISTER: Self = Self::of(b'a');
    /// `n`: shared annotations can be changed (RFC 5257).
    pub const ANNOTATE: Self = Self::of(b'n');

    const fn of(letter: u8) -> Self {
        Self(1 << (letter & 0x7f))
    }

    /// Returns whether the set contains all of these rights.
    #[must_use]
    pub fn contains(self, rights: Self) -> bool {
        self.0 & rights.0 == rights.0
    }

    /// Returns whether the set is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the letters, in the order of ASCII.
    pub fn iter(self) -> impl Iterator<Item = char> {
        (0..128_u8)
            .filter(move |&letter| self.contains(Self::of(letter)))
            .map(char::from)
    }

    fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        reader.cursor.whitespace();
        let text = reader.cursor.in_parentheses(word)?;
        from_letters(text.bytes().iter().map(|&byte| char::from(byte))).map_err(|_| Fault {
            at: text.at,
            why: "a right is not a letter or digit",
        })
    }
}

fn from_letters(letters: impl Iterator<Item = char>) -> Result<Rights, InvalidRight> {
    let mut rights = Rights::NONE;
    for letter in letters {
        match u8::try_from(letter) {
            Ok(byte) if byte.is_ascii_alphanumeric() => rights |= Rights::of(byte),
            _ => return Err(InvalidRight(letter)),
        }
    }
    Ok(rights)
}

impl std::str::FromStr for Rights {
    type Err = InvalidRight;

    fn from_str(letters: &str) -> Result<Self, InvalidRight> {
        from_letters(letters.chars())
    }
}

impl BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Rights {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.iter().collect::<String>())
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rights({self})")
    }
}

impl Acl {
    /// Creates a list without entries, for tests of programs that use it.
    ///
    /// ```
    /// use imapclient_codec::{Acl, Rights};
    ///
    /// fn is_shared(acl: &Acl) -> bool {
    ///     acl.entries.iter().any(|(who, rights)| who == "anyone" && rights.contains(Rights::READ))
    /// }
    ///
    /// let mut acl = Acl::new("Archive");
    /// acl.entries.push(("anyone".into(), Rights::LOOKUP | Rights::READ));
    /// assert!(is_shared(&acl));
    /// ```
    #[must_use]
    pub fn new(mailbox: impl Into<MailboxName>) -> Self {
        Self {
            mailbox: mailbox.into(),
            entries: Vec::new(),
            malformed: Vec::new(),
        }
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mut acl = Self {
            mailbox: reader.mailbox()?,
            entries: Vec::new(),
            malformed: Vec::new(),
        };
        let mut open = 0;
        while reader.next_on_line(&mut open)? {
            reader.room(acl.entries.len() + acl.malformed.len())?;
            let start = reader.cursor.at();
            let name = reader.text()?;
            let value = reader.cursor.at();
            match Rights::read(reader) {
                Ok(rights) => acl.entries.push((name, rights)),
                Err(fault) => {
                    reader.bad_value(b"ACL", value, fault)?;
                    let entry = start..reader.cursor.at();
                    acl.malformed
                        .push(reader.source.malformed(b"ACL", entry, fault));
                }
            }
        }
        Ok(acl)
    }
}

impl ListRights {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mut rights = Self {
            mailbox: reader.mailbox()?,
            identifier: reader.text()?,
            required: Rights::NONE,
            optional: Vec::new(),
        };
        let mut open = 0;
        if reader.next_on_line(&mut open)? {
            rights.required = Rights::read(reader)?;
        }
        while reader.next_on_line(&mut open)? {
            reader.room(rights.optional.len())?;
            rights.optional.push(Rights::read(reader)?);
        }
        Ok(rights)
    }
}

impl MyRights {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mailbox = reader.mailbox()?;
        let rights = if reader.cursor.is_done() {
            Rights::NONE
        } else {
            Rights::read(reader)?
        };
        reader.end()?;
        Ok(Self { mailbox, rights })
    }
}
