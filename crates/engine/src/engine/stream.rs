//! Bodies of messages that are handed on in pieces.

use imapclient_codec::{Decoder, RawResponse, Response};

use super::Engine;

/// The capacity of the scratch buffer that is kept from one response to the next.
const KEPT: usize = 4 * 1024;

/// The streaming of literals, which begins by [`Engine::stream_literals`].
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The size in bytes from which literals are streamed; `None` for none.
    from: Option<u64>,
    /// The length of the text of the current response that earlier events have described.
    seen: usize,
    scratch: Vec<u8>,
}

impl Engine {
    /// Makes literals of at least `size` bytes that are the data of a section in a FETCH response
    /// arrive in pieces, as [`Event::LiteralStart`](crate::Event::LiteralStart) and the events
    /// after it; `None` for none.
    ///
    /// This applies while a command is under way that asks for bodies. It ends when no command is
    /// under way any more, and when they become [orphans](Self::orphan_all): the rest of a literal
    /// is then dropped, as are all other data for an orphan. The bytes that were streamed do not
    /// count against the limits on the size of a response.
    ///
    /// ```
    /// use imapclient_engine::{Engine, Event, Options, codec::{Outgoing, Response}};
    ///
    /// let mut engine = Engine::new(Options::default());
    /// engine.feed(b"* PREAUTH hello\r\n");
    /// engine.poll_event()?;
    /// engine.submit(Outgoing::raw("FETCH 1 (UID BODY.PEEK[])")?)?;
    /// engine.stream_literals(Some(0));
    /// engine.wrote(engine.output().len());
    ///
    /// engine.feed(b"* 1 FETCH (UID 7 BODY[] {5}\r\nhel");
    /// let Some(Event::LiteralStart { head: Response::Fetch(head), size: 5 }) = engine.poll_event()?
    /// else {
    ///     unreachable!()
    /// };
    /// assert_eq!(head.uid().map(u32::from), Some(7));
    /// assert!(matches!(engine.poll_event()?, Some(Event::LiteralChunk)));
    /// assert_eq!(engine.chunk(), b"hel");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stream_literals(&mut self, size: Option<u64>) {
        self.stream.from = size;
    }

    /// Returns the bytes that the last [`Event::LiteralChunk`](crate::Event::LiteralChunk)
    /// announced, without copying them, until the next call of [`poll_event`](Self::poll_event),
    /// [`space`](Self::space) or [`feed`](Self::feed); empty after that.
    #[must_use]
    pub fn chunk(&self) -> &[u8] {
        self.framer.chunk()
    }

    /// Sets which literals of the next response are streamed. None are unless a command
    /// `wants_bodies`.
    pub(super) fn choose_streamed(&mut self, wants_bodies: bool) {
        self.framer
            .stream_from(self.stream.from.filter(|_| wants_bodies));
    }
}

impl Stream {
    /// Returns whether the pieces of a literal are to be dropped.
    pub(super) fn is_off(&self) -> bool {
        self.from.is_none()
    }

    /// Decodes the text of a response before the data of a section, except for what earlier calls
    /// have decoded. All calls together take time in proportion to the text.
    pub(super) fn head(&mut self, text: &[u8], decoder: &mut Decoder) -> Response {
        self.scratch.clear();
        let begin = text.iter().position(|byte| *byte == b'(');
        let begin = begin.map_or(text.len(), |at| at + 1);
        let prefix = text.get(..begin).unwrap_or_default();
        self.scratch.extend_from_slice(prefix);
        let rest = text.get(self.seen.max(begin)..).unwrap_or_default();
        self.scratch.extend_from_slice(rest.trim_ascii_start());
        self.scratch.extend_from_slice(b")\r\n");
        self.seen = text.len();
        decoder.decode(&RawResponse::from(self.scratch.as_slice()))
    }

    /// Forgets the text of a response that is complete.
    pub(super) fn response_ended(&mut self) {
        self.seen = 0;
        self.scratch.clear();
        self.scratch.shrink_to(KEPT);
    }
}
