//! BODY and BODYSTRUCTURE of a message (RFC 3501 §7.4.2).

use imap_codec::imap_types::{
    body::{
        BasicFields, Body, BodyStructure, Disposition, Language, Location, MultiPartExtensionData,
        SinglePartExtensionData, SpecificFields,
    },
    core::{IString, Vec1},
};

use super::{
    Message, header,
    params::Parameterised,
    part::{Kind, Part},
    wire::{istring, nstring},
};

/// The names and values of parameters.
type Params = Vec<(IString<'static>, IString<'static>)>;

impl Message {
    /// Returns BODY, or BODYSTRUCTURE if `extended`.
    pub(crate) fn body_structure(&self, extended: bool) -> BodyStructure<'static> {
        self.structure_of(&self.root, extended)
    }

    fn structure_of(&self, part: &Part, extended: bool) -> BodyStructure<'static> {
        if let Kind::Multipart(parts) = &part.kind {
            let bodies: Vec<_> = parts
                .iter()
                .map(|part| self.structure_of(part, extended))
                .collect();
            if let Ok(bodies) = Vec1::try_from(bodies) {
                return BodyStructure::Multi {
                    bodies,
                    subtype: istring(&part.media.1),
                    extension_data: extended.then(|| MultiPartExtensionData {
                        parameter_list: params(&part.params),
                        tail: Some(self.disposition(part)),
                    }),
                };
            }
        }
        let body = &self.raw[part.body.clone()];
        let number_of_lines = count(body.iter().filter(|&&b| b == b'\n').count());
        let specific = match &part.kind {
            Kind::Message(message) => SpecificFields::Message {
                envelope: Box::new(self.envelope_of(message)),
                body_structure: Box::new(self.structure_of(message, extended)),
                number_of_lines,
            },
            _ if part.is_text() => SpecificFields::Text {
                subtype: istring(&part.media.1),
                number_of_lines,
            },
            _ => SpecificFields::Basic {
                r#type: istring(&part.media.0),
                subtype: istring(&part.media.1),
            },
        };
        let mut parameter_list = params(&part.params);
        if part.is_text() && part.param("charset").is_none() {
            parameter_list.push((istring(b"charset"), istring(b"us-ascii")));
        }
        let text = |name| nstring(header::value(self.header(part), name).as_deref());
        let encoding = header::value(self.header(part), "Content-Transfer-Encoding")
            .map(|field| Parameterised::parse(&field).value)
            .filter(|encoding| !encoding.is_empty());
        BodyStructure::Single {
            body: Body {
                basic: BasicFields {
                    parameter_list,
                    id: text("Content-ID"),
                    description: text("Content-Description"),
                    content_transfer_encoding: istring(encoding.as_deref().unwrap_or(b"7bit")),
                    size: count(body.len()),
                },
                specific,
            },
            extension_data: extended.then(|| SinglePartExtensionData {
                md5: text("Content-MD5"),
                tail: Some(self.disposition(part)),
            }),
        }
    }

    /// Returns the disposition, followed by the languages and the location.
    fn disposition(&self, part: &Part) -> Disposition<'static> {
        let head = self.header(part);
        let disposition = header::value(head, "Content-Disposition")
            .map(|field| Parameterised::parse(&field))
            .filter(|disposition| !disposition.value.is_empty())
            .map(|d| (istring(&d.value), params(&d.params)));
        let languages = header::value(head, "Content-Language").unwrap_or_default();
        let language = languages
            .split(|&b| b == b',')
            .map(<[u8]>::trim_ascii)
            .filter(|language| !language.is_empty())
            .map(istring)
            .collect();
        Disposition {
            disposition,
            tail: Some(Language {
                language,
                tail: Some(Location {
                    location: nstring(header::value(head, "Content-Location").as_deref()),
                    extensions: Vec::new(),
                }),
            }),
        }
    }

    fn header(&self, part: &Part) -> &[u8] {
        &self.raw[part.header.clone()]
    }
}

fn params(params: &[(Vec<u8>, Vec<u8>)]) -> Params {
    params
        .iter()
        .map(|(name, value)| (istring(name), istring(value)))
        .collect()
}

/// Converts a number for the wire.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
