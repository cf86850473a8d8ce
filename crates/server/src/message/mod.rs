//! A message and what IMAP tells of it, read from its bytes.

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

/// A message as it came, never changed.
///
/// Where its parts are is read once; what is asked of them is told as the bytes say it, nothing
/// decoded. What `mail-parser` decodes is for searching and sorting.
pub(crate) struct Message {
    raw: Vec<u8>,
    root: Part,
}

impl Message {
    /// Takes any bytes; what is not a message is one with an odd header.
    ///
    /// NUL cannot be sent in a literal and becomes 0x80.
    pub(crate) fn new(raw: impl Into<Vec<u8>>) -> Self {
        let mut raw = raw.into();
        // Looking for one is quick, also where nothing is optimised.
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

    /// All of it: `BODY[]`.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Where the bodies of its innermost parts are.
    #[cfg(test)]
    pub(crate) fn leaves(&self) -> Vec<std::ops::Range<usize>> {
        self.root.leaves()
    }

    /// Its length in bytes: RFC822.SIZE.
    pub(crate) fn size(&self) -> u32 {
        u32::try_from(self.raw.len()).unwrap_or(u32::MAX)
    }
}
