//! One part of a message.

use std::{borrow::Cow, fmt};

use crate::text::{decode_words, parameter, raw_text};

use super::super::{
    Envelope,
    fetch::{NONE, Span, unpair},
};
use super::{
    DESCRIPTION, ENCODING, EXTENSION, FIXED, ID, LINES, LINKS, MULTIPART, NEXT, PARAMETERS, SIZE,
    SUBTYPE, TYPE,
    extension::{DISPOSITION, DISPOSITION_PARAMETERS, LANGUAGES, LOCATION, MD5},
    walk::{Children, Walk},
};

/// A part of a message: a multipart, a nested message, or a leaf.
#[derive(Clone, Copy)]
pub struct BodyPart<'a> {
    frame: &'a [u8],
    words: &'a [u64],
    at: usize,
}

impl<'a> BodyPart<'a> {
    pub(super) fn new(frame: &'a [u8], words: &'a [u64], at: usize) -> Self {
        Self { frame, words, at }
    }

    /// Returns the part number, by which it can be fetched, as in `"1.2"`; empty for the outermost
    /// multipart. A multipart that is the body of a nested message shares the number of that
    /// message: fetch `"2.TEXT"` in place of `"2"`.
    #[must_use]
    pub fn number(&self) -> String {
        let mut digits: Vec<usize> = self.path().collect();
        digits.reverse();
        let mut number = String::new();
        for digit in digits {
            if !number.is_empty() {
                number.push('.');
            }
            number.push_str(&digit.to_string());
        }
        number
    }

    /// Returns the components of the part number, the last one first.
    fn path(self) -> impl Iterator<Item = usize> + use<'a> {
        let mut here = Some(self);
        let next = move || {
            let part = here?;
            here = part.parent();
            let (_, ordinal) = unpair(part.word(LINKS));
            match here {
                Some(parent) if parent.is_multipart() => Some(Some(ordinal)),
                // The only part of a message is number 1, unless it is a multipart.
                _ => Some((!part.is_multipart()).then_some(1)),
            }
        };
        std::iter::from_fn(next).flatten()
    }

    /// Returns whether this is its part number.
    pub(super) fn has_number(&self, number: &str) -> bool {
        let digits = number.rsplit('.').filter(|digit| !digit.is_empty());
        let digits = digits.map(|digit| digit.parse::<usize>().ok());
        self.path().map(Some).eq(digits)
    }

    /// Returns the media type in lower case, as in `text/plain` or `multipart/mixed`. If the server
    /// sent none, it is `application/octet-stream`, or `multipart/mixed` if there are children.
    #[must_use]
    pub fn media_type(&self) -> String {
        format!("{}/{}", self.top_type(), self.subtype()).to_ascii_lowercase()
    }

    /// Returns the media type before the slash, as the server sent it.
    #[must_use]
    pub fn top_type(&self) -> Cow<'a, str> {
        match self.filled(TYPE) {
            Some(name) => name,
            None if self.is_multipart() => Cow::Borrowed("multipart"),
            None => Cow::Borrowed("application"),
        }
    }

    /// Returns the media type after the slash, as the server sent it.
    #[must_use]
    pub fn subtype(&self) -> Cow<'a, str> {
        match self.filled(SUBTYPE) {
            Some(name) => name,
            None if self.is_multipart() => Cow::Borrowed("mixed"),
            None => Cow::Borrowed("octet-stream"),
        }
    }

    /// Returns whether it has this media type, as in `text/html`, ignoring case.
    #[must_use]
    pub fn is_type(&self, media_type: &str) -> bool {
        media_type.split_once('/').is_some_and(|(top, sub)| {
            self.top_type().eq_ignore_ascii_case(top) && self.subtype().eq_ignore_ascii_case(sub)
        })
    }

    /// Returns whether it is a multipart.
    #[must_use]
    pub fn is_multipart(&self) -> bool {
        self.word(SIZE) == MULTIPART
    }

    /// Returns whether it is a nested message, which has an [`envelope`](Self::envelope) and a
    /// [`body`](Self::body) if the server sent them.
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.is_type("message/rfc822") || self.is_type("message/global")
    }

    /// Returns whether it should be offered for saving: its disposition is `attachment`; or its
    /// disposition is not `inline`, and it has a file name or is neither text nor a multipart.
    #[must_use]
    pub fn is_attachment(&self) -> bool {
        if self.is_multipart() {
            return false;
        }
        match self.disposition() {
            Some(kind) if kind.eq_ignore_ascii_case("attachment") => true,
            Some(kind) if kind.eq_ignore_ascii_case("inline") => false,
            _ => !self.top_type().eq_ignore_ascii_case("text") || self.filename().is_some(),
        }
    }

    pub(super) fn is_text_to_show(&self) -> bool {
        self.top_type().eq_ignore_ascii_case("text") && !self.is_attachment()
    }

    /// Returns the parameters as the server sent them: name and value, empty for NIL.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        self.list(self.word(PARAMETERS))
    }

    /// Returns a parameter such as `"charset"`, assembled and decoded (RFC 2231, RFC 2047).
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        parameter(self.parameters(), name)
    }

    /// Returns the content identifier, by which HTML refers to the part, as in `<a@b>`.
    #[must_use]
    pub fn id(&self) -> Option<Cow<'a, str>> {
        self.string(ID).map(raw_text)
    }

    /// Returns the description, decoded (RFC 2047).
    #[must_use]
    pub fn description(&self) -> Option<Cow<'a, str>> {
        self.string(DESCRIPTION).map(decode_words)
    }

    /// Returns the transfer encoding as the server sent it, as in `base64`. `None` means `7bit`.
    #[must_use]
    pub fn encoding(&self) -> Option<Cow<'a, str>> {
        self.string(ENCODING).map(raw_text)
    }

    /// Returns the size in bytes, in its transfer encoding. Multiparts have none.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        Some(self.word(SIZE)).filter(|&size| size < MULTIPART)
    }

    /// Returns the number of lines, if it is text or a nested message.
    #[must_use]
    pub fn lines(&self) -> Option<u64> {
        Some(self.word(LINES)).filter(|&lines| lines < MULTIPART)
    }

    /// Returns the MD5 checksum in base64.
    #[must_use]
    pub fn md5(&self) -> Option<Cow<'a, str>> {
        self.extension(MD5).map(raw_text)
    }

    /// Returns the disposition, as in `inline` or `attachment`.
    #[must_use]
    pub fn disposition(&self) -> Option<Cow<'a, str>> {
        self.extension(DISPOSITION).map(raw_text)
    }

    /// Returns the parameters of the disposition as the server sent them.
    pub fn disposition_parameters(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        self.list(self.extension_word(DISPOSITION_PARAMETERS))
    }

    /// Returns the file name, decoded (RFC 2231, RFC 2047): that of the disposition, else the
    /// parameter `name`. The sender chose it, so check it before you use it as a path.
    #[must_use]
    pub fn filename(&self) -> Option<String> {
        let filled = |name: &String| !name.is_empty();
        parameter(self.disposition_parameters(), "filename")
            .filter(filled)
            .or_else(|| self.parameter("name").filter(filled))
    }

    /// Returns the languages, as in `de` or `en-GB`.
    pub fn languages(&self) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let (at, count) = unpair(self.extension_word(LANGUAGES));
        let part = *self;
        (at..at + count).filter_map(move |at| Some(raw_text(part.bytes(part.word_at(at))?)))
    }

    /// Returns the URI of the content.
    #[must_use]
    pub fn location(&self) -> Option<Cow<'a, str>> {
        self.extension(LOCATION).map(raw_text)
    }

    /// Returns the envelope of a nested message.
    #[must_use]
    pub fn envelope(&self) -> Option<Envelope<'a>> {
        let (_, at) = unpair(self.word(EXTENSION));
        if at == 0 {
            return None;
        }
        Envelope::at_start(self.frame, self.words.get(at..)?)
    }

    /// Returns the body of a nested message.
    #[must_use]
    pub fn body(&self) -> Option<Self> {
        if self.is_multipart() {
            return None;
        }
        self.first_child()
    }

    /// Returns the parts of a multipart, or the body of a nested message.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'a> {
        Children {
            next: self.first_child(),
        }
    }

    /// Returns the part that contains it.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (parent, _) = unpair(self.word(LINKS));
        self.other(parent)
    }

    /// Returns the part itself and all parts in it, parents before children.
    pub fn walk(&self) -> impl Iterator<Item = Self> + use<'a> {
        Walk::new(*self, true)
    }

    pub(super) fn first_child(&self) -> Option<Self> {
        let (_, child) = unpair(self.word(NEXT));
        self.other(child)
    }

    pub(super) fn sibling(&self) -> Option<Self> {
        let (sibling, _) = unpair(self.word(NEXT));
        self.other(sibling)
    }

    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        self.at == other.at
    }

    fn other(&self, at: usize) -> Option<Self> {
        (at > 0).then_some(Self { at, ..*self })
    }

    fn word_at(&self, index: usize) -> u64 {
        self.words.get(index).copied().unwrap_or(NONE)
    }

    fn word(&self, index: usize) -> u64 {
        debug_assert!(index < FIXED);
        self.word_at(self.at + index)
    }

    fn bytes(&self, word: u64) -> Option<&'a [u8]> {
        Span::from_word(word).of(self.frame)
    }

    fn string(&self, index: usize) -> Option<&'a [u8]> {
        self.bytes(self.word(index))
    }

    fn filled(&self, index: usize) -> Option<Cow<'a, str>> {
        let bytes = self.string(index).filter(|bytes| !bytes.is_empty())?;
        Some(raw_text(bytes))
    }

    fn extension_word(&self, index: usize) -> u64 {
        match unpair(self.word(EXTENSION)) {
            (0, _) if index == DISPOSITION_PARAMETERS || index == LANGUAGES => 0,
            (0, _) => NONE,
            (at, _) => self.word_at(at + index),
        }
    }

    fn extension(&self, index: usize) -> Option<&'a [u8]> {
        self.bytes(self.extension_word(index))
    }

    fn list(&self, word: u64) -> Parameters<'a> {
        let (at, count) = unpair(word);
        Parameters {
            frame: self.frame,
            words: self.words.get(at..at + 2 * count).unwrap_or_default(),
        }
    }
}

/// Parameters as the server sent them: name and value, empty for NIL.
#[derive(Clone)]
struct Parameters<'a> {
    frame: &'a [u8],
    words: &'a [u64],
}

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (pair, rest) = self.words.split_first_chunk::<2>()?;
        self.words = rest;
        let [name, value] =
            pair.map(|word| Span::from_word(word).of(self.frame).unwrap_or_default());
        Some((name, value))
    }
}

impl PartialEq for BodyPart<'_> {
    /// Compares without children.
    fn eq(&self, other: &Self) -> bool {
        let strings = [TYPE, SUBTYPE, ID, DESCRIPTION, ENCODING];
        let extensions = [MD5, DISPOSITION, LOCATION];
        strings
            .iter()
            .all(|&index| self.string(index) == other.string(index))
            && self.word(SIZE) == other.word(SIZE)
            && self.lines() == other.lines()
            && self.parameters().eq(other.parameters())
            && extensions
                .iter()
                .all(|&index| self.extension(index) == other.extension(index))
            && self
                .disposition_parameters()
                .eq(other.disposition_parameters())
            && self.languages().eq(other.languages())
            && self.envelope() == other.envelope()
            && self.path().eq(other.path())
    }
}

impl Eq for BodyPart<'_> {}

impl fmt::Debug for BodyPart<'_> {
    /// Shows the part without its children.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("BodyPart");
        debug
            .field("number", &self.number())
            .field("media_type", &self.media_type());
        for (name, value) in self.texts() {
            if let Some(value) = value {
                debug.field(name, &value);
            }
        }
        debug
            .field("size", &self.size())
            .field("lines", &self.lines());
        if let Some(envelope) = self.envelope() {
            debug.field("envelope", &envelope);
        }
        debug.finish_non_exhaustive()
    }
}

impl<'a> BodyPart<'a> {
    /// Returns the values to show besides numbers.
    fn texts(&self) -> [(&'static str, Option<Cow<'a, str>>); 8] {
        [
            ("charset", self.parameter("charset").map(Cow::Owned)),
            ("id", self.id()),
            ("description", self.description()),
            ("encoding", self.encoding()),
            ("disposition", self.disposition()),
            ("filename", self.filename().map(Cow::Owned)),
            ("md5", self.md5()),
            ("location", self.location()),
        ]
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for BodyPart<'_> {
    /// Serialises the part without its children.
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;

        let mut fields = to.serialize_map(None)?;
        fields.serialize_entry("number", &self.number())?;
        fields.serialize_entry("media_type", &self.media_type())?;
        for (name, value) in self.texts() {
            if value.is_some() {
                fields.serialize_entry(name, &value)?;
            }
        }
        fields.serialize_entry("size", &self.size())?;
        fields.serialize_entry("lines", &self.lines())?;
        let languages: Vec<_> = self.languages().collect();
        if !languages.is_empty() {
            fields.serialize_entry("languages", &languages)?;
        }
        if let Some(envelope) = self.envelope() {
            fields.serialize_entry("envelope", &envelope)?;
        }
        fields.end()
    }
}
