//! NAMESPACE: the namespaces of the server (RFC 2342, RFC 9051 §7.3.4).

use crate::{
    MailboxName,
    token::{Read, lossy},
};

use super::{Malformed, Unknown, reader::Reader};

/// The namespaces of a server. Kinds that the server does not have are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Namespaces {
    /// The user's own namespaces.
    pub personal: Vec<Namespace>,
    /// The namespaces of other users.
    pub other_users: Vec<Namespace>,
    /// The shared namespaces.
    pub shared: Vec<Namespace>,
    /// Namespaces that cannot be parsed, and kinds that the server left out.
    pub malformed: Vec<Malformed>,
}

/// A namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Namespace {
    /// The prefix of all mailbox names in it.
    pub prefix: MailboxName,
    /// The hierarchy delimiter; `None` if names are flat.
    pub delimiter: Option<char>,
    /// Extension data, as sent.
    pub extensions: Vec<Unknown>,
}

impl Namespace {
    /// Creates a namespace without extension data, for tests of programs that use it.
    ///
    /// ```
    /// use imapclient_codec::{Namespace, Namespaces};
    ///
    /// let mut namespaces = Namespaces::default();
    /// namespaces.personal.push(Namespace::new("INBOX.", Some('.')));
    /// assert_eq!(namespaces.personal[0].prefix, "INBOX.");
    /// ```
    #[must_use]
    pub fn new(prefix: impl Into<MailboxName>, delimiter: Option<char>) -> Self {
        Self {
            prefix: prefix.into(),
            delimiter,
            extensions: Vec::new(),
        }
    }
}

impl Namespaces {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mut malformed = Vec::new();
        let mut namespaces = Self {
            personal: kind(reader, &mut malformed)?,
            other_users: Vec::new(),
            shared: Vec::new(),
            malformed: Vec::new(),
        };
        for kinds in [&mut namespaces.other_users, &mut namespaces.shared] {
            if reader.cursor.is_done() {
                malformed.push(reader.missing_value(b"NAMESPACE"));
            } else {
                *kinds = kind(reader, &mut malformed)?;
            }
        }
        namespaces.malformed = malformed;
        reader.end()?;
        Ok(namespaces)
    }
}

/// Reads `((prefix delimiter) ...)`, or NIL.
fn kind(reader: &mut Reader<'_, '_, '_>, malformed: &mut Vec<Malformed>) -> Read<Vec<Namespace>> {
    let mut all = Vec::new();
    reader.cursor.whitespace();
    if reader.cursor.nil() {
        return Ok(all);
    }
    reader
        .cursor
        .expect(b'(', "a list of namespaces is missing")?;
    // The number of open parentheses around namespaces, in addition to their own.
    let mut open = 0_usize;
    loop {
        if reader.list_ends()? {
            match open.checked_sub(1) {
                Some(left) => open = left,
                None => return Ok(all),
            }
            continue;
        }
        let start = reader.cursor.at();
        reader.cursor.expect(b'(', "a namespace is missing")?;
        reader.cursor.whitespace();
        if reader.cursor.peek() == Some(b'(') {
            open += 1;
            continue;
        }
        reader.room(all.len() + malformed.len())?;
        match Namespace::read(reader) {
            Ok(namespace) => all.push(namespace),
            Err(fault) => malformed.push(reader.bad_value(b"NAMESPACE", start, fault)?),
        }
    }
}

impl Namespace {
    /// Reads a namespace from after its opening parenthesis.
    fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
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
