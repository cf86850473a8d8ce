//! Responses of hostile servers cost neither memory nor time.

use imapclient_codec::{Decoder, Limits, RawResponse, Response, Uid};

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
}

#[test]
fn limits_hold() {
    let limits = Limits {
        depth: 3,
        items: 4,
        ..Limits::default()
    };
    let decode = |wire: &[u8]| Decoder::new(limits).decode(&RawResponse::from(wire));
    let Response::Fetch(deep) = decode(b"* 7 FETCH (UID 5 X ((((a)))) FLAGS (x))\r\n") else {
        panic!()
    };
    assert_eq!(
        (deep.uid(), deep.malformed()[0].why.as_str()),
        (Uid::new(5), "lists are nested too deep")
    );
    let Response::Fetch(long) = decode(b"* 7 FETCH (UID 5 A 1 B 2 C 3 D 4)\r\n") else {
        panic!()
    };
    assert_eq!(
        (long.unknown().len(), long.malformed()[0].why.as_str()),
        (3, "too many items")
    );
    assert!(matches!(
        decode(b"* FLAGS (a b c d e)\r\n"),
        Response::Malformed(_)
    ));
    assert!(matches!(
        decode(b"* LIST (a b c d e) NIL x\r\n"),
        Response::Malformed(_)
    ));
    assert!(matches!(
        decode(b"* STATUS x (A 1 B 2 C 3 D 4 E 5)\r\n"),
        Response::Malformed(_)
    ));
    let many = "(".repeat(1_000_000);
    let bomb = format!("* 7 FETCH (UID 5 X {many})\r\n");
    let Response::Fetch(fetch) = decode(bomb.as_bytes()) else {
        panic!()
    };
    assert_eq!(fetch.uid(), Uid::new(5));
}

#[test]
fn hostile_lines_cost_linear_time() {
    // Each of these is tempting to read with one scan per item.
    let filled = |unit: &str| unit.repeat(1_000_000 / unit.len());
    for line in [
        format!("* 1 FETCH ({})\r\n", filled("X[(] ")),
        format!("* 1 FETCH ({})\r\n", filled("X \"")),
        format!("* 1 FETCH ({})\r\n", filled("BODY[] {1 ")),
        format!("* 1 FETCH ({})\r\n", filled("UID 0 ")),
        format!("* 1 FETCH ({})\r\n", filled("ENVELOPE (\"a\"b) ")),
        format!("* 1 FETCH ({})\r\n", filled("BODYSTRUCTURE (\"a\"b) ")),
        format!(
            "* 1 FETCH (ENVELOPE (NIL NIL ({})))\r\n",
            filled("(a a a NIL)")
        ),
        format!(
            "* 1 FETCH (BODYSTRUCTURE {})\r\n",
            filled("(a b NIL NIL NIL NIL 1 ")
        ),
        format!("* 1 FETCH (FLAGS ({}))\r\n", filled("a ")),
        format!(
            "* FLAGS ({})\r\n",
            (0..90_000).map(|n| format!("k{n} ")).collect::<String>()
        ),
        format!("* LIST () NIL {}\r\n", filled(" (a")),
        format!("* STATUS {}\r\n", filled(" (a) ")),
        format!("* OK {}\r\n", filled("[\"(")),
        format!("* CAPABILITY {}\r\n", filled("LITERAL + ")),
        format!("* SEARCH {}\r\n", filled(" ")),
        format!("* OK [COPYUID 1 {} 1]\r\n", filled("3,1,")),
    ] {
        // In quadratic time this would not finish.
        drop(decode(line.as_bytes()));
    }
}

/// Decodes with `Limits { items: 4, depth: 3, .. }`.
fn decode_tight(wire: &str) -> Response {
    let limits = Limits {
        depth: 3,
        items: 4,
        ..Limits::default()
    };
    Decoder::new(limits).decode(&RawResponse::from(wire.as_bytes()))
}

#[test]
fn lists_below_at_and_above_their_limit() {
    // Beginning, one item, end.
    let rows = [
        ("* LIST (", " \\x", ") NIL a"),
        ("* LIST () NIL \"a\" (", "X 1 ", ")"),
        ("* LIST () NIL \"a\" (CHILDINFO (", "x ", "))"),
        ("* STATUS a (", "X 1 ", ")"),
        ("* STATUS a (", "MESSAGES 1 ", ")"),
        ("* ESEARCH ", "X 1 ", ""),
        ("* ESEARCH (", "X 1 ", ")"),
        ("* ESEARCH ADDTO (", "1 2 ", ")"),
        ("* NAMESPACE (", "(\"\" NIL)", ") NIL NIL"),
        ("* NAMESPACE NIL ((\"\" NIL ", "X (1)", ")) NIL"),
        ("* ID (", "a b ", ")"),
        ("* QUOTA x (", "a 1 2 ", ")"),
        ("* QUOTA x (", "a -5 2 ", ")"),
        ("* QUOTAROOT x ", "a ", ""),
        ("* METADATA x (", "/a b ", ")"),
        ("* METADATA x ", "/a ", ""),
        ("* ACL x ", "a l ", ""),
        ("* LISTRIGHTS x y l ", "r ", ""),
        ("* GENURLAUTH ", "a ", ""),
        ("* URLFETCH ", "a NIL ", ""),
        ("* URLFETCH a ", "(X 1) ", ""),
        ("* LANGUAGE (", "DE ", ")"),
        ("* COMPARATOR a (", "b ", ")"),
        ("* FLAGS (", "a ", ")"),
    ];
    for (start, item, end) in rows {
        for (items, good) in [(3, true), (4, true), (5, false)] {
            let wire = format!("{start}{}{end}\r\n", item.repeat(items));
            let response = decode_tight(&wire);
            let over = response
                .malformed()
                .iter()
                .any(|bad| bad.why.starts_with("too many"));
            assert_eq!(!over, good, "{wire:?}: {response:?}");
            assert!(!matches!(response, Response::Unknown(_)), "{wire:?}");
        }
    }
}

#[test]
fn nesting_below_at_and_above_its_limit() {
    let rows = [
        ("* LIST () NIL \"a\" (X ", ")"),
        ("* STATUS a (X ", ")"),
        ("* ESEARCH X ", ""),
        ("* NAMESPACE ((\"\" NIL X ", ")) NIL NIL"),
        ("* QUOTA x (a ", " 2)"),
        ("* URLFETCH a (X ", ")"),
        ("* URLFETCH a (BODYPARTSTRUCTURE ", ")"),
        ("* THREAD ", ""),
    ];
    for (start, end) in rows {
        for (depth, good) in [(2, true), (3, true), (4, false), (1_000_000, false)] {
            let wire = format!(
                "{start}{}1{}{end}\r\n",
                "(".repeat(depth),
                ")".repeat(depth)
            );
            let response = decode_tight(&wire);
            let over = response
                .malformed()
                .iter()
                .any(|bad| bad.why == "lists are nested too deep");
            assert_eq!(!over, good, "{start:?} {depth}");
        }
    }
}

#[test]
fn hostile_lists_of_extensions_cost_linear_time() {
    let filled = |unit: &str| unit.repeat(1_000_000 / unit.len());
    for line in [
        format!("* LIST () NIL \"a\" ({})\r\n", filled("X (1) ")),
        format!("* LIST ({}) NIL a\r\n", filled("\\x ")),
        format!("* ESEARCH {}\r\n", filled("ALL 3,1 ")),
        format!("* ESEARCH {}\r\n", filled("MIN 0 ")),
        format!("* ESEARCH {}\r\n", filled("ADDTO (1 2)")),
        format!("* ESEARCH ADDTO ({}\r\n", filled("1 2 ")),
        format!("* ESEARCH ALL {}\r\n", filled("5,3,")),
        format!("* ESEARCH {}\r\n", filled("(TAG a)")),
        format!("* THREAD {}\r\n", filled("(1)")),
        format!("* THREAD ({}\r\n", filled("(1)")),
        format!("* THREAD ({})\r\n", filled("1 ")),
        format!("* VANISHED {}\r\n", filled("7,5,")),
        format!("* QUOTA \"\" ({})\r\n", filled("a -1 -1 ")),
        format!("* METADATA \"\" ({})\r\n", filled("/a \"\\\\\" ")),
        format!("* ID ({})\r\n", filled("a \"b\"")),
        format!("* URLFETCH {}\r\n", filled("a (BODY (x))")),
        format!("* ACL x {}\r\n", filled("a l ")),
        format!("* SORT {}\r\n", filled("1 12345678 ")),
        format!("* SEARCH {}\r\n", filled("1(MODSEQ 1)")),
        format!("* GENURLAUTH {}\r\n", filled("  ")),
        format!("* OK [REFERRAL {}]\r\n", filled("a ")),
    ] {
        // In quadratic time this would not finish.
        drop(decode(line.as_bytes()));
    }
}

#[test]
fn nesting_takes_no_stack() {
    let deep =
        |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let multiparts = deep("(", " \"mixed\")");
    let messages = deep("(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 NIL ", " 1)");
    let addresses = format!("(NIL NIL {})", deep("(", ")"));
    let lines = [
        format!("* 1 FETCH (UID 5 BODYSTRUCTURE {multiparts})\r\n"),
        format!("* 1 FETCH (UID 5 BODYSTRUCTURE {messages})\r\n"),
        format!("* 1 FETCH (UID 5 ENVELOPE {addresses})\r\n"),
        format!("* 1 FETCH (UID 5 X-ODD {})\r\n", deep("(", ")")),
        format!("* THREAD {}\r\n", deep("(1 ", ")")),
        format!("* LIST () NIL a (X-ODD {})\r\n", deep("(", ")")),
        format!("* XODD {}\r\n", deep("(", ")")),
    ];
    let read = move || {
        for line in lines {
            match decode(line.as_bytes()) {
                Response::Fetch(fetch) => {
                    assert_eq!((fetch.uid(), fetch.malformed().len()), (Uid::new(5), 1));
                }
                Response::Unknown(_) => {}
                other => assert_eq!(other.malformed().len(), 1),
            }
        }
    };
    // One byte for each level would already be too much.
    let small = std::thread::Builder::new().stack_size(96 * 1024);
    small.spawn(read).unwrap().join().unwrap();
}
