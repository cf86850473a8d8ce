//! Parses the items to fetch.

use imapclient::FetchItems;

/// Friendly names of items, and their IMAP names. Those of bodies do not set `\Seen`.
pub(crate) const NAMES: [(&str, &str); 18] = [
    ("flags", "FLAGS"),
    ("envelope", "ENVELOPE"),
    ("size", "RFC822.SIZE"),
    ("date", "INTERNALDATE"),
    ("structure", "BODYSTRUCTURE"),
    ("header", "BODY.PEEK[HEADER]"),
    ("headers", "BODY.PEEK[HEADER]"),
    ("text", "BODY.PEEK[TEXT]"),
    ("message", "BODY.PEEK[]"),
    ("source", "BODY.PEEK[]"),
    ("modseq", "MODSEQ"),
    ("labels", "X-GM-LABELS"),
    ("thread", "X-GM-THRID"),
    ("preview", "PREVIEW"),
    ("savedate", "SAVEDATE"),
    ("emailid", "EMAILID"),
    ("threadid", "THREADID"),
    ("uid", "UID"),
];

/// Parses items in friendly or IMAP form; no words mean those of a message list.
pub(crate) fn items(words: &[String]) -> FetchItems {
    let text = words.join(" ");
    let text = text.trim();
    let inner = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'));
    let mut spelled = Vec::new();
    let mut depth = 0_i32;
    for word in inner.unwrap_or(text).split_whitespace() {
        // Names within brackets are names of header fields.
        let item = NAMES
            .iter()
            .find(|(name, _)| depth == 0 && word.eq_ignore_ascii_case(name));
        spelled.push(item.map_or(word, |(_, item)| item));
        for c in word.chars() {
            match c {
                '[' | '(' => depth += 1,
                ']' | ')' => depth -= 1,
                _ => {}
            }
        }
    }
    match spelled.as_slice() {
        [] => FetchItems::from("FLAGS INTERNALDATE RFC822.SIZE ENVELOPE"),
        spelled => FetchItems::from(spelled.join(" ").as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        for (typed, sent) in [
            ("flags size", "(UID FLAGS RFC822.SIZE)"),
            (
                "(FLAGS BODY[HEADER.FIELDS (DATE FROM)])",
                "(UID FLAGS BODY[HEADER.FIELDS (DATE FROM)])",
            ),
            ("(flags date)", "(UID FLAGS INTERNALDATE)"),
            ("message", "(UID BODY.PEEK[])"),
            ("BODY", "(UID BODY)"),
            ("fast", "(UID FLAGS INTERNALDATE RFC822.SIZE)"),
        ] {
            let words: Vec<_> = typed.split(' ').map(ToOwned::to_owned).collect();
            assert_eq!(items(&words).to_string(), sent, "{typed}");
        }
    }
}
