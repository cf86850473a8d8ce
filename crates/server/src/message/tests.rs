//! Tests of envelopes, structures and sections, as FETCH returns them.

use std::num::NonZeroU32;

use imap_codec::{
    ResponseCodec,
    encode::Encoder,
    imap_types::{
        core::{AString, Vec1},
        fetch::{MessageDataItem, Part as Numbers, Section},
        response::{Data, Response},
    },
};
use proptest::prelude::*;

use super::*;

/// Returns the item as in a FETCH response.
fn told(item: MessageDataItem<'_>) -> String {
    let response = Response::Data(Data::Fetch {
        seq: NonZeroU32::MIN,
        items: Vec1::from(item),
    });
    let bytes = ResponseCodec::default().encode(&response).dump();
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix("* 1 FETCH (").unwrap();
    let text = text.strip_suffix(")\r\n").unwrap();
    text.split_once(' ').unwrap().1.to_owned()
}

fn envelope(raw: &str) -> String {
    told(MessageDataItem::Envelope(Message::new(raw).envelope()))
}

fn structure(raw: &str) -> String {
    let structure = Message::new(raw).body_structure(true);
    told(MessageDataItem::BodyStructure(structure))
}

const NESTED: &str = "Subject: outer\r
Content-Type: multipart/mixed; boundary=out\r
\r
preamble\r
--out\r
\r
one\r
--out\r
Content-Type: message/rfc822\r
X-Mime: two\r
\r
Subject: inner\r
From: a@b\r
Content-Type: multipart/alternative; boundary=\"in\"\r
\r
--in\r
Content-Type: text/plain; charset=utf-8\r
\r
two.one\r
\r
--in  \r
Content-Type: TEXT/HTML\r
Content-Transfer-Encoding: quoted-printable\r
\r
two.two\r
--in--\r
epilogue\r
--out\r
Content-Type: message/rfc822\r
\r
Subject: simple\r
\r
three.one\r
--out--\r
trailer\r
";

#[test]
fn an_envelope_is_what_the_header_says() {
    assert_eq!(
        envelope(
            "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nSubject: =?utf-8?q?=C3=BC?=\r\n and more\r\n\
             From: Bob <bob@b.example>\r\nTo: a@x, Team: c@d;\r\nMessage-Id: <1@x>\r\n\
             In-Reply-To: <0@x>\r\n\r\nbody"
        ),
        r#"("Mon, 1 Jan 2024 00:00:00 +0000" "=?utf-8?q?=C3=BC?= and more" (("Bob" NIL "bob" "b.example")) (("Bob" NIL "bob" "b.example")) (("Bob" NIL "bob" "b.example")) ((NIL NIL "a" "x")(NIL NIL "Team" NIL)(NIL NIL "c" "d")(NIL NIL NIL NIL)) NIL NIL "<0@x>" "<1@x>")"#
    );
    assert_eq!(
        envelope("Subject: \"q\"\\ gr\u{fc}n\r\nSender: s@x\r\nReply-To: ,\r\nFrom: f@x\r\n\r\n"),
        "(NIL {10}\r\n\"q\"\\ gr\u{fc}n ((NIL NIL \"f\" \"x\")) ((NIL NIL \"s\" \"x\")) ((NIL NIL \"f\" \"x\")) NIL NIL NIL NIL NIL)"
    );
    assert_eq!(envelope(""), "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
}

#[test]
fn a_structure_shows_all_parts() {
    assert_eq!(
        structure(NESTED),
        concat!(
            r#"(("TEXT" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0 NIL NIL NIL NIL)"#,
            r#"("MESSAGE" "RFC822" NIL NIL NIL "7bit" 246 "#,
            r#"(NIL "inner" ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL) "#,
            r#"(("TEXT" "plain" ("charset" "utf-8") NIL NIL "7bit" 9 1 NIL NIL NIL NIL)"#,
            r#"("TEXT" "HTML" ("charset" "us-ascii") NIL NIL "quoted-printable" 7 0 NIL NIL NIL NIL)"#,
            r#" "alternative" ("boundary" "in") NIL NIL NIL) 15 NIL NIL NIL NIL)"#,
            r#"("MESSAGE" "RFC822" NIL NIL NIL "7bit" 28 (NIL "simple" NIL NIL NIL NIL NIL NIL NIL NIL) "#,
            r#"("TEXT" "plain" ("charset" "us-ascii") NIL NIL "7bit" 9 0 NIL NIL NIL NIL) 2 NIL NIL NIL NIL)"#,
            r#" "mixed" ("boundary" "out") NIL NIL NIL)"#
        )
    );
}

#[test]
fn a_structure_tells_all_fields() {
    assert_eq!(
        structure(
            "Content-Type: image/png; name=\"a b.png\"\r\nContent-Transfer-Encoding: BASE64\r\n\
             Content-ID: <id@x>\r\nContent-Description: a picture\r\n\
             Content-Disposition: inline; filename=x.png\r\nContent-MD5: Q2hlY2s=\r\n\
             Content-Language: de, en\r\nContent-Location: http://x/\r\n\r\nAAAA\r\n"
        ),
        r#"("image" "png" ("name" "a b.png") "<id@x>" "a picture" "BASE64" 6 "Q2hlY2s=" ("inline" ("filename" "x.png")) ("de" "en") "http://x/")"#
    );
    let plain = r#"("TEXT" "plain" ("charset" "us-ascii") NIL NIL "7bit" 2 0 NIL NIL NIL NIL)"#;
    for odd in [
        "nonsense",
        "multipart/mixed",
        "/plain",
        "text/",
        "multipart/x; boundary=\"\"",
    ] {
        let raw = format!("Content-Type: {odd}\r\n\r\nhi");
        assert_eq!(structure(&raw), plain, "{odd}");
    }
    assert_eq!(
        structure("Content-Type: multipart/mixed; boundary=x\r\n\r\nno part"),
        r#"(("TEXT" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL) "mixed" ("boundary" "x") NIL NIL NIL)"#
    );
    assert_eq!(
        told(MessageDataItem::Body(
            Message::new("\r\na\nb\n").body_structure(false)
        )),
        r#"("TEXT" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 2)"#
    );
}

#[test]
fn parts_are_not_looked_for_too_deep() {
    let depth = 300;
    let mut raw = String::new();
    for level in 0..depth {
        raw += &format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
    }
    let mut structure = Message::new(raw).body_structure(true);
    let mut found = 0;
    while let imap_codec::imap_types::body::BodyStructure::Multi { bodies, .. } = structure {
        found += 1;
        structure = bodies.as_ref()[0].clone();
    }
    assert_eq!(found, 50);
}

/// Parses a section such as `1.2.MIME`.
fn section(spec: &str) -> Option<Section<'static>> {
    let numbers: Vec<_> = spec
        .split('.')
        .map_while(|n| n.parse::<NonZeroU32>().ok())
        .collect();
    let rest = spec.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let part = Vec1::try_from(numbers).ok().map(Numbers);
    let (word, names) = rest.split_once(' ').unwrap_or((rest, "x"));
    let names = || {
        let names = names
            .split(' ')
            .map(|n| AString::try_from(n.to_owned()).unwrap());
        Vec1::try_from(names.collect::<Vec<_>>()).unwrap()
    };
    Some(match word {
        "" => Section::Part(part?),
        "HEADER" => Section::Header(part),
        "TEXT" => Section::Text(part),
        "MIME" => Section::Mime(part?),
        "FIELDS" => Section::HeaderFields(part, names()),
        "NOT" => Section::HeaderFieldsNot(part, names()),
        other => panic!("{other}"),
    })
}

#[test]
fn sections() {
    let message = Message::new(NESTED);
    let single = Message::new("A: 1\r\nB: 2\r\n 3\r\na: 4\r\n\r\ntext\r\n");
    let headless = Message::new("A: 1\r\n");
    let wrapped = Message::new("Content-Type: message/rfc822\r\n\r\nS: in\r\n\r\nbody");
    let inner_head = "Subject: inner\r\nFrom: a@b\r\nContent-Type: multipart/alternative; boundary=\"in\"\r\n\r\n";
    let all_single = "A: 1\r\nB: 2\r\n 3\r\na: 4\r\n\r\n";
    for (message, spec, expected) in [
        (&message, "1", Some("one")),
        (&message, "1.MIME", Some("\r\n")),
        (&message, "1.1", None),
        (&message, "1.TEXT", None),
        (
            &message,
            "2.MIME",
            Some("Content-Type: message/rfc822\r\nX-Mime: two\r\n\r\n"),
        ),
        (&message, "2.HEADER", Some(inner_head)),
        (&message, "2.1", Some("two.one\r\n")),
        (&message, "2.2", Some("two.two")),
        (
            &message,
            "2.2.MIME",
            Some("Content-Type: TEXT/HTML\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"),
        ),
        (&message, "2.3", None),
        (&message, "2.1.1", None),
        (&message, "2.FIELDS subject", Some("Subject: inner\r\n\r\n")),
        (&message, "3", Some("Subject: simple\r\n\r\nthree.one")),
        (&message, "3.1", Some("three.one")),
        (&message, "3.1.MIME", Some("Subject: simple\r\n\r\n")),
        (&message, "3.1.1", None),
        (&message, "3.TEXT", Some("three.one")),
        (&message, "4", None),
        (&message, "FIELDS SUBJECT", Some("Subject: outer\r\n\r\n")),
        (&single, "1", Some("text\r\n")),
        (&single, "1.MIME", Some(all_single)),
        (&single, "1.1", None),
        (&single, "1.HEADER", None),
        (&single, "2", None),
        (&single, "HEADER", Some(all_single)),
        (&single, "TEXT", Some("text\r\n")),
        (&single, "FIELDS a none", Some("A: 1\r\na: 4\r\n\r\n")),
        (&single, "FIELDS none", Some("\r\n")),
        (&single, "NOT A", Some("B: 2\r\n 3\r\n\r\n")),
        (&headless, "HEADER", Some("A: 1\r\n")),
        (&headless, "FIELDS b", Some("")),
        (&headless, "TEXT", Some("")),
        (&headless, "1", Some("")),
        (&wrapped, "1", Some("S: in\r\n\r\nbody")),
        (&wrapped, "1.HEADER", Some("S: in\r\n\r\n")),
        (&wrapped, "1.1", Some("body")),
        (&wrapped, "1.1.1", None),
    ] {
        let found = message.section(section(spec).as_ref());
        let found = found.map(|bytes| String::from_utf8(bytes.into_owned()).unwrap());
        assert_eq!(found.as_deref(), expected, "{spec}");
    }
    assert_eq!(message.section(None).as_deref(), Some(NESTED.as_bytes()));
}

#[test]
fn texts_are_decoded() {
    let message = Message::new(
        "Subject: =?iso-8859-1?Q?gr=FCn?= =?utf-8?B?w7w=?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         H=E4u=\r\nser\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         PGI+5pel\r\n5pys\r\n--b\r\nContent-Type: application/x\r\n\r\nhidden\r\n--b--\r\n",
    );
    assert_eq!(message.fields(b"subject"), ["grünü"]);
    let body = message.body_text();
    assert!(
        body.contains("Häuser") && body.contains("<b>日本"),
        "{body}"
    );
    assert!(!body.contains("hidden"), "{body}");
}

#[test]
fn nul_is_not_sent() {
    assert_eq!(Message::new("a\0b").raw(), b"a\x80b");
}

prop_compose! {
    /// Generates text with many delimiters of messages.
    fn ragged()(pieces in prop::collection::vec(prop::sample::select(vec![
        "\r\n", "\n", "\r", "--b", "--b--", "\r\n--b\r\n", "\r\n--b--\r\n", "a: b", " ", ":", ";", "\"",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "Content-Type: message/rfc822\r\n\r\n",
        "From: a <b@c>\r\n", "Subject: =?utf-8?q?=ff?=", "Content-Transfer-Encoding: base64\r\n", "\0", "\u{e9}",
        "Date: Mon, 99 Foo 2024 25:00:00 +9999\r\n", "Content-Disposition: ;\r\n", "(", "<", "@", "charset=", "Content-Type: text/x; charset=utf-16\r\n", "Content-Type: text/x; charset=utf-7\r\n", "+AG", "=?utf-7?b?",
    ]), 0..40)) -> String { pieces.concat() }
}

proptest! {
    #[test]
    fn any_bytes_are_a_message(raw in ragged()) {
        let message = Message::new(raw.as_bytes());
        prop_assert!(!told(MessageDataItem::Envelope(message.envelope())).is_empty());
        for extended in [false, true] {
            let structure = message.body_structure(extended);
            prop_assert!(!told(MessageDataItem::BodyStructure(structure)).is_empty());
        }
        let head = message.section(section("HEADER").as_ref()).unwrap();
        let text = message.section(section("TEXT").as_ref()).unwrap();
        prop_assert_eq!([head, text].concat(), message.raw());
        for spec in ["1", "2", "1.1", "1.MIME", "2.HEADER"] {
            if let Some(bytes) = message.section(section(spec).as_ref()) {
                prop_assert!(bytes.len() <= raw.len());
            }
        }
        let fields = message.section(section("FIELDS from subject").as_ref()).unwrap();
        let others = message.section(section("NOT from subject").as_ref()).unwrap();
        let blank = if head_ends(&message) { 2 } else { 0 };
        prop_assert!(fields.len() + others.len() >= message.raw().len() - message.root.body.len());
        prop_assert!(fields.len() + others.len() <= message.root.header.len() + blank);
        message.header_text();
        message.body_text();
        message.sent();
    }
}

proptest! {
    #[test]
    fn any_field_is_decoded(
        date in "((Mon|Mo|), )?[0-9]{0,11} ?(Jan|Dec|J|) ?[0-9]{0,11} [0-9:]{0,20} ?([+-][0-9]{0,12}|GMT|X)?",
        words in "(=\\?(utf-8|gb2312|utf-16)\\?[qQbB]?\\?|[=?_A-Za-z0-9]| |\\?=|\u{e9}){0,12}",
    ) {
        let message = Message::new(format!("Date: {date}\r\nSubject: {words}\r\n\r\n"));
        if let Some(sent) = message.sent() {
            sent.to_timestamp();
        }
        prop_assert!(!message.fields(b"Subject")[0].contains(['\r', '\n']));
    }
}

/// Returns whether there is a blank line after the header.
fn head_ends(message: &Message) -> bool {
    let head = &message.raw()[message.root.header.clone()];
    head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n") || matches!(head, b"\r\n" | b"\n")
}
