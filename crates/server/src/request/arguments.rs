//! Parses the arguments of commands that imap-codec does not support.

use std::{borrow::Cow, str::FromStr};

use super::BadRequest;

/// The arguments of a command, parsed from the left.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a> {
    command: &'a [u8],
    at: usize,
}

type Read<T> = Result<T, BadRequest>;

impl<'a> Arguments<'a> {
    /// Returns the arguments after the tag and `words` words of a command. The space before them is
    /// not parsed yet.
    pub(super) fn after(command: &'a [u8], words: usize) -> Read<Self> {
        let mut arguments = Self { command, at: 0 };
        arguments.until(|byte| b" \r\n".contains(&byte));
        for _ in 0..words {
            arguments.space()?;
            arguments.word()?;
        }
        Ok(arguments)
    }

    /// Returns the part of the command that was parsed.
    pub(super) fn taken(&self) -> &'a [u8] {
        &self.command[..self.at]
    }

    /// Returns the part of the command that was not parsed yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.command[self.at..]
    }

    /// Returns the bytes that `read` parses.
    pub(super) fn slice(&mut self, read: impl FnOnce(&mut Self) -> Read<()>) -> Read<&'a [u8]> {
        let from = self.at;
        read(self)?;
        Ok(&self.command[from..self.at])
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Skips a byte if it is the next one. Returns whether it was.
    pub(super) fn passes(&mut self, byte: u8) -> bool {
        let passes = self.peek() == Some(byte);
        self.at += usize::from(passes);
        passes
    }

    pub(super) fn expect(&mut self, byte: u8) -> Read<()> {
        self.passes(byte).then_some(()).ok_or(BadRequest::Wrong)
    }

    pub(super) fn space(&mut self) -> Read<()> {
        self.expect(b' ')
    }

    /// Parses the end of the command.
    pub(super) fn end(self) -> Read<()> {
        let ends = self.rest() == b"\r\n";
        ends.then_some(()).ok_or(BadRequest::Wrong)
    }

    /// Parses a word up to a space, a parenthesis or the end of the line.
    pub(super) fn word(&mut self) -> Read<&'a str> {
        let word = self.bytes(|byte| !b" ()\r\n".contains(&byte))?;
        std::str::from_utf8(word).map_err(|_| BadRequest::Wrong)
    }

    /// Skips a word if it is the next one, without regard to case. Returns whether it was.
    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let mut after = *self;
        let is_next = after
            .word()
            .is_ok_and(|word| word.eq_ignore_ascii_case(keyword));
        if is_next {
            *self = after;
        }
        is_next
    }

    /// Parses at least one byte for which `of_kind` returns true.
    pub(super) fn bytes(&mut self, of_kind: impl Fn(u8) -> bool) -> Read<&'a [u8]> {
        let bytes = self.until(|byte| !of_kind(byte));
        if bytes.is_empty() {
            return Err(BadRequest::Wrong);
        }
        Ok(bytes)
    }

    /// Parses a number.
    pub(super) fn number<T: FromStr>(&mut self) -> Read<T> {
        let digits = self.bytes(|byte| byte.is_ascii_digit())?;
        let digits = std::str::from_utf8(digits).map_err(|_| BadRequest::Wrong)?;
        digits.parse().map_err(|_| BadRequest::Wrong)
    }

    /// Parses an `astring` (RFC 3501 §9).
    pub(super) fn astring(&mut self) -> Read<Cow<'a, [u8]>> {
        if matches!(self.peek(), Some(b'"' | b'{')) {
            return self.string();
        }
        self.bytes(is_astring_char).map(Cow::Borrowed)
    }

    /// Parses a `list-mailbox`: an astring with wildcards.
    pub(super) fn pattern(&mut self) -> Read<Cow<'a, [u8]>> {
        if matches!(self.peek(), Some(b'"' | b'{')) {
            return self.string();
        }
        let pattern = self.bytes(|byte| is_astring_char(byte) || b"%*".contains(&byte));
        pattern.map(Cow::Borrowed)
    }

    /// Parses a quoted string or a literal.
    pub(super) fn string(&mut self) -> Read<Cow<'a, [u8]>> {
        if self.passes(b'"') {
            return self.quoted();
        }
        // CHAR8 excludes NUL.
        let literal = self.literal()?;
        if literal.contains(&0) {
            return Err(BadRequest::Wrong);
        }
        Ok(literal.into())
    }

    /// Parses a literal with any bytes.
    pub(super) fn literal(&mut self) -> Read<&'a [u8]> {
        self.expect(b'{')?;
        let length: usize = self.number()?;
        self.passes(b'+');
        for byte in *b"}\r\n" {
            self.expect(byte)?;
        }
        // At least a line end follows.
        let rest = self.rest();
        if rest.len() <= length {
            return Err(BadRequest::Incomplete);
        }
        self.at += length;
        Ok(&rest[..length])
    }

    /// Parses a list in parentheses, separated by spaces.
    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.expect(b'(')?;
        let mut list = Vec::new();
        while !self.passes(b')') {
            if !list.is_empty() {
                self.space()?;
            }
            list.push(read(self)?);
        }
        Ok(list)
    }

    fn quoted(&mut self) -> Read<Cow<'a, [u8]>> {
        let mut text = Vec::new();
        loop {
            let byte = self.peek().ok_or(BadRequest::Wrong)?;
            self.at += 1;
            match byte {
                b'"' => return Ok(text.into()),
                b'\\' => {
                    let escaped = self.peek().filter(|byte| b"\"\\".contains(byte));
                    text.push(escaped.ok_or(BadRequest::Wrong)?);
                    self.at += 1;
                }
                // TEXT-CHAR is 7-bit and excludes line ends.
                0 | b'\r' | b'\n' | 0x80.. => return Err(BadRequest::Wrong),
                byte => text.push(byte),
            }
        }
    }

    fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let end = rest.iter().position(|&byte| ends(byte));
        let end = end.unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }
}

/// Returns whether a byte is an `ASTRING-CHAR`.
fn is_astring_char(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~') && !b"(){%*\"\\".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(text: &str) -> Arguments<'_> {
        Arguments {
            command: text.as_bytes(),
            at: 0,
        }
    }

    #[test]
    fn strings_of_all_forms() {
        for (text, expected) in [
            ("a]b c", Some("a]b")),
            (r#""a \"b\\" c"#, Some(r#"a "b\"#)),
            ("{3}\r\na b c", Some("a b")),
            ("{3}\r\na b", None),
            ("{3+}\r\na b c", Some("a b")),
            ("\"\" c", Some("")),
            ("{0}\r\n c", Some("")),
            ("{0}\r\n", None),
            ("", None),
            ("(", None),
            ("a%", Some("a")),
            (r#""a"#, None),
            (r#""\a""#, None),
            ("\"a\r\n\"", None),
            ("\"\u{fc}\"", None),
            ("{9}\r\na", None),
            ("{1}a", None),
            ("{1}\r\n\0 ", None),
        ] {
            let read = arguments(text).astring().ok();
            assert_eq!(read.as_deref(), expected.map(str::as_bytes), "{text:?}");
        }
        assert_eq!(arguments("a%*( x").pattern().unwrap(), &b"a%*"[..]);
    }

    #[test]
    fn a_literal_may_still_come() {
        for (text, expected) in [
            ("{3}\r\n", BadRequest::Incomplete),
            ("{0+}\r\n", BadRequest::Incomplete),
            ("{3}", BadRequest::Wrong),
            ("{x}\r\n", BadRequest::Wrong),
        ] {
            assert_eq!(arguments(text).astring(), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn lists_and_numbers() {
        let numbers = |text: &str| arguments(text).list(|item| item.number::<u32>()).ok();
        assert_eq!(numbers("(1 20 3) 4"), Some(vec![1, 20, 3]));
        assert_eq!(numbers("()"), Some(vec![]));
        for wrong in ["(1  2)", "(1 2", "( 1)", "(1 )", "(99999999999)", "1"] {
            assert_eq!(numbers(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_follows_the_name() {
        let mut arguments = Arguments::after(b"a uid fetch x y\r\n", 2).unwrap();
        arguments.space().unwrap();
        assert_eq!(arguments.astring().unwrap(), &b"x"[..]);
        assert_eq!(arguments.taken(), b"a uid fetch x");
        assert_eq!(arguments.rest(), b" y\r\n");
        arguments
            .slice(|rest| rest.space().and_then(|()| rest.word().map(drop)))
            .unwrap();
        arguments.end().unwrap();
        assert!(Arguments::after(b"a\r\n", 1).is_err());
    }
}
