//! Status responses: OK, NO, BAD, BYE, PREAUTH (RFC 9051 §7.1).

use std::fmt;

use memchr::memchr;

use crate::{
    Code,
    limits::Limits,
    token::{Cursor, lossy, trim},
};

/// The tag of a command, which its tagged response repeats.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(Box<str>);

/// A status response: the completion of a command, or a message from the server.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[expect(clippy::exhaustive_structs, reason = "the grammar has no other fields")]
pub struct Status {
    /// The kind of status.
    pub kind: StatusKind,
    /// The response code, for programs.
    pub code: Option<Code>,
    /// The human-readable text, without the code and the line end; may be empty. Escape it before
    /// you write it to a terminal.
    pub text: String,
}

/// The kinds of status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the grammar has no others")]
pub enum StatusKind {
    /// Success, or information.
    Ok,
    /// Failure, or a warning.
    No,
    /// The server did not accept the command.
    Bad,
    /// The server closes the connection.
    Bye,
    /// In a greeting: the connection is authenticated already.
    PreAuth,
}

impl Tag {
    /// Creates a tag.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into().into_boxed_str())
    }

    /// Returns the tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn read(word: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(word).ok()?;
        let valid = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        valid.then(|| Self::new(text))
    }
}

impl AsRef<str> for Tag {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StatusKind {
    /// Returns the kind as it appears on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::No => "NO",
            Self::Bad => "BAD",
            Self::Bye => "BYE",
            Self::PreAuth => "PREAUTH",
        }
    }

    pub(super) fn read(word: &[u8]) -> Option<Self> {
        [Self::Ok, Self::No, Self::Bad, Self::Bye, Self::PreAuth]
            .into_iter()
            .find(|kind| word.eq_ignore_ascii_case(kind.as_str().as_bytes()))
    }
}

impl fmt::Display for StatusKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Status {
    /// Reads the text after the kind. Anything that is not a code is text.
    pub(super) fn read(kind: StatusKind, cursor: &mut Cursor<'_>, limits: &Limits) -> Self {
        cursor.blanks();
        let start = cursor.at();
        let code = read_code(cursor, limits);
        if code.is_none() {
            cursor.seek(start);
        }
        let text = lossy(trim(cursor.until(|byte| byte == b'\n')));
        Self { kind, code, text }
    }
}

fn read_code(cursor: &mut Cursor<'_>, limits: &Limits) -> Option<Code> {
    if cursor.peek() != Some(b'[') {
        return None;
    }
    let inside = match cursor.bracketed() {
        Ok(range) => cursor.get(range),
        // There is a lone quote or parenthesis inside: the first bracket closes.
        Err(_) => {
            cursor.skip(1);
            let line = cursor.rest();
            let inside = line.get(..memchr(b']', line)?)?;
            cursor.skip(inside.len() + 1);
            inside
        }
    };
    Code::read(inside, limits)
}
