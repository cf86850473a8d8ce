use std::fmt;

use bytes::Bytes;
use imapclient_codec::{Limit, Malformed, Response};

/// An untagged response that is over a limit and was read past.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Oversize {
    /// The name of the response in capitals, as in `FETCH`. It is from the server: escape it before
    /// you print it.
    pub name: String,
    /// The beginning of the response, as read. Literals in it are empty, and lists of numbers or
    /// names may be cut short, so that it tells which response it was and no more.
    pub response: Response,
    /// The beginning of its text, at most 4 KiB, `{0}` in place of each literal.
    pub head: Bytes,
    /// The limit it broke.
    pub limit: Limit,
    /// The number of bytes of that kind that would have been kept.
    pub most: u64,
    /// The number of bytes of that kind that it had.
    pub size: u64,
    /// The source of the limit.
    pub setting: Setting,
}

/// The source of a limit of a response.
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
    /// None: a response that comes before a login may have 64 KiB of literals.
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

    /// Makes a response of it that cannot be read.
    #[must_use]
    pub fn into_malformed(self) -> Response {
        Response::Malformed(Malformed {
            item: "response".to_owned(),
            why: self.to_string(),
            at: self.head.len(),
            raw: self.head,
        })
    }
}

/// Tells the size and the limit.
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
