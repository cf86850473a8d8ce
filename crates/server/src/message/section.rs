//! `BODY[section]` (RFC 3501 §6.4.5).

use std::borrow::Cow;

use imap_codec::imap_types::{
    core::AString,
    fetch::{self, Section},
};

use super::{
    Message, header,
    part::{Kind, Part},
};

impl Message {
    /// Returns the bytes of `BODY[section]`, or `None` if the message has no such part.
    pub(crate) fn section(&self, section: Option<&Section<'_>>) -> Option<Cow<'_, [u8]>> {
        let Some(section) = section else {
            return Some(Cow::Borrowed(&self.raw));
        };
        Some(match section {
            Section::Part(part) => Cow::Borrowed(&self.raw[self.part(part)?.body.clone()]),
            Section::Header(part) => Cow::Borrowed(self.header_of(part.as_ref())?),
            Section::Text(part) => {
                Cow::Borrowed(&self.raw[self.message_at(part.as_ref())?.body.clone()])
            }
            Section::Mime(part) => Cow::Borrowed(&self.raw[self.part(part)?.header.clone()]),
            Section::HeaderFields(part, names) => {
                Cow::Owned(filter(self.header_of(part.as_ref())?, names.as_ref(), true))
            }
            Section::HeaderFieldsNot(part, names) => Cow::Owned(filter(
                self.header_of(part.as_ref())?,
                names.as_ref(),
                false,
            )),
        })
    }

    fn part(&self, part: &fetch::Part) -> Option<&Part> {
        self.root.at(part.0.as_ref().iter().map(|n| n.get()))
    }

    /// Returns the message itself, or the one in a part of type `message/rfc822`.
    fn message_at(&self, part: Option<&fetch::Part>) -> Option<&Part> {
        let Some(part) = part else {
            return Some(&self.root);
        };
        match &self.part(part)?.kind {
            Kind::Message(message) => Some(message),
            _ => None,
        }
    }

    fn header_of(&self, part: Option<&fetch::Part>) -> Option<&[u8]> {
        Some(&self.raw[self.message_at(part)?.header.clone()])
    }
}

/// Returns the fields that are (or are not) among `names`, and the blank line if there is one.
fn filter(header: &[u8], names: &[AString<'_>], among: bool) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut length = 0;
    for field in header::fields(header) {
        length += field.whole.len();
        if names.iter().any(|name| field.is(name)) == among {
            kept.extend_from_slice(field.whole);
        }
    }
    kept.extend_from_slice(&header[length..]);
    kept
}
