//! How much of a server's output is kept before it is refused.

/// Upper bounds for one response. Whatever exceeds them is read past in constant memory and
/// reported, so that a session survives it.
///
/// ```
/// use imapclient_codec::Limits;
///
/// let limits = Limits { literal: 8 * 1024 * 1024, ..Limits::default() };
/// assert_eq!(limits.line, 1024 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text in one response, literals not counted. Default: 1 MiB.
    pub line: usize,
    /// The same for lists of numbers (`SEARCH`, `ESEARCH`, `SORT`, `THREAD`, `VANISHED`), which
    /// grow with the mailbox. Default: 64 MiB.
    pub search_line: usize,
    /// Bytes of buffered literals in one response; streamed ones are not counted. Default: 64 MiB.
    /// A connection keeps less before a login, and more of what a FETCH of bodies asked for:
    /// [`Framer::limit_literals`](crate::Framer::limit_literals).
    /// Whatever this is, a response of 2 GiB or more is read past.
    pub literal: u64,
    /// Depth of nested parentheses, and of parts in parts. Default: 100.
    pub depth: usize,
    /// Items in one response: FETCH items, list members. Default: 100 000.
    pub items: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 1024 * 1024,
            search_line: 64 * 1024 * 1024,
            literal: 64 * 1024 * 1024,
            depth: 100,
            items: 100_000,
        }
    }
}
