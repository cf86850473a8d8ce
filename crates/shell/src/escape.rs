//! Makes text from outside harmless for a terminal.

use std::borrow::Cow;

use imapclient_escape::escaped;
pub(crate) use imapclient_escape::is_harmless;

/// Escapes control characters, bidirectional marks and invisible characters, for example as
/// `\u{1b}`. This includes line ends; see [`lines`].
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(escaped(text).to_string())
}

/// Does the same for text of several lines: line ends stay, tabs become spaces.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.lines().map(|one| match one.contains('\t') {
        true => Cow::Owned(line(&one.replace('\t', "    ")).into_owned()),
        false => line(one),
    })
}

/// Cuts a text to `most` characters and appends the number of characters removed.
pub(crate) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    // A character has at least one byte, so a text with few bytes need not be counted.
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let Some((end, _)) = text.char_indices().nth(most) else {
        return Cow::Borrowed(text);
    };
    let (kept, rest) = text.split_at(end);
    Cow::Owned(format!("{kept}… ({} more)", rest.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
