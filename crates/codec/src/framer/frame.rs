//! The output of the framer.

use std::{fmt, ops::Deref};

use bytes::Bytes;

#[cfg(doc)]
use crate::{Framer, Limits};

/// A limit that a response can exceed; see [`Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a response consists of text and literals"
)]
pub enum Limit {
    /// [`Limits::line`] or [`Limits::search_line`].
    Line,
    /// [`Limits::literal`].
    Literal,
}

/// A piece of the byte stream, as returned by [`Framer::next_frame`].
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a frame that is ignored is lost")]
pub enum Frame<'a> {
    /// One complete response.
    Response(RawResponse<'a>),
    /// The start of the data of a section, which follow in chunks; see [`Framer::stream_from`].
    LiteralStart {
        /// The response so far, with `NIL` in place of the announcement.
        head: &'a [u8],
        /// The size of the literal in bytes.
        size: u64,
    },
    /// A chunk of the literal, never empty. [`Framer::chunk`] returns it once more.
    LiteralChunk(&'a [u8]),
    /// The end of the literal. The [`Frame::Response`] that contains it follows.
    LiteralEnd,
    /// A response that exceeded a limit and was read past.
    Oversize {
        /// The beginning of its text, at most 4 KiB unless a literal of it was streamed. Each
        /// literal is empty here, announced by `{0}`, or `NIL` if it was streamed, and the end of
        /// the line is left out.
        head: &'a [u8],
        /// The limit that it exceeded.
        limit: Limit,
        /// The number of bytes that the limit allowed.
        most: u64,
        /// The number of bytes, of the kind that the limit counts, that it had.
        size: u64,
    },
}

/// One response with its final CRLF, and with the bytes of its literals in place.
#[derive(Clone, Copy)]
pub struct RawResponse<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) shared: Option<&'a Bytes>,
}

/// The stream cannot be split any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FramerError {
    /// The announced length of a literal does not fit into 64 bits.
    #[error("a literal is announced with a length over 2^64")]
    LiteralLength,
}

impl RawResponse<'_> {
    /// Returns the message as an owned value: a small one is copied, so that a kept value never
    /// keeps a read buffer alive; a large one is shared.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        self.shared
            .map_or_else(|| Bytes::copy_from_slice(self.bytes), Bytes::clone)
    }
}

impl<'a> From<&'a [u8]> for RawResponse<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            shared: None,
        }
    }
}

impl<'a> From<&'a Bytes> for RawResponse<'a> {
    fn from(shared: &'a Bytes) -> Self {
        Self {
            bytes: shared,
            shared: Some(shared),
        }
    }
}

impl Deref for RawResponse<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

impl fmt::Debug for RawResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.bytes.escape_ascii())
    }
}
