//! Properties that hold for any FETCH response.

use imapclient_codec::{Decoder, Fetch, Limits, RawResponse, Response, text};
use proptest::prelude::*;

/// Responses to mutate; every item occurs in one of them.
const SEEDS: [&str; 7] = [
    "* 1 FETCH (UID 2 FLAGS (\\Seen $a b) MODSEQ (5) RFC822.SIZE 6 INTERNALDATE \" 1-Jan-2024 03:04:05 +0000\")\r\n",
    "* 1 FETCH (ENVELOPE (\"Sun, 24 Mar 2013 22:06:10 +0200\" \"=?utf-8?q?gr=C3=BC?= \\\"x\\\"\" \
     ((\"Zo\u{eb}\" NIL \"z\" \"d\")(NIL NIL \"g\" NIL)(\"m\" \"@r\" \"m\" \"d\")(NIL NIL NIL NIL)) \
     () \"\" ((NIL NIL {1}\r\na \"d\")) NIL NIL \"<r>\" \"<i>\") UID 2)\r\n",
    "* 1 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\" \"a\" NIL) \"<i>\" \"d\" \"7bit\" 1 1 NIL NIL NIL NIL)\
     ((\"text\" \"html\" NIL NIL NIL NIL -1 9.3e+1)(\"image\" \"png\" NIL NIL NIL \"base64\" 3 \"md5\" \
     (\"inline\" (\"filename*0*\" \"utf-8''%C3\" \"filename*1*\" \"%BC\")) (\"de\" NIL) \"http://x\") \"related\")\
     (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) \
     (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) 4 NIL (\"attachment\" NIL) NIL NIL) \"mixed\" (\"boundary\" \"b\") NIL NIL NIL) UID 2)\r\n",
    "* 1 FETCH (BODY (((\"a\" \"b\" NIL NIL NIL \"7bit\" 1))) BODYSTRUCTURE ((\"ALTERNATIVE\")(NIL \"mixed\" (\"x\" \"y\") NIL NIL) \"mixed\"))\r\n",
    "* 1 FETCH (BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"7bit\" 1 NIL \"attachment; filename=\\\"a;\\\\\\\"b\\\"; x\" \"de\" ()) UID 2)\r\n",
    "* 9 UIDFETCH (EMAILID (M1) THREADID NIL PREVIEW {2}\r\nhi SAVEDATE NIL X-GM-MSGID 1 X-GM-THRID 2 X-GM-LABELS (\\Inbox \"a b\"))\r\n",
    "* 1 FETCH (BINARY.SIZE[1.2] 55 BINARY.PEEK[1] ~{2}\r\n\0x BODY[HEADER.FIELDS (\"a]b\" c)]<10> {5}\r\nhe)lo RFC822.HEADER NIL X (1) UID 2)\r\n",
];

fn decode(decoder: &mut Decoder, wire: &[u8]) -> Option<Fetch> {
    match decoder.decode(&RawResponse::from(wire)) {
        Response::Fetch(fetch) => Some(fetch),
        _ => None,
    }
}

/// Calls all accessors, each of which must return.
fn exercise(wire: &[u8]) {
    let tight = Limits {
        depth: 2,
        items: 7,
        ..Limits::default()
    };
    let mut used = Decoder::new(Limits::default());
    for limits in [tight, Limits::default()] {
        let mut decoder = Decoder::new(limits);
        let Some(fetch) = decode(&mut decoder, wire) else {
            continue;
        };
        for malformed in fetch.malformed() {
            assert!(malformed.at <= wire.len() && !malformed.why.is_empty());
        }
        let shown = format!("{fetch:?}");
        assert_eq!(fetch, fetch.clone());
        drop(serde_json::to_string(&fetch).unwrap());
        if let Some(envelope) = fetch.envelope() {
            let owned = envelope.into_owned();
            assert_eq!(owned.view(), envelope);
            let _ = (
                envelope.date(),
                envelope.to().count(),
                envelope.cc().to_string(),
            );
        }
        if let Some(structure) = fetch.body_structure() {
            for part in structure.walk() {
                assert!(part.is_multipart() || structure.part(&part.number()).is_some());
                let _ = (
                    part.filename(),
                    part.is_attachment(),
                    part.body(),
                    part.envelope(),
                );
                if let Some(parent) = part.parent() {
                    assert!(parent.children().any(|child| child == part));
                }
            }
            let _ = (structure.find_text(), structure.attachments().count());
        }
        for section in fetch.sections() {
            if section.origin.is_none() {
                assert_eq!(
                    fetch.section(section.name).is_some(),
                    fetch.section_bytes(section.name).is_some()
                );
            }
        }
        // Merging the same response changes nothing.
        let mut merged = fetch.clone();
        merged.merge(fetch.clone());
        assert_eq!(merged.envelope(), fetch.envelope());
        assert_eq!(merged.body_structure(), fetch.body_structure());
        assert_eq!(merged.sections().count(), fetch.sections().count());
        // Earlier responses do not affect the result.
        if limits == Limits::default() {
            for seed in SEEDS {
                decode(&mut used, seed.as_bytes());
            }
            let again = decode(&mut used, wire);
            assert_eq!(again.map(|again| format!("{again:?}")), Some(shown));
        }
    }
}

/// Generates tokens of the grammar and of its violations by servers.
fn any_token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "(",
        ")",
        "((",
        "))",
        "(\"",
        "\")",
        "\"",
        "\\",
        "\\\"",
        " ",
        "  ",
        "\r\n",
        "\0",
        "NIL",
        "nil",
        "()",
        "\"\"",
        "0",
        "-1",
        "1e3",
        "18446744073709551615",
        "99999999999999999999",
        "{0}\r\n",
        "{3}\r\n",
        "{99}\r\n",
        "~{1}\r\n",
        "*",
        "]",
        "[",
        "<0>",
        "\"text\" ",
        "\"message\" \"rfc822\" ",
        "\"mixed\" ",
        "ENVELOPE ",
        "BODYSTRUCTURE (",
        "BODY[1] ",
        "FLAGS (",
        "UID ",
        "\u{fc}",
    ])
}

fn any_change() -> impl Strategy<Value = (prop::sample::Index, usize, &'static str)> {
    (
        any::<prop::sample::Index>(),
        0..4_usize,
        prop_oneof![Just(""), any_token()],
    )
}

#[test]
fn every_seed_is_read() {
    for seed in SEEDS {
        let fetch = decode(&mut Decoder::new(Limits::default()), seed.as_bytes()).unwrap();
        assert!(fetch.malformed().is_empty(), "{fetch:?}");
        for length in 0..=seed.len() {
            exercise(&seed.as_bytes()[..length]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_responses(
        seed in prop::sample::select(&SEEDS[..]),
        changes in prop::collection::vec(any_change(), 1..6),
    ) {
        let mut wire = seed.as_bytes().to_vec();
        for (at, remove, token) in changes {
            let at = at.index(wire.len() + 1);
            let end = (at + remove).min(wire.len());
            wire.splice(at..end, token.bytes());
        }
        exercise(&wire);
    }

    #[test]
    fn any_tokens(tokens in prop::collection::vec(any_token(), 0..60)) {
        exercise(format!("* 1 FETCH ({})\r\n", tokens.concat()).as_bytes());
        exercise(format!("* 1 FETCH (BODYSTRUCTURE ({})\r\n", tokens.concat()).as_bytes());
        exercise(format!("* 1 FETCH (ENVELOPE ({})\r\n", tokens.concat()).as_bytes());
    }

    #[test]
    fn any_header_text(raw in "([ -~ü\r\n]|=\\?utf-8\\?[qb]\\?|\\?=|=C3=BC| ){0,30}") {
        let decoded = text::decode_words(raw.as_bytes());
        prop_assert!(!decoded.contains(['\r', '\n']) || raw.contains("=?"));
        let _ = text::parse_date(raw.as_bytes());
    }
}
