//! LIST, LSUB and STATUS, as real servers send them.

use imapclient_codec::{Attribute, Decoder, Limits, List, MailboxStatus, Message, Names, Response};

fn decode(wire: &[u8]) -> Response {
    Decoder::new(Limits::default()).decode(&Message::from(wire))
}

fn list(wire: &[u8]) -> List {
    match decode(wire) {
        Response::List(list) | Response::Lsub(list) => list,
        other => panic!("{}: {other:?}", wire.escape_ascii()),
    }
}

fn status(wire: &[u8]) -> MailboxStatus {
    match decode(wire) {
        Response::MailboxStatus(status) => status,
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
        assert_eq!(list.extended, None, "{name}");
    }
}

#[test]
fn broken_names_go_back_as_they_came() {
    let list = list(b"* LIST () \"/\" \"&bad \xfc\"\r\n");
    assert_eq!(list.name.as_str(), "&bad \u{fffd}");
    assert_eq!(&*list.name.wire(Names::Utf7), b"&bad \xfc");
}

#[test]
fn names_follow_the_mode() {
    let mut decoder = Decoder::new(Limits::default());
    decoder.set_names(Names::Utf8);
    let wire = "* LIST () \"/\" \"Tom & ü\"\r\n".as_bytes();
    let Response::List(list) = decoder.decode(&Message::from(wire)) else {
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
        list.attributes,
        [
            Attribute::NoSelect,
            Attribute::HasChildren,
            Attribute::Other("\\X-Odd".into()),
            Attribute::Other("word".into())
        ]
    );
    assert!(list.has(&Attribute::from("\\NoSelect")) && !list.has(&Attribute::Sent));
    assert!(self::list(b"* LIST NIL \"/\" x\r\n").attributes.is_empty());
}

#[test]
fn extended_data_are_kept() {
    let rows: [(&[u8], &str, &[u8]); 5] = [
        (
            b"* LIST () \"/\" \"a b\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n",
            "a b",
            b"(\"CHILDINFO\" (\"SUBSCRIBED\"))",
        ),
        (
            b"* LIST () \"/\" a (OLDNAME (\"b c\")) \r\n",
            "a",
            b"(OLDNAME (\"b c\"))",
        ),
        (b"* LIST () \"/\" a (X 5 Y (1))\r\n", "a", b"(X 5 Y (1))"),
        (b"* LIST () \"/\" a b (X (1))\r\n", "a b", b"(X (1))"),
        (b"* LIST () \"/\" {1}\r\na (X (1))\r\n", "a", b"(X (1))"),
    ];
    for (wire, name, extended) in rows {
        let list = list(wire);
        assert_eq!(list.name.as_str(), name);
        assert_eq!(
            list.extended.as_deref(),
            Some(extended),
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
        assert_eq!(status.messages, Some(1), "{name}");
    }
}

#[test]
fn status_items() {
    let all = status(
        b"* STATUS x (MESSAGES 1 RECENT 2 UIDNEXT 0 UIDVALIDITY 0 UNSEEN 5 DELETED 6 \
          HIGHESTMODSEQ 7 SIZE 99999999999 DELETED-STORAGE 9 APPENDLIMIT 10)\r\n",
    );
    assert_eq!(
        (all.messages, all.recent, all.unseen),
        (Some(1), Some(2), Some(5))
    );
    assert_eq!(
        (all.uid_next, all.uid_validity, all.deleted),
        (Some(0), Some(0), Some(6))
    );
    assert_eq!(
        (all.highest_modseq, all.size),
        (Some(7), Some(99_999_999_999))
    );
    assert_eq!((all.deleted_storage, all.append_limit), (Some(9), Some(10)));
    assert!(all.other.is_empty());

    let odd = status(
        b"* STATUS x (MAILBOXID (F1) UIDVALIDITY 99999999999 APPENDLIMIT NIL MESSAGES -1 UNSEEN 3)\r\n",
    );
    let other: Vec<(&str, &[u8])> = odd.other.iter().map(|(n, v)| (n.as_str(), &**v)).collect();
    assert_eq!(
        other,
        [
            ("MAILBOXID", &b"(F1)"[..]),
            ("UIDVALIDITY", b"99999999999"),
            ("APPENDLIMIT", b"NIL"),
            ("MESSAGES", b"-1"),
        ]
    );
    assert_eq!(
        (odd.uid_validity, odd.messages, odd.unseen),
        (None, None, Some(3))
    );
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
        b"* STATUS x (MESSAGES)\r\n",
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
