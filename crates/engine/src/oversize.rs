//! Responses that exceeded a limit and were skipped.

use std::fmt;

use bytes::Bytes;
use imapclient_codec::{Limit, Malformed, Response};

/// An untagged response that exceeded a limit and was skipped.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Oversize {
    /// The name of the response in capitals, such as `FETCH`. It is server data: escape it before
    /// printing it.
    pub name: String,
    /// The beginning of the response, as decoded. Its literals are empty, and its lists of numbers
    /// or names may be cut short; use it only to identify the response.
    pub response: Response,
    /// The beginning of its text, at most 4 KiB, with `{0}` in place of each literal.
    pub head: Bytes,
    /// The kind of limit that it exceeded.
    pub limit: Limit,
    /// The number of bytes of that kind that would have been kept.
    pub most: u64,
    /// The number of bytes of that kind that it had.
    pub size: u64,
    /// The setting that determined the limit.
    pub setting: Setting,
}

/// The setting that determined a limit of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Setting {
    /// [`Engine::limit_answer`](crate::Engine::limit_answer) or
    /// [`Options::body_limit`](crate::Options::body_limit).
    Answer,
    /// [`Limits::line`](imapclient_codec::Limits::line).
    Line,
    /// [`Limits::search_line`](imapclient_codec::Limits::search_line).
    SearchLine,
    /// [`Limits::literal`](imapclient_codec::Limits::literal).
    Literal,
    /// No setting: a response before the login may have at most 64 KiB of literals.
    BeforeLogin,
}

impl Oversize {
    /// Describes a response that was read whole and is not kept, since it has more bytes than are
    /// left for the answer.
    #[must_use]
    pub fn over_answer(response: Response, most: u64, size: u64) -> Self {
        Self {
            name: response.name().to_owned(),
            response,
            head: Bytes::new(),
            limit: Limit::Literal,
            most,
            size,
            setting: Setting::Answer,
        }
    }

    /// Converts it to a malformed response.
    #[must_use]
    pub fn into_malformed(self) -> Response {
        let (why, at) = (self.to_string(), self.head.len());
        Response::Malformed(Malformed::new("response", self.head, why, at))
    }
}

/// Writes the size and the limit.
impl fmt::Display for Oversize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, verb) = match self.limit {
            Limit::Line => ("text", "takes"),
            Limit::Literal => ("literals", "take"),
        };
        let Self { size, most, .. } = self;
        write!(
            f,
            "its {what} {verb} {size} bytes, over the limit of {most}"
        )
    }
}
