//! Tests of the sample mail.

use std::{collections::HashSet, num::NonZeroU32};

use imap_codec::{
    ResponseCodec,
    decode::Decoder,
    encode::Encoder,
    imap_types::{
        core::Vec1,
        fetch::{MessageDataItem, MessageDataItemName, Section},
        response::{Data, Response},
    },
};
use mail_parser::MessageParser;

use super::*;
use crate::{list::Pattern, store::View};

fn filled(seed: u64) -> (Store, AccountId) {
    let mut store = Store::with_clock(Box::new(|| DateTime::UNIX_EPOCH.fixed_offset()));
    let bob = store.add_account("bob", "sekret");
    store.fill(bob, seed).unwrap();
    (store, bob)
}

/// Returns all mailboxes that can be selected.
fn mailboxes(store: &Store, account: AccountId) -> Vec<String> {
    let all = store.list(account, Pattern::new("", "*")).into_iter();
    all.map(|line| line.name)
        .filter(|name| store.status(account, name).is_ok())
        .collect()
}

fn view(store: &mut Store, account: AccountId, name: &str) -> View {
    store.select(account, name, true).unwrap().0
}

/// Returns all data of all mailboxes.
fn contents(seed: u64) -> Vec<String> {
    let (mut store, bob) = filled(seed);
    let mut all = Vec::new();
    for name in mailboxes(&store, bob) {
        let view = view(&mut store, bob, &name);
        for hit in view.hits() {
            let entry = store.entry(&view, hit).unwrap();
            let text = String::from_utf8_lossy(entry.message.raw());
            let (flags, date) = (entry.flags.told(false), entry.date);
            all.push(format!("{name} {hit:?} {flags:?} {date} {text}"));
        }
    }
    all
}

#[test]
fn a_seed_makes_one_sample() {
    let first = contents(1);
    assert!(first.len() > 400, "{}", first.len());
    assert!(first == contents(1));
    assert!(first != contents(2));
}

#[test]
fn what_is_told_is_read_back() {
    use MessageDataItemName as Name;
    let (mut store, bob) = filled(3);
    let codec = ResponseCodec::default();
    let header = Name::BodyExt {
        section: Some(Section::Header(None)),
        partial: None,
        peek: true,
    };
    let items = [
        Name::Uid,
        Name::Flags,
        Name::InternalDate,
        Name::Rfc822Size,
        Name::Envelope,
        Name::BodyStructure,
        Name::ModSeq,
        header,
    ];
    let mut count = 0;
    for name in mailboxes(&store, bob) {
        let mut view = view(&mut store, bob, &name);
        for hit in view.hits().collect::<Vec<_>>() {
            count += 1;
            let told = store.fetch(&mut view, hit, &items);
            assert_eq!(told.len(), items.len());
            let response = Response::Data(Data::Fetch {
                seq: NonZeroU32::new(hit.seq).unwrap(),
                items: Vec1::try_from(told).unwrap(),
            });
            let bytes = codec.encode(&response).dump();
            let (rest, read) = codec
                .decode(&bytes)
                .unwrap_or_else(|error| panic!("{error:?}: {}", String::from_utf8_lossy(&bytes)));
            assert!(rest.is_empty());
            assert_eq!(read, response);
        }
    }
    assert!(count > 400);
}

/// Returns the ranges of the innermost parts according to `mail-parser`.
fn leaves(message: &mail_parser::Message<'_>) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for part in &message.parts {
        match &part.body {
            mail_parser::PartType::Multipart(_) => {}
            mail_parser::PartType::Message(inner) => found.extend(leaves(inner)),
            _ => found.push((part.offset_body as usize, part.offset_end as usize)),
        }
    }
    found.sort_unstable();
    found
}

#[test]
fn parts_are_where_mail_parser_finds_them() {
    let (mut store, bob) = filled(6);
    for name in mailboxes(&store, bob) {
        let view = view(&mut store, bob, &name);
        for hit in view.hits() {
            let message = &store.entry(&view, hit).unwrap().message;
            let judge = MessageParser::default().parse(message.raw()).unwrap();
            let ours: Vec<_> = message.leaves().iter().map(|r| (r.start, r.end)).collect();
            let text = String::from_utf8_lossy(message.raw());
            assert_eq!(ours, leaves(&judge), "{text}");
        }
    }
}

#[test]
fn nothing_is_missing() {
    let all = contents(4).join("\n");
    for wanted in [
        "=?UTF-8?B?",
        "=?utf-8?q?",
        "=?iso-8859-1?Q?",
        "multipart/alternative",
        "multipart/related",
        "multipart/digest",
        "multipart/report",
        "multipart/signed",
        "message/rfc822",
        "text/calendar",
        "Content-ID:",
        "attachment;",
        "filename*=utf-8''",
        "List-Id:",
        "References:",
        "Reply-To:",
        "The Club: ",
        "undisclosed-recipients:;",
        "$Junk",
        "Flagged",
        "Deleted",
        "Draft",
        "Work",
    ] {
        assert!(all.contains(wanted), "{wanted}");
    }
    let (store, bob) = filled(4);
    let names = mailboxes(&store, bob);
    assert!(names.iter().any(|name| !name.is_ascii()), "{names:?}");
    assert_eq!(store.status(bob, "Empty").unwrap().messages, 0);
}

#[test]
fn lines_end_and_ids_are_unique() {
    let (mut store, bob) = filled(5);
    let mut ids = HashSet::new();
    for name in mailboxes(&store, bob) {
        let view = view(&mut store, bob, &name);
        for hit in view.hits() {
            let entry = store.entry(&view, hit).unwrap();
            let text = String::from_utf8_lossy(entry.message.raw());
            assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
            assert!(text.lines().all(|line| line.len() < 998), "{text}");
            if let Some(id) = entry.message.field("Message-ID") {
                assert!(ids.insert(id), "{text}");
            }
            assert_eq!(entry.message.sent().is_some(), name != "Drafts", "{text}");
        }
    }
}

#[test]
fn a_user_of_any_name_can_have_one() {
    let mut store = Store::new();
    let odd = store.add_account("ödd \"user\"", "x");
    store.fill(odd, 0).unwrap();
    let mut view = view(&mut store, odd, "Sent");
    let hit = view.hits().next().unwrap();
    let told = store.fetch(&mut view, hit, &[MessageDataItemName::Envelope]);
    let [MessageDataItem::Envelope(envelope)] = &told[..] else {
        panic!("{told:?}");
    };
    let local = envelope.from[0].mailbox.0.as_ref().unwrap();
    assert_eq!(local.as_ref(), b"me");
}
