//! Conversion of bytes to IMAP strings.

use imap_codec::imap_types::core::{IString, NString, Quoted};

/// Returns a string, quoted if possible. Messages contain no NUL, so nothing is lost.
pub(super) fn istring(bytes: &[u8]) -> IString<'static> {
    IString::try_from(bytes.to_vec())
        .or_else(|_| {
            let plain: Vec<u8> = bytes.iter().copied().filter(|&b| b != 0).collect();
            IString::try_from(plain)
        })
        .unwrap_or_else(|_| IString::Quoted(Quoted::unvalidated("")))
}

/// Returns a string, or NIL for `None`.
pub(super) fn nstring(bytes: Option<&[u8]>) -> NString<'static> {
    NString(bytes.map(istring))
}
