//! APPEND and the message it uploads.

use bytes::Bytes;
use chrono::{DateTime, FixedOffset};

use super::store::write_flags;
use crate::{
    date::InternalDate,
    flag::Flags,
    mailbox::{MailboxName, Names},
    outgoing::{InvalidArgument, Outgoing},
};

/// A message to be uploaded (RFC 9051 §6.3.12).
///
/// Made from the bytes of the message, which are sent as they are: lines have to end in CRLF.
///
/// ```
/// use imapclient_codec::{Flag, command::Append};
///
/// let message = Append::from("Subject: hi\r\n\r\nHello\r\n").flags([Flag::Seen]);
/// # let _ = message;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    message: Bytes,
    flags: Flags,
    date: Option<DateTime<FixedOffset>>,
}

impl Append {
    /// A message without flags, received now.
    #[must_use]
    pub fn new(message: impl Into<Bytes>) -> Self {
        Self {
            message: message.into(),
            flags: Flags::default(),
            date: None,
        }
    }

    /// The flags it gets.
    #[must_use]
    pub fn flags(mut self, flags: impl Into<Flags>) -> Self {
        self.flags = flags.into();
        self
    }

    /// The internal date it gets, in place of now.
    #[must_use]
    pub fn internal_date(mut self, date: DateTime<FixedOffset>) -> Self {
        self.date = Some(date);
        self
    }
}

impl From<Bytes> for Append {
    fn from(message: Bytes) -> Self {
        Self::new(message)
    }
}

impl From<Vec<u8>> for Append {
    fn from(message: Vec<u8>) -> Self {
        Self::new(message)
    }
}

impl From<&[u8]> for Append {
    fn from(message: &[u8]) -> Self {
        Self::new(message.to_vec())
    }
}

impl From<String> for Append {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<&str> for Append {
    fn from(message: &str) -> Self {
        Self::new(message.as_bytes().to_vec())
    }
}

/// `APPEND` (RFC 9051 §6.3.12).
///
/// # Errors
/// If the name is empty, or it or the message contains NUL, or a flag cannot be stored, or the
/// year of the date is beyond 9999.
pub fn append(
    name: &MailboxName,
    message: &Append,
    names: Names,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("APPEND ");
    outgoing.mailbox(name, names)?.push(" ");
    if !message.flags.is_empty() {
        write_flags(&mut outgoing, &message.flags)?;
        outgoing.push(" ");
    }
    if let Some(date) = message.date {
        let date = InternalDate::from(date).wire().ok_or_else(|| {
            InvalidArgument::new("internal date", format!("{date} needs a year of 4 digits"))
        })?;
        outgoing.push(&format!("\"{date}\" "));
    }
    outgoing.literal("message", message.message.clone())?;
    Ok(outgoing)
}
