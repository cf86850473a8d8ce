//! FETCH, as real servers send them.

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

fn malformed(fetch: &Fetch) -> Vec<(&str, &[u8], &str)> {
    let items = fetch.malformed().iter();
    items
        .map(|item| (item.item.as_str(), &*item.raw, item.why.as_str()))
        .collect()
}

#[test]
fn flags_and_uids() {
    let rows: [(&str, &[u8]); 13] = [
        ("usual", b"UID 42 FLAGS (\\Seen)"),
        ("other order", b"FLAGS (\\Seen) UID 42"),
        ("blank at the end", b"UID 42 FLAGS (\\Seen) "),
        ("double blanks", b"  UID  42  FLAGS  ( \\Seen  )"),
        ("lower case", b"uid 42 flags (\\seen)"),
        ("no blank", b"FLAGS(\\Seen)UID 42"),
        ("line end inside", b"FLAGS (\\Seen)\r\n UID 42"),
        (
            "line end before the list ends",
            b"FLAGS (\\Seen) UID 42\r\n",
        ),
        (
            "twice, the last one counts",
            b"UID 1 FLAGS (x) UID 42 FLAGS (\\Seen)",
        ),
        ("leading zeros", b"UID 0042 FLAGS (\\Seen)"),
        ("with MODSEQ", b"MODSEQ (5) UID 42 FLAGS (\\Seen)"),
        ("bare MODSEQ", b"MODSEQ 5 UID 42 FLAGS (\\Seen)"),
        ("tab", b"UID 42\tFLAGS (\\Seen)"),
    ];
    for (name, items) in rows {
        let fetch = fetch(items);
        assert_eq!(
            (fetch.seq(), fetch.uid()),
            (Seq::new(7), Uid::new(42)),
            "{name}"
        );
        assert_eq!(fetch.flags(), Some(&Flags::from("\\Seen")), "{name}");
        assert!(fetch.has_only_flags(), "{name}: {fetch:?}");
    }
    for wire in [
        &b"* 7 FETCH (UID 42) \r\n"[..],
        b"* 7 fetch (UID 42)\n",
        b"*  7  FETCH(UID 42)",
    ] {
        assert_eq!(whole(wire).uid(), Uid::new(42));
    }
    assert!(fetch(b"").flags().is_none());
    assert_eq!(fetch(b"FLAGS NIL").flags(), Some(&Flags::new()));
    let odd = fetch(b"FLAGS (OIB-Seen-[Gmail]/All \\* \\Odd)");
    assert_eq!(
        odd.flags(),
        Some(&Flags::from(["OIB-Seen-[Gmail]/All", "\\*", "\\Odd"]))
    );
}

#[test]
fn sections() {
    /// Name of the row, items, name of the section, origin, data.
    type Row = (
        &'static str,
        &'static [u8],
        &'static str,
        Option<u64>,
        Option<&'static [u8]>,
    );
    let rows: [Row; 22] = [
        ("literal", b"BODY[] {5}\r\nhe)lo", "", None, Some(b"he)lo")),
        (
            "literal8",
            b"BODY[] ~{5}\r\nhe\0lo",
            "",
            None,
            Some(b"he\0lo"),
        ),
        (
            "literal plus",
            b"BODY[] {5+}\r\nhello",
            "",
            None,
            Some(b"hello"),
        ),
        ("NUL", b"BODY[] {3}\r\na\0b", "", None, Some(b"a\0b")),
        ("streamed", b"BODY[] {0}\r\n", "", None, Some(b"")),
        (
            "quoted",
            b"BODY[] \"a \\\"b\\\"\"",
            "",
            None,
            Some(b"a \"b\""),
        ),
        ("bare", b"BODY[1] word", "1", None, Some(b"word")),
        ("empty", b"BODY[TEXT] \"\"", "TEXT", None, Some(b"")),
        ("NIL", b"BODY[TEXT] NIL", "TEXT", None, None),
        ("lower-case nil", b"BODY[TEXT] nil", "TEXT", None, None),
        ("lower case", b"body[text] \"x\"", "text", None, Some(b"x")),
        ("no blank", b"BODY[TEXT]{1}\r\nx", "TEXT", None, Some(b"x")),
        ("RFC822", b"RFC822 {1}\r\nx", "", None, Some(b"x")),
        (
            "RFC822.HEADER",
            b"RFC822.HEADER {1}\r\nx",
            "HEADER",
            None,
            Some(b"x"),
        ),
        ("RFC822.TEXT", b"RFC822.TEXT NIL", "TEXT", None, None),
        ("partial", b"BODY[]<10> {1}\r\nx", "", Some(10), Some(b"x")),
        (
            "partial with length",
            b"BODY[1]<10.20> {1}\r\nx",
            "1",
            Some(10),
            Some(b"x"),
        ),
        (
            "fields",
            b"BODY[HEADER.FIELDS (from subject)] {1}\r\nx",
            { "HEADER.FIELDS (from subject)" },
            None,
            Some(b"x"),
        ),
        (
            "bracket in a field",
            b"BODY[HEADER.FIELDS (X[Y])] \"x\"",
            { "HEADER.FIELDS (X[Y])" },
            None,
            Some(b"x"),
        ),
        (
            "bracket in quotes",
            b"BODY[HEADER.FIELDS (\"a]b\")] \"x\"",
            { "HEADER.FIELDS (\"a]b\")" },
            None,
            Some(b"x"),
        ),
        ("peek", b"BODY.PEEK[1] \"x\"", "1", None, Some(b"x")),
        (
            "binary",
            b"BINARY[1.2] ~{2}\r\n\0x",
            "BINARY[1.2]",
            None,
            Some(b"\0x"),
        ),
    ];
    for (name, items, section, origin, data) in rows {
        let fetch = fetch(&[items, b" UID 3"].concat());
        let read: Vec<_> = fetch.sections().collect();
        assert_eq!(read.len(), 1, "{name}: {fetch:?}");
        assert_eq!((read[0].name, read[0].origin), (section, origin), "{name}");
        assert_eq!(read[0].data, data, "{name}");
        assert_eq!(
            (fetch.uid(), fetch.malformed().len()),
            (Uid::new(3), 0),
            "{name}"
        );
        assert!(!fetch.has_only_flags(), "{name}");
    }
}

#[test]
fn sections_are_found_by_name() {
    let fetch = fetch(
        b"BODY[] \"all\" BODY[]<5> \"piece\" BODY[HEADER.FIELDS (\"From\"  Subject)] \"h\" \
          BODY[1.MIME] \"m\" BODY[1.MIME] \"n\"",
    );
    assert_eq!(fetch.body(), Some(&b"all"[..]));
    assert_eq!(fetch.partial("", 5), Some(&b"piece"[..]));
    assert_eq!(fetch.partial("", 6), None);
    assert_eq!(
        fetch.section("header.fields (FROM SUBJECT)"),
        Some(&b"h"[..])
    );
    assert_eq!(
        fetch.section("HEADER.FIELDS ( \"from\" subject)"),
        Some(&b"h"[..])
    );
    assert_eq!(fetch.section("HEADER.FIELDS (FROMSUBJECT)"), None);
    assert_eq!(
        fetch.section("1.mime"),
        Some(&b"n"[..]),
        "the last one counts"
    );
}

#[test]
fn sizes_and_dates() {
    assert_eq!(
        fetch(b"RFC822.SIZE 99999999999").size(),
        Some(99_999_999_999)
    );
    assert_eq!(fetch(b"RFC822.SIZE 9.3736e+06").size(), Some(9_373_600));
    assert_eq!(
        fetch(b"MODSEQ (9223372036854775807)").modseq(),
        Some(9_223_372_036_854_775_807)
    );
    let date = fetch(b"INTERNALDATE \" 1-Jan-2024 03:04:05 +0000\"");
    assert_eq!(
        date.internal_date().unwrap().date().unwrap().timestamp(),
        1_704_078_245
    );
    assert!(!date.has_only_flags());
    for (wire, raw) in [
        (&b"INTERNALDATE NIL"[..], "NIL"),
        (
            b"INTERNALDATE \"00-Jan-0000 00:00:00 +0000\"",
            "00-Jan-0000 00:00:00 +0000",
        ),
        (b"INTERNALDATE \"wtf\"", "wtf"),
    ] {
        let fetch = fetch(wire);
        let date = fetch.internal_date().unwrap();
        assert_eq!((date.raw(), date.date()), (raw, None));
        assert!(!fetch.has_only_flags());
    }
}

#[test]
fn unknown_items_are_kept() {
    let rows: [(&[u8], &str, &[u8]); 5] = [
        (b"x-odd NIL", "X-ODD", b"NIL"),
        (b"XAOL-SPAM (1 \"a\")", "XAOL-SPAM", b"(1 \"a\")"),
        (
            b"X (a (b {3}\r\n)) ) \"(\")",
            "X",
            b"(a (b {3}\r\n)) ) \"(\")",
        ),
        (b"X ~{2}\r\n\0)", "X", b"~{2}\r\n\0)"),
        (b"ANNOTATION[/a] 55", "ANNOTATION[/A]", b"55"),
    ];
    for (items, name, raw) in rows {
        let fetch = fetch(&[b"UID 1 ", items, b" FLAGS (x)"].concat());
        let unknown: Vec<_> = fetch
            .unknown()
            .iter()
            .map(|u| (u.name.as_str(), &*u.raw))
            .collect();
        assert_eq!(unknown, [(name, raw)], "{fetch:?}");
        assert_eq!(
            (fetch.uid(), fetch.flags()),
            (Uid::new(1), Some(&Flags::from("x")))
        );
        assert!(fetch.malformed().is_empty() && !fetch.has_only_flags());
    }
}

#[test]
fn bad_items_do_not_hurt_others() {
    let rows: [(&[u8], &str, &[u8], &str); 20] = [
        (
            b"X-GM-LABELS x",
            "X-GM-LABELS",
            b"x",
            "a list of labels is missing",
        ),
        (b"EMAILID (a b)", "EMAILID", b"(a b)", "a list does not end"),
        (
            b"THREADID (\xff)",
            "THREADID",
            b"(\xff)",
            "an identifier is not UTF-8",
        ),
        (b"X-GM-MSGID x", "X-GM-MSGID", b"x", "a number is missing"),
        (
            b"BINARY.SIZE[1] x",
            "BINARY.SIZE[1]",
            b"x",
            "a number is missing",
        ),
        (b"PREVIEW ()", "PREVIEW", b"()", "a string is missing"),
        (b"UID 0", "UID", b"0", "there is no UID 0"),
        (
            b"UID 4294967296",
            "UID",
            b"4294967296",
            "a number is too large",
        ),
        (b"UID 12x", "UID", b"12x", "a number does not end here"),
        (b"UID (1 2)", "UID", b"(1 2)", "a list does not end"),
        (
            b"RFC822.SIZE -1",
            "RFC822.SIZE",
            b"-1",
            "a number is missing",
        ),
        (
            b"RFC822.SIZE NIL",
            "RFC822.SIZE",
            b"NIL",
            "a number is missing",
        ),
        (
            b"RFC822.SIZE 1e300",
            "RFC822.SIZE",
            b"1e300",
            "a number does not end here",
        ),
        (b"MODSEQ (-1)", "MODSEQ", b"(-1)", "a number is missing"),
        (b"MODSEQ (1 2)", "MODSEQ", b"(1 2)", "a list does not end"),
        (
            b"FLAGS \\Seen",
            "FLAGS",
            b"\\Seen",
            "a list of flags is missing",
        ),
        (
            b"INTERNALDATE (1 2)",
            "INTERNALDATE",
            b"(1 2)",
            "a list does not end",
        ),
        (b"BODY[] (1 2)", "BODY[]", b"(1 2)", "a list does not end"),
        (
            b"\"stray\"",
            "",
            b"\"stray\"",
            "the name of an item is missing",
        ),
        // Parentheses around items have no meaning.
        (b"(stray)", "STRAY", b"", "a value is missing"),
    ];
    for (items, name, raw, why) in rows {
        let wire = [
            b"RFC822.TEXT \"before\" ",
            items,
            b" RFC822.HEADER \"after\"",
        ]
        .concat();
        let fetch = fetch(&wire);
        assert_eq!(malformed(&fetch), [(name, raw, why)], "{fetch:?}");
        assert_eq!(fetch.section("TEXT"), Some(&b"before"[..]), "{name}");
        assert_eq!(fetch.section("HEADER"), Some(&b"after"[..]), "{name}");
    }
    let none = fetch(b"UID 5 RFC822.SIZE");
    assert_eq!(
        malformed(&none),
        [("RFC822.SIZE", &b""[..], "a number is missing")]
    );
    assert_eq!(none.uid(), Uid::new(5));
}

#[test]
fn what_cannot_be_skipped_ends_the_list() {
    let rows: [(&[u8], &str, &str); 6] = [
        (
            b"* 7 FETCH (UID 5",
            "FETCH",
            "the list of items does not end",
        ),
        (b"* 7 FETCH (UID 5 X (a\r\n", "X", "a list does not end"),
        (
            b"* 7 FETCH (UID 5 X \"a)\r\n",
            "X",
            "a quoted string does not end",
        ),
        (
            b"* 7 FETCH (UID 5 BODY[x {3}\r\nabc)\r\n",
            "BODY",
            "a bracket is not closed",
        ),
        (
            b"* 7 FETCH (UID 5) x)\r\n",
            "FETCH",
            "something follows the list of items",
        ),
        (
            b"* 7 FETCH (UID 5 FLAGS (a\r\n",
            "FLAGS",
            "a list of flags does not end",
        ),
    ];
    for (wire, name, why) in rows {
        let fetch = whole(wire);
        assert_eq!(fetch.uid(), Uid::new(5), "{}", wire.escape_ascii());
        let [malformed] = fetch.malformed() else {
            panic!("{fetch:?}")
        };
        assert_eq!(
            (malformed.item.as_str(), malformed.why.as_str()),
            (name, why)
        );
        assert!(wire.ends_with(&malformed.raw) && malformed.at <= wire.len());
    }
    let short = whole(b"* 7 FETCH (UID 5 BODY[] {9}\r\nabc)\r\n");
    assert_eq!((short.uid(), short.body()), (Uid::new(5), None));
    assert_eq!(
        malformed(&short)[0],
        ("BODY[]", &b"{9}"[..], "a literal is broken")
    );
}

#[test]
fn data_are_slices_of_one_frame() {
    let body = "x".repeat(200_000);
    let wire = format!(
        "* 1 FETCH (BODY[1] {{{}}}\r\n{body} BODY[2] \"y\" X z)\r\n",
        body.len()
    );
    let shared = bytes::Bytes::from(wire);
    let Response::Fetch(fetch) =
        Decoder::new(Limits::default()).decode(&RawResponse::from(&shared))
    else {
        panic!()
    };
    let inside = |part: &[u8]| shared.as_ptr_range().contains(&part.as_ptr());
    assert!(inside(fetch.section("1").unwrap()) && inside(fetch.section("2").unwrap()));
    assert!(inside(&fetch.unknown()[0].raw));
}
