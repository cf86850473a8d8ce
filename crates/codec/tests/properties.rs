//! Properties that hold for any input.

use imapclient_codec::{Decoder, Limits, MailboxName, NameEncoding, RawResponse, Response, utf7};
use proptest::prelude::*;

/// Responses to mutate; every reader is used for one of them.
const SEEDS: [&[u8]; 38] = [
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
    b"* 7 FETCH (INTERNALDATE \" 1-Jan-2024 03:04:05 +0000\" X-GM-LABELS (\\Inbox \"a \\\"b\" c) UID 1)\r\n",
    b"* VANISHED (EARLIER) 300:310,405\r\n",
    b"* ESEARCH (TAG \"A1\" MAILBOX {1}\r\nx UIDVALIDITY 5) UID MIN 1 MAX 9 COUNT 3 ALL 7,1:6 MODSEQ 5\r\n",
    b"* ESEARCH PARTIAL (-1:-100 2:3) ADDTO (1 5:7 0 9) REMOVEFROM (0 2) RELEVANCY (4 99) X-NEW (a (b))\r\n",
    b"* SORT 5 3 (MODSEQ 9)\r\n",
    b"* THREAD (2)(3 6 (4 23)(44 7 96))((8)(9))\r\n",
    b"* ENABLED CONDSTORE UTF8=ACCEPT\r\n",
    b"* NAMESPACE ((\"\" \"/\" \"X\" (\"a\" \"b\"))) NIL ((\"&AOQ-/\" NIL))\r\n",
    b"* ID (\"name\" \"x\" \"os\" NIL)\r\n",
    b"* QUOTA \"\" (STORAGE 10 512 MESSAGE 5 -1)\r\n",
    b"* QUOTAROOT INBOX \"\" {3}\r\na b\r\n",
    b"* METADATA \"\" (/a {3}\r\nb\"c /b NIL)\r\n",
    b"* METADATA INBOX /a \"/b\"\r\n",
    b"* ACL INBOX Fred rwipslda -Sally \"\"\r\n",
    b"* LISTRIGHTS x smith la r swicdkxte\r\n",
    b"* MYRIGHTS INBOX rwiptsldaex\r\n",
    b"* GENURLAUTH \"imap://a\" imap://b\r\n",
    b"* URLFETCH imap://a (BODYPARTSTRUCTURE (\"TEXT\" \"PLAIN\" () NIL)) (BINARY ~{3}\r\na\0b) imap://b NIL\r\n",
    b"* LANGUAGE (EN \"DE\")\r\n",
    b"* COMPARATOR \"i;basic\" (\"i;basic\" i;octet)\r\n",
    b"* JMAPACCESS \"https://example.com/jmap\"\r\n",
    b"* NO [INPROGRESS (\"A1\" 5 NIL)] [METADATA MAXSIZE 5] x\r\n",
];

/// Decodes in both modes with tight and with default limits, and uses the result.
fn exercise(wire: &[u8]) -> Response {
    let tight = Limits {
        depth: 2,
        items: 3,
        ..Limits::default()
    };
    for (limits, names) in [
        (tight, NameEncoding::Utf7),
        (Limits::default(), NameEncoding::Utf8),
    ] {
        let mut decoder = Decoder::new(limits);
        decoder.set_names(names);
        let response = decoder.decode(&RawResponse::from(wire));
        let _ = format!("{response:?}");
        for malformed in response.malformed() {
            assert!(malformed.at <= wire.len());
        }
        if let Response::Thread(thread) = &response {
            // Every message is reached from its parent exactly once, and knows its parent.
            let walked = thread.walk().count();
            let children: usize = thread.walk().map(|(_, node)| node.children().count()).sum();
            assert_eq!(
                (walked, thread.roots().count() + children),
                (thread.len(), walked)
            );
        }
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
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
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
        assert!(
            !matches!(response, Response::Unknown(_)) && response.malformed().is_empty(),
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
        for names in [NameEncoding::Utf7, NameEncoding::Utf8] {
            let name = MailboxName::from_wire(&wire, names);
            prop_assert_eq!(&*name.wire(names), &wire[..]);
        }
    }

    #[test]
    fn ascii_names_go_back_as_they_came(wire in "[&A-D0-9,+\\-]{0,12}") {
        let name = MailboxName::from_wire(wire.as_bytes(), NameEncoding::Utf7);
        prop_assert_eq!(&*name.wire(NameEncoding::Utf7), wire.as_bytes());
    }

    #[test]
    fn the_short_way_for_mailboxes_is_the_long_one(
        attributes in prop::collection::vec(
            "\\\\(HasNoChildren|HasChildren|hasChildren|UnMarked|NoInferiors|Subscribed|Sent|X)",
            0..4,
        ),
        delimiter in "\"[/.\\\\&\" ]\"|NIL",
        name in "\"[a-zA-Z &/.()\\[\\]\\\\\"]{0,9}\"|[a-zA-Z&/.(\\[{ü ]{1,9}",
        end in "\r\n|\n| \r\n| \\(X 1\\)\r\n",
    ) {
        let rest = format!("LIST ({}) {delimiter} {name}{end}", attributes.join(" "));
        let decode = |wire: String| Decoder::new(Limits::default()).decode(&RawResponse::from(wire.as_bytes()));
        match (decode(format!("* {rest}")), decode(format!("*  {rest}"))) {
            (Response::Malformed(short), Response::Malformed(long)) => {
                prop_assert_eq!((short.why, short.at + 1), (long.why, long.at));
            }
            (Response::List(short), Response::List(long)) if !short.malformed().is_empty() => {
                prop_assert_eq!(short.name, long.name);
            }
            (short, long) => prop_assert_eq!(short, long),
        }
    }

    #[test]
    fn numbers_of_all_lengths(
        runs in prop::collection::vec((0..10_usize, 1..12_usize), 1..12),
        digits in "[1-9][0-9]{9}",
        blanks in " {1,2}",
    ) {
        let number = |length: usize| digits[..length].parse().unwrap_or(u32::MAX);
        let numbers: Vec<u32> = runs
            .iter()
            .flat_map(|&(length, count)| std::iter::repeat_n(number(length + 1), count))
            .collect();
        let words: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        let wire = format!("* SEARCH {}\r\n", words.join(&blanks));
        let Response::Search(search) = Decoder::new(Limits::default()).decode(&RawResponse::from(wire.as_bytes())) else {
            return Err(TestCaseError::fail(wire));
        };
        prop_assert_eq!(search.numbers, numbers);
    }
}
