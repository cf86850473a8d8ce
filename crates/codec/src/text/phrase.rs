//! Writes names and addresses for headers (RFC 5322 §3.4), in UTF-8 (RFC 6532).

use std::fmt::{self, Write};

/// Writes a display name: unchanged if it consists of words, else in quotes.
pub(crate) fn write_phrase(f: &mut impl Write, name: &str) -> fmt::Result {
    let mut words = name.split(' ');
    if words.all(|word| !word.is_empty() && word.chars().all(is_atext)) {
        f.write_str(name)
    } else {
        write_quoted(f, name)
    }
}

/// Writes the part of an address before the `@`.
pub(crate) fn write_local_part(f: &mut impl Write, local: &str) -> fmt::Result {
    let mut atoms = local.split('.');
    if atoms.all(|atom| !atom.is_empty() && atom.chars().all(is_atext)) {
        f.write_str(local)
    } else {
        write_quoted(f, local)
    }
}

/// Writes a quoted string. Line ends and other control characters, which would end the header,
/// become spaces.
fn write_quoted(f: &mut impl Write, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                f.write_char('\\')?;
                f.write_char(c)?;
            }
            c if c.is_control() => f.write_char(' ')?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && !c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_quoted_where_they_must() {
        for (name, expected) in [
            ("Mary Jane", "Mary Jane"),
            ("Zoë", "Zoë"),
            ("Doe, John", "\"Doe, John\""),
            ("J. Doe", "\"J. Doe\""),
            ("a  b", "\"a  b\""),
            ("say \"hi\" \\o/", "\"say \\\"hi\\\" \\\\o/\""),
            ("a\r\nBcc: x", "\"a  Bcc: x\""),
            ("", "\"\""),
        ] {
            let mut text = String::new();
            write_phrase(&mut text, name).unwrap();
            assert_eq!(text, expected);
        }
        for (local, expected) in [("a.b", "a.b"), ("a b", "\"a b\""), ("a..b", "\"a..b\"")] {
            let mut text = String::new();
            write_local_part(&mut text, local).unwrap();
            assert_eq!(text, expected);
        }
    }
}
