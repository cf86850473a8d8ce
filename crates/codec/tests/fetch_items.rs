//! FETCH: items of extensions, and several responses about one message.

use imapclient_codec::{Decoder, Fetch, Flags, Limits, RawResponse, Response, Seq, Uid};

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
}

/// `items` is the text in the parentheses.
fn fetch(items: &[u8]) -> Fetch {
    whole(&[b"* 7 FETCH (", items, b")\r\n"].concat())
}

fn whole(wire: &[u8]) -> Fetch {
    match decode(wire) {
        Response::Fetch(fetch) => fetch,
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
}

#[test]
fn items_of_extensions() {
    let all = fetch(
        b"UID 1 EMAILID (M6d99ac3275bb4e) THREADID (T64b478a75b7ea9) PREVIEW {5}\r\nHello \
          SAVEDATE \" 1-Jan-2024 03:04:05 +0000\" X-GM-MSGID 1278455344230334865 \
          X-GM-THRID 1266894439832287888 X-GM-LABELS (\\Inbox Entw&APw-rfe \"a b\" NIL {1}\r\nx) \
          BINARY.SIZE[1.2] 55 BINARY.PEEK[1] {3}\r\nabc",
    );
    assert!(
        all.malformed().is_empty() && all.unknown().is_empty(),
        "{all:?}"
    );
    assert_eq!(all.email_id(), Some("M6d99ac3275bb4e"));
    assert_eq!(all.thread_id(), Some("T64b478a75b7ea9"));
    assert_eq!(all.preview().as_deref(), Some("Hello"));
    let saved = all.save_date().unwrap();
    assert_eq!(saved.raw(), " 1-Jan-2024 03:04:05 +0000");
    assert_eq!(all.gmail_message_id(), Some(1_278_455_344_230_334_865));
    assert_eq!(all.gmail_thread_id(), Some(1_266_894_439_832_287_888));
    let labels = all.gmail_labels().unwrap();
    let labels: Vec<_> = labels.iter().map(|label| label.as_str()).collect();
    assert_eq!(labels, ["\\Inbox", "Entw\u{fc}rfe", "a b", "x"]);
    assert_eq!(
        (all.binary_size("1.2"), all.binary_size("1")),
        (Some(55), None)
    );
    // pymap answers with `.PEEK`, which is only valid in requests.
    assert_eq!(all.binary("1"), Some(&b"abc"[..]));
    assert!(!all.has_only_flags());

    let none = fetch(b"PREVIEW NIL SAVEDATE NIL THREADID NIL X-GM-LABELS NIL EMAILID M1");
    assert!(none.malformed().is_empty() && !none.has_only_flags());
    assert_eq!((none.preview(), none.save_date()), (None, None));
    assert_eq!((none.thread_id(), none.email_id()), (None, Some("M1")));
    assert_eq!(none.gmail_labels(), Some(Vec::new()));
    assert_eq!(fetch(b"UID 1").gmail_labels(), None);

    let mut decoder = Decoder::new(Limits::default());
    decoder.set_names(imapclient_codec::NameEncoding::Utf8);
    let wire = "* 1 FETCH (X-GM-LABELS (Entwürfe Entw&APw-rfe))\r\n";
    let Response::Fetch(utf8) = decoder.decode(&RawResponse::from(wire.as_bytes())) else {
        panic!()
    };
    let labels = utf8.gmail_labels().unwrap();
    assert_eq!(
        (labels[0].as_str(), labels[1].as_str()),
        ("Entwürfe", "Entw&APw-rfe")
    );
}

#[test]
fn uid_only() {
    let fetch = whole(b"* 25996 UIDFETCH (FLAGS (\\Seen))\r\n");
    assert_eq!((fetch.seq(), fetch.uid()), (None, Uid::new(25996)));
    assert!(fetch.has_only_flags());
    let mut merged = whole(b"* 7 FETCH (UID 25996 RFC822.SIZE 5)\r\n");
    merged.merge(fetch);
    assert_eq!(
        (merged.seq(), merged.uid(), merged.size()),
        (Seq::new(7), Uid::new(25996), Some(5))
    );
    // Courier; there is no such message.
    for wire in [&b"* 0 FETCH (FLAGS ())\r\n"[..], b"* 0 UIDFETCH (FLAGS ())"] {
        assert!(matches!(decode(wire), Response::Malformed(_)));
    }
    let Response::Malformed(end) = decode(b"* 4294967296 FETCH (FLAGS ())\r\n") else {
        panic!()
    };
    assert_eq!(end.why, "a number is too large");
}

#[test]
fn later_values_win() {
    let mut fetch = fetch(
        b"UID 1 FLAGS (a) BODY[1] \"old\" BODY[2] \"kept\" BODY[1]<5> \"piece\" X 1 RFC822.SIZE -1",
    );
    fetch.merge(whole(
        b"* 8 FETCH (FLAGS (b) body[1] \"new\" X 2 Y 3 RFC822.SIZE 7 MODSEQ (4))\r\n",
    ));
    assert_eq!(
        (fetch.seq(), fetch.uid(), fetch.size(), fetch.modseq()),
        (Seq::new(8), Uid::new(1), Some(7), Some(4))
    );
    assert_eq!(fetch.flags(), Some(&Flags::from("b")));
    assert_eq!(
        (fetch.section("1"), fetch.section("2")),
        (Some(&b"new"[..]), Some(&b"kept"[..]))
    );
    assert_eq!(fetch.partial("1", 5), Some(&b"piece"[..]));
    assert_eq!(fetch.sections().count(), 3);
    let unknown: Vec<_> = fetch
        .unknown()
        .iter()
        .map(|u| (u.name.as_str(), &*u.raw))
        .collect();
    assert_eq!(unknown, [("X", &b"2"[..]), ("Y", b"3")]);
    assert_eq!(fetch.malformed().len(), 1);
}

#[test]
fn merging_keeps_what_nobody_said_again() {
    let envelope = "ENVELOPE (NIL \"a\" NIL NIL NIL NIL NIL NIL NIL NIL)";
    let body = "BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"7bit\" 1)";
    let wire = format!(
        "* 1 FETCH ({envelope} {body} BODY[1] \"x\" INTERNALDATE \"wtf\" BINARY.SIZE[1] 5)\r\n"
    );
    let first = whole(wire.as_bytes());
    let mut merged = first.clone();
    merged.merge(first.clone());
    assert_eq!(merged, first, "the same again changes nothing");
    merged.merge(whole(
        b"* 1 FETCH (BODY[1] \"y\" BINARY.SIZE[2] 6 INTERNALDATE \" 1-Jan-2024 03:04:05 +0000\")\r\n",
    ));
    assert_eq!(merged.envelope(), first.envelope());
    assert_eq!(merged.body_structure(), first.body_structure());
    assert_eq!(merged.section("1"), Some(&b"y"[..]));
    assert_eq!(merged.section_bytes("1").as_deref(), Some(&b"y"[..]));
    assert_eq!(
        (merged.binary_size("1"), merged.binary_size("2")),
        (Some(5), Some(6))
    );
    assert!(merged.internal_date().unwrap().date().is_some());
    merged.merge(whole(b"* 1 FETCH (INTERNALDATE NIL X 1)\r\n"));
    assert_eq!(merged.internal_date().unwrap().raw(), "NIL");
    merged.merge(whole(b"* 1 FETCH (X 2)\r\n"));
    assert_eq!(
        (&*merged.unknown()[0].raw, merged.unknown().len()),
        (&b"2"[..], 1)
    );
    assert_eq!(merged.envelope(), first.envelope());
    let mut empty = whole(b"* 1 FETCH (UID 1)\r\n");
    empty.merge(merged.clone());
    assert_eq!(empty.section("1"), Some(&b"y"[..]));
}
