//! A line of commands, taken apart.

use std::{iter::Peekable, str::Chars};

use crate::failure::{Failure, Result};

/// The commands of a line, which `;` separates, each as its words. Words are separated by blanks;
/// quotes keep them together: in `'...'` everything means itself, in `"..."` a backslash hides a
/// quote or another backslash. Outside of quotes a backslash means itself, as in `\Seen`. `#`
/// begins a comment where a command could begin. After `raw` all up to the next `;` outside of `"..."`
/// is one word as it stands: that is IMAP's own syntax.
pub(crate) fn commands(line: &str) -> Result<Vec<Vec<String>>> {
    let mut commands = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '#' if words.is_empty() && word.is_none() => break,
            ';' => {
                words.extend(word.take());
                if !words.is_empty() {
                    commands.push(std::mem::take(&mut words));
                }
            }
            c if c.is_whitespace() => {
                words.extend(word.take());
                if matches!(words.as_slice(), [name] if name.eq_ignore_ascii_case("raw")) {
                    words.extend(verbatim(&mut chars));
                }
            }
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        None => {
                            let what = format!("a quote ({c}) is opened, but not closed");
                            return Err(Failure::Usage(what));
                        }
                        Some(end) if end == c => break,
                        Some('\\') if c == '"' => match chars.peek() {
                            Some('"' | '\\') => word.extend(chars.next()),
                            _ => word.push('\\'),
                        },
                        Some(other) => word.push(other),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if !words.is_empty() {
        commands.push(words);
    }
    Ok(commands)
}

/// What follows up to the end of the command, if it is anything.
fn verbatim(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    let mut quoted = false;
    let mut escaped = false;
    while let Some(c) = chars.next_if(|c| quoted || *c != ';') {
        match c {
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
        text.push(c);
    }
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A word as it would have to be typed.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '\'' | '"' | ';');
    if !word.is_empty() && !word.starts_with('#') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
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
            (
                r#"raw STATUS "a;\"b" (MESSAGES) ; noop"#,
                &[&["raw", r#"STATUS "a;\"b" (MESSAGES)"#], &["noop"]],
            ),
            ("RAW  ; x", &[&["RAW"], &["x"]]),
        ];
        for (line, expected) in cases {
            assert_eq!(commands(line).unwrap(), *expected, "{line}");
        }
        let error = commands("cd \"Tom").unwrap_err();
        assert_eq!(error.to_string(), "a quote (\") is opened, but not closed");
    }

    proptest! {
        #[test]
        fn quoted_words_come_back(words in prop::collection::vec(".*", 1..4)) {
            let line: Vec<_> = words.iter().map(|word| quoted(word)).collect();
            prop_assert_eq!(commands(&line.join(" ")).unwrap(), vec![words]);
        }
    }
}
