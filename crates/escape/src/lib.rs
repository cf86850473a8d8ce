//! Makes text from outside safe for terminals, logs and errors.
//!
//! Text from a server, a file or a token provider can contain characters that move the cursor,
//! change the writing direction or are invisible. [`escaped`] escapes these and leaves all others
//! unchanged, including quotation marks and backslashes.
//!
//! ```
//! use imapclient_escape::escaped;
//!
//! assert_eq!(escaped("it doesn't work: \\Seen").to_string(), "it doesn't work: \\Seen");
//! assert_eq!(escaped("a\r\nb\u{1b}[2J").to_string(), "a\\r\\nb\\u{1b}[2J");
//! ```

use std::fmt::{self, Write as _};

/// Returns the text in a form that is safe to display: [`is_harmless`] characters unchanged, and
/// the others as in a Rust string, such as `\n` or `\u{1b}`.
#[must_use]
pub fn escaped(text: &str) -> Escaped<'_> {
    Escaped(text)
}

/// A text whose `Display` form is escaped; see [`escaped`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.0;
        while let Some(at) = left.find(|c| !is_harmless(c)) {
            let (harmless, rest) = left.split_at(at);
            f.write_str(harmless)?;
            let mut chars = rest.chars();
            for c in chars.next().into_iter().flat_map(char::escape_default) {
                f.write_char(c)?;
            }
            left = chars.as_str();
        }
        f.write_str(left)
    }
}

/// Returns whether a terminal displays the character and does nothing else.
#[must_use]
pub fn is_harmless(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // C0, DEL, C1.
        c if c.is_control() => false,
        // Soft hyphen, grapheme joiner, Arabic letter mark, fillers, invisible vowels and
        // selectors, zero-width characters, directions, separators, invisible operators, the empty
        // Braille pattern, byte order mark, annotations, notes, tags and further selectors. Those
        // up to U+FE0F are kept, since they choose between two forms of a symbol.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_something_is_written_out() {
        for (text, shown) in [
            ("", ""),
            (
                "Zürich 日本語 \"quoted\" \\Seen doesn't",
                "Zürich 日本語 \"quoted\" \\Seen doesn't",
            ),
            ("\x1b[2J", "\\u{1b}[2J"),
            ("a\r\nb\tc\0", "a\\r\\nb\\tc\\u{0}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{202e}cod.exe", "\\u{202e}cod.exe"),
            ("pay\u{200b}pal", "pay\\u{200b}pal"),
            ("INBOX\u{3164}", "INBOX\\u{3164}"),
            ("INBOX\u{e0100}", "INBOX\\u{e0100}"),
            ("\u{2764}\u{fe0f}", "\u{2764}\u{fe0f}"),
            ("\u{7f}\u{7f}", "\\u{7f}\\u{7f}"),
        ] {
            assert_eq!(escaped(text).to_string(), shown);
        }
    }
}
