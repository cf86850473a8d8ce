//! Splits a line into commands and words.

use crate::{
    escape,
    failure::{Failure, Result},
};

/// Splits a line into commands, which `;` and line ends separate, and each command into words.
///
/// Words are separated by spaces; quotes keep them together. In `'...'` every character is literal.
/// In `"..."` a backslash escapes a quote or another backslash, and `\u{1b}` is the character of
/// that number. Outside quotes a backslash is literal, as in `\Seen`. `#` begins a comment where a
/// command could begin. After `raw` the rest of the command is one literal word: it has IMAP's own
/// syntax, in which only `"..."` protects a `;`.
pub(crate) fn commands(line: &str) -> Result<Vec<Vec<String>>> {
    let mut commands = Vec::new();
    let mut read = Reader::default();
    read.all(line, |words| commands.push(words));
    match read.quote {
        None => Ok(commands),
        Some(quote) => Err(Failure::Usage(format!(
            "a quote ({quote}) is opened, but not closed"
        ))),
    }
}

/// Returns whether a quote is open at the end, so that the line continues.
pub(crate) fn is_unfinished(line: &str) -> bool {
    let mut read = Reader::default();
    read.all(line, drop);
    read.quote.is_some()
}

/// The word being typed at the end of a line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Typed {
    /// The words of the command before this one.
    pub(crate) words: Vec<String>,
    /// The word so far, and its start in the line, including its quote.
    pub(crate) word: String,
    pub(crate) start: usize,
    /// `true` if it is in quotes.
    pub(crate) quoted: bool,
}

/// Returns the word being typed at the end of a line, or `None` in a comment.
pub(crate) fn typed(line: &str) -> Option<Typed> {
    let mut read = Reader::default();
    let comment = read.read(line, drop);
    let (start, word) = read.word.unwrap_or((line.len(), String::new()));
    (!comment).then_some(Typed {
        words: read.words,
        word,
        start,
        quoted: read.quote.is_some(),
    })
}

/// Returns a word as it has to be typed.
pub(crate) fn quoted(word: &str) -> String {
    match needs_quotes(word) {
        true => in_quotes(word),
        false => word.to_owned(),
    }
}

/// Returns whether a word has to be in quotes or contains characters that are not safe for a
/// terminal.
pub(crate) fn needs_quotes(word: &str) -> bool {
    let plain =
        |c: char| !c.is_whitespace() && !matches!(c, '\'' | '"' | ';') && escape::is_harmless(c);
    word.is_empty() || word.starts_with('#') || !word.chars().all(plain)
}

/// Returns a word in quotes, whether or not it needs them.
pub(crate) fn in_quotes(word: &str) -> String {
    let mut quoted = String::with_capacity(word.len() + 2);
    quoted.push('"');
    for c in word.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if escape::is_harmless(c) => quoted.push(c),
            c => quoted.extend(c.escape_unicode()),
        }
    }
    quoted.push('"');
    quoted
}

/// The state of reading a line.
#[derive(Default)]
struct Reader {
    /// The words of the current command.
    words: Vec<String>,
    /// The current word, and its start.
    word: Option<(usize, String)>,
    /// The open quote.
    quote: Option<char>,
}

impl Reader {
    /// Reads a line including its end.
    fn all(&mut self, line: &str, mut command: impl FnMut(Vec<String>)) {
        self.read(line, &mut command);
        self.end_command(command);
    }

    /// Reads a line without its end. Returns whether it ends in a comment.
    fn read(&mut self, line: &str, mut command: impl FnMut(Vec<String>)) -> bool {
        let mut comment = false;
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let at = line.len() - rest.len();
            rest = &rest[c.len_utf8()..];
            match (c, self.quote) {
                ('\n', None) => {
                    comment = false;
                    self.end_command(&mut command);
                }
                _ if comment => {}
                ('\\', Some('"')) => {
                    let (c, after) = escaped(rest);
                    rest = after;
                    self.push(at, c);
                }
                (c, Some(quote)) if c == quote => self.quote = None,
                (c, Some(_)) => self.push(at, c),
                ('#', None) if self.words.is_empty() && self.word.is_none() => comment = true,
                (';', None) => self.end_command(&mut command),
                ('\'' | '"', None) => {
                    self.quote = Some(c);
                    self.word.get_or_insert((at, String::new()));
                }
                (c, None) if c.is_whitespace() => {
                    self.end_word();
                    if matches!(self.words.as_slice(), [name] if name.eq_ignore_ascii_case("raw")) {
                        let (text, after) = verbatim(rest);
                        rest = after;
                        self.word = (!text.is_empty()).then(|| (at + 1, text.to_owned()));
                    }
                }
                (c, None) => self.push(at, c),
            }
        }
        comment
    }

    fn push(&mut self, at: usize, c: char) {
        let (_, word) = self.word.get_or_insert((at, String::new()));
        word.push(c);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take().map(|(_, word)| word));
    }

    fn end_command(&mut self, mut command: impl FnMut(Vec<String>)) {
        self.end_word();
        if !self.words.is_empty() {
            command(std::mem::take(&mut self.words));
        }
    }
}

/// Splits off the rest of the command.
fn verbatim(rest: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut escaped = false;
    let end = rest.find(|c| {
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
        !quoted && matches!(c, ';' | '\n')
    });
    let (text, rest) = rest.split_at(end.unwrap_or(rest.len()));
    (text.trim(), rest)
}

/// Returns the character of an escape sequence in double quotes, and the rest.
fn escaped(rest: &str) -> (char, &str) {
    for c in ['"', '\\'] {
        if let Some(rest) = rest.strip_prefix(c) {
            return (c, rest);
        }
    }
    let number = rest
        .strip_prefix("u{")
        .and_then(|rest| rest.split_once('}'));
    let character = number.and_then(|(number, rest)| {
        let c = char::from_u32(u32::from_str_radix(number, 16).ok()?)?;
        Some((c, rest))
    });
    character.unwrap_or(('\\', rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let cases: &[(&str, &[&[&str]])] = &[
            ("", &[]),
            ("  # nothing but a comment", &[]),
            (
                "select INBOX; search unseen;",
                &[&["select", "INBOX"], &["search", "unseen"]],
            ),
            (r#"cd "Tom & Jerry""#, &[&["cd", "Tom & Jerry"]]),
            (r#"flag 1 \Seen"#, &[&["flag", "1", r"\Seen"]]),
            (
                r#"a "x\"y\\z\q" 'a\"b'"#,
                &[&["a", r#"x"y\z\q"#, r#"a\"b"#]],
            ),
            ("a;;b # c", &[&["a"], &["b", "#", "c"]]),
            ("fetch #1:2", &[&["fetch", "#1:2"]]),
            (r#"mkdir """#, &[&["mkdir", ""]]),
            (r#"x a"b c"d"#, &[&["x", "ab cd"]]),
            ("ls\n# no; more\ncd 'a\nb'\r\n", &[&["ls"], &["cd", "a\nb"]]),
            (
                r#"cd "\u{1b}\u{202e}x" '\u{1b}' \u{1b} "\u{d800}" "\u{""#,
                &[&[
                    "cd",
                    "\u{1b}\u{202e}x",
                    r"\u{1b}",
                    r"\u{1b}",
                    r"\u{d800}",
                    r"\u{",
                ]],
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(commands(line).unwrap(), *expected, "{line}");
        }
        let error = commands("cd \"Tom").unwrap_err();
        assert_eq!(error.to_string(), "a quote (\") is opened, but not closed");
    }

    #[test]
    fn what_is_being_typed_is_known() {
        let typed = |line: &str| typed(line).map(|one| (one.words.join("|"), one.word, one.start));
        let cases = [
            ("", "", "", 0),
            ("  sel", "", "sel", 2),
            ("ls; cd Arch", "cd", "Arch", 7),
            ("cd ", "cd", "", 3),
            ("cd \"Tom & ", "cd", "Tom & ", 3),
            ("ls\ncd 'Zür", "cd", "Zür", 6),
            ("cd Zürich/a\"b", "cd", "Zürich/ab", 3),
            ("cd a;", "", "", 5),
        ];
        for (line, words, word, start) in cases {
            let expected = (words.to_owned(), word.to_owned(), start);
            assert_eq!(typed(line), Some(expected), "{line}");
        }
        assert_eq!(typed("ls; # cd Arch"), None);
        assert!(is_unfinished("cd 'Tom"));
        assert!(!is_unfinished("cd 'Tom'; # it's"));
        assert!(!is_unfinished("# it's"));
    }

    #[test]
    fn what_a_terminal_would_obey_is_typed_by_number() {
        assert_eq!(quoted("\u{1b}[2J\n"), r#""\u{1b}[2J\u{a}""#);
        assert_eq!(quoted("日本語"), "日本語");
        assert_eq!(quoted(r"\Seen"), r"\Seen");
    }

    proptest! {
        #[test]
        fn quoted_words_come_back(words in prop::collection::vec(".*", 1..4)) {
            let line: Vec<_> = words.iter().map(|word| quoted(word)).collect();
            prop_assert_eq!(commands(&line.join(" ")).unwrap(), vec![words]);
        }
    }
}
