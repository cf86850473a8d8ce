//! Deviations of clients from the grammar that Dovecot accepts.

use std::{borrow::Cow, str};

use super::BadRequest;

/// The deviations from the grammar that are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lenience {
    /// Several spaces between arguments, and spaces after `(`, before `)` and at the end.
    pub(crate) spaces: bool,
    /// Quoted strings in UTF-8, which must be literals (RFC 3501 §4.3) unless UTF8=ACCEPT
    /// is enabled.
    pub(crate) utf8: bool,
}

/// Returns the command in a form that follows the grammar. The text before the arguments, and
/// invalid text, is not changed.
///
/// # Errors
/// Fails for a quoted string with 8-bit data that is not allowed, since imap-codec would accept it.
pub(crate) fn tidy(command: &[u8], lenience: Lenience) -> Result<Cow<'_, [u8]>, BadRequest> {
    let mut tidied = Vec::new();
    let mut copied = 0;
    let head = head(command);
    let mut at = head;
    let mut opened = false;
    while let Some(&byte) = command.get(at) {
        let rest = &command[at..];
        let next = match byte {
            b' ' => at + rest.iter().take_while(|&&byte| byte == b' ').count(),
            b'"' => match quoted(rest) {
                Some(length) => at + length,
                None => break,
            },
            b'{' => at + literal(rest),
            _ => at + 1,
        };
        let replaced: Option<Cow<'_, [u8]>> = match byte {
            b' ' if lenience.spaces => {
                let closes = match &command[next..] {
                    // The name of the command ends before the space.
                    [b')', ..] => at != head,
                    rest => rest == b"\r\n",
                };
                let wanted = if opened || closes { b"" } else { &b" "[..] };
                (wanted.len() != next - at).then_some(wanted.into())
            }
            b'"' if lenience.utf8 => as_literal(&command[at..next]).map(Into::into),
            b'"' if !command[at..next].is_ascii() => return Err(BadRequest::Wrong),
            _ => None,
        };
        if let Some(replaced) = replaced {
            tidied.extend_from_slice(&command[copied..at]);
            tidied.extend_from_slice(&replaced);
            copied = next;
        }
        opened = byte == b'(';
        at = next;
    }
    if copied == 0 {
        return Ok(command.into());
    }
    tidied.extend_from_slice(&command[copied.min(command.len())..]);
    Ok(tidied.into())
}

/// Returns the end of the name of a command.
fn head(command: &[u8]) -> usize {
    let word = |from: usize| {
        let rest = command.get(from..).unwrap_or_default();
        from + rest
            .iter()
            .take_while(|byte| !b" \r\n".contains(byte))
            .count()
    };
    let (tag, name) = (word(0), word(word(0) + 1));
    let is_uid = command
        .get(tag + 1..name)
        .is_some_and(|name| name.eq_ignore_ascii_case(b"UID"));
    let end = if is_uid { word(name + 1) } else { name };
    end.min(command.len())
}

/// Returns the length of the quoted string, if it is complete.
fn quoted(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            b'\r' | b'\n' => return None,
            _ => at += 1,
        }
    }
}

/// Returns the length of the literal and its announcement, as far as it has arrived; 1 if it is not
/// a literal.
fn literal(text: &[u8]) -> usize {
    let digits = text[1..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (number, rest) = text[1..].split_at(digits);
    let rest = rest.strip_prefix(b"+").unwrap_or(rest);
    let length = str::from_utf8(number)
        .ok()
        .and_then(|n| n.parse::<usize>().ok());
    match (rest.strip_prefix(b"}\r\n"), length) {
        (Some(bytes), Some(length)) => text.len() - bytes.len().saturating_sub(length),
        _ => 1,
    }
}

/// Converts a quoted string in UTF-8 into a literal, unless it is ASCII.
fn as_literal(quoted: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(quoted.get(1..quoted.len() - 1)?).ok()?;
    if text.is_ascii() || text.contains('\0') {
        return None;
    }
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => rest.next().filter(|byte| b"\"\\".contains(byte))?,
            byte => byte,
        });
    }
    Some([format!("{{{}+}}\r\n", bytes.len()).as_bytes(), &bytes].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: Lenience = Lenience {
        spaces: true,
        utf8: true,
    };

    #[test]
    fn spaces_and_quoted_strings_become_what_the_grammar_wants() {
        for (sent, read) in [
            (
                "a ID ( \"name\"  \"x  y\" )\r\n",
                "a ID (\"name\" \"x  y\")\r\n",
            ),
            ("a ID ( )\r\n", "a ID ()\r\n"),
            ("a APPEND x  {3}\r\n", "a APPEND x {3}\r\n"),
            (
                "a APPEND  x ( \\Seen )   {5+}\r\n(  \" \r\n",
                "a APPEND x (\\Seen) {5+}\r\n(  \" \r\n",
            ),
            (
                "a SEARCH CHARSET UTF-8 TEXT  {2}\r\n  \r\n",
                "a SEARCH CHARSET UTF-8 TEXT {2}\r\n  \r\n",
            ),
            (
                "a uid fetch 1  (FLAGS  UID) \r\n",
                "a uid fetch 1 (FLAGS UID)\r\n",
            ),
            ("a NOOP  \r\n", "a NOOP\r\n"),
            (
                "a SEARCH SUBJECT \"gr\u{fc}n \\\"\\\\\" ALL\r\n",
                "a SEARCH SUBJECT {8+}\r\ngr\u{fc}n \"\\ ALL\r\n",
            ),
            (
                "a LOGIN \"\u{fc}\"  \"b  \"\r\n",
                "a LOGIN {2+}\r\n\u{fc} \"b  \"\r\n",
            ),
        ] {
            let tidied = tidy(sent.as_bytes(), ALL).unwrap();
            assert_eq!(String::from_utf8_lossy(&tidied), read, "{sent:?}");
            assert_eq!(tidy(&tidied, ALL).unwrap(), tidied, "{sent:?}");
        }
    }

    #[test]
    fn the_rest_stays_as_it_is() {
        for sent in [
            "a NOOP\r\n",
            "a  NOOP\r\n",
            "a UID  FETCH 1 UID\r\n",
            "a X )\r\n",
            "a",
            "",
            "a SEARCH SUBJECT \"\u{fc}  \r\n",
            "a SEARCH SUBJECT \"\u{fc}\\x\"\r\n",
            "a SEARCH SUBJECT \"\u{fc}\0\"\r\n",
            "a SEARCH SUBJECT \u{fc}\r\n",
            "a X {99999999999999999999}\r\n\r\n",
        ] {
            assert!(
                matches!(tidy(sent.as_bytes(), ALL), Ok(Cow::Borrowed(_))),
                "{sent:?}"
            );
        }
        let invalid = b"a SEARCH SUBJECT \"\xfc\"\r\n";
        assert_eq!(tidy(invalid, ALL).unwrap(), &invalid[..]);
    }

    #[test]
    fn each_may_be_taken_alone() {
        let read = |sent: &str, spaces, utf8| {
            let tidied = tidy(sent.as_bytes(), Lenience { spaces, utf8 })?;
            Ok(String::from_utf8_lossy(&tidied).into_owned())
        };
        let sent = "a SEARCH  SUBJECT \"\u{fc}\"\r\n";
        let literal = "a SEARCH  SUBJECT {2+}\r\n\u{fc}\r\n";
        assert_eq!(read(sent, false, true).as_deref(), Ok(literal));
        assert_eq!(read(sent, true, false), Err(BadRequest::Wrong));
        assert_eq!(read(sent, false, false), Err(BadRequest::Wrong));
        let tidied = "a SEARCH SUBJECT {2+}\r\n\u{fc}\r\n";
        assert_eq!(read(literal, true, false).as_deref(), Ok(tidied));
        assert_eq!(read(literal, false, false).as_deref(), Ok(literal));
    }

    proptest! {
        #[test]
        fn it_is_done_at_once(text in "( |\\(|\\)|\"|\\\\|x|ü|\\{[0-3]\\+?\\}\r\n|\r\n){0,30}") {
            let command = format!("a X {text}\r\n").into_bytes();
            let once = tidy(&command, ALL).unwrap().into_owned();
            prop_assert_eq!(&tidy(&once, ALL).unwrap()[..], &once[..]);
        }
    }
}
