//! ENVELOPE: the header fields that message lists display (RFC 9051 §7.5.2).

use std::{borrow::Cow, fmt};

use chrono::{DateTime, FixedOffset};

use super::fetch::Span;
use crate::text::{decode_words, parse_date, raw_text};

mod address;
mod read;

pub use address::{Address, Addresses, Recipient};

use address::WORDS;

/// An envelope, borrowed from a [`Fetch`](crate::Fetch) or from an [`OwnedEnvelope`].
///
/// ```
/// use imapclient_codec::{Decoder, Limits, RawResponse, Response};
///
/// let wire: &[u8] = b"* 1 FETCH (ENVELOPE (\"Sun, 24 Mar 2013 22:06:10 +0200\" \
///     \"=?utf-8?q?gr=C3=BC=C3=9Fe?=\" ((\"Mary Jane\" NIL \"mary\" \"jane.org\")) \
///     NIL NIL NIL NIL NIL NIL \"<a@b>\"))\r\n";
/// let Response::Fetch(fetch) = Decoder::new(Limits::default()).decode(&RawResponse::from(wire)) else {
///     panic!()
/// };
/// let envelope = fetch.envelope().unwrap();
/// assert_eq!(envelope.subject().unwrap(), "grüße");
/// assert_eq!(envelope.from().to_string(), "Mary Jane <mary@jane.org>");
/// assert_eq!(envelope.date().unwrap().timestamp(), 1_364_155_570);
/// ```
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    frame: &'a [u8],
    words: &'a [u64],
}

/// An owned envelope: a copy of its fields, without the rest of the response.
#[derive(Clone)]
pub struct OwnedEnvelope {
    frame: Box<[u8]>,
    words: Box<[u64]>,
}

/// The words of an envelope: four strings, the ends of six lists of addresses (counted in
/// addresses), and the addresses.
const DATE: usize = 0;
const SUBJECT: usize = 1;
const IN_REPLY_TO: usize = 2;
const MESSAGE_ID: usize = 3;
const ENDS: usize = 4;
const LISTS: usize = 6;
const FIXED: usize = ENDS + LISTS;

impl<'a> Envelope<'a> {
    /// Returns `None` if there are too few words.
    pub(super) fn new(frame: &'a [u8], words: &'a [u64]) -> Option<Self> {
        (words.len() >= FIXED).then_some(Self { frame, words })
    }

    /// Returns the envelope at the beginning of these words.
    pub(super) fn at_start(frame: &'a [u8], words: &'a [u64]) -> Option<Self> {
        let addresses = *words.get(FIXED - 1)? as usize;
        Self::new(frame, words.get(..FIXED + addresses * WORDS)?)
    }

    /// Returns the date at which the sender wrote the message; `None` if there is none, or if it
    /// cannot be parsed.
    #[must_use]
    pub fn date(self) -> Option<DateTime<FixedOffset>> {
        parse_date(self.date_raw()?)
    }

    /// Returns the `Date` field as the server sent it.
    #[must_use]
    pub fn date_raw(self) -> Option<&'a [u8]> {
        self.string(DATE)
    }

    /// Returns the subject, decoded (RFC 2047).
    #[must_use]
    pub fn subject(self) -> Option<Cow<'a, str>> {
        self.subject_raw().map(decode_words)
    }

    /// Returns the subject as the server sent it.
    #[must_use]
    pub fn subject_raw(self) -> Option<&'a [u8]> {
        self.string(SUBJECT)
    }

    /// Returns the authors of the message.
    #[must_use]
    pub fn from(self) -> Addresses<'a> {
        self.addresses(0)
    }

    /// Returns the sender. Servers repeat [`from`](Self::from) if the message has no such field.
    #[must_use]
    pub fn sender(self) -> Addresses<'a> {
        self.addresses(1)
    }

    /// Returns the addresses for replies. Servers repeat [`from`](Self::from) if the message has
    /// none.
    #[must_use]
    pub fn reply_to(self) -> Addresses<'a> {
        self.addresses(2)
    }

    /// Returns the recipients.
    #[must_use]
    pub fn to(self) -> Addresses<'a> {
        self.addresses(3)
    }

    /// Returns the recipients of copies.
    #[must_use]
    pub fn cc(self) -> Addresses<'a> {
        self.addresses(4)
    }

    /// Returns the recipients of blind copies, which occur in sent messages and drafts.
    #[must_use]
    pub fn bcc(self) -> Addresses<'a> {
        self.addresses(5)
    }

    /// Returns the identifiers of the messages that this one answers, usually one, as in `<a@b>`.
    #[must_use]
    pub fn in_reply_to(self) -> Option<Cow<'a, str>> {
        self.string(IN_REPLY_TO).map(raw_text)
    }

    /// Returns the identifier of the message, as in `<a@b>`.
    #[must_use]
    pub fn message_id(self) -> Option<Cow<'a, str>> {
        self.string(MESSAGE_ID).map(raw_text)
    }

    /// Returns an owned copy, which contains the fields without the rest of the response.
    #[must_use]
    pub fn into_owned(self) -> OwnedEnvelope {
        let length = self
            .spans()
            .filter_map(|span| span.of(self.frame))
            .map(<[u8]>::len)
            .sum();
        let mut frame = Vec::with_capacity(length);
        let mut words = self.words.to_vec();
        for (index, word) in words.iter_mut().enumerate() {
            if let Some(bytes) = is_span(index)
                .then(|| Span::from_word(*word).of(self.frame))
                .flatten()
            {
                *word = Span::new(frame.len(), bytes.len()).word();
                frame.extend_from_slice(bytes);
            }
        }
        OwnedEnvelope {
            frame: frame.into(),
            words: words.into(),
        }
    }

    fn string(self, index: usize) -> Option<&'a [u8]> {
        Span::from_word(*self.words.get(index)?).of(self.frame)
    }

    fn addresses(self, list: usize) -> Addresses<'a> {
        let end = |list: usize| self.words.get(ENDS + list).map_or(0, |&end| end as usize);
        let begin = list.checked_sub(1).map_or(0, end);
        let range = FIXED + begin * WORDS..FIXED + end(list) * WORDS;
        Addresses::new(self.frame, self.words.get(range).unwrap_or_default())
    }

    fn spans(self) -> impl Iterator<Item = Span> {
        let words = self.words.iter().enumerate();
        words
            .filter(|(index, _)| is_span(*index))
            .map(|(_, &word)| Span::from_word(word))
    }

    /// Returns the six lists with their names.
    fn lists(self) -> [(&'static str, Addresses<'a>); LISTS] {
        [
            ("from", self.from()),
            ("sender", self.sender()),
            ("reply_to", self.reply_to()),
            ("to", self.to()),
            ("cc", self.cc()),
            ("bcc", self.bcc()),
        ]
    }
}

fn is_span(index: usize) -> bool {
    !(ENDS..FIXED).contains(&index)
}

impl OwnedEnvelope {
    /// Returns the envelope as a borrowed value.
    #[must_use]
    pub fn view(&self) -> Envelope<'_> {
        Envelope {
            frame: &self.frame,
            words: &self.words,
        }
    }
}

impl PartialEq for Envelope<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.words.get(ENDS..FIXED) == other.words.get(ENDS..FIXED)
            && self
                .spans()
                .map(|span| span.of(self.frame))
                .eq(other.spans().map(|span| span.of(other.frame)))
    }
}

impl Eq for Envelope<'_> {}

impl PartialEq for OwnedEnvelope {
    fn eq(&self, other: &Self) -> bool {
        self.view() == other.view()
    }
}

impl Eq for OwnedEnvelope {}

impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Envelope");
        debug
            .field("date", &self.date_raw().map(raw_text))
            .field("subject", &self.subject());
        for (name, list) in self.lists() {
            if !list.is_empty() {
                debug.field(name, &list);
            }
        }
        debug
            .field("in_reply_to", &self.in_reply_to())
            .field("message_id", &self.message_id())
            .finish()
    }
}

impl fmt::Debug for OwnedEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Envelope<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut fields = to.serialize_struct("Envelope", 4 + LISTS)?;
        fields.serialize_field("date", &self.date_raw().map(raw_text))?;
        fields.serialize_field("subject", &self.subject())?;
        for (name, list) in self.lists() {
            fields.serialize_field(name, &list)?;
        }
        fields.serialize_field("in_reply_to", &self.in_reply_to())?;
        fields.serialize_field("message_id", &self.message_id())?;
        fields.end()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for OwnedEnvelope {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(to)
    }
}
