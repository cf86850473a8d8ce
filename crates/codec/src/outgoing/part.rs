//! The parts of a command, before and after its mailbox names are encoded.

use std::fmt;

use bytes::Bytes;
use imap_codec::imap_types::core::IString;
use zeroize::Zeroizing;

use super::InvalidArgument;
use crate::mailbox::{MailboxName, NameEncoding};

/// A part of a command.
#[derive(Clone)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a part that is not sent changes the command"
)]
pub enum Part {
    /// Plain text.
    Text(Vec<u8>),
    /// Text that must not appear in logs.
    Secret(Zeroizing<Vec<u8>>),
    /// A literal (RFC 9051 §4.3).
    Literal {
        /// The contents.
        data: Bytes,
        /// True for a `literal8`, which may contain NUL (RFC 3516).
        binary: bool,
    },
    /// A literal whose bytes are not in the command: the sender adds them after the announcement.
    Announced {
        /// The number of bytes.
        size: u64,
        /// True for a `literal8`, which may contain NUL (RFC 3516).
        binary: bool,
    },
    /// A literal that must not appear in logs.
    SecretLiteral(Zeroizing<Vec<u8>>),
}

/// A part of a command whose mailbox names are not encoded yet.
#[derive(Clone)]
pub(super) enum Piece {
    /// A part that is the same in each encoding.
    Part(Part),
    /// A name that depends on the encoding, and its kind for errors.
    Name(&'static str, MailboxName),
    /// ` CHARSET UTF-8`, which a SEARCH must not name after `ENABLE UTF8=ACCEPT` (RFC 6855 §3).
    Charset,
}

impl Piece {
    /// Returns the part to send.
    pub(super) fn encode(self, names: NameEncoding) -> Result<Part, InvalidArgument> {
        match (self, names) {
            (Self::Part(part), _) => Ok(part),
            // Names that UTF-7 cannot express are refused before.
            (Self::Name(what, name), _) => string(&name.wire(names)).ok_or_else(|| {
                let why = "it must not contain NUL while names are sent in UTF-8";
                InvalidArgument::new(what, why)
            }),
            (Self::Charset, NameEncoding::Utf7) => Ok(Part::Text(b" CHARSET UTF-8".to_vec())),
            (Self::Charset, NameEncoding::Utf8) => Ok(Part::Text(Vec::new())),
        }
    }
}

/// Returns a quoted string, or a literal if the text needs one; `None` if it contains NUL.
pub(super) fn string(text: &[u8]) -> Option<Part> {
    Some(match IString::try_from(text).ok()? {
        IString::Quoted(quoted) => Part::Text(quote(quoted.as_ref())),
        _ => Part::Literal {
            data: Bytes::copy_from_slice(text),
            binary: false,
        },
    })
}

/// Returns a quoted string. It is allocated once, since it may be a secret.
pub(super) fn quote(text: &str) -> Vec<u8> {
    let escapes = text.bytes().filter(|byte| is_escaped(*byte)).count();
    let mut out = Vec::with_capacity(text.len() + escapes + 2);
    out.push(b'"');
    for byte in text.bytes() {
        if is_escaped(byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
    out
}

fn is_escaped(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\')
}

/// Returns the error for a text that contains NUL.
pub(crate) fn nul(what: &'static str) -> InvalidArgument {
    InvalidArgument::new(what, "it must not contain NUL")
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{}\"", text.escape_ascii()),
            Self::Literal { data, binary } => announcement(f, data.len() as u64, *binary),
            Self::Announced { size, binary } => announcement(f, *size, *binary),
            // The length is secret too.
            Self::Secret(_) | Self::SecretLiteral(_) => f.write_str("<secret>"),
        }
    }
}

fn announcement(f: &mut fmt::Formatter<'_>, size: u64, binary: bool) -> fmt::Result {
    let tilde = if binary { "~" } else { "" };
    write!(f, "{tilde}{{{size} bytes}}")
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part) => part.fmt(f),
            Self::Name(_, name) => name.fmt(f),
            Self::Charset => f.write_str("CHARSET"),
        }
    }
}
