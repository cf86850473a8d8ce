//! Parses headers into fields.

use std::{borrow::Cow, ops::Range};

/// A field of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// The name without the colon; empty for a line that is not a field.
    pub(super) name: &'a [u8],
    /// The value, folded, without the line end.
    pub(super) value: &'a [u8],
    /// The whole field, including the line end.
    pub(super) whole: &'a [u8],
}

/// Returns the fields of a header, up to its blank line.
pub(super) fn fields(header: &[u8]) -> impl Iterator<Item = Field<'_>> {
    let mut rest = header;
    std::iter::from_fn(move || {
        let mut end = line(rest)?;
        if is_blank(&rest[..end]) {
            return None;
        }
        while matches!(rest.get(end), Some(b' ' | b'\t')) {
            let Some(more) = line(&rest[end..]) else {
                break;
            };
            end += more;
        }
        let (whole, tail) = rest.split_at(end);
        rest = tail;
        Some(field(whole))
    })
}

/// Returns the value of the first field of that name, unfolded and trimmed.
pub(super) fn value<'a>(header: &'a [u8], name: &str) -> Option<Cow<'a, [u8]>> {
    fields(header)
        .find(|field| field.is(name))
        .map(|field| unfolded(field.value))
}

/// Returns the index after the blank line, where the header ends and the body begins.
pub(super) fn end(message: &[u8], range: Range<usize>) -> usize {
    let mut at = range.start;
    while let Some(length) = line(&message[at..range.end]) {
        at += length;
        if is_blank(&message[at - length..at]) {
            return at;
        }
    }
    range.end
}

/// Returns the length of the first line including its end; `None` if the text is empty.
pub(super) fn line(text: &[u8]) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    let end = text.iter().position(|&b| b == b'\n');
    Some(end.map_or(text.len(), |at| at + 1))
}

/// Returns whether a line consists of its end only.
pub(super) fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\r\n" | b"\n")
}

/// Returns a value in one line: without the line ends before blanks, and trimmed.
pub(super) fn unfolded(value: &[u8]) -> Cow<'_, [u8]> {
    let value = value.trim_ascii();
    if value.contains(&b'\n') || value.contains(&b'\r') {
        let plain = value.iter().filter(|b| !matches!(b, b'\r' | b'\n'));
        Cow::Owned(plain.copied().collect())
    } else {
        Cow::Borrowed(value)
    }
}

impl Field<'_> {
    /// Returns whether the field has that name, without regard to case.
    pub(super) fn is(&self, name: impl AsRef<[u8]>) -> bool {
        self.name.eq_ignore_ascii_case(name.as_ref())
    }
}

fn field(whole: &[u8]) -> Field<'_> {
    let text = whole.strip_suffix(b"\n").unwrap_or(whole);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let (name, value) = match text.iter().position(|&b| b == b':') {
        Some(at) => (text[..at].trim_ascii_end(), &text[at + 1..]),
        None => (&[][..], text),
    };
    Field { name, value, whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] =
        b"Subject: one\r\n two\r\nodd line\r\nX : \r\nsubject:three\n\r\nbody: no\r\n";

    #[test]
    fn folds_belong_to_their_field() {
        let found: Vec<_> = fields(HEADER)
            .map(|f| (f.name, f.value, f.whole.len()))
            .collect();
        assert_eq!(
            found,
            [
                (&b"Subject"[..], &b" one\r\n two"[..], 20),
                (b"", b"odd line", 10),
                (b"X", b" ", 6),
                (b"subject", b"three", 14),
            ]
        );
        assert_eq!(value(HEADER, "SUBJECT").as_deref(), Some(&b"one two"[..]));
        assert_eq!(value(HEADER, "body"), None);
    }

    #[test]
    fn a_header_ends_behind_its_blank_line() {
        assert_eq!(end(HEADER, 0..HEADER.len()), HEADER.len() - 10);
        assert_eq!(end(b"\r\nbody", 0..6), 2);
        assert_eq!(end(b"\nbody", 0..5), 1);
        assert_eq!(end(b"A: b\r\n", 0..6), 6);
        assert_eq!(end(b"A: b", 0..4), 4);
        assert_eq!(end(b"", 0..0), 0);
    }
}
