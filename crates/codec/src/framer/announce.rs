//! Classifies responses and recognises lines that announce a literal.

use memchr::{memchr, memrchr};

/// The class of a response, as far as it matters to the framer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// `OK`, `NO`, `BAD`, `BYE`, `PREAUTH`, tagged responses and `+`. These end in human-readable
    /// text, which never announces a literal whatever it looks like: a reader that took `* OK hello
    /// {5}` for an announcement would swallow the next response.
    Status,
    /// `* n FETCH` and `* n UIDFETCH`.
    Fetch,
    /// A list of numbers, which grows with the mailbox.
    Numbers,
    /// Any other untagged response.
    Data,
}

impl Class {
    /// Classifies a response by its beginning.
    pub(super) fn of(head: &[u8]) -> Self {
        let mut words = head
            .split(|&byte| matches!(byte, b' ' | 0 | b'\t' | b'\r' | b'\n'))
            .filter(|word| !word.is_empty());
        if words.next() != Some(b"*") {
            return Self::Status;
        }
        let is = |word: &[u8], any: &[&str]| {
            any.iter()
                .any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
        };
        let Some(word) = words.next() else {
            return Self::Data;
        };
        // Some servers leave out the space before a response code, others the `OK` as well.
        let (name, code) = word.split_at(memchr(b'[', word).unwrap_or(word.len()));
        if is(name, &["OK", "NO", "BAD", "BYE", "PREAUTH"]) || (name.is_empty() && !code.is_empty())
        {
            Self::Status
        } else if is(word, &["SEARCH", "ESEARCH", "SORT", "THREAD", "VANISHED"]) {
            Self::Numbers
        } else if word.iter().all(u8::is_ascii_digit)
            && words
                .next()
                .is_some_and(|word| is(word, &["FETCH", "UIDFETCH"]))
        {
            Self::Fetch
        } else {
            Self::Data
        }
    }
}

/// The end of a line that announces a literal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Announcement {
    /// The size of the literal in bytes; `None` if it does not fit into 64 bits.
    pub(super) size: Option<u64>,
    /// The length of the announcement, from its brace to the end of the line.
    pub(super) length: usize,
}

/// Parses `{n}` or `{n+}` at the end of a line, including the line break.
pub(super) fn announced(line: &[u8]) -> Option<Announcement> {
    let text = line.strip_suffix(b"\n")?;
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let text = text.strip_suffix(b"}")?;
    let text = text.strip_suffix(b"+").unwrap_or(text);
    let digits = text
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (text, digits) = text.split_at_checked(text.len() - digits)?;
    let text = text.strip_suffix(b"{")?;
    if digits.is_empty() {
        return None;
    }
    let size = str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok());
    Some(Announcement {
        size,
        length: line.len() - text.len(),
    })
}

/// Returns whether a line ends in the name of a section and a space, so that the data of the
/// section follow: `BODY[..]`, `BODY[..]<0>`, `BINARY[..]`, `RFC822`, `RFC822.HEADER` or
/// `RFC822.TEXT`.
pub(super) fn ends_in_section(line: &[u8]) -> bool {
    let Some(text) = line.strip_suffix(b" ") else {
        return false;
    };
    let text = without_origin(text.trim_ascii_end());
    if text.ends_with(b"]") {
        return match memrchr(b'[', text).and_then(|at| text.get(..at)) {
            Some(before) => is_item(before, &["BODY", "BODY.PEEK", "BINARY"]),
            // The names of header fields may be literals, of which the last ends before this line.
            None => text.ends_with(b")]"),
        };
    }
    is_item(text, &["RFC822", "RFC822.HEADER", "RFC822.TEXT"])
}

/// Returns the name of a section without the `<0>` of a piece.
fn without_origin(text: &[u8]) -> &[u8] {
    let Some(inside) = text.strip_suffix(b">") else {
        return text;
    };
    let digits = inside.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let (text, _) = inside.split_at(inside.len() - digits.count());
    text.strip_suffix(b"<").unwrap_or(text)
}

/// Returns whether the last word is one of these items.
fn is_item(text: &[u8], any: &[&str]) -> bool {
    let mut words = text.rsplit(|byte| matches!(byte, b' ' | b'(' | b')'));
    let word = words.next().unwrap_or_default();
    any.iter()
        .any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_of_a_section_are_recognised() {
        for (line, is) in [
            ("* 1 FETCH (BODY[] ", true),
            ("* 1 FETCH (UID 7 body[1.2]<0> ", true),
            ("* 1 FETCH (UID 7)BODY[1.2]<0> ", true),
            ("* 1 FETCH (BODY[HEADER.FIELDS (From To)] ", true),
            ("* 1 FETCH (BODY[HEADER.FIELDS (\"a[b\")]  ", false),
            (" To)] ", true),
            (")] ", true),
            (" BINARY[1] ", true),
            ("* 1 FETCH (RFC822 ", true),
            (" rfc822.header ", true),
            (" RFC822.SIZE ", false),
            (" BINARY.SIZE[1] ", false),
            ("* 1 FETCH (BODY[HEADER.FIELDS (", false),
            ("* 1 FETCH (ENVELOPE (\"[x]\" ", false),
            ("* 1 FETCH (X-GM-LABELS (a[b] ", false),
            ("* 1 FETCH (X-GM-LABELS (a] ", false),
            ("* 1 FETCH (BODY[]", false),
            (" ", false),
            ("", false),
        ] {
            assert_eq!(ends_in_section(line.as_bytes()), is, "{line:?}");
        }
    }
}
