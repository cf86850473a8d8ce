//! The extension data of a part: checksum, disposition, languages, location.

use crate::token::Cursor;

use super::super::fetch::{NONE, Span, pair};
use super::read::Body;

/// The words of extension data: strings, and the positions and lengths of lists.
pub(super) const MD5: usize = 0;
pub(super) const DISPOSITION: usize = 1;
pub(super) const DISPOSITION_PARAMETERS: usize = 2;
pub(super) const LANGUAGES: usize = 3;
pub(super) const LOCATION: usize = 4;
pub(super) const WORDS: usize = 5;

/// The fields in the order of the server. Multiparts have no checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Md5,
    Disposition,
    Languages,
    Location,
    Other,
}

impl Field {
    fn next(self) -> Self {
        match self {
            Self::Md5 => Self::Disposition,
            Self::Disposition => Self::Languages,
            Self::Languages => Self::Location,
            Self::Location | Self::Other => Self::Other,
        }
    }
}

impl Body<'_, '_, '_> {
    /// Reads the fields up to the closing parenthesis, as far as there are any. Returns the
    /// position of their words, or 0 if all are NIL.
    #[inline]
    pub(super) fn extension(&mut self, first: Field) -> usize {
        let rest = self.scan.cursor.rest();
        let nothing: &[u8] = match first {
            Field::Md5 => b" NIL NIL NIL NIL)",
            _ => b" NIL NIL NIL)",
        };
        if rest.starts_with(nothing) {
            self.scan.cursor.skip(nothing.len() - 1);
            return 0;
        }
        if rest.first() == Some(&b')') {
            return 0;
        }
        self.fields(first)
    }

    #[inline(never)]
    fn fields(&mut self, first: Field) -> usize {
        let mut words = [NONE; WORDS];
        words[DISPOSITION_PARAMETERS] = 0;
        words[LANGUAGES] = 0;
        let mut field = first;
        loop {
            self.scan.cursor.whitespace();
            let listed = match self.scan.cursor.peek() {
                None | Some(b')') => break,
                Some(byte) => byte == b'(',
            };
            if self.scan.cursor.nil() {
                field = field.next();
                continue;
            }
            // Some servers leave out the checksum or send an additional field.
            let misplaced = listed && matches!(field, Field::Md5 | Field::Languages);
            if misplaced && words[DISPOSITION] == NONE && is_disposition(self.scan.cursor.clone()) {
                field = Field::Disposition;
            }
            match field {
                Field::Disposition => self.disposition(&mut words),
                Field::Md5 if !listed => words[MD5] = self.scan.string().word(),
                Field::Languages => words[LANGUAGES] = self.languages(),
                Field::Location if !listed => words[LOCATION] = self.scan.string().word(),
                Field::Md5 | Field::Location | Field::Other => self.scan.skip_value(),
            }
            if self.scan.has_failed() {
                return 0;
            }
            field = field.next();
        }
        let at = self.here();
        self.scan.tape.words.extend_from_slice(&words);
        at
    }

    /// Reads `("attachment" (parameters))`, or the type alone, with or without parentheses.
    fn disposition(&mut self, words: &mut [u64; WORDS]) {
        if !self.scan.cursor.eat(b'(') {
            let whole = self.scan.string();
            return self.header_disposition(whole, words);
        }
        self.scan.cursor.whitespace();
        if self.scan.cursor.eat(b')') {
            return;
        }
        words[DISPOSITION] = self.scan.string().word();
        if self.scan.cursor.peek() != Some(b')') {
            words[DISPOSITION_PARAMETERS] = self.parameters();
        }
        self.scan.close();
    }

    /// Reads a disposition as it appears in a header: `attachment; filename="a.txt"`.
    #[cold]
    fn header_disposition(&mut self, whole: Span, words: &mut [u64; WORDS]) {
        let text = self.scan.bytes(whole).to_vec();
        let at = whole.range().start;
        let mut pieces = split(&text, b';');
        let span = |range: std::ops::Range<usize>| Span::new(at + range.start, range.len());
        if let Some(kind) = pieces.next() {
            words[DISPOSITION] = span(trimmed(&text, kind)).word();
        }
        let begun = self.here();
        let mut count = 0;
        for piece in pieces {
            let bytes = text.get(piece.clone()).unwrap_or_default();
            let Some(equals) = bytes.iter().position(|&byte| byte == b'=') else {
                continue;
            };
            self.scan.count();
            let name = trimmed(&text, piece.start..piece.start + equals);
            let value = trimmed(&text, piece.start + equals + 1..piece.end);
            let value = match text.get(value.clone()) {
                Some([b'"', inside @ .., b'"']) => {
                    let plain = crate::token::unescape(inside);
                    self.scan.spare(&plain)
                }
                _ => span(value),
            };
            let pair = [span(name).word(), value.word()];
            self.scan.tape.words.extend_from_slice(&pair);
            count += 1;
        }
        words[DISPOSITION_PARAMETERS] = pair(begun, count);
    }

    /// Reads one language, or a list of them.
    fn languages(&mut self) -> u64 {
        let begun = self.here();
        if !self.scan.cursor.eat(b'(') {
            let language = self.scan.string();
            self.scan.tape.words.push(language.word());
            return pair(begun, 1);
        }
        let mut count = 0;
        loop {
            self.scan.cursor.whitespace();
            match self.scan.cursor.peek() {
                Some(b')') => break,
                Some(b'(') | None => {
                    self.scan.fail("a language is missing");
                    return 0;
                }
                Some(_) => {}
            }
            self.scan.count();
            let language = self.scan.string();
            if !language.is_nil() {
                self.scan.tape.words.push(language.word());
                count += 1;
            }
        }
        self.scan.cursor.skip(1);
        pair(begun, count)
    }
}

/// Returns whether a list looks like a disposition: a string, then a list, or NIL and the end.
pub(super) fn is_disposition(mut ahead: Cursor<'_>) -> bool {
    if !ahead.eat(b'(') {
        return false;
    }
    ahead.whitespace();
    if ahead.peek() == Some(b'(') || ahead.nstring().is_err() {
        return false;
    }
    ahead.whitespace();
    if ahead.nil() {
        ahead.whitespace();
        return ahead.peek() == Some(b')');
    }
    ahead.peek() == Some(b'(')
}

/// Splits at separators outside of quotes.
fn split(text: &[u8], separator: u8) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let left = text.get(start..)?;
        let mut quoted = false;
        let mut escaped = false;
        let length = left.iter().position(|&byte| {
            let plain = !escaped;
            escaped = quoted && plain && byte == b'\\';
            quoted ^= plain && byte == b'"';
            !quoted && byte == separator
        });
        let range = start..length.map_or(text.len(), |length| start + length);
        start = range.end + 1;
        Some(range)
    })
}

fn trimmed(text: &[u8], range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let bytes = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (bytes.len() - bytes.trim_ascii_start().len());
    start..start + bytes.trim_ascii().len()
}
