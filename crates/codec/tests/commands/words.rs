//! Splits command lines into words, by the rules that a server applies.

/// A piece of a command.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Word {
    /// The bytes of adjacent atoms, quoted strings and literals.
    Text(Vec<u8>),
    /// A list in parentheses.
    List(Vec<Self>),
}

/// Splits a command with its tag, its literals and its final CRLF into words.
///
/// Panics if a server would see more or less than one command: at a line end outside of literals
/// that is not the last one, at bytes that are not allowed outside of literals, at strings and
/// lists without an end.
pub(crate) fn words(wire: &[u8]) -> Vec<Word> {
    let mut open = vec![Vec::new()];
    let mut word: Option<Vec<u8>> = None;
    let mut at = 0;
    let shown = || wire.escape_ascii();
    loop {
        let byte = wire[at];
        if byte == b'~' && wire[at + 1] == b'{' {
            at += 1;
            continue;
        }
        if matches!(byte, b' ' | b'(' | b')' | b'\r')
            && let Some(text) = word.take()
        {
            open.last_mut().unwrap().push(Word::Text(text));
        }
        match byte {
            b' ' => at += 1,
            b'(' => {
                open.push(Vec::new());
                at += 1;
            }
            b')' => {
                let list = open.pop().unwrap();
                let above = open.last_mut().unwrap_or_else(|| panic!("{}", shown()));
                above.push(Word::List(list));
                at += 1;
            }
            b'\r' => {
                assert_eq!(&wire[at..], b"\r\n", "more than a line: {}", shown());
                assert_eq!(open.len(), 1, "an open list: {}", shown());
                return open.pop().unwrap();
            }
            b'"' => {
                let text = word.get_or_insert_default();
                at += 1;
                while wire[at] != b'"' {
                    at += usize::from(wire[at] == b'\\');
                    assert!(
                        wire[at].is_ascii() && !matches!(wire[at], b'\r' | b'\n' | 0),
                        "in quotes: {}",
                        shown()
                    );
                    text.push(wire[at]);
                    at += 1;
                }
                at += 1;
            }
            b'{' => {
                let end = at + wire[at..].iter().position(|byte| *byte == b'}').unwrap();
                let size = std::str::from_utf8(&wire[at + 1..end]).unwrap();
                let size: usize = size.strip_suffix('+').unwrap_or(size).parse().unwrap();
                assert_eq!(&wire[end + 1..end + 3], b"\r\n", "{}", shown());
                let data = &wire[end + 3..end + 3 + size];
                word.get_or_insert_default().extend_from_slice(data);
                at = end + 3 + size;
            }
            byte => {
                assert!(byte.is_ascii_graphic(), "outside of strings: {}", shown());
                word.get_or_insert_default().push(byte);
                at += 1;
            }
        }
    }
}

/// Returns how lists and texts are nested, independent of the contents of texts.
pub(crate) fn shape(words: &[Word]) -> String {
    let mut shape = String::new();
    for word in words {
        match word {
            Word::Text(_) => shape.push('.'),
            Word::List(words) => {
                shape.push('(');
                shape.push_str(&self::shape(words));
                shape.push(')');
            }
        }
    }
    shape
}

#[test]
fn lines_are_cut() {
    let text = |text: &str| Word::Text(text.into());
    assert_eq!(
        words(b"A1 X (a \"b \\\"c\") ~{3+}\r\n(\r\n {0}\r\n\r\n"),
        [
            text("A1"),
            text("X"),
            Word::List(vec![text("a"), text("b \"c")]),
            text("(\r\n"),
            text(""),
        ]
    );
    assert_eq!(shape(&words(b"A1 X (a (b) \"(\") ()\r\n")), "..(.(.).)()");
}

#[test]
fn anything_else_is_noticed() {
    for wire in [
        &b"A1 NOOP\r\nA2 LOGOUT\r\n"[..],
        b"A1 X (a\r\n",
        b"A1 X a)\r\n",
        b"A1 X \"a\r\n",
        b"A1 X \xc3\xbc\r\n",
        b"A1 X \"\xc3\xbc\"\r\n",
        b"A1 X \0\r\n",
        b"A1 X a\nb\r\n",
        b"A1 X {3} abc\r\n",
    ] {
        let cut = std::panic::catch_unwind(|| words(wire));
        assert!(cut.is_err(), "{}", wire.escape_ascii());
    }
}
