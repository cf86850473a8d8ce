//! Conversion of mailbox names on a connection.

use std::borrow::Cow;

use imap_codec::imap_types::{core::QuotedChar, mailbox::Mailbox};

use super::Session;
use crate::{
    list::Pattern,
    reply::{Outcome, Reply, word_code},
    store::name,
};

/// The form of mailbox names on a connection.
#[derive(Clone, Copy)]
pub(super) struct Names {
    /// `true` if they are in UTF-8 (RFC 6855), and not in modified UTF-7.
    pub(super) utf8: bool,
    /// The hierarchy delimiter.
    pub(super) delimiter: char,
}

impl Names {
    /// Converts a name, or a pattern, to modified UTF-7 with the delimiter of the store.
    fn canonical(self, wire: &[u8]) -> Outcome<Cow<'_, [u8]>> {
        let wire = if self.utf8 {
            let text = std::str::from_utf8(wire).map_err(|_| name::BadName)?;
            Cow::Owned(name::encode(text).into_bytes())
        } else {
            Cow::Borrowed(wire)
        };
        if self.delimiter == name::DELIMITER {
            return Ok(wire);
        }
        // Neither delimiter occurs within a shift sequence.
        let swapped = wire.iter().map(|&byte| {
            let swapped = self.swapped(char::from(byte));
            u8::try_from(swapped).unwrap_or(byte)
        });
        Ok(Cow::Owned(swapped.collect()))
    }

    /// Converts a name for the client.
    fn told(self, name: &str) -> String {
        let wire = if self.utf8 {
            name.to_owned()
        } else {
            name::encode(name)
        };
        wire.chars().map(|c| self.swapped(c)).collect()
    }

    /// Swaps the two delimiters, since each is an ordinary character on the other side.
    fn swapped(self, c: char) -> char {
        match c {
            name::DELIMITER => self.delimiter,
            c if c == self.delimiter => name::DELIMITER,
            c => c,
        }
    }
}

impl Session<'_> {
    /// Returns the name of a mailbox in UTF-8.
    pub(super) fn decode(&self, mailbox: &Mailbox<'_>) -> Outcome<String> {
        match mailbox {
            Mailbox::Inbox => Ok(name::INBOX.to_owned()),
            Mailbox::Other(other) => self.decode_bytes(other.as_ref()),
        }
    }

    /// Decodes the bytes of a name; see [`decode`](Self::decode).
    pub(super) fn decode_bytes(&self, mailbox: &[u8]) -> Outcome<String> {
        Ok(name::decode(&self.names.canonical(mailbox)?)?)
    }

    /// Returns the pattern of LIST and similar commands, with its reference.
    pub(super) fn pattern(&self, reference: &[u8], pattern: &[u8]) -> Outcome<Pattern> {
        let reference = self.names.canonical(reference)?;
        Ok(Pattern::read(&reference, &self.names.canonical(pattern)?))
    }

    /// Encodes a name for a response.
    pub(super) fn encode(&self, name: &str) -> Outcome<Mailbox<'static>> {
        let wire = Mailbox::try_from(self.told(name));
        // A name without NUL can always be sent.
        wire.map_err(|_| {
            Reply::no("That name cannot be sent.")
                .with(word_code("CANNOT"))
                .into()
        })
    }

    /// Encodes a name for a response, without quotes.
    pub(super) fn told(&self, name: &str) -> String {
        self.names.told(name)
    }

    /// Returns the hierarchy delimiter.
    pub(super) fn delimiter(&self) -> Option<QuotedChar> {
        QuotedChar::try_from(self.names.delimiter).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_and_another_delimiter() {
        for (utf8, delimiter, wire, name) in [
            (false, '/', "a/Entw&APw-rfe", "a/Entwürfe"),
            (true, '/', "a/Entwürfe & Co", "a/Entwürfe & Co"),
            (false, '|', "a|b/c &-", "a/b|c &"),
            (true, '|', "ü|b", "ü/b"),
        ] {
            let names = Names { utf8, delimiter };
            let canonical = names.canonical(wire.as_bytes()).unwrap();
            assert_eq!(name::decode(&canonical).as_deref(), Ok(name), "{wire}");
            assert_eq!(names.told(name), wire);
        }
        let names = Names {
            utf8: true,
            delimiter: '/',
        };
        assert!(names.canonical(b"\xff").is_err());
    }
}
