//! Text from outside, made harmless for a terminal.

use std::borrow::Cow;

/// Text whose control characters, bidirectional marks and invisible characters are written out, as
/// in `\u{1b}`. Line ends are among them; see [`lines`].
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if is_harmless(c) => shown.push(c),
            c => shown.extend(c.escape_default()),
        }
    }
    Cow::Owned(shown)
}

/// The same for text of several lines: line ends stay, tabs become blanks.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.lines().map(|one| match one.contains('\t') {
        true => Cow::Owned(line(&one.replace('\t', "    ")).into_owned()),
        false => line(one),
    })
}

/// The first so many characters, and how many more there were.
pub(crate) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    // A character has at most four bytes: most texts are short, and need not be counted.
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let Some((end, _)) = text.char_indices().nth(most) else {
        return Cow::Borrowed(text);
    };
    let (kept, rest) = text.split_at(end);
    Cow::Owned(format!("{kept}… ({} more)", rest.chars().count()))
}

/// Whether a terminal shows it as what it is, and nothing else happens.
pub(crate) fn is_harmless(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // C0, DEL, C1.
        c if c.is_control() => false,
        // Soft hyphen, grapheme joiner, Arabic letter mark, fillers, vowels and selectors that are
        // not seen, widths of nothing, directions, separators, operators that are not seen, the
        // empty pattern of Braille, byte order mark, annotations, notes, tags and further selectors.
        // Those up to U+FE0F stay: they choose between two forms of a symbol.
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
            (
                "Zürich 日本語 \"quoted\" \\Seen",
                "Zürich 日本語 \"quoted\" \\Seen",
            ),
            ("\x1b[2J", "\\u{1b}[2J"),
            ("a\r\nb\tc\0", "a\\r\\nb\\tc\\u{0}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{202e}cod.exe", "\\u{202e}cod.exe"),
            ("pay\u{200b}pal", "pay\\u{200b}pal"),
            ("INBOX\u{3164}", "INBOX\\u{3164}"),
            ("INBOX\u{e0100}", "INBOX\\u{e0100}"),
            ("\u{2764}\u{fe0f}", "\u{2764}\u{fe0f}"),
            ("\u{7f}", "\\u{7f}"),
        ] {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn lines_stay_lines() {
        let shown: Vec<_> = lines("one\r\ntwo\tthree\n\x1b]0;title\x07").collect();
        assert_eq!(shown, ["one", "two    three", "\\u{1b}]0;title\\u{7}"]);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("日本語", 3), "日本語");
        assert_eq!(cut("日本語です", 3), "日本語… (2 more)");
        assert_eq!(
            cut(&"x".repeat(1 << 20), 2),
            format!("xx… ({} more)", (1 << 20) - 2)
        );
    }
}
