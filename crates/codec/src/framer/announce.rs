//! Which lines announce a literal, and what kind of response they belong to.

use memchr::memchr;

/// What the framer has to know of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// `OK`, `NO`, `BAD`, `BYE`, `PREAUTH`, anything tagged, and `+`. These end in text for
    /// people, which never announces a literal whatever it looks like: a reader who believes
    /// `* OK hello {5}` swallows the next response.
    Status,
    /// `* n FETCH` and `* n UIDFETCH`.
    Fetch,
    /// A list of numbers that grows with the mailbox.
    Numbers,
    /// Any other untagged response.
    Data,
}

impl Class {
    /// Looks at the beginning of a response.
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
        // Before a response code, some servers leave out the blank, others `OK` altogether.
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
    /// Bytes to follow; `None` if that is no 64-bit number.
    pub(super) size: Option<u64>,
    /// Length of the announcement from its brace to the end of the line.
    pub(super) length: usize,
}

/// Reads `{n}` or `{n+}` at the end of a line, the line break included.
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
