//! Limits on the part of a server's output that is kept.

/// Upper bounds for one response. A response that exceeds them is read past in constant memory and
/// reported, so that the session survives it.
///
/// ```
/// use imapclient_codec::Limits;
///
/// let limits = Limits { literal: 8 * 1024 * 1024, ..Limits::default() };
/// assert_eq!(limits.line, 1024 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "written with `..Default::default()`, so that new fields break nothing"
)]
pub struct Limits {
    /// Bytes of text in one response, not counting literals. Default: 1 MiB.
    pub line: usize,
    /// Bytes of text in a response that lists numbers (`SEARCH`, `ESEARCH`, `SORT`, `THREAD`,
    /// `VANISHED`), which grows with the mailbox. Default: 64 MiB.
    pub search_line: usize,
    /// Bytes of buffered literals in one response, not counting streamed ones. Default: 64 MiB. A
    /// connection keeps less before a login, and more for a FETCH of bodies: see
    /// [`Framer::limit_literals`](crate::Framer::limit_literals). Whatever the value, a response of
    /// 2 GiB or more is read past.
    pub literal: u64,
    /// Depth of nested parentheses and of nested MIME parts. Default: 100.
    pub depth: usize,
    /// Items in one response, such as FETCH items or list members. Default: 100 000.
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
