//! GENURLAUTH and URLFETCH: messages by URL (RFC 4467, RFC 5524).

use bytes::Bytes;

use crate::token::Read;

use super::{Malformed, Unknown, reader::Reader};

/// The answer of URLFETCH for one URL.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct UrlData {
    /// The URL.
    pub url: String,
    /// The data as stored: `BODY`, or the only data in a plain answer. If there are no data at all,
    /// the URL cannot be used.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "crate::serialize::optional")
    )]
    pub body: Option<Bytes>,
    /// The data with the transfer encoding removed: `BINARY`.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "crate::serialize::optional")
    )]
    pub binary: Option<Bytes>,
    /// `BODYPARTSTRUCTURE`, as sent.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "crate::serialize::optional")
    )]
    pub structure: Option<Bytes>,
    /// Items that this crate does not know.
    pub unknown: Vec<Unknown>,
    /// Items that cannot be parsed.
    pub malformed: Vec<Malformed>,
}

/// Reads the answers for all URLs.
pub(super) fn fetched(reader: &mut Reader<'_, '_, '_>) -> Read<Vec<UrlData>> {
    let mut all = Vec::new();
    while !reader.cursor.is_done() {
        reader.room(all.len())?;
        all.push(UrlData::read(reader)?);
    }
    Ok(all)
}

impl UrlData {
    fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mut data = Self {
            url: reader.text()?,
            body: None,
            binary: None,
            structure: None,
            unknown: Vec::new(),
            malformed: Vec::new(),
        };
        reader.cursor.blanks();
        if reader.cursor.peek() != Some(b'(') {
            let body = reader.cursor.nstring()?;
            data.body = body.map(|text| reader.source.text(text));
            return Ok(data);
        }
        let mut items = 0;
        while reader.cursor.eat(b'(') {
            reader.room(items)?;
            data.read_item(reader)?;
            items += 1;
            reader.cursor.blanks();
        }
        Ok(data)
    }

    /// Reads one item, after its opening parenthesis.
    fn read_item(&mut self, reader: &mut Reader<'_, '_, '_>) -> Read<()> {
        reader.cursor.whitespace();
        let name = reader.cursor.atom();
        let is = |wire: &str| name.eq_ignore_ascii_case(wire.as_bytes());
        reader.cursor.whitespace();
        let start = reader.cursor.at();
        if is("BODY") || is("BINARY") {
            match reader.cursor.nstring() {
                Ok(text) => {
                    let value = text.map(|text| reader.source.text(text));
                    if is("BODY") {
                        self.body = value;
                    } else {
                        self.binary = value;
                    }
                }
                Err(fault) => {
                    let bad = reader.bad_value(name, start, fault)?;
                    self.malformed.push(bad);
                }
            }
        } else if is("BODYPARTSTRUCTURE") {
            let range = reader.cursor.value(reader.limits.depth)?;
            self.structure = Some(reader.source.slice(range));
        } else {
            let unknown = reader.unknown_value(name)?;
            self.unknown.push(unknown);
        }
        reader.cursor.whitespace();
        reader.cursor.expect(b')', "a list does not end")
    }
}
