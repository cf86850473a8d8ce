//! Splits the byte stream of a server into responses.
//!
//! A response is a line, or several pieces of a line with literals between them (RFC 9051 §4.3).
//! The framer looks at each byte of text once, however the input is split, and never at bytes of
//! literals.
//!
//! ```text
//! feed, or space + filled ──▶ buffer ──▶ next_frame ──▶ RawResponse   lent, or shared if large
//!                                             ├───────▶ LiteralStart, LiteralChunk.., LiteralEnd
//!                                             └───────▶ Oversize    read past, its beginning kept
//! ```

use std::{fmt, ops::Range};

use bytes::Bytes;
use memchr::memchr;

use crate::limits::Limits;

mod announce;
mod frame;
mod over;
#[cfg(test)]
mod tests;

pub use frame::{Frame, FramerError, Limit, RawResponse};

use announce::{Class, announced, ends_in_section};
use over::Over;

/// The smallest room that [`Framer::space`] offers to a read.
const MIN_SPACE: usize = 16 * 1024;
/// The size of a fresh buffer, and the size from which a message is shared instead of copied.
const BLOCK: usize = 64 * 1024;
/// The size to which the buffer grows while reads fill all the room that they are offered. Still
/// larger reads save no time, and the buffer should stay in the cache.
const WIDE: usize = 256 * 1024;

/// Splits the byte stream of a server into [`Frame`]s.
///
/// ```
/// use imapclient_codec::{Frame, Framer, Limits};
///
/// let mut framer = Framer::new(Limits::default());
/// framer.feed(b"* 1 FETCH (BODY[] {5}\r\nhel");
/// assert!(framer.next_frame()?.is_none());
/// framer.feed(b"lo)\r\n");
/// let Some(Frame::Response(message)) = framer.next_frame()? else { panic!() };
/// assert_eq!(&*message, b"* 1 FETCH (BODY[] {5}\r\nhello)\r\n");
/// # Ok::<(), imapclient_codec::FramerError>(())
/// ```
pub struct Framer {
    limits: Limits,
    /// Upper bound on the buffered literals of one FETCH response, in bytes, in place of
    /// `limits.literal`.
    fetch_literals: u64,
    /// The size in bytes from which literals of a FETCH response are streamed.
    stream_from: Option<u64>,
    /// `start..end` is input; the bytes after it are left over from earlier input, or zero.
    buf: Vec<u8>,
    start: usize,
    /// The start of the current line, or of the current piece of a line after a literal.
    line: usize,
    /// Everything before this offset has been scanned.
    pos: usize,
    end: usize,
    /// The room that the next read is offered, if the buffer is large enough. Grows while reads
    /// fill it.
    read: usize,
    mode: Mode,
    /// The class of the current response, once it has been needed.
    class: Option<Class>,
    /// Bytes of text, and of buffered literals, in the current response before `line`.
    text: usize,
    literals: u64,
    /// Set if the current response has exceeded a limit.
    over: Option<Over>,
    /// The beginning of a response that no longer stands in `buf` in one piece.
    held: Vec<u8>,
    /// The number of bytes that have left the buffer.
    gone: u64,
    /// The length of the chunk that the last call has lent, which ends at `start`.
    chunk: usize,
    /// Set if `held` or `big` was lent by the last call.
    lent: bool,
    big: Bytes,
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    Line,
    Literal { left: u64 },
    Stream { left: u64 },
}

impl Framer {
    /// Creates a framer at the start of a stream.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            fetch_literals: limits.literal,
            stream_from: None,
            buf: Vec::new(),
            start: 0,
            line: 0,
            pos: 0,
            end: 0,
            read: MIN_SPACE,
            mode: Mode::Line,
            class: None,
            text: 0,
            literals: 0,
            over: None,
            held: Vec::new(),
            gone: 0,
            chunk: 0,
            lent: false,
            big: Bytes::new(),
        }
    }

    /// Streams literals of at least `size` bytes that are the data of a section in a FETCH response
    /// (`BODY[..]`, `BINARY[..]`, `RFC822` and the like); the message has `NIL` in their place.
    /// `None`, the default, buffers all literals.
    pub fn stream_from(&mut self, size: Option<u64>) {
        self.stream_from = size;
    }

    /// Sets the number of bytes of buffered literals that one response may have, from the next
    /// literal on: `fetch` for FETCH responses, `other` for all others. Both are
    /// [`Limits::literal`] at first.
    ///
    /// ```
    /// use imapclient_codec::{Frame, Framer, Limits};
    ///
    /// let mut framer = Framer::new(Limits::default());
    /// framer.limit_literals(4, 4);
    /// framer.feed(b"* 1 FETCH (BODY[] {5}\r\nhello)\r\n");
    /// assert!(matches!(framer.next_frame()?, Some(Frame::Oversize { size: 5, .. })));
    /// # Ok::<(), imapclient_codec::FramerError>(())
    /// ```
    pub fn limit_literals(&mut self, fetch: u64, other: u64) {
        self.limits.literal = other;
        self.fetch_literals = fetch;
    }

    /// Sets the number of bytes of text that one response may have, not counting literals, in place
    /// of [`Limits::line`] and [`Limits::search_line`].
    pub fn limit_lines(&mut self, line: usize, search_line: usize) {
        self.limits.line = line;
        self.limits.search_line = search_line;
    }

    /// Appends input.
    pub fn feed(&mut self, mut input: &[u8]) {
        while !input.is_empty() {
            self.make_room();
            let room = self.buf.capacity() - self.end;
            let (now, later) = input.split_at(room.min(input.len()));
            self.buf.truncate(self.end);
            self.buf.extend_from_slice(now);
            self.end += now.len();
            input = later;
        }
    }

    /// Returns room of at least 16 KiB to read input into. Call [`filled`](Self::filled)
    /// afterwards.
    pub fn space(&mut self) -> &mut [u8] {
        self.widen();
        self.make_room();
        if self.buf.len() - self.end < MIN_SPACE {
            // No more than one read at a time, so that it is still in the cache when input
            // overwrites it.
            let end = self.buf.capacity().min(self.end + self.read);
            self.buf.resize(end, 0);
        }
        self.buf.get_mut(self.end..).unwrap_or_default()
    }

    /// Declares that the first `n` bytes of [`space`](Self::space) now hold input.
    pub fn filled(&mut self, n: usize) {
        let room = self.buf.len() - self.end;
        if n >= room {
            self.read = WIDE.min(self.read * 2);
        }
        self.end += n.min(room);
    }

    /// Frees the memory of the buffer if no input is left in it; it is allocated again when
    /// input comes.
    pub fn release(&mut self) {
        if self.has_input() {
            return;
        }
        self.held = Vec::new();
        self.big = Bytes::new();
        self.lent = false;
        self.chunk = 0;
        self.buf = Vec::new();
        self.read = MIN_SPACE;
        self.rebase();
    }

    /// Returns whether there is input that no frame has consumed, even if only a part of a
    /// response.
    #[must_use]
    pub fn has_input(&self) -> bool {
        let begun = !self.held.is_empty() && !self.lent;
        self.start < self.end || begun || !matches!(self.mode, Mode::Line) || self.over.is_some()
    }

    /// Returns the line that has begun but not ended, as far as it has arrived and is kept.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        match self.mode {
            Mode::Line => self.window(self.line..self.end),
            Mode::Literal { .. } | Mode::Stream { .. } => &[],
        }
    }

    /// Returns the bytes of the last [`Frame::LiteralChunk`], until the next call of
    /// [`next_frame`](Self::next_frame), [`feed`](Self::feed) or [`space`](Self::space); empty
    /// after that.
    #[must_use]
    pub fn chunk(&self) -> &[u8] {
        self.window(self.start.saturating_sub(self.chunk)..self.start)
    }

    /// Takes the input behind the last response, because it has to be processed before it can be
    /// split into responses: it is compressed. Within a response nothing is taken.
    ///
    /// ```
    /// use imapclient_codec::{Framer, Limits};
    ///
    /// let mut framer = Framer::new(Limits::default());
    /// framer.feed(b"A1 OK compressing\r\n\x4b\x8b");
    /// assert!(framer.next_frame()?.is_some());
    /// assert_eq!(framer.take_input(), b"\x4b\x8b");
    /// assert!(!framer.has_input());
    /// # Ok::<(), imapclient_codec::FramerError>(())
    /// ```
    pub fn take_input(&mut self) -> Vec<u8> {
        if !matches!(self.mode, Mode::Line) || self.line != self.start || self.over.is_some() {
            return Vec::new();
        }
        let rest = self.window(self.start..self.end).to_vec();
        self.end = self.start;
        self.pos = self.start;
        rest
    }

    /// Returns the number of bytes of the stream that all frames so far have consumed.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.gone + self.start as u64
    }

    /// Returns the number of bytes of the stream that have arrived.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.gone + self.end as u64
    }

    /// Returns the next frame, or `None` if more input is needed.
    ///
    /// # Errors
    /// Fails if the stream cannot be split any further. The connection is unusable then.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, FramerError> {
        self.chunk = 0;
        if self.lent {
            self.held.clear();
            self.big = Bytes::new();
            self.lent = false;
        }
        if let Some(line) = self.usual_line() {
            return Ok(Some(Frame::Response(RawResponse {
                bytes: self.window(line),
                shared: None,
            })));
        }
        let Some(step) = self.step()? else {
            return Ok(None);
        };
        Ok(Some(match step {
            Step::Lent(range) => Frame::Response(RawResponse {
                bytes: self.window(range),
                shared: None,
            }),
            Step::Held => Frame::Response(RawResponse {
                bytes: &self.held,
                shared: None,
            }),
            Step::Big => Frame::Response(RawResponse {
                bytes: &self.big,
                shared: Some(&self.big),
            }),
            Step::Start(size) => Frame::LiteralStart {
                head: &self.held,
                size,
            },
            Step::Chunk(range) => Frame::LiteralChunk(self.window(range)),
            Step::End => Frame::LiteralEnd,
            Step::Over(over, size) => Frame::Oversize {
                head: &self.held,
                limit: over.limit,
                most: over.most,
                size,
            },
        }))
    }

    /// Fast path for a response that is a single, complete line, as most are.
    #[inline]
    fn usual_line(&mut self) -> Option<Range<usize>> {
        let begins =
            matches!(self.mode, Mode::Line) && self.pos == self.start && self.over.is_none();
        if !begins || !self.held.is_empty() {
            return None;
        }
        let input = self.window(self.start..self.end);
        let length = memchr(b'\n', input)? + 1;
        let line = input.get(..length)?;
        let most = BLOCK.min(self.limits.line).min(self.limits.search_line);
        if length >= most || line.ends_with(b"}\r\n") || line.ends_with(b"}\n") {
            return None;
        }
        let range = self.start..self.start + length;
        self.pos = range.end;
        self.drop_before(range.end);
        Some(range)
    }

    /// Advances to the next frame.
    fn step(&mut self) -> Result<Option<Step>, FramerError> {
        loop {
            let there = self.end - self.pos;
            match self.mode {
                Mode::Stream { left: 0 } => {
                    self.mode = Mode::Line;
                    return Ok(Some(Step::End));
                }
                Mode::Stream { .. } | Mode::Literal { .. } if there == 0 => return Ok(None),
                Mode::Stream { left } => {
                    let n = usize::try_from(left).map_or(there, |left| left.min(there));
                    let chunk = self.pos..self.pos + n;
                    self.mode = Mode::Stream {
                        left: left - n as u64,
                    };
                    self.pos = chunk.end;
                    self.chunk = n;
                    self.drop_before(chunk.end);
                    return Ok(Some(Step::Chunk(chunk)));
                }
                Mode::Literal { left } => {
                    let n = usize::try_from(left).map_or(there, |left| left.min(there));
                    self.pos += n;
                    self.line = self.pos;
                    if self.over.is_some() {
                        self.start = self.pos;
                    }
                    self.mode = match left - n as u64 {
                        0 => Mode::Line,
                        left => Mode::Literal { left },
                    };
                }
                Mode::Line => {
                    let Some(at) = memchr(b'\n', self.window(self.pos..self.end)) else {
                        self.pos = self.end;
                        self.check_line();
                        return Ok(None);
                    };
                    self.pos += at + 1;
                    self.check_line();
                    if let Some(step) = self.line_end()? {
                        return Ok(Some(step));
                    }
                }
            }
        }
    }

    /// Handles a complete line: either a literal follows it, or the response ends here.
    fn line_end(&mut self) -> Result<Option<Step>, FramerError> {
        let line = self.window(self.line..self.pos);
        // The class is only worth computing for the rare line that ends in a brace.
        if let Some(announcement) = announced(line)
            && self.class() != Class::Status
        {
            let size = announcement.size.ok_or(FramerError::LiteralLength)?;
            self.text += self.pos - self.line;
            if self.over.is_none()
                && self.class() == Class::Fetch
                && self.stream_from.is_some_and(|from| size >= from)
                && let Some(length) = self.before_data(self.pos - announcement.length)
            {
                self.hold(self.start..self.line + length, usize::MAX);
                self.held.extend_from_slice(b"NIL");
                self.drop_before(self.pos);
                self.mode = Mode::Stream { left: size };
                return Ok(Some(Step::Start(size)));
            }
            self.literals = self.literals.saturating_add(size);
            let most = self.most_literals();
            if self.literals > most {
                self.skip(Limit::Literal, most);
            }
            if self.over.is_some() {
                self.hold_announcement(self.pos - announcement.length);
            }
            self.line = self.pos;
            if size > 0 {
                self.mode = Mode::Literal { left: size };
            }
            return Ok(None);
        }
        Ok(Some(self.finish()))
    }

    /// Returns the length of the text of this line before the data of a section, of which the
    /// announcement begins at `brace`; `None` if the literal is anything else.
    fn before_data(&self, brace: usize) -> Option<usize> {
        let text = self.window(self.line..brace);
        // BINARY has literals of this form (RFC 3516).
        let text = text.strip_suffix(b"~").unwrap_or(text);
        ends_in_section(text).then_some(text.len())
    }

    /// Completes the response, which ends at `pos`.
    fn finish(&mut self) -> Step {
        let range = self.start..self.pos;
        let over = self.over.take().map(|over| (over, self.last_piece(over)));
        self.class = None;
        self.text = 0;
        self.literals = 0;
        let step = if let Some((over, size)) = over {
            self.lent = true;
            Step::Over(over, size)
        } else if !self.held.is_empty() {
            self.hold(range, usize::MAX);
            self.lent = true;
            Step::Held
        } else if range.len() >= BLOCK && self.is_mostly(range.len()) {
            // The rest, less than one read, moves to a fresh buffer; the message takes this one.
            let rest = self.window(self.pos..self.end);
            let mut fresh = Vec::with_capacity(BLOCK.max(rest.len() * 2));
            fresh.extend_from_slice(rest);
            self.end -= self.pos;
            self.gone += self.pos as u64;
            self.big = Bytes::from(std::mem::replace(&mut self.buf, fresh)).slice(range);
            self.lent = true;
            self.pos = 0;
            Step::Big
        } else if range.len() >= BLOCK {
            self.big = Bytes::copy_from_slice(self.window(range));
            self.lent = true;
            Step::Big
        } else {
            Step::Lent(range)
        };
        self.drop_before(self.pos);
        step
    }

    /// Appends the bytes of `range` to `held`, up to `most` bytes in all.
    fn hold(&mut self, range: Range<usize>, most: usize) {
        let room = most.saturating_sub(self.held.len());
        let bytes = self.buf.get(range).unwrap_or_default();
        self.held
            .extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
    }

    /// Declares that the bytes before `at` are no longer needed and that a line begins there.
    fn drop_before(&mut self, at: usize) {
        self.start = at;
        self.line = at;
    }

    /// Returns whether a message of this length may take the buffer, because it keeps little room
    /// beside itself in memory.
    fn is_mostly(&self, length: usize) -> bool {
        self.buf.capacity() - length <= BLOCK.max(length / 2)
    }

    /// Replaces the buffer with a larger one if reads have filled it. For a literal that does not
    /// fit into that one either, [`make_room`](Self::make_room) finds the size.
    fn widen(&mut self) {
        if self.read <= self.buf.capacity().max(BLOCK) {
            return;
        }
        if let Mode::Literal { left } = self.mode {
            let begun = (self.pos - self.start) as u64;
            if begun.saturating_add(left) > self.read as u64 / 2 {
                return;
            }
        }
        let mut wide = Vec::with_capacity(self.read);
        wide.extend_from_slice(self.window(self.start..self.end));
        self.buf = wide;
        self.rebase();
    }

    /// Makes room for at least [`MIN_SPACE`] bytes. Each byte is moved a bounded number of times,
    /// whichever way is taken.
    fn make_room(&mut self) {
        self.chunk = 0;
        if self.start == self.end {
            self.rebase();
        }
        if self.buf.capacity() - self.end >= MIN_SPACE {
            return;
        }
        if self.start >= self.end - self.start && self.start >= MIN_SPACE {
            self.buf.copy_within(self.start..self.end, 0);
            self.rebase();
        } else {
            let size = self.next_size();
            self.buf.truncate(self.end);
            self.buf.reserve_exact(size - self.end);
        }
    }

    /// Returns the size to which the buffer should grow: about twice what has arrived, whatever is
    /// announced.
    ///
    /// A literal that ends farther away gets half of the room it needs, or a quarter and so on, so
    /// that the last step ends where the literal does: all steps together move less than its
    /// length, and a message that keeps the buffer keeps no room that was never filled.
    fn next_size(&self) -> usize {
        let least = self.end + MIN_SPACE;
        let Mode::Literal { left } = self.mode else {
            return (self.buf.capacity() * 2).max(BLOCK);
        };
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let end = self.pos.saturating_add(left);
        let mut size = end.max(self.end).saturating_add(MIN_SPACE);
        while size / 2 >= least {
            size = size.div_ceil(2);
        }
        size
    }

    /// Moves the offsets to the front of the buffer.
    fn rebase(&mut self) {
        self.gone += self.start as u64;
        self.line -= self.start;
        self.pos -= self.start;
        self.end -= self.start;
        self.start = 0;
    }

    /// Returns the class of the current response. First called at the latest while its first line
    /// is in the buffer.
    fn class(&mut self) -> Class {
        if let Some(class) = self.class {
            return class;
        }
        // Looks no further than this, since a longer line is refused: the result must not depend on
        // how the input is split.
        let decisive = self.limits.line.min(self.limits.search_line);
        let end = self.pos.min(self.start.saturating_add(decisive));
        let class = Class::of(self.window(self.start..end));
        self.class = Some(class);
        class
    }

    fn window(&self, range: Range<usize>) -> &[u8] {
        self.buf.get(range).unwrap_or_default()
    }
}

enum Step {
    Lent(Range<usize>),
    Held,
    Big,
    Start(u64),
    Chunk(Range<usize>),
    End,
    /// The limit, and the size of the response.
    Over(Over, u64),
}

impl fmt::Debug for Framer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framer")
            .field("buffered", &(self.end - self.start))
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}
