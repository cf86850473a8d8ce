//! What the framer hands out.

use std::{fmt, ops::Deref};

use bytes::Bytes;

#[cfg(doc)]
use crate::{Framer, Limits};

/// A limit that a response can break; see [`Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::line`] or [`Limits::search_line`].
    Line,
    /// [`Limits::literal`].
    Literal,
}

/// What the framer hands out.
#[derive(Debug)]
pub enum Frame<'a> {
    /// One response, complete.
    Message(Message<'a>),
    /// A literal follows in pieces; see [`Framer::stream_from`].
    LiteralStart {
        /// The response so far, `{0}` and CRLF in place of the announcement.
        head: &'a [u8],
        /// Bytes to come.
        size: u64,
    },
    /// A piece of the literal.
    LiteralChunk(&'a [u8]),
    /// The literal is over. The [`Frame::Message`] it stands in follows.
    LiteralEnd,
    /// A response that broke a limit and was read past.
    Oversize {
        /// The beginning of its text, at most 4 KiB unless a literal of it was streamed. Each of
        /// its literals is empty here, announced by `{0}`, and the end of the line is left out.
        head: &'a [u8],
        /// The limit it broke.
        limit: Limit,
        /// The number of bytes of that kind that it might have had.
        most: u64,
        /// The number of bytes of that kind that it had.
        size: u64,
    },
}

/// One response with its final CRLF and with the bytes of its literals in place.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) shared: Option<&'a Bytes>,
}

/// The stream cannot be cut any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FramerError {
    /// The length of a literal does not fit 64 bits.
    #[error("a literal is announced with a length over 2^64")]
    LiteralLength,
}

impl Message<'_> {
    /// The message as a value of its own: a small one is copied, so that a kept value never pins
    /// a read block; a big one is shared.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.shared
            .map_or_else(|| Bytes::copy_from_slice(self.bytes), Bytes::clone)
    }
}

impl<'a> From<&'a [u8]> for Message<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            shared: None,
        }
    }
}

impl<'a> From<&'a Bytes> for Message<'a> {
    fn from(shared: &'a Bytes) -> Self {
        Self {
            bytes: shared,
            shared: Some(shared),
        }
    }
}

impl Deref for Message<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.bytes.escape_ascii())
    }
}
