//! BODY and BODYSTRUCTURE: the MIME structure of a message (RFC 9051 §7.5.2).

use std::fmt;

mod extension;
mod part;
mod read;
mod walk;

pub use part::BodyPart;

use walk::Walk;

/// The words of a part: its parent and its ordinal there; its next sibling and its first child; the
/// position and the number of its parameters; the positions of its extension data and its envelope;
/// strings and numbers. Positions count words from the beginning of the record, and 0 means none,
/// since the first word of a record is the position of the outermost part.
const LINKS: usize = 0;
const NEXT: usize = 1;
const PARAMETERS: usize = 2;
const EXTENSION: usize = 3;
const TYPE: usize = 4;
const SUBTYPE: usize = 5;
const ID: usize = 6;
const DESCRIPTION: usize = 7;
const ENCODING: usize = 8;
const SIZE: usize = 9;
const LINES: usize = 10;
const FIXED: usize = 11;

/// Stands in place of a size.
const MULTIPART: u64 = u64::MAX - 1;

/// The MIME structure of a message, borrowed from a [`Fetch`](crate::Fetch).
///
/// ```
/// use imapclient_codec::{Decoder, Limits, RawResponse, Response};
///
/// let wire: &[u8] = b"* 1 FETCH (BODYSTRUCTURE (\
///     (\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 12 1 NIL NIL NIL NIL)\
///     (\"image\" \"png\" NIL NIL NIL \"base64\" 3456 NIL \
///     (\"attachment\" (\"filename*\" \"utf-8''gr%C3%BC.png\")) NIL NIL) \
///     \"mixed\" (\"boundary\" \"x\") NIL NIL NIL))\r\n";
/// let Response::Fetch(fetch) = Decoder::new(Limits::default()).decode(&RawResponse::from(wire)) else {
///     panic!()
/// };
/// let structure = fetch.body_structure().unwrap();
/// let text = structure.find_text().unwrap();
/// assert_eq!((text.number().as_str(), text.media_type().as_str()), ("1", "text/plain"));
/// let attachment = structure.attachments().next().unwrap();
/// assert_eq!(attachment.number(), "2");
/// assert_eq!(attachment.filename().as_deref(), Some("grü.png"));
/// ```
#[derive(Clone, Copy)]
pub struct BodyStructure<'a> {
    frame: &'a [u8],
    words: &'a [u64],
}

impl<'a> BodyStructure<'a> {
    /// Returns `None` if there are no words.
    pub(super) fn new(frame: &'a [u8], words: &'a [u64]) -> Option<Self> {
        (words.len() > FIXED).then_some(Self { frame, words })
    }

    /// Returns the outermost part, which is the message itself.
    #[must_use]
    pub fn root(self) -> BodyPart<'a> {
        let root = self.words.first().map_or(0, |&root| root as usize);
        BodyPart::new(self.frame, self.words, root)
    }

    /// Returns the part with this number, as in `"1.2"`. `""` is the outermost part if that is a
    /// multipart.
    #[must_use]
    pub fn part(self, number: &str) -> Option<BodyPart<'a>> {
        self.walk().find(|part| part.has_number(number))
    }

    /// Returns all parts, parents before children, including the parts of nested messages.
    pub fn walk(self) -> impl Iterator<Item = BodyPart<'a>> + use<'a> {
        Walk::new(self.root(), true)
    }

    /// Returns the text to display: the first `text/plain` that is not an attachment, else the
    /// first `text/html`, else the first `text` of any kind. Nested messages are not searched.
    #[must_use]
    pub fn find_text(self) -> Option<BodyPart<'a>> {
        let texts = || self.own_parts().filter(|part| part.is_text_to_show());
        texts()
            .find(|part| part.is_type("text/plain"))
            .or_else(|| self.find_html())
            .or_else(|| texts().next())
    }

    /// Returns the first `text/html` that is not an attachment.
    #[must_use]
    pub fn find_html(self) -> Option<BodyPart<'a>> {
        let mut texts = self.own_parts().filter(|part| part.is_text_to_show());
        texts.find(|part| part.is_type("text/html"))
    }

    /// Returns the attachments: see [`BodyPart::is_attachment`]. Nested messages are attachments as
    /// a whole, and their own attachments are not listed.
    pub fn attachments(self) -> impl Iterator<Item = BodyPart<'a>> {
        self.own_parts().filter(|part| part.is_attachment())
    }

    /// Returns all parts except those of nested messages.
    fn own_parts(self) -> Walk<'a> {
        Walk::new(self.root(), false)
    }
}

/// Returns whether this is the subtype of a multipart. Servers leave out the type of a multipart
/// without children.
fn is_multipart(subtype: &[u8]) -> bool {
    const SUBTYPES: [&str; 10] = [
        "mixed",
        "alternative",
        "related",
        "digest",
        "parallel",
        "report",
        "signed",
        "encrypted",
        "form-data",
        "appledouble",
    ];
    SUBTYPES
        .iter()
        .any(|known| known.as_bytes().eq_ignore_ascii_case(subtype))
}

impl PartialEq for BodyStructure<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.walk().eq(other.walk())
    }
}

impl Eq for BodyStructure<'_> {}

impl fmt::Debug for BodyStructure<'_> {
    /// Shows a flat list, since parts can be nested deeply.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.walk()).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for BodyStructure<'_> {
    /// Produces a flat list with part numbers, since parts can be nested deeply.
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.walk())
    }
}
