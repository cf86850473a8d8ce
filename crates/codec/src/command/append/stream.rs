//! APPEND of a message whose bytes are sent after the command.

use chrono::{DateTime, FixedOffset};

use super::{Append, Data};
use crate::{
    command::mailbox::named,
    flag::Flags,
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
};

/// A message to be uploaded of which only the size is known yet: its bytes follow in pieces, so
/// that they need not be in memory (RFC 9051 §6.3.12).
///
/// ```
/// use imapclient_codec::{Flag, command::AppendStream};
///
/// let message = AppendStream::new(1_073_741_824).flags([Flag::Seen]);
/// assert_eq!(message.size(), 1 << 30);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AppendStream {
    message: Append,
}

impl AppendStream {
    /// Creates a message of this many bytes without flags, received now. The lines of the message
    /// must end in CRLF, and the size counts both bytes.
    #[must_use]
    pub fn new(size: u64) -> Self {
        Self {
            message: Append::of(Data::Announced(size)),
        }
    }

    /// Sets the flags, as [`Append::flags`] does.
    #[must_use]
    pub fn flags(mut self, flags: impl Into<Flags>) -> Self {
        self.message = self.message.flags(flags);
        self
    }

    /// Sets the internal date, in place of the current time.
    #[must_use]
    pub fn internal_date(mut self, date: DateTime<FixedOffset>) -> Self {
        self.message = self.message.internal_date(date);
        self
    }

    /// Sends the message as a `literal8`, which may contain NUL. Requires `BINARY` (RFC 3516 §4.4).
    #[must_use]
    pub fn binary(mut self) -> Self {
        self.message = self.message.binary();
        self
    }

    /// Marks the header of the message as UTF-8. Requires `UTF8=ACCEPT` (RFC 6855 §4).
    #[must_use]
    pub fn utf8(mut self) -> Self {
        self.message = self.message.utf8();
        self
    }

    /// Returns the size of the message in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.message.size()
    }

    /// Checks the next bytes of the message.
    ///
    /// ```
    /// use imapclient_codec::command::AppendStream;
    ///
    /// assert!(AppendStream::new(3).check(b"a\0b").is_err());
    /// assert!(AppendStream::new(3).binary().check(b"a\0b").is_ok());
    /// ```
    ///
    /// # Errors
    /// Fails if they contain NUL, unless the message is sent as a `literal8`.
    pub fn check(&self, bytes: &[u8]) -> Result<(), InvalidArgument> {
        self.message.form.check(bytes)
    }
}

/// Encodes `APPEND` of a message whose bytes follow in pieces (RFC 9051 §6.3.12). Its literal is a
/// [`Part::Announced`](crate::Part::Announced).
///
/// # Errors
/// Fails as [`append`](super::append) does, and if the size is above 2^63 - 1, the largest number
/// that a literal can announce.
pub fn append_stream(
    name: &MailboxName,
    message: &AppendStream,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = named("APPEND ", name)?.needing(Needs::login());
    message.message.write(&mut outgoing)?;
    Ok(outgoing)
}
