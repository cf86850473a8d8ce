//! QUOTA and QUOTAROOT: usage and limits (RFC 9208, RFC 2087).

use crate::{
    MailboxName,
    token::{Cursor, Read},
};

use super::{Malformed, reader::Reader};

/// The usage and the limits of a quota root.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Quota {
    /// The quota root; often empty.
    pub root: String,
    /// The resources.
    pub resources: Vec<Resource>,
    /// Resources that cannot be parsed, with their numbers as sent.
    pub malformed: Vec<Malformed>,
}

/// A resource that is limited by a quota.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Resource {
    /// The name as sent: `STORAGE` in KiB (1024 bytes), `MESSAGE`, `MAILBOX`, `ANNOTATION-STORAGE`.
    pub name: String,
    /// The amount in use.
    pub usage: u64,
    /// The maximum amount; `None` if the server sends -1 for no limit.
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

impl Resource {
    /// Creates a resource, for tests of programs that use it.
    #[must_use]
    pub fn new(name: impl Into<String>, usage: u64, limit: Option<u64>) -> Self {
        Self {
            name: name.into(),
            usage,
            limit,
        }
    }
}

impl Quota {
    /// Creates a quota without resources, for tests of programs that use it.
    ///
    /// ```
    /// use imapclient_codec::{Quota, Resource};
    ///
    /// fn is_full(quota: &Quota) -> bool {
    ///     let storage = quota.resource("STORAGE");
    ///     storage.is_some_and(|storage| storage.limit.is_some_and(|most| storage.usage >= most))
    /// }
    ///
    /// let mut quota = Quota::new("");
    /// assert!(!is_full(&quota));
    /// quota.resources.push(Resource::new("STORAGE", 512, Some(512)));
    /// assert!(is_full(&quota));
    /// ```
    #[must_use]
    pub fn new(root: impl Into<String>) -> Self {
        Self {
            root: root.into(),
            resources: Vec::new(),
            malformed: Vec::new(),
        }
    }

    /// Returns a resource by its name, ignoring case.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&Resource> {
        let same = |resource: &&Resource| resource.name.eq_ignore_ascii_case(name);
        self.resources.iter().find(same)
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        reader.cursor.blanks();
        // Some servers leave out an empty root.
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
        // Courier leaves out the list if the root has no resources.
        let is_listed = !matches!(reader.cursor.peek(), None | Some(b'\r' | b'\n'));
        if is_listed && !reader.cursor.nil() {
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
                // Skips both numbers or whatever replaces them, up to the next name.
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

/// Reads `10 512`. A limit of NIL or -1 means none.
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
