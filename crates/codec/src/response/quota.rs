//! QUOTA and QUOTAROOT: how much is used, and how much may be (RFC 9208, RFC 2087).

use crate::{MailboxName, token::Read};

use super::{Malformed, decoder::Reader};

/// What is used under a quota root, and how much may be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Quota {
    /// The quota root; often empty.
    pub root: String,
    /// Its resources.
    pub resources: Vec<Resource>,
    /// Resources that cannot be read, with their numbers as they were sent.
    pub malformed: Vec<Malformed>,
}

/// Something there is only so much of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Resource {
    /// As sent: `STORAGE` in KiB (1024 bytes), `MESSAGE`, `MAILBOX`, `ANNOTATION-STORAGE`.
    pub name: String,
    /// How much is used.
    pub usage: u64,
    /// How much may be used; `None` where a server says -1, for no limit.
    pub limit: Option<u64>,
}

/// The quota roots of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct QuotaRoot {
    /// The mailbox.
    pub mailbox: MailboxName,
    /// The names of its quota roots.
    pub roots: Vec<String>,
}

impl Quota {
    /// A resource by its name; case does not matter.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&Resource> {
        let same = |resource: &&Resource| resource.name.eq_ignore_ascii_case(name);
        self.resources.iter().find(same)
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        reader.cursor.blanks();
        // Some servers leave an empty root out.
        let root = match reader.cursor.peek() {
            Some(b'(') => String::new(),
            _ => reader.text()?,
        };
        let mut quota = Self {
            root,
            resources: Vec::new(),
            malformed: Vec::new(),
        };
        reader.cursor.blanks();
        if !reader.cursor.nil() {
            reader
                .cursor
                .expect(b'(', "a list of resources is missing")?;
            while !reader.list_ends()? {
                reader.room(quota.resources.len() + quota.malformed.len())?;
                quota.read_resource(reader)?;
            }
        }
        reader.end()?;
        Ok(quota)
    }

    fn read_resource(&mut self, reader: &mut Reader<'_, '_, '_>) -> Read<()> {
        let name = reader.text()?;
        let start = reader.cursor.at();
        match numbers(reader) {
            Ok((usage, limit)) => self.resources.push(Resource { name, usage, limit }),
            Err(fault) => {
                // Both numbers go, or what stands for them.
                let mut bad = reader.bad_value(name.as_bytes(), start, fault)?;
                let first = reader.cursor.at() - bad.raw.len();
                reader.cursor.blanks();
                if reader.cursor.peek() != Some(b')') {
                    let range = reader.cursor.value(reader.limits.depth)?;
                    bad = reader
                        .source
                        .malformed(name.as_bytes(), first..range.end, fault);
                }
                self.malformed.push(bad);
            }
        }
        Ok(())
    }
}

fn numbers(reader: &mut Reader<'_, '_, '_>) -> Read<(u64, Option<u64>)> {
    let cursor = &mut reader.cursor;
    cursor.blanks();
    let usage = cursor.number()?;
    cursor.blanks();
    if cursor.nil() {
        return Ok((usage, None));
    }
    if cursor.rest().starts_with(b"-1") {
        cursor.skip(1);
        return cursor.number().map(|_| (usage, None));
    }
    Ok((usage, Some(cursor.number()?)))
}

impl QuotaRoot {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        Ok(Self {
            mailbox: reader.mailbox()?,
            roots: reader.texts()?,
        })
    }
}
