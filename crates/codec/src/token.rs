//! A cursor over one response, from which every reader takes its tokens.
//!
//! Tokens borrow the response. Whatever a server sends, each method advances or fails, nothing
//! recurses, and a failure reports its position and reason.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;

mod listed;
#[cfg(test)]
mod tests;

pub(crate) use listed::{Ends, words};

/// The reason of a failure, and its position in the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) why: &'static str,
}

pub(crate) type Read<T> = Result<T, Fault>;

/// A string of the response: quoted, literal or unquoted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a> {
    /// The contents without quotes or announcement, with escapes in place.
    pub(crate) raw: &'a [u8],
    /// The position of `raw` in the response.
    pub(crate) at: usize,
    pub(crate) escaped: bool,
}

impl<'a> Text<'a> {
    pub(crate) fn bytes(self) -> Cow<'a, [u8]> {
        if self.escaped {
            Cow::Owned(unescape(self.raw))
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.at..self.at + self.raw.len()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    #[inline]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    #[inline]
    pub(crate) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// Returns the position of the end of the response.
    #[inline]
    pub(crate) fn end(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn get(&self, range: Range<usize>) -> &'a [u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    pub(crate) fn skip(&mut self, n: usize) {
        self.at = (self.at + n).min(self.bytes.len());
    }

    #[inline]
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline]
    pub(crate) fn expect(&mut self, byte: u8, why: &'static str) -> Read<()> {
        if self.eat(byte) {
            Ok(())
        } else {
            self.fault(why)
        }
    }

    #[inline]
    pub(crate) fn blanks(&mut self) {
        while let Some(b' ' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Skips spaces and line ends, which some servers put into lists.
    pub(crate) fn whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    /// Returns whether only spaces and the line end are left.
    pub(crate) fn is_done(&self) -> bool {
        self.rest()
            .iter()
            .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0))
    }

    /// Reads the bytes up to the next one that `ends` a token, possibly none.
    #[inline]
    pub(crate) fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest
            .iter()
            .position(|&byte| ends(byte))
            .unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Reads an atom leniently: any bytes except spaces, parentheses, quotes and control
    /// characters.
    #[inline]
    pub(crate) fn atom(&mut self) -> &'a [u8] {
        self.until(|byte| byte <= b' ' || matches!(byte, b'(' | b')' | b'"' | 0x7f))
    }

    /// Reads decimal digits up to the end of their token.
    #[inline]
    pub(crate) fn number(&mut self) -> Read<u64> {
        let start = self.at;
        let mut value = 0_u64;
        while let Some(byte @ b'0'..=b'9') = self.peek() {
            value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
            self.at += 1;
        }
        let length = self.at - start;
        let ends = matches!(
            self.peek(),
            None | Some(b' ' | b'(' | b')' | b']' | b'\t' | b'\r' | b'\n')
        );
        // Any number of up to 19 digits fits.
        if ends && (1..=19).contains(&length) {
            return Ok(value);
        }
        self.odd_number(start, ends)
    }

    /// Handles many digits, or none.
    #[cold]
    fn odd_number(&self, start: usize, ends: bool) -> Read<u64> {
        let digits = self.bytes.get(start..self.at).unwrap_or_default();
        let value = std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok());
        let why = match value {
            Some(value) if ends => return Ok(value),
            Some(_) => "a number does not end here",
            None if digits.is_empty() => "a number is missing",
            None => "a number is too large",
        };
        Err(Fault { at: start, why })
    }

    #[inline]
    pub(crate) fn number32(&mut self) -> Read<u32> {
        let start = self.at;
        u32::try_from(self.number()?).map_err(|_| Fault {
            at: start,
            why: "a number is too large",
        })
    }

    /// Reads a number, possibly in parentheses.
    pub(crate) fn listed_number(&mut self) -> Read<u64> {
        self.in_parentheses(Self::number)
    }

    /// Reads a number of 32 bits, possibly in parentheses.
    pub(crate) fn listed_number32(&mut self) -> Read<u32> {
        self.in_parentheses(Self::number32)
    }

    /// Reads a value by `read`, through any parentheses that a server may have put around it.
    pub(crate) fn in_parentheses<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let mut open = 0_usize;
        while self.eat(b'(') {
            open += 1;
            self.whitespace();
        }
        let value = read(self)?;
        for _ in 0..open {
            self.whitespace();
            self.expect(b')', "a list does not end")?;
        }
        Ok(value)
    }

    /// Reads `NIL` if that is the whole token.
    #[inline]
    pub(crate) fn nil(&mut self) -> bool {
        let Some((word, after)) = self.rest().split_at_checked(3) else {
            return false;
        };
        let ends = after
            .first()
            .is_none_or(|&byte| byte <= b' ' || matches!(byte, b'(' | b')' | b']'));
        let found = ends && word.eq_ignore_ascii_case(b"NIL");
        self.at += if found { 3 } else { 0 };
        found
    }

    /// Reads `"…"`, from the opening quote.
    #[inline]
    pub(crate) fn quoted(&mut self) -> Read<Text<'a>> {
        let start = self.at;
        self.expect(b'"', "a quoted string is missing")?;
        let at = self.at;
        let inside = self.rest();
        let mut length = 0;
        let mut escaped = false;
        loop {
            let left = inside.get(length..).unwrap_or_default();
            let Some(found) = quote_or_backslash(left) else {
                return Err(Fault {
                    at: start,
                    why: "a quoted string does not end",
                });
            };
            length += found;
            if left.get(found) == Some(&b'"') {
                self.at += length + 1;
                let raw = inside.get(..length).unwrap_or_default();
                return Ok(Text { raw, at, escaped });
            }
            escaped = true;
            length += 2;
        }
    }

    /// Reads `{n}`, `{n+}` or `~{n}`, a line end, and `n` bytes.
    pub(crate) fn literal(&mut self) -> Read<Text<'a>> {
        let fault = Fault {
            at: self.at,
            why: "a literal is broken",
        };
        let text = self.find_literal().ok_or(fault)?;
        self.at = text.range().end;
        Ok(text)
    }

    fn find_literal(&self) -> Option<Text<'a>> {
        let mut ahead = self.clone();
        ahead.eat(b'~');
        let opened = ahead.eat(b'{');
        let digits = ahead.until(|byte| !byte.is_ascii_digit());
        ahead.eat(b'+');
        let closed = ahead.eat(b'}');
        ahead.eat(b'\r');
        if !(opened && closed && ahead.eat(b'\n')) {
            return None;
        }
        let length = std::str::from_utf8(digits).ok()?.parse().ok()?;
        let raw = ahead.rest().get(..length)?;
        Some(Text {
            raw,
            at: ahead.at,
            escaped: false,
        })
    }

    fn at_literal(&self) -> bool {
        matches!(self.rest(), [b'{', ..] | [b'~', b'{', ..])
    }

    /// Reads a string in any form, including unquoted words.
    #[inline]
    pub(crate) fn astring(&mut self) -> Read<Text<'a>> {
        if self.peek() == Some(b'"') {
            return self.quoted();
        }
        if self.at_literal() {
            return self.literal();
        }
        let at = self.at;
        let raw = self.atom();
        if raw.is_empty() {
            return self.fault("a string is missing");
        }
        Ok(Text {
            raw,
            at,
            escaped: false,
        })
    }

    /// Reads a string or `NIL`.
    #[inline]
    pub(crate) fn nstring(&mut self) -> Read<Option<Text<'a>>> {
        if self.nil() {
            Ok(None)
        } else {
            self.astring().map(Some)
        }
    }

    /// Reads a string or `NIL`, possibly in parentheses.
    #[inline]
    pub(crate) fn listed_nstring(&mut self) -> Read<Option<Text<'a>>> {
        match self.nstring() {
            Err(_) if self.peek() == Some(b'(') => self.in_parentheses(Self::nstring),
            read => read,
        }
    }

    /// Reads any value: a word, a string or a balanced list. Returns its range.
    pub(crate) fn value(&mut self, depth: usize) -> Read<Range<usize>> {
        let start = self.at;
        let mut open = 0_usize;
        loop {
            match self.peek() {
                Some(b'(') if open >= depth => return self.fault("lists are nested too deep"),
                Some(b'(') => {
                    open += 1;
                    self.at += 1;
                }
                Some(b')') if open > 0 => {
                    open -= 1;
                    self.at += 1;
                }
                Some(_) if open > 0 => {
                    let before = self.at;
                    self.whitespace();
                    if self.at == before {
                        self.scalar()?;
                    }
                }
                _ => self.scalar()?,
            }
            if open == 0 {
                return Ok(start..self.at);
            }
        }
    }

    /// Reads a whole word: `"…"`, a literal, or an atom with a section in brackets.
    fn scalar(&mut self) -> Read<()> {
        if self.at_literal() && self.literal().is_ok() {
            return Ok(());
        }
        if self.peek() == Some(b'"') {
            return self.quoted().map(drop);
        }
        if self.atom().is_empty() {
            return match self.peek() {
                None => self.fault("a list does not end"),
                Some(byte) if byte < b' ' || byte == 0x7f => {
                    // A stray control character is a word by itself.
                    self.at += 1;
                    Ok(())
                }
                Some(_) => self.fault("a value is missing"),
            };
        }
        Ok(())
    }

    /// Reads text in brackets, from the opening one. Brackets inside lists and quotes are ignored.
    pub(crate) fn bracketed(&mut self) -> Read<Range<usize>> {
        let start = self.at;
        self.expect(b'[', "a bracket is missing")?;
        let inside = self.at;
        let Some(end) = self.closing_bracket() else {
            self.at = start;
            return self.fault("a bracket is not closed");
        };
        self.at = end + 1;
        Ok(inside..end)
    }

    fn closing_bracket(&mut self) -> Option<usize> {
        let mut open = 0_usize;
        loop {
            match self.peek()? {
                b']' if open == 0 => return Some(self.at),
                b'"' => drop(self.quoted().ok()?),
                b'{' if self.literal().is_ok() => {}
                b'\r' | b'\n' => return None,
                byte => {
                    match byte {
                        b'(' => open += 1,
                        b')' => open = open.checked_sub(1)?,
                        _ => {}
                    }
                    self.at += 1;
                }
            }
        }
    }

    #[cold]
    pub(crate) fn fault<T>(&self, why: &'static str) -> Read<T> {
        Err(Fault { at: self.at, why })
    }
}

/// Removes spaces and line ends at both ends.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    trim_end(bytes).trim_ascii_start()
}

/// Removes spaces, NULs and line ends at the end.
pub(crate) fn trim_end(bytes: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0);
    let length = bytes.iter().rposition(is_text).map_or(0, |last| last + 1);
    bytes.get(..length).unwrap_or_default()
}

/// Converts text from a server to a `String`, with replacement characters for invalid UTF-8.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Returns whether a token is a number that cannot be a count: zero, negative, or with a fraction.
pub(crate) fn counts_nothing(token: &[u8]) -> bool {
    let digits = token.strip_prefix(b"-").unwrap_or(token);
    let number = std::str::from_utf8(token).ok();
    let number = number.and_then(|text| text.parse::<f64>().ok());
    digits.first().is_some_and(u8::is_ascii_digit)
        && number.is_some_and(|number| number <= 0.0 || !token.iter().all(u8::is_ascii_digit))
}

/// Undoes `\"` and `\\`. Other backslashes are kept, since they were not meant as escapes.
pub(crate) fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(raw.len());
    let mut left = raw;
    while let Some(found) = memchr(b'\\', left) {
        let (before, after) = left.split_at_checked(found).unwrap_or_default();
        plain.extend_from_slice(before);
        left = match after {
            [_, byte @ (b'"' | b'\\'), rest @ ..] => {
                plain.push(*byte);
                rest
            }
            [backslash, rest @ ..] => {
                plain.push(*backslash);
                rest
            }
            [] => after,
        };
    }
    plain.extend_from_slice(left);
    plain
}

/// Returns the length of `name` if `bytes` begins with it, followed by a space or the end of a
/// list.
#[inline(always)]
pub(crate) fn exact<const N: usize>(bytes: &[u8], name: &[u8; N]) -> Option<usize> {
    let (word, after) = bytes.split_first_chunk::<N>()?;
    let ends = matches!(after, [b' ' | b')', ..]);
    (ends && word == name).then_some(N)
}

/// Returns whether `is` holds for all bytes. Branch-free, 16 bytes at a time; the last 16 may
/// overlap the chunk before them.
#[inline(always)]
pub(crate) fn all(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    let all_of = |bytes: &[u8]| bytes.iter().fold(true, |all, &byte| all & is(byte));
    let Some(last) = bytes.last_chunk::<16>() else {
        return all_of(bytes);
    };
    let (chunks, _) = bytes.as_chunks::<16>();
    let all_but_last = chunks.iter().fold(true, |all, chunk| all & all_of(chunk));
    all_but_last & all_of(last)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Returns the position of the first `"` or `\`. Examines eight bytes at a time, since most strings
/// are short.
#[inline]
pub(crate) fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut at = 0;
    let mut left = bytes;
    while let Some((chunk, rest)) = left.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let quote = zeros(word ^ (ONES * b'"' as u64));
        let backslash = zeros(word ^ (ONES * b'\\' as u64));
        let hits = quote | backslash;
        if hits != 0 {
            return Some(at + (hits.trailing_zeros() >> 3) as usize);
        }
        at += 8;
        left = rest;
    }
    left.iter()
        .position(|byte| matches!(byte, b'"' | b'\\'))
        .map(|found| at + found)
}
