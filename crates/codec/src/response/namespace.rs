//! NAMESPACE: where mailboxes are (RFC 2342, RFC 9051 §7.3.4).

use crate::{
    MailboxName,
    token::{Read, lossy},
};

use super::{Unknown, decoder::Reader};

/// Where mailboxes are. A kind that the server does not have is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Namespaces {
    /// The user's own.
    pub personal: Vec<Namespace>,
    /// Those of other users.
    pub other_users: Vec<Namespace>,
    /// Those of everybody.
    pub shared: Vec<Namespace>,
}

/// One place where mailboxes are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Namespace {
    /// How the names of all mailboxes there begin.
    pub prefix: MailboxName,
    /// What separates the levels of names there; `None` if there are no levels.
    pub delimiter: Option<char>,
    /// What extensions say of it, as it was sent.
    pub extensions: Vec<Unknown>,
}

impl Namespaces {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let namespaces = Self {
            personal: kind(reader)?,
            other_users: kind(reader)?,
            shared: kind(reader)?,
        };
        reader.end()?;
        Ok(namespaces)
    }
}

/// `((prefix delimiter) ...)`, or NIL.
fn kind(reader: &mut Reader<'_, '_, '_>) -> Read<Vec<Namespace>> {
    let mut all = Vec::new();
    reader.cursor.whitespace();
    if reader.cursor.nil() {
        return Ok(all);
    }
    reader
        .cursor
        .expect(b'(', "a list of namespaces is missing")?;
    while !reader.list_ends()? {
        reader.room(all.len())?;
        all.push(Namespace::read(reader)?);
    }
    Ok(all)
}

impl Namespace {
    fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        reader.cursor.expect(b'(', "a namespace is missing")?;
        reader.cursor.whitespace();
        let prefix = match reader.cursor.nstring()? {
            Some(text) => text.bytes(),
            None => Default::default(),
        };
        let mut namespace = Self {
            prefix: MailboxName::from_wire(&prefix, reader.names),
            delimiter: None,
            extensions: Vec::new(),
        };
        if reader.list_ends()? {
            return Ok(namespace);
        }
        let delimiter = reader.cursor.nstring()?;
        namespace.delimiter = delimiter.and_then(|text| lossy(&text.bytes()).chars().next());
        while !reader.list_ends()? {
            reader.room(namespace.extensions.len())?;
            let name = reader.text()?;
            reader.cursor.whitespace();
            let value = reader.unknown_value(name.as_bytes())?;
            namespace.extensions.push(value);
        }
        Ok(namespace)
    }
}
