//! Splits commands into words by the grammar of a server. This shares no code with the client.

/// A piece of a command.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Word {
    /// An atom.
    Atom(Vec<u8>),
    /// The contents of a quoted string or a literal.
    String(Vec<u8>),
    /// A list in parentheses.
    List(Vec<Self>),
    /// Several of these without a space in between, which only a command given as text can have.
    Joined(Vec<Self>),
}

/// Returns the words of a command, without its last CRLF.
///
/// # Errors
/// Describes what a server would reject, or take for the end of the command.
pub(crate) fn words(wire: &[u8]) -> Result<Vec<Word>, String> {
    let mut reader = Reader { rest: wire };
    let mut words = Vec::new();
    while !reader.rest.is_empty() {
        words.push(reader.word()?);
        match reader.rest {
            [b' ', rest @ ..] if !rest.is_empty() => reader.rest = rest,
            [] => {}
            other => return Err(format!("no blank before \"{}\"", other.escape_ascii())),
        }
    }
    Ok(words)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn word(&mut self) -> Result<Word, String> {
        let mut pieces = vec![self.piece()?];
        while !matches!(self.rest, [] | [b' ' | b')', ..]) {
            pieces.push(self.piece()?);
        }
        match pieces.pop() {
            Some(piece) if pieces.is_empty() => Ok(piece),
            last => Ok(Word::Joined(pieces.into_iter().chain(last).collect())),
        }
    }

    fn piece(&mut self) -> Result<Word, String> {
        match *self.rest {
            [b'(', ref rest @ ..] => {
                self.rest = rest;
                self.list()
            }
            [b'"', ref rest @ ..] => {
                self.rest = rest;
                self.quoted()
            }
            [b'{', ..] | [b'~', b'{', ..] => self.literal(),
            _ => self.atom(),
        }
    }

    fn list(&mut self) -> Result<Word, String> {
        let mut words = Vec::new();
        loop {
            match *self.rest {
                [b')', ref rest @ ..] => {
                    self.rest = rest;
                    return Ok(Word::List(words));
                }
                [b' ', ref rest @ ..] if !words.is_empty() => {
                    self.rest = rest;
                    words.push(self.word()?);
                }
                [] => return Err("a list without an end".to_owned()),
                _ if words.is_empty() => words.push(self.word()?),
                ref other => return Err(format!("in a list: \"{}\"", other.escape_ascii())),
            }
        }
    }

    fn quoted(&mut self) -> Result<Word, String> {
        let mut text = Vec::new();
        loop {
            let (byte, rest) = match *self.rest {
                [b'"', ref rest @ ..] => {
                    self.rest = rest;
                    return Ok(Word::String(text));
                }
                [b'\\', byte @ (b'"' | b'\\'), ref rest @ ..] => (byte, rest),
                [byte @ 1..=0x7f, ref rest @ ..] if !b"\r\n\\".contains(&byte) => (byte, rest),
                ref other => return Err(format!("in quotes: \"{}\"", other.escape_ascii())),
            };
            text.push(byte);
            self.rest = rest;
        }
    }

    /// Reads `{5}`, `{5+}` or `~{5}`, CRLF, and the announced bytes.
    fn literal(&mut self) -> Result<Word, String> {
        let binary = self.rest.starts_with(b"~");
        let wrong = || format!("no literal: \"{}\"", self.rest.escape_ascii());
        let end = self.rest.windows(3).position(|three| three == b"}\r\n");
        let end = end.ok_or_else(wrong)?;
        let size = std::str::from_utf8(&self.rest[1 + usize::from(binary)..end]);
        let size = size.unwrap_or_default();
        let size: usize = size
            .strip_suffix('+')
            .unwrap_or(size)
            .parse()
            .map_err(|_| wrong())?;
        let (data, rest) = self.rest[end + 3..]
            .split_at_checked(size)
            .ok_or_else(wrong)?;
        if data.contains(&0) && !binary {
            return Err("NUL in a literal that is not binary".to_owned());
        }
        self.rest = rest;
        Ok(Word::String(data.to_vec()))
    }

    /// Reads an atom, which may have brackets with lists in them, as in `BODY[HEADER.FIELDS (TO)]`.
    fn atom(&mut self) -> Result<Word, String> {
        let part = |byte: &u8| byte.is_ascii_graphic() && !b"(){\"".contains(byte);
        let length = self.rest.iter().take_while(|byte| part(byte)).count();
        if length == 0 {
            return Err(format!("no word: \"{}\"", self.rest.escape_ascii()));
        }
        let (atom, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(Word::Atom(atom.to_vec()))
    }
}

#[test]
fn lines_are_cut() {
    let atom = |text: &str| Word::Atom(text.into());
    let string = |text: &str| Word::String(text.into());
    assert_eq!(
        words(b"A1 X (a \"b \\\"c\" ()) ~{3+}\r\n(\r\0 {0}\r\n").unwrap(),
        [
            atom("A1"),
            atom("X"),
            Word::List(vec![atom("a"), string("b \"c"), Word::List(vec![])]),
            string("(\r\0"),
            string(""),
        ]
    );
    assert_eq!(
        words(b"\"a\"b(c)").unwrap(),
        [Word::Joined(vec![
            string("a"),
            atom("b"),
            Word::List(vec![atom("c")])
        ])]
    );
}

#[test]
fn anything_else_is_noticed() {
    for wire in [
        &b"A1 NOOP\r\nA2 LOGOUT"[..],
        b"A1 X (a",
        b"A1 X a)",
        b"A1 X (a) b)",
        b"A1 X \"a",
        b"A1 X \"a\\b\"",
        b"A1 X \xc3\xbc",
        b"A1 X \"\xc3\xbc\"",
        b"A1 X \0",
        b"A1 X a\nb",
        b"A1 X {3} abc",
        b"A1 X {3}\r\nab",
        b"A1 X {1}\r\n\0",
        b"A1  X",
        b"A1 X ",
    ] {
        assert!(words(wire).is_err(), "{}", wire.escape_ascii());
    }
}
