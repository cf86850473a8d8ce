//! Bytes as strings of IMAP.

use imap_codec::imap_types::core::{IString, NString, Quoted};

/// A string, quoted if it can be. A message holds no NUL, so that nothing is lost.
pub(super) fn istring(bytes: &[u8]) -> IString<'static> {
    IString::try_from(bytes.to_vec())
        .or_else(|_| {
            let plain: Vec<u8> = bytes.iter().copied().filter(|&b| b != 0).collect();
            IString::try_from(plain)
        })
        .unwrap_or_else(|_| IString::Quoted(Quoted::unvalidated("")))
}

/// A string, or NIL for none.
pub(super) fn nstring(bytes: Option<&[u8]>) -> NString<'static> {
    NString(bytes.map(istring))
}
