//! Annotations of mailboxes and of the server (RFC 5464).

use bytes::Bytes;

use crate::{
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
    response::MetadataEntry,
};

/// The options of GETMETADATA (RFC 5464 §4.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MetadataOptions {
    max_size: Option<u32>,
    depth: Depth,
}

/// The depth to which GETMETADATA searches below an entry (RFC 5464 §4.2.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the grammar has no others")]
pub enum Depth {
    /// The entry alone.
    #[default]
    Zero,
    /// The entry and its children.
    One,
    /// The entry and all of its descendants.
    Infinity,
}

impl MetadataOptions {
    /// Creates options that ask for the named entries only, of any size.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Excludes values of more than `bytes` bytes.
    #[must_use]
    pub fn max_size(mut self, bytes: u32) -> Self {
        self.max_size = Some(bytes);
        self
    }

    /// Includes entries below the named ones.
    #[must_use]
    pub fn depth(mut self, depth: Depth) -> Self {
        self.depth = depth;
        self
    }

    fn write(self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        let max_size = self.max_size.map(|bytes| format!("MAXSIZE {bytes}"));
        let depth = match self.depth {
            Depth::Zero => None,
            Depth::One => Some("DEPTH 1".to_owned()),
            Depth::Infinity => Some("DEPTH infinity".to_owned()),
        };
        let options: Vec<_> = max_size.into_iter().chain(depth).collect();
        if !options.is_empty() {
            outgoing.list(options, |outgoing, option| {
                outgoing.push(&option);
                Ok(())
            })?;
            outgoing.push(" ");
        }
        Ok(())
    }
}

/// Encodes `GETMETADATA` of a mailbox, or of the server if `mailbox` is `None` (RFC 5464 §4.2).
///
/// ```
/// use imapclient_codec::command::{self, MetadataOptions};
///
/// let options = MetadataOptions::new().max_size(1024);
/// let outgoing =
///     command::get_metadata(Some(&"INBOX".into()), ["/shared/comment"], options)?;
/// assert!(format!("{outgoing:?}").contains(r#"\"INBOX\" (/shared/comment)"#));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// Fails if the name of the mailbox is empty or cannot be sent, if there is no entry, or if
/// one is not like `/private/comment`.
pub fn get_metadata(
    mailbox: Option<&MailboxName>,
    entries: impl IntoIterator<Item = impl AsRef<str>>,
    options: MetadataOptions,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("GETMETADATA ").needing(needs(mailbox));
    options.write(&mut outgoing)?;
    write_target(&mut outgoing, mailbox)?;
    write_entries(&mut outgoing, entries)?;
    Ok(outgoing)
}

/// Encodes `SETMETADATA` of a mailbox, or of the server if `mailbox` is `None` (RFC 5464 §4.3). An
/// entry without a value is removed.
///
/// # Errors
/// Fails if the name of the mailbox is empty or cannot be sent, if there is no entry, or if
/// one is not like `/private/comment`.
pub fn set_metadata(
    mailbox: Option<&MailboxName>,
    entries: impl IntoIterator<Item = MetadataEntry>,
) -> Result<Outgoing, InvalidArgument> {
    let entries = some(entries)?;
    let mut outgoing = Outgoing::new("SETMETADATA ").needing(needs(mailbox));
    write_target(&mut outgoing, mailbox)?;
    outgoing.list(entries, |outgoing, entry| {
        write_entry(outgoing, &entry.name)?;
        outgoing.push(" ");
        match &entry.value {
            None => {
                outgoing.push("NIL");
            }
            Some(value) if value.contains(&0) => {
                outgoing.literal8(Bytes::clone(value));
            }
            Some(value) => {
                outgoing.string("metadata value", value)?;
            }
        }
        Ok(())
    })?;
    Ok(outgoing)
}

/// Writes a list such as `(/private/comment /shared/comment)`.
pub(super) fn write_entries(
    outgoing: &mut Outgoing,
    entries: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<(), InvalidArgument> {
    outgoing.list(some(entries)?, |outgoing, entry| {
        write_entry(outgoing, entry.as_ref())
    })?;
    Ok(())
}

/// Returns the entries, of which there must be at least one.
fn some<E>(
    entries: impl IntoIterator<Item = E>,
) -> Result<impl Iterator<Item = E>, InvalidArgument> {
    let mut entries = entries.into_iter().peekable();
    match entries.peek() {
        Some(_) => Ok(entries),
        None => Err(InvalidArgument::new(
            "metadata entries",
            "name at least one",
        )),
    }
}

/// Returns the needs of a command about a mailbox, or about the server if there is none.
fn needs(mailbox: Option<&MailboxName>) -> Needs {
    match mailbox {
        Some(_) => Needs::login().capability("METADATA"),
        None => Needs::login().one_of(&["METADATA", "METADATA-SERVER"]),
    }
}

/// Writes the mailbox; the empty name denotes the server.
fn write_target(
    outgoing: &mut Outgoing,
    mailbox: Option<&MailboxName>,
) -> Result<(), InvalidArgument> {
    match mailbox {
        Some(name) => outgoing.mailbox(name)?,
        None => outgoing.push("\"\""),
    };
    outgoing.push(" ");
    Ok(())
}

/// Writes an entry name: components after slashes, without wildcards and control characters
/// (RFC 5464 §3.2).
fn write_entry(outgoing: &mut Outgoing, name: &str) -> Result<(), InvalidArgument> {
    let what = "metadata entry";
    let component = |part: &str| {
        let plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'*' | b'%');
        !part.is_empty() && part.bytes().all(plain)
    };
    match name.strip_prefix('/') {
        Some(path) if path.split('/').all(component) => {
            outgoing.astring(what, name.as_bytes()).map(drop)
        }
        _ => Err(InvalidArgument::new(
            what,
            format!("{name:?} has to be like \"/private/comment\""),
        )),
    }
}
