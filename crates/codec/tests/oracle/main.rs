//! What another reader accepts, ours accepts with the same meaning.

use imap_codec::{
    ResponseCodec,
    decode::Decoder as _,
    imap_types::{
        core::{IString, NString, Vec1},
        extensions::uidplus::{UidElement, UidSet as TheirUids},
        fetch::{MessageDataItem, Part, Section},
        flag::{FlagFetch, FlagPerm},
        mailbox::Mailbox,
        response::{self as theirs, Code as TheirCode, Data, StatusBody},
        status::StatusDataItem,
    },
};
use imapclient_codec::{
    Code, CopyUid, Decoder, Fetch, Flags, Limits, List, MailboxName, MailboxStatus, Message, Names,
    Response, Status, StatusKind,
};
use proptest::prelude::*;

mod samples;

/// Both readings in the same words.
fn compare(wire: &[u8]) -> (String, String) {
    let ours = Decoder::new(Limits::default()).decode(&Message::from(wire));
    let (rest, theirs) = ResponseCodec::default()
        .decode(wire)
        .unwrap_or_else(|error| {
            panic!(
                "the sample is not valid: {}: {error:?}",
                wire.escape_ascii()
            )
        });
    assert!(rest.is_empty());
    (our_words(&ours), their_words(&theirs))
}

fn our_words(response: &Response) -> String {
    match response {
        Response::Tagged(tag, status) => format!("{tag} {}", our_status(status)),
        Response::Status(status) => our_status(status),
        Response::Flags(flags) => format!("flags {flags}"),
        Response::Exists(n) => format!("exists {n}"),
        Response::Recent(n) => format!("recent {n}"),
        Response::Expunge(n) => format!("expunge {n}"),
        Response::Capability(capabilities) => {
            format!("can {}", capabilities.to_string().to_lowercase())
        }
        Response::Search(search) => format!("search {:?} {:?}", search.numbers, search.modseq),
        Response::List(list) => format!("list {}", our_list(list)),
        Response::Lsub(list) => format!("lsub {}", our_list(list)),
        Response::MailboxStatus(status) => our_numbers(status),
        Response::Fetch(fetch) => our_items(fetch),
        other => format!("{other:?}"),
    }
}

fn their_words(response: &theirs::Response<'_>) -> String {
    match response {
        theirs::Response::Status(theirs::Status::Tagged(tagged)) => {
            format!("{} {}", tagged.tag.as_ref(), their_status(&tagged.body))
        }
        theirs::Response::Status(theirs::Status::Untagged(body)) => their_status(body),
        theirs::Response::Data(data) => match data {
            Data::Flags(flags) => format!(
                "flags {}",
                flags.iter().map(ToString::to_string).collect::<Flags>()
            ),
            Data::Exists(n) => format!("exists {n}"),
            Data::Recent(n) => format!("recent {n}"),
            Data::Expunge(n) => format!("expunge {n}"),
            Data::Capability(names) => {
                let names: Vec<_> = names
                    .as_ref()
                    .iter()
                    .map(|c| c.to_string().to_lowercase())
                    .collect();
                format!("can {}", names.join(" "))
            }
            Data::Search(numbers, modseq) => {
                format!(
                    "search {numbers:?} {:?}",
                    modseq.map(std::num::NonZero::get)
                )
            }
            Data::List {
                items,
                delimiter,
                mailbox,
            } => {
                format!(
                    "list {}",
                    their_list(items, delimiter.as_ref().map(|d| d.inner()), mailbox)
                )
            }
            Data::Lsub {
                items,
                delimiter,
                mailbox,
            } => {
                format!(
                    "lsub {}",
                    their_list(items, delimiter.as_ref().map(|d| d.inner()), mailbox)
                )
            }
            Data::Status { mailbox, items } => their_numbers(mailbox, items),
            Data::Fetch { seq, items } => their_items(seq.get(), items),
            other => format!("{other:?}"),
        },
        other => format!("{other:?}"),
    }
}

fn our_status(status: &Status) -> String {
    let code = status.code.as_ref().map(|code| match code {
        Code::UidNext(n) => format!("uidnext {n}"),
        Code::UidValidity(n) => format!("uidvalidity {n}"),
        Code::Unseen(n) => format!("unseen {n}"),
        Code::HighestModSeq(n) => format!("modseq {n}"),
        Code::PermanentFlags(flags) => format!("permanent {flags}"),
        Code::AppendUid(append) => format!("append {} {}", append.uid_validity, append.uids),
        Code::CopyUid(CopyUid {
            uid_validity,
            source,
            destination,
        }) => {
            format!("copy {uid_validity} {source} {destination}")
        }
        plain => plain.name().to_owned(),
    });
    format!("{} {code:?} {:?}", status.kind, status.text.trim())
}

fn their_status(body: &StatusBody<'_>) -> String {
    let kind = match body.kind {
        theirs::StatusKind::Ok => StatusKind::Ok,
        theirs::StatusKind::No => StatusKind::No,
        theirs::StatusKind::Bad => StatusKind::Bad,
    };
    let code = body.code.as_ref().map(|code| match code {
        TheirCode::UidNext(n) => format!("uidnext {n}"),
        TheirCode::UidValidity(n) => format!("uidvalidity {n}"),
        TheirCode::Unseen(n) => format!("unseen {n}"),
        TheirCode::HighestModSeq(n) => format!("modseq {n}"),
        TheirCode::PermanentFlags(flags) => {
            let name = |flag: &FlagPerm<'_>| match flag {
                FlagPerm::Flag(flag) => flag.to_string(),
                FlagPerm::Asterisk => "\\*".to_owned(),
            };
            format!("permanent {}", flags.iter().map(name).collect::<Flags>())
        }
        TheirCode::AppendUid { uid_validity, uid } => format!("append {uid_validity} {uid}"),
        TheirCode::CopyUid {
            uid_validity,
            source,
            destination,
        } => {
            let set = |set: &TheirUids| {
                let member = |element: &UidElement| match element {
                    UidElement::Single(n) => n.to_string(),
                    UidElement::Range(a, b) => {
                        format!("{a}:{b}")
                    }
                };
                set.0
                    .as_ref()
                    .iter()
                    .map(member)
                    .collect::<Vec<_>>()
                    .join(",")
            };
            format!("copy {uid_validity} {} {}", set(source), set(destination))
        }
        TheirCode::Alert => "ALERT".to_owned(),
        TheirCode::ReadOnly => "READ-ONLY".to_owned(),
        TheirCode::ReadWrite => "READ-WRITE".to_owned(),
        TheirCode::TryCreate => "TRYCREATE".to_owned(),
        TheirCode::Other(other) => String::from_utf8_lossy(other.inner()).into_owned(),
        other => format!("{other:?}"),
    });
    format!("{kind} {code:?} {:?}", body.text.as_ref().trim())
}

fn our_list(list: &List) -> String {
    let mut attributes: Vec<_> = list
        .attributes
        .iter()
        .map(|a| a.as_str().to_lowercase())
        .collect();
    attributes.sort();
    format!(
        "{attributes:?} {:?} {:?}",
        list.delimiter,
        shown(&list.name)
    )
}

fn their_list<A: ToString>(
    attributes: &[A],
    delimiter: Option<char>,
    mailbox: &Mailbox<'_>,
) -> String {
    let mut attributes: Vec<_> = attributes
        .iter()
        .map(|a| a.to_string().to_lowercase())
        .collect();
    attributes.sort();
    format!(
        "{attributes:?} {delimiter:?} {:?}",
        shown(&their_name(mailbox))
    )
}

fn their_name(mailbox: &Mailbox<'_>) -> MailboxName {
    match mailbox {
        Mailbox::Inbox => MailboxName::from("INBOX"),
        Mailbox::Other(other) => MailboxName::from_wire(other.as_ref(), Names::Utf7),
    }
}

/// INBOX in one spelling.
fn shown(name: &MailboxName) -> &str {
    if name.is_inbox() {
        "INBOX"
    } else {
        name.as_str()
    }
}

fn our_numbers(status: &MailboxStatus) -> String {
    let numbers = [
        ("messages", status.messages.map(u64::from)),
        ("recent", status.recent.map(u64::from)),
        ("uidnext", status.uid_next.map(u64::from)),
        ("uidvalidity", status.uid_validity.map(u64::from)),
        ("unseen", status.unseen.map(u64::from)),
        ("size", status.size),
        ("modseq", status.highest_modseq),
    ];
    let there: Vec<_> = numbers
        .iter()
        .filter_map(|(name, n)| Some((*name, (*n)?)))
        .collect();
    format!(
        "status {:?} {there:?} {:?}",
        shown(&status.name),
        status.other
    )
}

fn their_numbers(mailbox: &Mailbox<'_>, items: &[StatusDataItem]) -> String {
    let find = |pick: &dyn Fn(&StatusDataItem) -> Option<u64>| items.iter().rev().find_map(pick);
    let numbers = [
        (
            "messages",
            find(&|item| {
                if let StatusDataItem::Messages(n) = item {
                    Some((*n).into())
                } else {
                    None
                }
            }),
        ),
        (
            "recent",
            find(&|item| {
                if let StatusDataItem::Recent(n) = item {
                    Some((*n).into())
                } else {
                    None
                }
            }),
        ),
        (
            "uidnext",
            find(&|item| {
                if let StatusDataItem::UidNext(n) = item {
                    Some(n.get().into())
                } else {
                    None
                }
            }),
        ),
        (
            "uidvalidity",
            find(&|item| {
                if let StatusDataItem::UidValidity(n) = item {
                    Some(n.get().into())
                } else {
                    None
                }
            }),
        ),
        (
            "unseen",
            find(&|item| {
                if let StatusDataItem::Unseen(n) = item {
                    Some((*n).into())
                } else {
                    None
                }
            }),
        ),
        (
            "size",
            find(&|item| {
                if let StatusDataItem::Size(n) = item {
                    Some(*n)
                } else {
                    None
                }
            }),
        ),
        (
            "modseq",
            find(&|item| {
                if let StatusDataItem::HighestModSeq(n) = item {
                    Some(*n)
                } else {
                    None
                }
            }),
        ),
    ];
    let there: Vec<_> = numbers
        .iter()
        .filter_map(|(name, n)| Some((*name, (*n)?)))
        .collect();
    format!("status {:?} {there:?} []", shown(&their_name(mailbox)))
}

fn our_items(fetch: &Fetch) -> String {
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
            .map(|date| format!("date {}", date.date().unwrap())),
    );
    items.extend(fetch.sections().map(|section| {
        let data = section
            .data
            .as_ref()
            .map(|data| data.escape_ascii().to_string());
        format!(
            "section {:?} {:?} {data:?}",
            section.name.replace('"', "").to_uppercase(),
            section.origin
        )
    }));
    items.sort();
    items.dedup();
    format!("fetch {} {items:#?}", fetch.seq())
}

fn their_items(seq: u32, items: &Vec1<MessageDataItem<'_>>) -> String {
    let section = |name: String, origin: Option<u32>, data: &NString<'_>| {
        let data = data
            .0
            .as_ref()
            .map(|data: &IString<'_>| data.as_ref().escape_ascii().to_string());
        format!("section {name:?} {:?} {data:?}", origin.map(u64::from))
    };
    let mut words: Vec<_> = items
        .as_ref()
        .iter()
        .map(|item| match item {
            MessageDataItem::Uid(n) => format!("uid {n}"),
            MessageDataItem::Flags(flags) => {
                let name = |flag: &FlagFetch<'_>| match flag {
                    FlagFetch::Flag(flag) => flag.to_string(),
                    FlagFetch::Recent => "\\Recent".to_owned(),
                };
                format!("flags {}", flags.iter().map(name).collect::<Flags>())
            }
            MessageDataItem::Rfc822Size(n) => format!("size {n}"),
            MessageDataItem::ModSeq(n) => format!("modseq {n}"),
            MessageDataItem::InternalDate(date) => format!("date {}", date.as_ref()),
            MessageDataItem::Rfc822(data) => section(String::new(), None, data),
            MessageDataItem::Rfc822Header(data) => section("HEADER".to_owned(), None, data),
            MessageDataItem::Rfc822Text(data) => section("TEXT".to_owned(), None, data),
            MessageDataItem::BodyExt {
                section: name,
                origin,
                data,
            } => section(their_section(name.as_ref()), *origin, data),
            other => format!("{other:?}"),
        })
        .collect();
    words.sort();
    words.dedup();
    format!("fetch {seq} {words:#?}")
}

fn their_section(section: Option<&Section<'_>>) -> String {
    let part = |part: &Part| {
        part.0
            .as_ref()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(".")
    };
    let before = |some: &Option<Part>| {
        some.as_ref()
            .map(|some| part(some) + ".")
            .unwrap_or_default()
    };
    match section {
        None => String::new(),
        Some(Section::Part(one)) => part(one),
        Some(Section::Header(one)) => before(one) + "HEADER",
        Some(Section::Text(one)) => before(one) + "TEXT",
        Some(Section::Mime(one)) => part(one) + ".MIME",
        Some(Section::HeaderFields(one, fields)) => {
            let fields: Vec<_> = fields
                .as_ref()
                .iter()
                .map(|f| String::from_utf8_lossy(f.as_ref()).to_uppercase())
                .collect();
            format!("{}HEADER.FIELDS ({})", before(one), fields.join(" "))
        }
        Some(other) => format!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_read_the_same(wire in samples::any_response()) {
        let (ours, theirs) = compare(wire.as_bytes());
        prop_assert_eq!(ours, theirs, "{:?}", wire);
    }
}
