//! Reads tokens onto a tape.
//!
//! The usual spelling is read inline. Everything else goes through cold functions, so that leniency
//! costs usual responses nothing. A fault is sticky: after it nothing is left to read, so every
//! loop ends, and the caller checks it once at the end.

use crate::token::{Cursor, Fault, Read, Text, counts_nothing, quote_or_backslash, unescape};

use super::tape::{NONE, Scratch, Span};

/// The way in which a value is read. An item that cannot be read in one way is read again in the
/// next. The ways are not combined, since together they would accept almost anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// By the grammar, except that spaces and case may differ.
    Exact,
    /// Missing strings are NIL, and additional values are skipped.
    Loose,
    /// A quotation mark ends a string only if a token that could follow it comes next.
    Quotes,
    /// As `Quotes`, but backslashes are literal.
    Unescaped,
}

pub(in crate::response) struct Scan<'m, 's> {
    pub(in crate::response) cursor: Cursor<'m>,
    pub(in crate::response) tape: &'s mut Scratch,
    pub(super) way: Way,
    pub(super) fault: Option<Fault>,
    /// The maximum depth to which lists may be nested.
    pub(in crate::response) depth: usize,
    /// The number of further list members that are allowed.
    pub(super) left: usize,
}

impl<'m> Scan<'m, '_> {
    /// Records a fault and moves to the end.
    #[cold]
    pub(in crate::response) fn fail(&mut self, why: &'static str) {
        let at = self.cursor.at();
        self.give_up(Fault { at, why });
    }

    #[cold]
    pub(super) fn give_up(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
        self.cursor.seek(self.cursor.end());
    }

    /// Returns the value, or `stand_in` after a fault.
    #[inline]
    pub(super) fn take<T>(&mut self, read: Read<T>, stand_in: T) -> T {
        match read {
            Ok(value) => value,
            Err(fault) => {
                self.give_up(fault);
                stand_in
            }
        }
    }

    #[inline]
    pub(in crate::response) fn has_failed(&self) -> bool {
        self.fault.is_some()
    }

    #[inline]
    pub(in crate::response) fn is_loose(&self) -> bool {
        self.way == Way::Loose
    }

    /// Counts one more member of a list.
    #[inline]
    pub(in crate::response) fn count(&mut self) {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => self.fail("too many items"),
        }
    }

    /// Reads a single space.
    #[inline]
    pub(in crate::response) fn blank(&mut self) {
        if !self.cursor.eat(b' ') {
            self.gap();
        }
    }

    /// Reads whatever is in place of a single space.
    #[cold]
    #[inline(never)]
    fn gap(&mut self) {
        let before = self.cursor.at();
        self.cursor.whitespace();
        let follows = match self.cursor.peek() {
            Some(b'(' | b')') => true,
            // Anything else could belong to a truncated string.
            Some(b'"' | b'{') => self.is_loose(),
            _ => false,
        };
        if self.cursor.at() == before && !follows {
            self.fail("a blank is missing");
        }
    }

    /// Reads a closing parenthesis.
    #[inline]
    pub(in crate::response) fn close(&mut self) {
        if !self.cursor.eat(b')') {
            self.close_late();
        }
    }

    #[cold]
    fn close_late(&mut self) {
        loop {
            self.cursor.whitespace();
            if self.cursor.eat(b')') {
                return;
            }
            if !self.is_loose() || self.cursor.peek().is_none() {
                return self.fail("a list does not end");
            }
            self.skip_value();
            if self.has_failed() {
                return;
            }
        }
    }

    /// Skips a value of any kind.
    #[cold]
    pub(in crate::response) fn skip_value(&mut self) {
        let read = self.cursor.value(self.depth);
        self.take(read, 0..0);
    }

    /// Reads a space and the beginning of a list. Returns false for NIL, and `None` for anything
    /// else.
    #[inline(always)]
    pub(in crate::response) fn next_list(&mut self) -> Option<bool> {
        let (length, listed) = match self.cursor.rest() {
            [b' ', b'(', ..] => (2, true),
            [b' ', b'N', b'I', b'L', b' ' | b')', ..] => (4, false),
            _ => return None,
        };
        self.cursor.seek(self.cursor.at() + length);
        Some(listed)
    }

    /// Reads a space and a string.
    #[inline(always)]
    pub(in crate::response) fn next_string(&mut self) -> Span {
        match self.cursor.rest() {
            [b' ', b'"', inside @ ..] => self.quoted(inside, 2),
            [b' ', b'N', b'I', b'L', b' ' | b')', ..] => {
                self.cursor.seek(self.cursor.at() + 4);
                Span::NIL
            }
            _ => self.late_string(),
        }
    }

    /// Reads a string in any form, or NIL.
    #[inline(always)]
    pub(in crate::response) fn string(&mut self) -> Span {
        match self.cursor.rest() {
            [b'"', inside @ ..] => self.quoted(inside, 1),
            [b'N', b'I', b'L', b' ' | b')', ..] => {
                self.cursor.seek(self.cursor.at() + 3);
                Span::NIL
            }
            _ => self.odd_string(),
        }
    }

    /// Reads the quoted string whose contents `inside` begin after `before` bytes.
    #[inline(always)]
    fn quoted(&mut self, inside: &[u8], before: usize) -> Span {
        let at = self.cursor.at() + before;
        match quote_or_backslash(inside) {
            Some(length) if self.way <= Way::Loose && inside.get(length) == Some(&b'"') => {
                self.cursor.seek(at + length + 1);
                Span::new(at, length)
            }
            _ => {
                self.cursor.seek(at - 1);
                self.odd_string()
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn late_string(&mut self) -> Span {
        self.blank();
        self.odd_string()
    }

    #[cold]
    #[inline(never)]
    fn escaped(&mut self) -> Span {
        match self.cursor.quoted() {
            Ok(text) => self.span(text),
            Err(fault) => {
                self.give_up(fault);
                Span::NIL
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn odd_string(&mut self) -> Span {
        self.cursor.whitespace();
        let loose = self.is_loose();
        match self.cursor.peek() {
            Some(b'"') if self.way > Way::Loose => self.loose_quoted(),
            Some(b'"') => self.escaped(),
            Some(b')') if loose => Span::NIL,
            Some(b'(') if loose => {
                self.skip_value();
                Span::NIL
            }
            _ => match self.cursor.nstring() {
                Ok(Some(text)) => self.span(text),
                Ok(None) => Span::NIL,
                Err(fault) => {
                    self.give_up(fault);
                    Span::NIL
                }
            },
        }
    }

    /// Reads a string with quotation marks or backslashes that should have been escaped.
    fn loose_quoted(&mut self) -> Span {
        let at = self.cursor.at() + 1;
        let inside = self.cursor.rest().get(1..).unwrap_or_default();
        let escapes = self.way == Way::Quotes;
        let mut length = 0;
        let mut escaped = false;
        loop {
            let left = inside.get(length..).unwrap_or_default();
            let Some(found) = quote_or_backslash(left) else {
                self.fail("a quoted string does not end");
                return Span::NIL;
            };
            length += found;
            match left.get(found..).unwrap_or_default() {
                [b'"', after @ ..] if can_follow_string(after) => {
                    self.cursor.skip(length + 2);
                    let raw = inside.get(..length).unwrap_or_default();
                    return self.span(Text { raw, at, escaped });
                }
                [b'\\', b'"' | b'\\', ..] if escapes => {
                    escaped = true;
                    length += 2;
                }
                _ => length += 1,
            }
        }
    }

    /// Returns the span of a text. A text with escapes is stored without them after the frame.
    #[inline]
    pub(super) fn span(&mut self, text: Text<'_>) -> Span {
        if text.escaped {
            self.spare(&unescape(text.raw))
        } else {
            Span::new(text.at, text.raw.len())
        }
    }

    /// Appends a string after the frame.
    #[cold]
    pub(in crate::response) fn spare(&mut self, bytes: &[u8]) -> Span {
        let at = self.cursor.end() + self.tape.spare.len();
        self.tape.spare.extend_from_slice(bytes);
        Span::new(at, bytes.len())
    }

    /// Returns the bytes of a span of this response.
    pub(in crate::response) fn bytes(&self, span: Span) -> &[u8] {
        let range = span.range();
        match range.start.checked_sub(self.cursor.end()) {
            _ if span.is_nil() => b"",
            Some(at) => {
                let spare = at..at + range.len();
                self.tape.spare.get(spare).unwrap_or_default()
            }
            None => self.cursor.get(range),
        }
    }

    pub(in crate::response) fn is(&self, span: Span, wire: &str) -> bool {
        self.bytes(span).eq_ignore_ascii_case(wire.as_bytes())
    }

    /// Reads a space and a number of bytes or lines; [`NONE`] for NIL and numbers that are negative
    /// or have a fraction.
    #[inline]
    pub(in crate::response) fn next_size(&mut self) -> u64 {
        self.blank();
        match self.cursor.rest() {
            [b'0'..=b'9', ..] => {
                let start = self.cursor.at();
                match self.cursor.number() {
                    Ok(number) => number,
                    Err(_) => self.odd_size(start),
                }
            }
            _ => self.odd_size(self.cursor.at()),
        }
    }

    #[cold]
    fn odd_size(&mut self, start: usize) -> u64 {
        self.cursor.seek(start);
        self.cursor.whitespace();
        if self.is_loose() && self.cursor.peek() == Some(b')') {
            return NONE;
        }
        let read = odd_size(&mut self.cursor);
        self.take(read, NONE)
    }
}

/// Reads NIL, a number in quotes or written as `9.3736e+06`, or one that is negative or has a
/// fraction.
fn odd_size(cursor: &mut Cursor<'_>) -> Read<u64> {
    let at = cursor.at();
    let Some(text) = cursor.nstring()? else {
        return Ok(NONE);
    };
    let bytes = text.bytes();
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
    let exact = || text.parse().ok().filter(|&size| size != NONE);
    if let Some(size) = exact().or_else(|| from_float(text)) {
        Ok(size)
    } else if counts_nothing(text.as_bytes()) {
        Ok(NONE)
    } else {
        Err(Fault {
            at,
            why: "a number is missing",
        })
    }
}

/// Parses a whole number in the form that some servers use for large ones: `9.3736e+06`.
pub(super) fn from_float(text: &str) -> Option<u64> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || !text.contains(['.', 'e', 'E']) {
        return None;
    }
    let size = text.parse::<f64>().ok();
    size.filter(|size| (0.0..=MOST_EXACT).contains(size) && size.fract() == 0.0)
        .map(|size| size as u64)
}

/// Up to 2^53, every whole number has its own `f64`.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Returns whether these bytes could follow a quoted string.
fn can_follow_string(after: &[u8]) -> bool {
    let next = after.trim_ascii_start();
    let begins_value = match next {
        [] | [b'(' | b')' | b'"' | b'{' | b'~' | b'0'..=b'9', ..] => true,
        [a, b, c, d, ..] => {
            [*a, *b, *c].eq_ignore_ascii_case(b"NIL") && matches!(d, b' ' | b')' | b'\r')
        }
        _ => false,
    };
    // Without a space, only a parenthesis can follow.
    let adjacent = next.len() == after.len();
    begins_value && (!adjacent || matches!(next.first(), None | Some(b'(' | b')')))
}
