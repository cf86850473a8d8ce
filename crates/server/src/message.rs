//! A message, and the data items of FETCH that are derived from its bytes.

mod address;
mod binary;
mod envelope;
mod header;
mod params;
mod part;
mod section;
mod structure;
mod text;
mod wire;

#[cfg(test)]
mod tests;

pub(crate) use self::{binary::UnknownEncoding, text::decode};

use self::part::Part;

/// A message, which never changes.
///
/// The ranges of its parts are determined once. Data items are not decoded; text that `mail-parser`
/// decodes is for searching and sorting only.
pub(crate) struct Message {
    raw: Vec<u8>,
    root: Part,
}

impl Message {
    /// Returns a message of any bytes, even if they are not valid as a message.
    ///
    /// NUL cannot be sent in a literal and becomes 0x80.
    pub(crate) fn new(raw: impl Into<Vec<u8>>) -> Self {
        let mut raw = raw.into();
        // `contains` is fast even without optimisation.
        if raw.contains(&0) {
            for byte in &mut raw {
                if *byte == 0 {
                    *byte = 0x80;
                }
            }
        }
        let root = Part::message(&raw);
        Self { raw, root }
    }

    /// Returns the whole message: `BODY[]`.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Returns the ranges of the bodies of its innermost parts.
    #[cfg(test)]
    pub(crate) fn leaves(&self) -> Vec<std::ops::Range<usize>> {
        self.root.leaves()
    }

    /// Returns its length in bytes: RFC822.SIZE.
    pub(crate) fn size(&self) -> u32 {
        u32::try_from(self.raw.len()).unwrap_or(u32::MAX)
    }
}
