//! Charsets by their MIME names.

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, WINDOWS_1252};

/// Decodes bytes in the charset of this name; `None` if the charset is unknown. Invalid bytes
/// become U+FFFD.
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

/// Decodes bytes of an unknown charset: as UTF-8 if they are valid, else as Windows-1252, which
/// most senders without a declaration mean.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Returns whether two names denote the same charset.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || find(a) == find(b)
}

/// Returns whether the charset of this name is known.
pub(super) fn is_known(name: &str) -> bool {
    find(name).is_some()
}

fn find(name: &str) -> Option<&'static Encoding> {
    // RFC 2231 §5: a language may follow.
    let name = name.split('*').next().unwrap_or_default();
    // "Replacement" covers charsets that browsers refuse to decode because they are dangerous.
    Encoding::for_label(name.as_bytes()).filter(|found| *found != REPLACEMENT)
}
