//! Responses that exceed a limit: they are read past, and only the beginning of their text is kept.

use std::ops::Range;

use memchr::memchr;

use super::{
    Framer, Limit,
    announce::{Class, announced},
};
use crate::response::MOST_FRAME;

/// The number of bytes of text that are kept of an oversized response, to identify it.
const HEAD: usize = 4 * 1024;
/// The length of the end of a line that must be seen in one piece: `~{18446744073709551615+}` and
/// CRLF.
const TAIL: usize = 32;
/// The text in place of a literal and its announcement.
const EMPTY: &[u8] = b"{0}\r\n";

/// The limit that the current response exceeded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Over {
    pub(super) limit: Limit,
    /// The number of bytes that the limit allows.
    pub(super) most: u64,
}

impl Framer {
    /// Checks the text so far against its limit. Beyond it, only the end of the line is kept.
    pub(super) fn check_line(&mut self) {
        let size = self.text.saturating_add(self.pos - self.line);
        if self.over.is_none() && size > self.limits.line.min(self.limits.search_line) {
            let most = self.most_text();
            if size > most {
                self.skip(Limit::Line, most as u64);
            }
        }
        if self.over.is_some() {
            let tail = (self.pos - self.line).min(TAIL);
            let seen = self.line..self.pos - tail;
            self.text = self.text.saturating_add(seen.len());
            self.hold(seen, HEAD);
            self.drop_before(self.pos - tail);
        }
    }

    /// Stops keeping the current response, apart from the beginning of its text.
    pub(super) fn skip(&mut self, limit: Limit, most: u64) {
        if self.over.is_none() {
            self.class();
            self.over = Some(Over { limit, most });
            self.hold_pieces(self.start..self.line);
        }
        self.start = self.line;
    }

    /// Replaces the announcement of a literal, from `brace` to `pos`, by that of an empty one.
    pub(super) fn hold_announcement(&mut self, brace: usize) {
        self.hold(self.line..brace, HEAD);
        add(&mut self.held, EMPTY);
        self.drop_before(self.pos);
    }

    /// Keeps the last piece of text, which is complete. Returns the number of bytes that the
    /// response had of the kind that `over` limits.
    pub(super) fn last_piece(&mut self, over: Over) -> u64 {
        let line = self.window(self.line..self.pos);
        let end = match line {
            [.., b'\r', b'\n'] => 2,
            _ => 1,
        };
        self.text = self.text.saturating_add(self.pos - self.line);
        self.hold(self.line..self.pos - end, HEAD);
        match over.limit {
            Limit::Line => self.text as u64,
            Limit::Literal => self.literals,
        }
    }

    /// Returns the number of bytes of literals that the current response may have.
    pub(super) fn most_literals(&mut self) -> u64 {
        let limit = match self.class() {
            Class::Fetch => self.fetch_literals,
            _ => self.limits.literal,
        };
        // A response with more of them could not be decoded.
        let decodable = MOST_FRAME
            .saturating_sub(1)
            .saturating_sub(self.limits.line);
        limit.min(decodable as u64)
    }

    /// Returns the number of bytes of text that the current response may have.
    fn most_text(&mut self) -> usize {
        match self.class() {
            Class::Numbers => self.limits.search_line,
            _ => self.limits.line,
        }
    }

    /// Keeps the text of complete pieces and replaces the literals between them.
    fn hold_pieces(&mut self, range: Range<usize>) {
        let mut rest = self.buf.get(range).unwrap_or_default();
        while let Some(at) = memchr(b'\n', rest)
            && self.held.len() < HEAD
        {
            let (line, after) = rest.split_at(at + 1);
            let Some(announcement) = announced(line) else {
                add(&mut self.held, line);
                rest = after;
                continue;
            };
            let text = line.len() - announcement.length;
            add(&mut self.held, line.get(..text).unwrap_or_default());
            add(&mut self.held, EMPTY);
            let size = announcement.size.unwrap_or_default();
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            rest = after.get(size..).unwrap_or_default();
        }
        add(&mut self.held, rest);
    }
}

/// Appends as much as fits. Once something has been cut off, nothing more is added.
fn add(held: &mut Vec<u8>, text: &[u8]) {
    let room = HEAD.saturating_sub(held.len()).min(text.len());
    held.extend_from_slice(text.get(..room).unwrap_or_default());
}
