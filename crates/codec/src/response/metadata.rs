//! METADATA: annotations of mailboxes and of the server (RFC 5464).

use bytes::Bytes;

use crate::{MailboxName, token::Read};

use super::{Malformed, reader::Reader};

/// Annotations of a mailbox, or of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Metadata {
    /// The mailbox; `None` for the server.
    pub mailbox: Option<MailboxName>,
    /// Entries with their values.
    pub entries: Vec<MetadataEntry>,
    /// Entries that changed. Servers leave out their values in notifications.
    pub changed: Vec<String>,
    /// Entries whose values are missing or cannot be parsed.
    pub malformed: Vec<Malformed>,
}

/// One annotation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MetadataEntry {
    /// The name, as in `/private/comment`.
    pub name: String,
    /// The value; `None` is NIL, for an entry that does not exist.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "crate::serialize::optional")
    )]
    pub value: Option<Bytes>,
}

impl Metadata {
    /// Returns the value of an entry, ignoring the case of its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let same = |entry: &&MetadataEntry| entry.name.eq_ignore_ascii_case(name);
        self.entries.iter().find(same)?.value.as_deref()
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mailbox = reader.mailbox()?;
        let mut metadata = Self {
            mailbox: (!mailbox.as_str().is_empty()).then_some(mailbox),
            entries: Vec::new(),
            changed: Vec::new(),
            malformed: Vec::new(),
        };
        reader.cursor.blanks();
        if reader.cursor.eat(b'(') {
            let mut open = 0;
            while reader.next_in_list(&mut open)? {
                reader.room(metadata.entries.len() + metadata.malformed.len())?;
                metadata.read_entry(reader)?;
            }
        } else {
            metadata.changed = reader.texts()?;
        }
        reader.end()?;
        Ok(metadata)
    }

    fn read_entry(&mut self, reader: &mut Reader<'_, '_, '_>) -> Read<()> {
        let name = reader.text()?;
        reader.cursor.whitespace();
        let start = reader.cursor.at();
        // Values are strings, so this can only be the next entry.
        if matches!(reader.cursor.rest(), [b'/', ..] | [b'(', b'/', ..]) {
            let bad = reader.missing_value(name.as_bytes());
            self.malformed.push(bad);
            return Ok(());
        }
        match reader.cursor.listed_nstring() {
            Ok(value) => {
                let value = value.map(|text| reader.source.text(text));
                self.entries.push(MetadataEntry { name, value });
            }
            Err(fault) => {
                let bad = reader.bad_value(name.as_bytes(), start, fault)?;
                self.malformed.push(bad);
            }
        }
        Ok(())
    }
}

impl MetadataEntry {
    /// Creates an entry with this value.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<Bytes>) -> Self {
        Self {
            name: name.into(),
            value: Some(value.into()),
        }
    }

    /// Creates an entry without a value, which SETMETADATA removes.
    #[must_use]
    pub fn without_value(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: None,
        }
    }
}
