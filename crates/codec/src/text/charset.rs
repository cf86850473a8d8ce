//! Charsets by their MIME names.

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, WINDOWS_1252};

/// Bytes in the charset of this name as text; `None` if nobody knows the charset. Bytes that it
/// does not have become U+FFFD.
///
/// ```
/// use imapclient_codec::text::decode_charset;
///
/// assert_eq!(decode_charset("ISO-8859-1", b"caf\xe9").as_deref(), Some("café"));
/// assert_eq!(decode_charset("x-nobody", b"abc"), None);
/// ```
#[must_use]
pub fn decode_charset<'a>(name: &str, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
    Some(find(name)?.decode_without_bom_handling(bytes).0)
}

/// Bytes of an unknown charset: UTF-8 if they are that, else Windows-1252, which is what senders
/// without a declaration mostly mean.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Whether two names mean the same charset.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || find(a) == find(b)
}

/// Whether anybody knows the charset of this name.
pub(super) fn is_known(name: &str) -> bool {
    find(name).is_some()
}

fn find(name: &str) -> Option<&'static Encoding> {
    // RFC 2231 §5: a language may follow.
    let name = name.split('*').next().unwrap_or_default();
    // "Replacement" stands for charsets that browsers know to be dangerous and do not decode.
    Encoding::for_label(name.as_bytes()).filter(|found| *found != REPLACEMENT)
}
