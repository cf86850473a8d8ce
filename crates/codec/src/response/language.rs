//! COMPARATOR: comparison of text by the server (RFC 5255 §4.8).

use crate::token::Read;

use super::reader::Reader;

/// The comparators for SEARCH, SORT and THREAD.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Comparator {
    /// The active comparator, as in `i;unicode-casemap`; `None` if the server named none.
    pub active: Option<String>,
    /// The comparators that match the request.
    pub matching: Vec<String>,
}

impl Comparator {
    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let active = reader.optional_text()?;
        let matching = if reader.cursor.is_done() {
            Vec::new()
        } else {
            reader.listed_texts()?
        };
        reader.end()?;
        Ok(Self { active, matching })
    }
}

/// Reads `(EN DE)`, or a single tag.
pub(super) fn languages(reader: &mut Reader<'_, '_, '_>) -> Read<Vec<String>> {
    reader.cursor.blanks();
    if reader.cursor.peek() != Some(b'(') {
        return reader.texts();
    }
    let tags = reader.listed_texts()?;
    reader.end()?;
    Ok(tags)
}
