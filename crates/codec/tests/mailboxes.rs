//! LIST, LSUB and STATUS, as real servers send them.

use imapclient_codec::{
    AppendLimit, Attribute, Decoder, Limits, ListedMailbox, MailboxStatus, NameEncoding,
    RawResponse, Response, Uid,
};

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&RawResponse::from(wire))
}

fn list(wire: &[u8]) -> ListedMailbox {
    match decode(wire) {
        Response::List(list) | Response::Lsub(list) => list,
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
}

fn status(wire: &[u8]) -> MailboxStatus {
    match decode(wire) {
        Response::MailboxStatus(status) => *status,
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
}

#[test]
fn names_in_every_form() {
    let rows: [(&str, &[u8], &str); 24] = [
        ("atom", b"* LIST () \"/\" INBOX\r\n", "INBOX"),
        ("quoted", b"* LIST () \"/\" \"a b\"\r\n", "a b"),
        ("empty", b"* LIST () \"/\" \"\"\r\n", ""),
        ("literal", b"* LIST () \"/\" {5}\r\na \"b)\r\n", "a \"b)"),
        (
            "non-synchronising literal",
            b"* LIST () \"/\" {3+}\r\nabc\r\n",
            "abc",
        ),
        (
            "escaped",
            b"* LIST () \"/\" \"Test \\\"Folder\\\"\"\r\n",
            "Test \"Folder\"",
        ),
        (
            "backslash",
            b"* LIST () \"/\" \"Left\\\\Right\"\r\n",
            "Left\\Right",
        ),
        (
            "not escaped",
            b"* LIST () \"/\" \"Test \"Folder\" x\"\r\n",
            "Test \"Folder\" x",
        ),
        ("digits", b"* LIST (\\HasNoChildren) \"/\" 123\r\n", "123"),
        ("the word NIL", b"* LIST () \"/\" NIL\r\n", "NIL"),
        (
            "bare with blanks",
            b"* LIST () \"/\" My Folder \r\n",
            "My Folder",
        ),
        (
            "bare with a tab",
            b"* LIST () \"/\" My\tFolder\r\n",
            "My\tFolder",
        ),
        (
            "bare with brackets",
            b"* LIST () \"/\" [Gmail]/All Mail\r\n",
            "[Gmail]/All Mail",
        ),
        (
            "bare with parentheses",
            b"* LIST () \"/\" Mail (old)\r\n",
            "Mail (old)",
        ),
        (
            "bare with words in them",
            b"* LIST () \"/\" Mail (very old)\r\n",
            "Mail (very old)",
        ),
        ("bare with %", b"* LIST () \"/\" 100%\r\n", "100%"),
        ("bare with a brace", b"* LIST () \"/\" {x\r\n", "{x"),
        ("double blanks", b"*  LIST  ()  \"/\"  x\r\n", "x"),
        ("lone LF", b"* LIST () \"/\" x\n", "x"),
        ("lower case", b"* list () \"/\" x\r\n", "x"),
        ("LSUB", b"* LSUB () \"/\" x\r\n", "x"),
        ("XLIST", b"* XLIST () \"/\" x\r\n", "x"),
        (
            "modified UTF-7",
            b"* LIST () \"/\" \"Entw&APw-rfe\"\r\n",
            "Entwürfe",
        ),
        (
            "raw UTF-8",
            "* LIST () \"/\" Entwürfe\r\n".as_bytes(),
            "Entwürfe",
        ),
    ];
    for (name, wire, expected) in rows {
        let list = list(wire);
        assert_eq!(list.name.as_str(), expected, "{name}");
        assert_eq!(list.child_info(), None, "{name}");
        assert!(
            list.unknown().is_empty() && list.malformed().is_empty(),
            "{name}"
        );
    }
}

#[test]
fn broken_names_go_back_as_they_came() {
    let list = list(b"* LIST () \"/\" \"&bad \xfc\"\r\n");
    assert_eq!(list.name.as_str(), "&bad \u{fffd}");
    assert_eq!(&*list.name.wire(NameEncoding::Utf7), b"&bad \xfc");
}

#[test]
fn names_follow_the_mode() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.set_names(NameEncoding::Utf8);
    let wire = "* LIST () \"/\" \"Tom & ü\"\r\n".as_bytes();
    let Response::List(list) = decoder.decode(&RawResponse::from(wire)) else {
        panic!()
    };
    assert_eq!(list.name, "Tom & ü");
}

#[test]
fn delimiters() {
    let rows: [(&[u8], Option<char>); 7] = [
        (b"* LIST () \"/\" x\r\n", Some('/')),
        (b"* LIST () \"\\\\\" x\r\n", Some('\\')),
        (b"* LIST () \"\\\"\" x\r\n", Some('"')),
        (b"* LIST () NIL x\r\n", None),
        (b"* LIST () nil x\r\n", None),
        (b"* LIST () \"\" x\r\n", None),
        (b"* LIST () . x\r\n", Some('.')),
    ];
    for (wire, expected) in rows {
        assert_eq!(list(wire).delimiter, expected, "{}", wire.escape_ascii());
    }
}

#[test]
fn attributes() {
    let list = list(b"* LIST ( \\noselect  \\HASCHILDREN \\X-Odd word ) \"/\" x\r\n");
    assert_eq!(
        list.attributes.iter().collect::<Vec<_>>(),
        [
            Attribute::HasChildren,
            Attribute::NoSelect,
            Attribute::Other("\\X-Odd".into()),
            Attribute::Other("word".into())
        ]
    );
    assert!(list.has(&Attribute::from("\\NoSelect")) && !list.has(&Attribute::Sent));
    assert!(self::list(b"* LIST NIL \"/\" x\r\n").attributes.is_empty());
}

#[test]
fn extended_data() {
    type Row = (
        &'static [u8],
        &'static str,
        Option<&'static [&'static str]>,
        Option<&'static str>,
    );
    let rows: [Row; 7] = [
        (
            b"* LIST () \"/\" \"a b\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n",
            "a b",
            Some(&["SUBSCRIBED"]),
            None,
        ),
        (
            b"* LIST (\\Subscribed) \"/\" a (childinfo (SUBSCRIBED SPECIAL-USE))\r\n",
            "a",
            Some(&["SUBSCRIBED", "SPECIAL-USE"]),
            None,
        ),
        (
            b"* LIST () \"/\" a (OLDNAME (\"b c\")) \r\n",
            "a",
            None,
            Some("b c"),
        ),
        (
            b"* LIST () \"/\" a (\"CHILDINFO\" (\"X\") \"OLDNAME\" (&AOQ-))\r\n",
            "a",
            Some(&["X"]),
            Some("ä"),
        ),
        (b"* LIST () \"/\" a ()\r\n", "a ()", None, None),
        (b"* LIST () \"/\" \"a\" ()\r\n", "a", None, None),
        (
            b"* LIST () \"/\" {1}\r\na(CHILDINFO ())\r\n",
            "a",
            Some(&[]),
            None,
        ),
    ];
    for (wire, name, child_info, old_name) in rows {
        let list = list(wire);
        let shown = wire.escape_ascii();
        assert_eq!(list.name.as_str(), name, "{shown}");
        let expected = child_info.map(|names| names.iter().map(ToString::to_string).collect());
        assert_eq!(list.child_info().map(<[_]>::to_vec), expected, "{shown}");
        assert_eq!(list.old_name().map(AsRef::as_ref), old_name, "{shown}");
        assert!(
            list.unknown().is_empty() && list.malformed().is_empty(),
            "{shown}"
        );
    }
}

#[test]
fn other_extended_data_are_kept() {
    type Row = (
        &'static [u8],
        &'static str,
        &'static [(&'static str, &'static [u8])],
    );
    let rows: [Row; 3] = [
        (
            b"* LIST () \"/\" a (X 5 Y (1 (2)))\r\n",
            "a",
            &[("X", b"5"), ("Y", b"(1 (2))")],
        ),
        (b"* LIST () \"/\" a b (X (1))\r\n", "a b", &[("X", b"(1)")]),
        (
            b"* LIST () \"/\" {1}\r\na (x (1))\r\n",
            "a",
            &[("X", b"(1)")],
        ),
    ];
    for (wire, name, expected) in rows {
        let list = list(wire);
        assert_eq!(list.name.as_str(), name);
        let unknown: Vec<_> = list
            .unknown()
            .iter()
            .map(|u| (u.name.as_str(), &*u.raw))
            .collect();
        assert_eq!(unknown, expected, "{}", wire.escape_ascii());
    }
}

#[test]
fn a_mailbox_survives_what_follows_it() {
    let rows: [(&[u8], &str, &[u8]); 5] = [
        (b"* LIST () \"/\" \"a\" b\r\n", "LIST", b"b\r\n"),
        (b"* LIST () \"/\" \"a\" (X\r\n", "LIST", b"(X\r\n"),
        (b"* LIST () \"/\" \"a\" (X 1) y\r\n", "LIST", b"(X 1) y\r\n"),
        (
            b"* LIST () \"/\" \"a\" (CHILDINFO 5 X 1)\r\n",
            "CHILDINFO",
            b"5",
        ),
        (
            b"* LIST () \"/\" \"a\" (OLDNAME (b c) X 1)\r\n",
            "OLDNAME",
            b"(b c)",
        ),
    ];
    for (wire, item, raw) in rows {
        let list = list(wire);
        assert_eq!(list.name.as_str(), "a");
        let bad = list.malformed().last().unwrap();
        assert_eq!(
            (bad.item.as_str(), &*bad.raw),
            (item, raw),
            "{}",
            wire.escape_ascii()
        );
    }
}

#[test]
fn status_names() {
    let rows: [(&str, &[u8], &str); 10] = [
        ("atom", b"* STATUS INBOX (MESSAGES 1)\r\n", "INBOX"),
        ("quoted", b"* STATUS \"a (b)\" (MESSAGES 1)\r\n", "a (b)"),
        ("literal", b"* STATUS {3}\r\na(b (MESSAGES 1)\r\n", "a(b"),
        (
            "bare with blanks",
            b"* STATUS My files (MESSAGES 1)\r\n",
            "My files",
        ),
        (
            "bare with a list",
            b"* STATUS Mail (old) (MESSAGES 1)\r\n",
            "Mail (old)",
        ),
        (
            "not escaped",
            b"* STATUS \"a \"b\" c\" (MESSAGES 1)\r\n",
            "a \"b\" c",
        ),
        (
            "blank at the end",
            b"* STATUS INBOX (MESSAGES 1) \r\n",
            "INBOX",
        ),
        (
            "blank in the list",
            b"* STATUS INBOX ( MESSAGES  1 )\r\n",
            "INBOX",
        ),
        ("no blank", b"* STATUS \"x\"(MESSAGES 1)\r\n", "x"),
        ("lower case", b"* status inbox (messages 1)\n", "inbox"),
    ];
    for (name, wire, expected) in rows {
        let status = status(wire);
        assert_eq!(status.name.as_str(), expected, "{name}");
        assert_eq!(status.messages, Some(1.into()), "{name}");
    }
}

#[test]
fn status_items() {
    let all = status(
        b"* STATUS x (MESSAGES 1 RECENT 2 UIDNEXT 4 UIDVALIDITY 0 UNSEEN 5 DELETED 6 \
          HIGHESTMODSEQ 7 SIZE 99999999999 DELETED-STORAGE 9 APPENDLIMIT 10 MAILBOXID (F2212ea87-6097))\r\n",
    );
    assert_eq!(
        (all.messages, all.recent, all.unseen),
        (Some(1.into()), Some(2.into()), Some(5.into()))
    );
    assert_eq!(
        (all.uid_next, all.uid_validity, all.deleted),
        (Uid::new(4), Some(0), Some(6.into()))
    );
    assert_eq!(
        (all.highest_modseq, all.size),
        (Some(7), Some(99_999_999_999))
    );
    assert_eq!(
        (all.deleted_storage, all.append_limit),
        (Some(9), Some(AppendLimit::Bytes(10)))
    );
    assert_eq!(all.mailbox_id.as_deref(), Some("F2212ea87-6097"));
    assert!(all.unknown.is_empty() && all.malformed.is_empty());

    let odd = status(
        b"* STATUS \"x\" (MAILBOXID \"F1\" UIDVALIDITY 99999999999 APPENDLIMIT NIL MESSAGES -1 \
          X-GUID (a b) HIGHESTMODSEQ (5) UIDNEXT 0 UNSEEN 3 RECENT) y\r\n",
    );
    assert_eq!(odd.mailbox_id.as_deref(), Some("F1"));
    assert_eq!(odd.append_limit, Some(AppendLimit::None));
    assert_eq!(
        (odd.unknown[0].name.as_str(), &*odd.unknown[0].raw),
        ("X-GUID", &b"(a b)"[..])
    );
    let bad: Vec<_> = odd
        .malformed
        .iter()
        .map(|bad| (bad.item.as_str(), &*bad.raw, bad.why.as_str()))
        .collect();
    assert_eq!(
        bad,
        [
            ("UIDVALIDITY", &b"99999999999"[..], "a number is too large"),
            ("MESSAGES", b"-1", "a number is missing"),
            ("UIDNEXT", b"0", "there is no UID 0"),
            ("RECENT", b"", "a number is missing"),
            ("STATUS", b"y\r\n", "something follows the response"),
        ]
    );
    assert_eq!(
        (
            odd.uid_validity,
            odd.messages,
            odd.unseen,
            odd.highest_modseq
        ),
        (None, None, Some(3.into()), Some(5))
    );
    assert_eq!(odd.uid_next, None);
    assert_eq!(status(b"* STATUS x ()\r\n").messages, None);
}

#[test]
fn status_without_a_list_is_malformed() {
    for wire in [
        &b"* STATUS x\r\n"[..],
        b"* STATUS x (\r\n",
        b"* STATUS x )\r\n",
        b"* STATUS x (MESSAGES 1\r\n",
        b"* STATUS \"x\" (MESSAGES 1\r\n",
        b"* STATUS (\r\n",
        b"* STATUS\r\n",
    ] {
        assert!(
            matches!(decode(wire), Response::Malformed(_)),
            "{}",
            wire.escape_ascii()
        );
    }
}
