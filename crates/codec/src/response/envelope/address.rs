//! The addresses of an envelope, and their groups.

use std::{
    borrow::Cow,
    fmt::{self, Write},
};

use super::super::fetch::Span;
use crate::text::{decode_words, raw_text, write_local_part, write_phrase};

/// The words of an address: name, route, mailbox, host.
pub(super) const WORDS: usize = 4;

/// An address of an [`Envelope`](crate::Envelope). Its `Display` form is that of a header
/// (RFC 5322 §3.4), in UTF-8.
#[derive(Clone, Copy)]
pub struct Address<'a> {
    frame: &'a [u8],
    words: [u64; WORDS],
}

impl<'a> Address<'a> {
    /// Returns the display name, decoded (RFC 2047); `None` if it is empty.
    #[must_use]
    pub fn name(&self) -> Option<Cow<'a, str>> {
        let name = self.name_raw().map(decode_words);
        name.filter(|name| !name.is_empty())
    }

    /// Returns the display name as the server sent it.
    #[must_use]
    pub fn name_raw(&self) -> Option<&'a [u8]> {
        self.string(0)
    }

    /// Returns the obsolete source route, as in `@a,@b`.
    #[must_use]
    pub fn route(&self) -> Option<Cow<'a, str>> {
        self.string(1).map(raw_text)
    }

    /// Returns the part before the `@`.
    #[must_use]
    pub fn mailbox(&self) -> Option<Cow<'a, str>> {
        self.string(2).map(raw_text)
    }

    /// Returns the part after the `@`.
    #[must_use]
    pub fn host(&self) -> Option<Cow<'a, str>> {
        self.string(3).map(raw_text)
    }

    /// Returns the address without a name, as in `mary@jane.org`. If the mailbox or the host is
    /// missing, it is the other one alone.
    #[must_use]
    pub fn email(&self) -> String {
        let mut email = String::new();
        // Writing to a `String` cannot fail.
        let _ = self.write_email(&mut email);
        email
    }

    fn write_email(&self, f: &mut impl Write) -> fmt::Result {
        let filled = |part: Option<Cow<'a, str>>| part.filter(|part| !part.is_empty());
        let (mailbox, host) = (filled(self.mailbox()), filled(self.host()));
        if let Some(mailbox) = &mailbox {
            write_local_part(f, mailbox)?;
        }
        if let Some(host) = &host {
            if mailbox.is_some() {
                f.write_char('@')?;
            }
            for c in host.chars().filter(|c| !c.is_control()) {
                f.write_char(c)?;
            }
        }
        Ok(())
    }

    fn string(&self, index: usize) -> Option<&'a [u8]> {
        Span::from_word(*self.words.get(index)?).of(self.frame)
    }

    /// Returns the name of the group that begins here, if any.
    fn group_name(&self) -> Option<&'a [u8]> {
        let alone = self.string(3).is_none() && self.string(0).is_none();
        self.string(2).filter(|_| alone)
    }

    fn ends_group(&self) -> bool {
        self.string(3).is_none() && self.string(2).is_none()
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(name) = self.name() else {
            return self.write_email(f);
        };
        write_phrase(f, &name)?;
        f.write_str(" <")?;
        self.write_email(f)?;
        f.write_str(">")
    }
}

impl PartialEq for Address<'_> {
    fn eq(&self, other: &Self) -> bool {
        (0..WORDS).all(|index| self.string(index) == other.string(index))
    }
}

impl Eq for Address<'_> {}

impl fmt::Debug for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

/// A list of addresses. Iteration yields every address, including members of groups;
/// [`recipients`](Self::recipients) yields groups as a whole. Its `Display` form is that of a
/// header.
#[derive(Clone, Copy)]
pub struct Addresses<'a> {
    frame: &'a [u8],
    words: &'a [u64],
    /// The number of words after the end of the last group.
    ungrouped: usize,
    in_group: bool,
}

/// An entry of a list of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the grammar has no others")]
pub enum Recipient<'a> {
    /// A single address.
    Mailbox(Address<'a>),
    /// A group, as in `undisclosed-recipients:;`.
    Group {
        /// The name, decoded (RFC 2047).
        name: Cow<'a, str>,
        /// The members, often none.
        members: Addresses<'a>,
    },
}

/// The meaning of the four strings of one address.
enum Entry<'a> {
    Mailbox(Address<'a>),
    Begin(&'a [u8]),
    End,
}

impl<'a> Addresses<'a> {
    pub(super) fn new(frame: &'a [u8], words: &'a [u64]) -> Self {
        let mut list = Self {
            frame,
            words,
            ungrouped: words.len(),
            in_group: false,
        };
        let mut addresses = words.rchunks_exact(WORDS);
        let behind =
            addresses.position(|words| list.address(words).is_some_and(|a| a.ends_group()));
        list.ungrouped = behind.map_or(words.len(), |behind| behind * WORDS);
        list
    }

    /// Returns whether the list is empty: it does not even contain an empty group.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Returns the addresses, with groups as a whole.
    #[must_use = "iterators are lazy"]
    pub fn recipients(self) -> impl Iterator<Item = Recipient<'a>> {
        let mut left = self;
        std::iter::from_fn(move || left.next_recipient())
    }

    fn next_recipient(&mut self) -> Option<Recipient<'a>> {
        loop {
            let name = match self.pop()? {
                Entry::Mailbox(address) => return Some(Recipient::Mailbox(address)),
                Entry::End => continue,
                Entry::Begin(name) => decode_words(name),
            };
            let all = self.words;
            while !matches!(self.pop(), None | Some(Entry::End)) {}
            let length = all.len() - self.words.len();
            let members = all.get(..length.saturating_sub(WORDS)).unwrap_or_default();
            return Some(Recipient::Group {
                name,
                members: Self {
                    frame: self.frame,
                    words: members,
                    ungrouped: members.len(),
                    in_group: true,
                },
            });
        }
    }

    fn pop(&mut self) -> Option<Entry<'a>> {
        let (words, rest) = self.words.split_at_checked(WORDS)?;
        let address = self.address(words)?;
        self.words = rest;
        if address.ends_group() {
            self.in_group = false;
            return Some(Entry::End);
        }
        // Without an end it is not a group but a mailbox without a host.
        if let Some(name) = address.group_name()
            && !self.in_group
            && rest.len() > self.ungrouped
        {
            self.in_group = true;
            return Some(Entry::Begin(name));
        }
        Some(Entry::Mailbox(address))
    }

    fn address(&self, words: &[u64]) -> Option<Address<'a>> {
        Some(Address {
            frame: self.frame,
            words: words.try_into().ok()?,
        })
    }
}

impl<'a> Iterator for Addresses<'a> {
    type Item = Address<'a>;

    fn next(&mut self) -> Option<Address<'a>> {
        loop {
            if let Entry::Mailbox(address) = self.pop()? {
                return Some(address);
            }
        }
    }
}

impl fmt::Display for Addresses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, recipient) in self.recipients().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            recipient.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Recipient<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mailbox(address) => address.fmt(f),
            Self::Group { name, members } => {
                write_phrase(f, name)?;
                f.write_str(":")?;
                for (index, member) in members.enumerate() {
                    f.write_str(if index > 0 { ", " } else { " " })?;
                    member.fmt(f)?;
                }
                f.write_str(";")
            }
        }
    }
}

impl PartialEq for Addresses<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.recipients().eq(other.recipients())
    }
}

impl Eq for Addresses<'_> {}

impl fmt::Debug for Addresses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.recipients()).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Address<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut fields = to.serialize_struct("Address", 3)?;
        fields.serialize_field("name", &self.name())?;
        fields.serialize_field("mailbox", &self.mailbox())?;
        fields.serialize_field("host", &self.host())?;
        fields.end()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Recipient<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        match self {
            Self::Mailbox(address) => address.serialize(to),
            Self::Group { name, members } => {
                let mut fields = to.serialize_struct("Group", 2)?;
                fields.serialize_field("group", name)?;
                fields.serialize_field("members", &members)?;
                fields.end()
            }
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Addresses<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.recipients())
    }
}
