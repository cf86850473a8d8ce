//! APPEND and REPLACE, and the message they upload.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, FixedOffset};

use super::{mailbox::named, messages::MessageSet, store::write_flags};
use crate::{
    concurrency::Concurrency,
    date::InternalDate,
    flag::{Flag, Flags},
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing, nul},
};

mod stream;

pub use stream::{AppendStream, append_stream};

/// A message to be uploaded (RFC 9051 §6.3.12).
///
/// Created from the bytes of the message, which are sent unchanged: lines must end in CRLF.
///
/// ```
/// use imapclient_codec::{Flag, command::Append};
///
/// let message = Append::from("Subject: hi\r\n\r\nHello\r\n").flags([Flag::Seen]);
/// # let _ = message;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    data: Data,
    form: Form,
    flags: Flags,
    date: Option<DateTime<FixedOffset>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Data {
    Whole(Bytes),
    /// This many bytes, which follow the command.
    Announced(u64),
    Pieces(Vec<CatenatePart>),
}

/// The syntax in which the bytes are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Literal,
    Literal8,
    Utf8,
}

/// A piece of a message that the server assembles (RFC 4469).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CatenatePart {
    /// Literal bytes.
    Text(Bytes),
    /// The data that the server has at this URL, as in
    /// `/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=1`. An authorised URL gives access to
    /// everyone who knows it, so it must not appear in logs.
    Url(String),
}

impl Append {
    /// Creates a message without flags, received now.
    #[must_use]
    pub fn new(message: impl Into<Bytes>) -> Self {
        Self::of(Data::Whole(message.into()))
    }

    /// Creates a message that the server assembles from pieces: `CATENATE` (RFC 4469).
    ///
    /// ```
    /// use imapclient_codec::command::{Append, CatenatePart};
    ///
    /// let message = Append::catenate([
    ///     CatenatePart::Url("/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=HEADER".into()),
    ///     CatenatePart::Text("\r\nChanged my mind.\r\n".into()),
    /// ]);
    /// # let _ = message;
    /// ```
    #[must_use]
    pub fn catenate(pieces: impl IntoIterator<Item = CatenatePart>) -> Self {
        Self::of(Data::Pieces(pieces.into_iter().collect()))
    }

    /// Sets the flags. `\Recent`, which only a server can set, is left out, so that the flags of a
    /// fetched message can be passed on unchanged.
    #[must_use]
    pub fn flags(mut self, flags: impl Into<Flags>) -> Self {
        let mut flags = flags.into();
        flags.remove(&Flag::Recent);
        self.flags = flags;
        self
    }

    /// Sets the internal date, in place of the current time.
    #[must_use]
    pub fn internal_date(mut self, date: DateTime<FixedOffset>) -> Self {
        self.date = Some(date);
        self
    }

    /// Sends the message as a `literal8`, which may contain NUL. Requires `BINARY` (RFC 3516 §4.4).
    #[must_use]
    pub fn binary(mut self) -> Self {
        self.form = Form::Literal8;
        self
    }

    /// Marks the header of the message as UTF-8. Requires `UTF8=ACCEPT` (RFC 6855 §4).
    #[must_use]
    pub fn utf8(mut self) -> Self {
        self.form = Form::Utf8;
        self
    }

    /// Returns the size of the message in bytes, as far as it is known: data at a URL are not
    /// counted.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.data {
            Data::Whole(message) => message.len() as u64,
            Data::Announced(size) => *size,
            Data::Pieces(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    CatenatePart::Text(text) => text.len() as u64,
                    CatenatePart::Url(_) => 0,
                })
                .sum(),
        }
    }

    fn of(data: Data) -> Self {
        Self {
            data,
            form: Form::Literal,
            flags: Flags::default(),
            date: None,
        }
    }

    /// Writes flags, date and data, each after a space.
    fn write(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        outgoing.push(" ");
        if !self.flags.is_empty() {
            write_flags(outgoing, &self.flags)?;
            outgoing.push(" ");
        }
        if let Some(date) = self.date {
            let date = InternalDate::from(date).wire().ok_or_else(|| {
                let why = format!("{date} needs a year of 4 digits");
                InvalidArgument::new("internal date", why)
            })?;
            outgoing.push(&format!("\"{date}\" "));
        }
        let pieces = match &self.data {
            Data::Whole(message) => return self.form.write(outgoing, message),
            Data::Announced(size) => return self.form.announce(outgoing, *size),
            Data::Pieces(pieces) => pieces,
        };
        let wrong = |why: &'static str| Err(InvalidArgument::new("pieces of a message", why));
        if pieces.is_empty() {
            return wrong("there must be at least one");
        }
        if self.form == Form::Literal8 {
            return wrong("CATENATE takes no binary literals");
        }
        outgoing.push("CATENATE ").list(pieces, |outgoing, piece| {
            match piece {
                CatenatePart::Text(text) => {
                    let label = if self.form == Form::Utf8 { "" } else { "TEXT " };
                    self.form.write(outgoing.push(label), text)?;
                }
                CatenatePart::Url(url) => {
                    outgoing.push("URL ").secret("URL", url)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }
}

impl Form {
    fn write(self, outgoing: &mut Outgoing, data: &Bytes) -> Result<(), InvalidArgument> {
        match self {
            Self::Literal => {
                outgoing.literal("message", data.clone())?;
            }
            Self::Literal8 => {
                outgoing.literal8(data.clone());
            }
            Self::Utf8 => {
                outgoing.push("UTF8 (").literal8(data.clone()).push(")");
            }
        }
        Ok(())
    }

    /// Writes the announcement of this many bytes, which follow the command.
    fn announce(self, outgoing: &mut Outgoing, size: u64) -> Result<(), InvalidArgument> {
        let (before, binary, after) = match self {
            Self::Literal => ("", false, ""),
            Self::Literal8 => ("", true, ""),
            Self::Utf8 => ("UTF8 (", true, ")"),
        };
        outgoing
            .push(before)
            .announced("message", size, binary)?
            .push(after);
        Ok(())
    }

    /// Fails if a message in this form must not contain these bytes.
    fn check(self, bytes: &[u8]) -> Result<(), InvalidArgument> {
        match self == Self::Literal && bytes.contains(&0) {
            true => Err(nul("message")),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for CatenatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.debug_tuple("Text").field(text).finish(),
            Self::Url(_) => f.write_str("Url(<secret>)"),
        }
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

/// Encodes `APPEND` (RFC 9051 §6.3.12).
///
/// # Errors
/// Fails if the name is empty or cannot be sent, the message contains NUL, a flag cannot be
/// stored, the year of the date is beyond 9999, or a message from pieces has no piece.
pub fn append(name: &MailboxName, message: &Append) -> Result<Outgoing, InvalidArgument> {
    append_all(name, [message])
}

/// Encodes `APPEND` of several messages at once, of which the server stores all or none:
/// `MULTIAPPEND` (RFC 3502).
///
/// # Errors
/// Fails as [`append`] does, and if there is no message.
pub fn append_all<'m>(
    name: &MailboxName,
    messages: impl IntoIterator<Item = &'m Append>,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = named("APPEND ", name)?;
    let mut count = 0_usize;
    for message in messages {
        message.write(&mut outgoing)?;
        count = count.saturating_add(1);
    }
    match count {
        0 => Err(InvalidArgument::new(
            "messages",
            "there must be at least one",
        )),
        1 => Ok(outgoing.beside(Concurrency::Tagged)),
        _ => Ok(outgoing
            .needing(Needs::login().capability("MULTIAPPEND"))
            .beside(Concurrency::Tagged)),
    }
}

/// Encodes `REPLACE`, which appends a message to a mailbox and removes the one it replaces, both or
/// neither (RFC 8508).
///
/// # Errors
/// Fails as [`append`] does, and if the set is not exactly one message, given by its number.
pub fn replace(
    old: &MessageSet,
    name: &MailboxName,
    message: &Append,
) -> Result<Outgoing, InvalidArgument> {
    let count = match old {
        MessageSet::Uids(uids) => uids.len(),
        MessageSet::Seqs(seqs) => seqs.len(),
        MessageSet::Saved => None,
    };
    if count != Some(1) {
        let why = "exactly one message can be replaced, by its number";
        return Err(InvalidArgument::new("message set", why));
    }
    let needs = Needs::mailbox().writable().capability("REPLACE");
    let mut outgoing = old.command("UID REPLACE", "REPLACE")?.needing(needs);
    outgoing.push(" ").mailbox(name)?;
    message.write(&mut outgoing)?;
    Ok(outgoing)
}
