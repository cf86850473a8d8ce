//! ENVELOPE and BODYSTRUCTURE.

use imap_codec::imap_types::{
    body::{BodyStructure, Disposition, Language, Location, SpecificFields},
    core::{IString, NString},
    envelope::{Address as TheirAddress, Envelope as TheirEnvelope},
};
use imapclient_codec::{
    Addresses, BodyPart, Envelope,
    text::{decode_charset, decode_words},
};

pub(super) fn our_envelope(envelope: Envelope<'_>) -> String {
    let addresses = [
        envelope.from(),
        envelope.sender(),
        envelope.reply_to(),
        envelope.to(),
        envelope.cc(),
        envelope.bcc(),
    ];
    let strings = [envelope.in_reply_to(), envelope.message_id()];
    format!(
        "{:?} {:?} {:?} {strings:?}",
        envelope
            .date_raw()
            .map(<[u8]>::escape_ascii)
            .map(|raw| raw.to_string()),
        envelope
            .subject_raw()
            .map(<[u8]>::escape_ascii)
            .map(|raw| raw.to_string()),
        addresses.map(our_addresses)
    )
}

pub(super) fn their_envelope(envelope: &TheirEnvelope<'_>) -> String {
    let addresses = [
        &envelope.from,
        &envelope.sender,
        &envelope.reply_to,
        &envelope.to,
        &envelope.cc,
        &envelope.bcc,
    ];
    let strings = [text(&envelope.in_reply_to), text(&envelope.message_id)];
    format!(
        "{:?} {:?} {:?} {strings:?}",
        escaped(&envelope.date),
        escaped(&envelope.subject),
        addresses.map(|addresses| their_addresses(addresses))
    )
}

fn our_addresses(addresses: Addresses<'_>) -> Vec<String> {
    let words = addresses.map(|address| {
        let name = address
            .name_raw()
            .map(|name| name.escape_ascii().to_string());
        address_words(name, [address.route(), address.mailbox(), address.host()])
    });
    words.collect()
}

/// Returns the members of groups, without the markers of their beginning and end.
fn their_addresses(addresses: &[TheirAddress<'_>]) -> Vec<String> {
    let is_end = |a: &TheirAddress<'_>| a.host.0.is_none() && a.mailbox.0.is_none();
    let is_begin =
        |a: &TheirAddress<'_>| a.host.0.is_none() && a.name.0.is_none() && a.mailbox.0.is_some();
    let last = addresses.iter().rposition(is_end);
    let mut in_group = false;
    let mut words = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        if is_end(address) {
            in_group = false;
        } else if !in_group && is_begin(address) && last.is_some_and(|last| index < last) {
            in_group = true;
        } else {
            let strings = [&address.adl, &address.mailbox, &address.host];
            words.push(address_words(escaped(&address.name), strings.map(text)));
        }
    }
    words
}

fn address_words<T: std::fmt::Debug>(name: Option<String>, strings: [Option<T>; 3]) -> String {
    format!("{name:?} {strings:?}")
}

pub(super) fn our_part(part: &BodyPart<'_>) -> String {
    let pairs =
        |(name, value): (&[u8], &[u8])| format!("{}={}", name.escape_ascii(), value.escape_ascii());
    let parameters: Vec<_> = part.parameters().map(pairs).collect();
    let disposition = part.disposition().map(|disposition| {
        let parameters: Vec<_> = part.disposition_parameters().map(pairs).collect();
        format!("{disposition} {parameters:?}")
    });
    let languages: Vec<_> = part.languages().collect();
    let children: Vec<_> = part.children().map(|child| our_part(&child)).collect();
    format!(
        "{} {parameters:?} {:?} {:?} {:?} {:?} {:?} {:?} {disposition:?} {languages:?} {:?} {:?} {children:#?}",
        part.media_type(),
        part.id(),
        part.description(),
        part.encoding(),
        part.size(),
        part.lines(),
        part.md5(),
        part.location(),
        part.envelope().map(our_envelope),
    )
}

pub(super) fn their_part(part: &BodyStructure<'_>) -> String {
    let (media, parameters, fields, md5, tail, envelope, children);
    match part {
        BodyStructure::Single {
            body,
            extension_data,
        } => {
            let basic = &body.basic;
            let (kind, lines, own_envelope, child) = match &body.specific {
                SpecificFields::Basic { r#type, subtype } => {
                    (media_type(string(r#type), subtype), None, None, None)
                }
                SpecificFields::Text {
                    subtype,
                    number_of_lines,
                } => {
                    let kind = media_type("text".to_owned(), subtype);
                    (kind, Some(*number_of_lines), None, None)
                }
                SpecificFields::Message {
                    envelope,
                    body_structure,
                    number_of_lines,
                } => (
                    "message/rfc822".to_owned(),
                    Some(*number_of_lines),
                    Some(their_envelope(envelope)),
                    Some(their_part(body_structure)),
                ),
            };
            media = kind;
            parameters = &basic.parameter_list;
            fields = (
                text(&basic.id),
                basic
                    .description
                    .0
                    .as_ref()
                    .map(|text| decode_words(text.as_ref())),
                Some(string(&basic.content_transfer_encoding)),
                Some(basic.size),
                lines,
            );
            md5 = extension_data.as_ref().and_then(|data| text(&data.md5));
            tail = extension_data.as_ref().and_then(|data| data.tail.as_ref());
            envelope = own_envelope;
            children = Vec::from_iter(child);
        }
        BodyStructure::Multi {
            bodies,
            subtype,
            extension_data,
        } => {
            media = media_type("multipart".to_owned(), subtype);
            parameters = match extension_data {
                Some(data) => &data.parameter_list,
                None => const { &Vec::new() },
            };
            fields = (None, None, None, None, None);
            md5 = None;
            tail = extension_data.as_ref().and_then(|data| data.tail.as_ref());
            envelope = None;
            children = bodies.as_ref().iter().map(their_part).collect();
        }
    }
    let parameters = pairs(parameters);
    let (id, description, encoding, size, lines) = fields;
    let (disposition, languages, location) = their_tail(tail);
    format!(
        "{media} {parameters:?} {id:?} {description:?} {encoding:?} {size:?} {lines:?} {md5:?} {disposition:?} {languages:?} {location:?} {envelope:?} {children:#?}",
    )
}

fn their_tail(tail: Option<&Disposition<'_>>) -> (Option<String>, Vec<String>, Option<String>) {
    let Some(Disposition { disposition, tail }) = tail else {
        return Default::default();
    };
    let disposition = disposition
        .as_ref()
        .map(|(kind, parameters)| format!("{} {:?}", string(kind), pairs(parameters)));
    let Some(Language { language, tail }) = tail else {
        return (disposition, Vec::new(), None);
    };
    let location = tail
        .as_ref()
        .and_then(|Location { location, .. }| text(location));
    (disposition, language.iter().map(string).collect(), location)
}

/// Replaces empty values by the defaults, as our reader does for NIL too.
fn media_type(kind: String, subtype: &IString<'_>) -> String {
    let or = |text: String, other: &str| {
        if text.is_empty() {
            other.to_owned()
        } else {
            text.to_ascii_lowercase()
        }
    };
    let kind = or(kind, "application");
    let unknown = if kind == "multipart" {
        "mixed"
    } else {
        "octet-stream"
    };
    format!("{kind}/{}", or(string(subtype), unknown))
}

fn pairs(parameters: &[(IString<'_>, IString<'_>)]) -> Vec<String> {
    let pair = |(name, value): &(IString<'_>, IString<'_>)| {
        let escape = |string: &IString<'_>| string.as_ref().escape_ascii().to_string();
        format!("{}={}", escape(name), escape(value))
    };
    parameters.iter().map(pair).collect()
}

fn escaped(string: &NString<'_>) -> Option<String> {
    let string = string.0.as_ref()?;
    Some(string.as_ref().escape_ascii().to_string())
}

fn text(text: &NString<'_>) -> Option<String> {
    text.0.as_ref().map(string)
}

/// Formats unencoded text as our reader does: in one line, with 8-bit bytes in their most likely
/// charset.
fn string(string: &IString<'_>) -> String {
    let bytes = string.as_ref();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => decode_charset("windows-1252", bytes).unwrap_or_default(),
    };
    text.replace(['\r', '\n'], "")
}
