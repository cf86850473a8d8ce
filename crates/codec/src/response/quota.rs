//! QUOTA and QUOTAROOT: how much is used, and how much may be (RFC 9208, RFC 2087).

use crate::{
    MailboxName,
    token::{Cursor, Read},
};

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
            let mut open = 0;
            while reader.next_in_list(&mut open)? {
                reader.room(quota.resources.len() + quota.malformed.len())?;
                quota.read_resource(reader)?;
            }
        }
        reader.end()?;
        Ok(quota)
    }

    fn read_resource(&mut self, reader: &mut Reader<'_, '_, '_>) -> Read<()> {
        let name = reader.text()?;
        reader.cursor.blanks();
        let start = reader.cursor.at();
        match reader.cursor.in_parentheses(numbers) {
            Ok((usage, limit)) => self.resources.push(Resource { name, usage, limit }),
            Err(fault) => {
                // Both numbers go, or what stands for them: all up to the name of the next one.
                let cursor = &mut reader.cursor;
                cursor.seek(start);
                let mut end = start;
                for _ in 0..2 {
                    cursor.blanks();
                    let at_value = match cursor.rest() {
                        [b'(', inside @ ..] => inside
                            .first()
                            .is_some_and(|byte| !byte.is_ascii_alphabetic()),
                        [b')', ..] | [] => false,
                        rest => {
                            !rest.first().is_some_and(u8::is_ascii_alphabetic)
                                || cursor.clone().nil()
                        }
                    };
                    if !at_value {
                        break;
                    }
                    end = cursor.value(reader.limits.depth)?.end;
                }
                let bad = reader.source.malformed(name.as_bytes(), start..end, fault);
                self.malformed.push(bad);
            }
        }
        Ok(())
    }
}

/// `10 512`, where a limit of NIL or -1 is none.
fn numbers(cursor: &mut Cursor<'_>) -> Read<(u64, Option<u64>)> {
    let usage = cursor.listed_number()?;
    cursor.blanks();
    if cursor.nil() {
        return Ok((usage, None));
    }
    let start = cursor.at();
    if cursor.atom() == b"-1" {
        return Ok((usage, None));
    }
    cursor.seek(start);
    Ok((usage, Some(cursor.listed_number()?)))
}

impl QuotaRoot {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        Ok(Self {
            mailbox: reader.mailbox()?,
            roots: reader.texts()?,
        })
    }
}
