//! What holds for any input at all.

use imapclient_codec::{Decoder, Limits, MailboxName, Message, Names, Response, utf7};
use proptest::prelude::*;

/// Responses to mutate: every reader is in it.
const SEEDS: [&[u8]; 18] = [
    b"A0001 OK [READ-WRITE] SELECT completed\r\n",
    b"* OK [PERMANENTFLAGS (\\Seen [x] \\*)] Limited\r\n",
    b"* NO [BADCHARSET (UTF-8 \"a]\")] text [more]\r\n",
    b"A2 OK [COPYUID 38505 304,319:320 3956:3958] Done\r\n",
    b"* [APPENDUID 1 2]\r\n",
    b"* BYE [ALERT]bye\r\n",
    b"+ YWJj\r\n",
    b"* CAPABILITY IMAP4rev1 LITERAL + AUTH=PLAIN\r\n",
    b"* FLAGS (\\Answered \\Seen foo \\*)\r\n",
    b"* 23 EXISTS\r\n",
    b"* LIST (\\HasNoChildren \\Sent) \"/\" \"Entw&APw-rfe\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n",
    b"* LIST () NIL {5}\r\na (b)\r\n",
    b"* STATUS \"a b\" (MESSAGES 1 UIDNEXT 2 MAILBOXID (F1) HIGHESTMODSEQ 7)\r\n",
    b"* SEARCH 2 33 444 12345678 4294967295 (MODSEQ 917162500)\r\n",
    b"* 7 FETCH (UID 42 FLAGS (\\Seen foo) MODSEQ (5) RFC822.SIZE 44827)\r\n",
    b"* 7 FETCH (BODY[HEADER.FIELDS (\"a]b\" c)]<10> {5}\r\nhe)lo BODY[1] ~{3}\r\na\0b UID 3)\r\n",
    b"* 7 FETCH (INTERNALDATE \" 1-Jan-2024 03:04:05 +0000\" X-GM-LABELS (\\Inbox \"a \\\"b\" (c)) UID 1)\r\n",
    b"* VANISHED (EARLIER) 300:310,405\r\n",
];

/// Reads in both modes with tight limits and with usual ones, and uses what comes out.
fn exercise(wire: &[u8]) -> Response {
    let tight = Limits {
        depth: 2,
        items: 3,
        ..Limits::default()
    };
    for (limits, names) in [(tight, Names::Utf7), (Limits::default(), Names::Utf8)] {
        let mut decoder = Decoder::new(limits);
        decoder.set_names(names);
        let response = decoder.decode(&Message::from(wire));
        let _ = format!("{response:?}");
        if let Response::Fetch(mut fetch) = response.clone() {
            let _ = (
                fetch.body(),
                fetch.section("HEADER.FIELDS (A]B)"),
                fetch.has_only_flags(),
            );
            for malformed in fetch.malformed() {
                assert!(malformed.at <= wire.len());
            }
            let Response::Fetch(again) = response else {
                unreachable!()
            };
            fetch.merge(again);
        }
    }
    Decoder::new(Limits::default()).decode(&Message::from(wire))
}

#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Remove(usize),
    Insert(usize, Vec<u8>),
    Cut(usize),
}

fn any_change() -> impl Strategy<Value = Change> {
    let token = prop::sample::select(vec![
        "(",
        ")",
        "[",
        "]",
        "\"",
        "\\",
        "{",
        "}",
        "{3}\r\n",
        "~{1}\r\n",
        " ",
        "\r\n",
        "\n",
        "\0",
        "NIL",
        "0",
        "-1",
        "99999999999999999999",
        "<",
        ">",
        ",",
        ":",
        "*",
        "&",
        "\u{fc}",
    ]);
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        any::<usize>().prop_map(Change::Remove),
        (any::<usize>(), token).prop_map(|(at, text)| Change::Insert(at, text.as_bytes().to_vec())),
        any::<usize>().prop_map(Change::Cut),
    ]
}

fn apply(wire: &mut Vec<u8>, change: &Change) {
    let place = |at: usize| at % (wire.len() + 1);
    match change {
        Change::Set(at, byte) => {
            let at = place(*at);
            if let Some(place) = wire.get_mut(at) {
                *place = *byte;
            }
        }
        Change::Remove(at) => {
            let at = place(*at);
            if at < wire.len() {
                wire.remove(at);
            }
        }
        Change::Insert(at, bytes) => {
            let at = place(*at);
            wire.splice(at..at, bytes.iter().copied());
        }
        Change::Cut(at) => {
            let at = place(*at);
            wire.truncate(at);
        }
    }
}

#[test]
fn every_seed_is_read() {
    for seed in SEEDS {
        let response = exercise(seed);
        let vanished =
            matches!(&response, Response::Unknown(unknown) if unknown.name == "VANISHED");
        assert!(
            vanished || !matches!(response, Response::Unknown(_) | Response::Malformed(_)),
            "{}: {response:?}",
            seed.escape_ascii()
        );
        if let Response::Fetch(fetch) = response {
            assert!(fetch.malformed().is_empty());
        }
        for length in 0..seed.len() {
            exercise(&seed[..length]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(wire in prop::collection::vec(any::<u8>(), 0..200)) {
        exercise(&wire);
    }

    #[test]
    fn any_bytes_in_a_fetch(items in prop::collection::vec(any::<u8>(), 0..100)) {
        exercise(&[b"* 1 FETCH (", &items[..], b")\r\n"].concat());
    }

    #[test]
    fn changed_responses(
        seed in prop::sample::select(&SEEDS[..]),
        changes in prop::collection::vec(any_change(), 1..8),
    ) {
        let mut wire = seed.to_vec();
        changes.iter().for_each(|change| apply(&mut wire, change));
        exercise(&wire);
    }

    #[test]
    fn utf7_there_and_back(name in "\\PC*|[&a-c\\-ü😀\\x00-\\x20]*") {
        let wire = utf7::encode(&name);
        prop_assert!(wire.bytes().all(|byte| matches!(byte, b' '..=b'~')));
        prop_assert_eq!(utf7::decode(wire.as_bytes()).unwrap(), name);
    }

    #[test]
    fn names_go_back_as_they_came(wire in prop::collection::vec(any::<u8>(), 0..40)) {
        for names in [Names::Utf7, Names::Utf8] {
            let name = MailboxName::from_wire(&wire, names);
            prop_assert_eq!(&*name.wire(names), &wire[..]);
        }
    }

    #[test]
    fn ascii_names_go_back_as_they_came(wire in "[&A-D0-9,+\\-]{0,12}") {
        let name = MailboxName::from_wire(wire.as_bytes(), Names::Utf7);
        prop_assert_eq!(&*name.wire(Names::Utf7), wire.as_bytes());
    }
}
