//! The storage of a FETCH: a frame, which is the bytes of the response, and a tape, which is a list
//! of words that locate the values in the frame.
//!
//! ```text
//! frame  * 7 FETCH (UID 42 BODY[HEADER] {4}␍␊A: b ENVELOPE ("Mon, 7 ..." ...))␍␊  spare bytes
//!                        └─────┐           └──┐            └──────┐
//! tape   [Section, 3 words] name origin     data [Envelope, 10..] date ...
//! ```
//!
//! A value costs a word or two instead of an allocation. A response costs three allocations
//! whatever it contains, and dropping it frees three vectors.

use std::ops::Range;

use bytes::Bytes;

use crate::token::Fault;

/// The position and length of a string in a frame in one word, or NIL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::response) struct Span(u64);

impl Span {
    /// NIL.
    pub(in crate::response) const NIL: Self = Self(u64::MAX);

    /// Both fit, since frames are shorter than [`MOST_FRAME`].
    #[inline]
    pub(in crate::response) fn new(at: usize, length: usize) -> Self {
        Self((at as u64) << 32 | length as u64)
    }

    #[inline]
    pub(in crate::response) fn word(self) -> u64 {
        self.0
    }

    #[inline]
    pub(in crate::response) fn from_word(word: u64) -> Self {
        Self(word)
    }

    #[inline]
    pub(in crate::response) fn is_nil(self) -> bool {
        self == Self::NIL
    }

    #[inline]
    pub(in crate::response) fn range(self) -> Range<usize> {
        let at = (self.0 >> 32) as usize;
        at..at + (self.0 & 0xffff_ffff) as usize
    }

    /// Returns its bytes; `None` is NIL.
    #[inline]
    pub(in crate::response) fn of(self, frame: &[u8]) -> Option<&[u8]> {
        if self.is_nil() {
            return None;
        }
        frame.get(self.range())
    }
}

/// The length from which responses are not read. The spare bytes are never more than those of the
/// response.
pub(crate) const MOST_FRAME: usize = 1 << 31;

/// Stands for a missing number on a tape.
pub(in crate::response) const NONE: u64 = u64::MAX;

/// Packs two numbers of 32 bits into one word.
#[inline]
pub(in crate::response) fn pair(high: usize, low: usize) -> u64 {
    (high as u64) << 32 | (low as u64 & 0xffff_ffff)
}

/// Unpacks the two numbers of a [`pair`].
#[inline]
pub(in crate::response) fn unpair(word: u64) -> (usize, usize) {
    ((word >> 32) as usize, (word & 0xffff_ffff) as usize)
}

/// The kinds of FETCH items, and the words that they leave on a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// See [`Envelope`](crate::Envelope); no words if the server sent NIL.
    Envelope,
    /// See [`BodyStructure`](crate::BodyStructure); no words if the server sent NIL.
    Body,
    BodyStructure,
    /// Name, origin, data.
    Section,
    /// Part name, number.
    BinarySize,
    /// A span each. Dates of the usual form are stored in the `Fetch` itself.
    InternalDate,
    SaveDate,
    Preview,
    EmailId,
    ThreadId,
    /// A number each.
    GmailMessageId,
    GmailThreadId,
    /// The encoding of names (1 is UTF-8), then a span for each.
    GmailLabels,
}

const KINDS: [Kind; 13] = [
    Kind::Envelope,
    Kind::Body,
    Kind::BodyStructure,
    Kind::Section,
    Kind::BinarySize,
    Kind::InternalDate,
    Kind::SaveDate,
    Kind::Preview,
    Kind::EmailId,
    Kind::ThreadId,
    Kind::GmailMessageId,
    Kind::GmailThreadId,
    Kind::GmailLabels,
];

/// An item on a tape, with its frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: Kind,
    pub(super) words: &'a [u64],
    pub(super) frame: &'a [u8],
}

impl<'a> Record<'a> {
    pub(super) fn number(&self, index: usize) -> u64 {
        self.words.get(index).copied().unwrap_or(NONE)
    }

    pub(super) fn bytes(&self, index: usize) -> Option<&'a [u8]> {
        Span::from_word(self.number(index)).of(self.frame)
    }

    pub(super) fn text(&self, index: usize) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(index)?).ok()
    }
}

/// A frame and its tape.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    pub(super) frame: Bytes,
    pub(super) tape: Box<[u64]>,
}

impl Kept {
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut left = &*self.tape;
        std::iter::from_fn(move || {
            let (&head, rest) = left.split_first()?;
            let (kind, length) = unpair(head);
            let (words, after) = rest.split_at_checked(length)?;
            left = after;
            Some(Record {
                kind: *KINDS.get(kind)?,
                words,
                frame: &self.frame,
            })
        })
    }
}

/// Vectors that a decoder reuses for each response. The values of a response are copied out of them
/// at their exact size.
#[derive(Debug, Clone, Default)]
pub(in crate::response) struct Scratch {
    /// The tape under construction.
    pub(in crate::response) words: Vec<u64>,
    /// Bytes after the frame: strings that have another form in the frame, with escapes.
    pub(in crate::response) spare: Vec<u8>,
    /// Parts of a body structure that are not complete.
    pub(in crate::response) open: Vec<Open>,
    /// Items that are not on the tape.
    pub(super) odd: Vec<Odd>,
}

/// A part of a body structure whose children are being read. Indices count from the beginning of
/// the record.
#[derive(Debug, Clone, Copy)]
pub(in crate::response) struct Open {
    pub(in crate::response) node: usize,
    pub(in crate::response) last_child: usize,
    pub(in crate::response) children: usize,
    pub(in crate::response) is_message: bool,
}

/// An unknown item, or a malformed one if there is a fault.
#[derive(Debug, Clone)]
pub(super) struct Odd {
    pub(super) name: Range<usize>,
    pub(super) raw: Range<usize>,
    pub(super) fault: Option<Fault>,
}

/// The lengths to which a scratch can be rewound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    words: usize,
    spare: usize,
}

impl Scratch {
    /// Empties it, and frees memory that an unusually large response has made it allocate.
    pub(super) fn clear(&mut self) {
        if self.words.capacity() > MOST_WORDS || self.spare.capacity() > MOST_SPARE {
            *self = Self::default();
        }
        self.words.clear();
        self.spare.clear();
        self.odd.clear();
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            words: self.words.len(),
            spare: self.spare.len(),
        }
    }

    pub(super) fn rewind(&mut self, mark: Mark) {
        self.words.truncate(mark.words);
        self.spare.truncate(mark.spare);
    }

    /// Begins a record; [`end`](Self::end) completes it.
    #[inline]
    pub(super) fn begin(&mut self, kind: Kind) -> usize {
        self.words.push(pair(kind as usize, 0));
        self.words.len()
    }

    #[inline]
    pub(super) fn end(&mut self, begun: usize) {
        let length = self.words.len() - begun;
        if let Some(head) = self.words.get_mut(begun - 1) {
            *head |= length as u64;
        }
    }

    pub(super) fn push(&mut self, kind: Kind, words: &[u64]) {
        self.words.push(pair(kind as usize, words.len()));
        self.words.extend_from_slice(words);
    }
}

const MOST_WORDS: usize = 64 * 1024;
const MOST_SPARE: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_their_indices() {
        for (index, kind) in KINDS.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
        }
    }

    #[test]
    fn spans_hold_the_longest_frame() {
        let span = Span::new(2 * MOST_FRAME - 1, MOST_FRAME);
        assert_eq!(span.range(), 2 * MOST_FRAME - 1..3 * MOST_FRAME - 1);
        assert!(!span.is_nil() && Span::NIL.is_nil());
        assert_eq!(Span::NIL.of(b"abc"), None);
        assert_eq!(Span::new(1, 2).of(b"abc"), Some(&b"bc"[..]));
        assert_eq!(Span::new(3, 0).of(b"abc"), Some(&b""[..]));
        assert_eq!(Span::new(2, 2).of(b"abc"), None);
    }
}
