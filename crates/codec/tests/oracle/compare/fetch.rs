//! FETCH.

use imap_codec::imap_types::{
    core::{AString, NString, NString8, Vec1},
    fetch::{MessageDataItem, Part, Section},
    flag::FlagFetch,
};
use imapclient_codec::{Fetch, Flags, Seq};

use super::bodies;

pub(super) fn ours(fetch: &Fetch) -> String {
    assert!(fetch.malformed().is_empty(), "{fetch:?}");
    assert!(fetch.unknown().is_empty(), "{fetch:?}");
    let mut items = Vec::new();
    items.extend(fetch.uid().map(|n| format!("uid {n}")));
    items.extend(fetch.flags().map(|flags| format!("flags {flags}")));
    items.extend(fetch.size().map(|n| format!("size {n}")));
    items.extend(fetch.modseq().map(|n| format!("modseq {n}")));
    items.extend(
        fetch
            .internal_date()
            .map(|date| format!("date {:?}", date.date())),
    );
    items.extend(
        fetch
            .envelope()
            .map(|envelope| format!("envelope {}", bodies::our_envelope(envelope))),
    );
    items.extend(
        fetch
            .body_structure()
            .map(|structure| format!("body {}", bodies::our_part(&structure.root()))),
    );
    items.extend(
        fetch
            .binary_sizes()
            .map(|(part, size)| format!("binary size {part} {size}")),
    );
    items.extend(fetch.sections().map(|section| {
        section_words(
            &section.name.replace('"', "").to_uppercase(),
            section.origin,
            section.data,
        )
    }));
    items.sort();
    items.dedup();
    format!("fetch {} {items:#?}", fetch.seq().map_or(0, Seq::get))
}

pub(super) fn theirs(seq: u32, items: &Vec1<MessageDataItem<'_>>) -> String {
    let mut words = Vec::new();
    // Of items that a message has only once, the last one counts.
    let mut single = Vec::<(&str, String)>::new();
    let mut set = |name: &'static str, value: String| {
        single.retain(|(other, _)| *other != name);
        single.push((name, format!("{name} {value}")));
    };
    for item in items.as_ref() {
        let mut section = |name: String, origin: Option<u32>, data: &NString<'_>| {
            let data = data.0.as_ref().map(AsRef::as_ref);
            words.push(section_words(&name, origin.map(u64::from), data));
        };
        match item {
            MessageDataItem::Uid(n) => set("uid", n.to_string()),
            MessageDataItem::Flags(flags) => {
                let name = |flag: &FlagFetch<'_>| match flag {
                    FlagFetch::Flag(flag) => flag.to_string(),
                    FlagFetch::Recent => "\\Recent".to_owned(),
                };
                set(
                    "flags",
                    flags.iter().map(name).collect::<Flags>().to_string(),
                );
            }
            MessageDataItem::Rfc822Size(n) => set("size", n.to_string()),
            MessageDataItem::ModSeq(n) => set("modseq", n.to_string()),
            MessageDataItem::InternalDate(date) => {
                set("date", format!("{:?}", Some(date.as_ref())));
            }
            MessageDataItem::Envelope(envelope) => {
                set("envelope", bodies::their_envelope(envelope));
            }
            MessageDataItem::Body(body) => set("body", bodies::their_part(body)),
            MessageDataItem::BodyStructure(body) => {
                set("bodystructure", bodies::their_part(body));
            }
            MessageDataItem::Rfc822(data) => section(String::new(), None, data),
            MessageDataItem::Rfc822Header(data) => section("HEADER".to_owned(), None, data),
            MessageDataItem::Rfc822Text(data) => section("TEXT".to_owned(), None, data),
            MessageDataItem::BodyExt {
                section: name,
                origin,
                data,
            } => section(their_section(name.as_ref()), *origin, data),
            MessageDataItem::Binary {
                section: part,
                value,
            } => {
                let data = match value {
                    NString8::NString(NString(data)) => data.as_ref().map(AsRef::as_ref),
                    NString8::Literal8(literal) => Some(literal.data.as_ref()),
                };
                words.push(section_words(
                    &format!("BINARY[{}]", dotted(part)),
                    None,
                    data,
                ));
            }
            MessageDataItem::BinarySize {
                section: part,
                size,
            } => words.push(format!("binary size {} {size}", dotted(part))),
        }
    }
    // BODYSTRUCTURE is more detailed than BODY.
    if single.iter().any(|(name, _)| *name == "bodystructure") {
        single.retain(|(name, _)| *name != "body");
    }
    words.extend(
        single
            .into_iter()
            .map(|(_, words)| match words.strip_prefix("bodystructure ") {
                Some(structure) => format!("body {structure}"),
                None => words,
            }),
    );
    words.sort();
    words.dedup();
    format!("fetch {seq} {words:#?}")
}

fn section_words(name: &str, origin: Option<u64>, data: Option<&[u8]>) -> String {
    let data = data.map(|data| data.escape_ascii().to_string());
    format!("section {name:?} {origin:?} {data:?}")
}

fn dotted<N: ToString>(part: &[N]) -> String {
    let digits: Vec<_> = part.iter().map(ToString::to_string).collect();
    digits.join(".")
}

fn their_section(section: Option<&Section<'_>>) -> String {
    let part = |part: &Part| dotted(part.0.as_ref());
    let before = |some: &Option<Part>| {
        some.as_ref()
            .map(|some| part(some) + ".")
            .unwrap_or_default()
    };
    let fields = |one: &Option<Part>, not: &str, fields: &[_]| {
        let name = |field: &AString<'_>| String::from_utf8_lossy(field.as_ref()).to_uppercase();
        let fields: Vec<_> = fields.iter().map(name).collect();
        format!("{}HEADER.FIELDS{not} ({})", before(one), fields.join(" "))
    };
    match section {
        None => String::new(),
        Some(Section::Part(one)) => part(one),
        Some(Section::Header(one)) => before(one) + "HEADER",
        Some(Section::Text(one)) => before(one) + "TEXT",
        Some(Section::Mime(one)) => part(one) + ".MIME",
        Some(Section::HeaderFields(one, names)) => fields(one, "", names.as_ref()),
        Some(Section::HeaderFieldsNot(one, names)) => fields(one, ".NOT", names.as_ref()),
    }
}
