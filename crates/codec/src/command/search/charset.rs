//! The charset of the text of a search.

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use encoding_rs::Encoding;

use crate::outgoing::InvalidArgument;

/// The charset of the text of a search (RFC 9051 §6.4.4).
///
/// ```
/// use imapclient_codec::command::{self, Charset, SearchKey, SearchQuery};
///
/// let query = SearchQuery::new(SearchKey::Subject("Grüße".into()))
///     .charset(Charset::Named("ISO-8859-1".into()));
/// let outgoing = command::search(query)?;
/// assert!(format!("{outgoing:?}").contains("CHARSET ISO-8859-1"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Charset {
    /// UTF-8. SEARCH names it only if the text needs it, and never if mailbox names are in UTF-8:
    /// after `ENABLE UTF8=ACCEPT` a charset must not be named (RFC 6855 §3).
    #[default]
    Auto,
    /// UTF-8, always named.
    Utf8,
    /// The charset of this name, for servers without UTF-8. Text with characters that it lacks
    /// cannot be sent.
    Named(String),
}

impl Charset {
    /// Returns its name, as it is sent to the server.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Auto | Self::Utf8 => "UTF-8",
            Self::Named(name) => name,
        }
    }

    /// Encodes a text.
    pub(super) fn encode<'t>(&self, text: &'t str) -> Result<Cow<'t, [u8]>, InvalidArgument> {
        let Self::Named(name) = self else {
            return Ok(text.as_bytes().into());
        };
        if is(name, &["UTF-8"]) || (is(name, &["US-ASCII", "ASCII"]) && text.is_ascii()) {
            return Ok(text.as_bytes().into());
        }
        if is(name, &["UTF-7"]) {
            return Ok(utf7(text).into_bytes().into());
        }
        let unable = || {
            let why = format!("{text:?} cannot be written in {name:?}");
            InvalidArgument::new("search text", why)
        };
        if is(name, &["US-ASCII", "ASCII"]) {
            return Err(unable());
        }
        let encoding = Encoding::for_label_no_replacement(name.as_bytes())
            // The web's UTF-16 labels encode to UTF-8, and UTF-16 is not usable in IMAP.
            .filter(|encoding| encoding.output_encoding() == *encoding)
            .ok_or_else(|| InvalidArgument::new("charset", format!("{name:?} is unknown here")))?;
        let (bytes, _, lossy) = encoding.encode(text);
        // The web's versions of ISO-8859 are supersets, with letters in place of control
        // characters.
        let is_iso = is(name.get(..9).unwrap_or_default(), &["ISO-8859-"]);
        let foreign = is_iso && bytes.iter().any(|byte| matches!(byte, 0x80..=0x9f));
        if lossy || foreign {
            return Err(unable());
        }
        Ok(bytes)
    }
}

fn is(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// Encodes UTF-7, not the modified form of mailbox names (RFC 2152).
fn utf7(text: &str) -> String {
    let direct = |c: char| matches!(c, ' '..='}' if c != '+' && c != '\\');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '+' => {
                out.push_str("+-");
                1
            }
            c if direct(c) => {
                out.push(c);
                1
            }
            _ => {
                let end = rest.find(|c| direct(c) || c == '+').unwrap_or(rest.len());
                let (run, _) = rest.split_at_checked(end).unwrap_or((rest, ""));
                let bytes: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
                out.push('+');
                out.push_str(&BASE64_STANDARD_NO_PAD.encode(bytes));
                out.push('-');
                end
            }
        };
        rest = rest.get(end..).unwrap_or_default();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_encoded() {
        for (charset, text, expected) in [
            ("utf-8", "ü", Some(&b"\xc3\xbc"[..])),
            ("US-ASCII", "u", Some(b"u")),
            ("US-ASCII", "ü", None),
            ("iso-8859-1", "ü", Some(b"\xfc")),
            ("ISO-8859-1", "€", None),
            ("windows-1252", "€", Some(b"\x80")),
            ("ISO-8859-15", "€", Some(b"\xa4")),
            ("KOI8-R", "да", Some(b"\xc4\xc1")),
            ("iso-2022-jp", "日本", Some(b"\x1b$BF|K\\\x1b(B")),
            ("UTF-7", "☞", Some(b"+Jh4-")),
            ("UTF-7", "a+b☞\\ü😀~", Some(b"a+-b+Jh4AXAD82D3eAAB+-")),
            ("UTF-16", "a", None),
            ("", "a", None),
            ("replacement", "a", None),
            ("KOI8-R", "日", None),
        ] {
            let encoded = Charset::Named(charset.into()).encode(text);
            assert_eq!(encoded.ok().as_deref(), expected, "{text:?} in {charset:?}");
        }
    }
}
