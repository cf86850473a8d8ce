//! The extensions of Gmail.

use imapclient_server::{Mail, Server, SpecialUse};

use crate::client::{Client, server};

const FIRST: u64 = 1_700_000_000_000_000_001;

fn gmail() -> Server {
    Server::builder()
        .gmail()
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.message(
                Mail::from("From: ann@example.org\nSubject: Plans\nMessage-ID: <1@x>\n\nOn Monday?\n")
                    .label("\\Important")
                    .label("Zürich trip"),
            )
            .message("From: ben@example.org\nTo: ann@example.org\nSubject: Bill\nMessage-ID: <2@x>\n\nPay.\n")
            .message(
                Mail::from(
                    "From: ben@example.org\nSubject: Re: Plans\nReferences: <0@x> <1@x>\nMIME-Version: 1.0\n\
                     Content-Type: multipart/mixed; boundary=b\n\n--b\n\nOn Tuesday.\n--b\n\
                     Content-Disposition: ATTACHMENT; filename=a.txt\n\nx\n--b--\n",
                )
                .flag("\\Seen"),
            )
        })
        .mailbox("All", |m| m.special_use(SpecialUse::All))
        .mailbox("Junk", |m| m.special_use(SpecialUse::Junk))
        .mailbox("Star", |m| m.special_use(SpecialUse::Flagged))
        .mailbox("Sent/Ü", |m| m.special_use(SpecialUse::Sent))
        .start()
}

#[test]
fn it_is_off_unless_asked_for() {
    let server = server();
    let mut client = Client::inbox(&server);
    let capabilities = client.ok("CAPABILITY").remove(0);
    assert!(!capabilities.contains("X-GM-EXT-1"), "{capabilities}");
    assert!(!capabilities.contains("XLIST"), "{capabilities}");
    for unknown in [
        "XLIST \"\" *",
        "FETCH 1 X-GM-MSGID",
        "FETCH 1 (UID X-GM-LABELS)",
        "STORE 1 +X-GM-LABELS (x)",
        "SEARCH X-GM-RAW x",
        "SEARCH NOT (ALL OR X-GM-THRID 1 SEEN)",
    ] {
        let answer = client.end(unknown);
        assert!(answer.starts_with("BAD "), "{unknown}: {answer}");
    }
    let server = gmail();
    let capabilities = Client::login(&server).ok("CAPABILITY").remove(0);
    assert!(capabilities.contains(" XLIST X-GM-EXT-1"), "{capabilities}");
}

#[test]
fn xlist_has_the_old_names() {
    let server = gmail();
    let mut client = Client::login(&server);
    assert_eq!(
        client.ok("XLIST \"\" *"),
        [
            "XLIST (\\HasNoChildren \\AllMail) \"/\" All",
            "XLIST (\\HasNoChildren \\Inbox) \"/\" INBOX",
            "XLIST (\\HasNoChildren \\Spam) \"/\" Junk",
            "XLIST (\\Noselect \\HasChildren) \"/\" Sent",
            "XLIST (\\HasNoChildren \\Sent) \"/\" Sent/&ANw-",
            "XLIST (\\HasNoChildren \\Starred) \"/\" Star",
        ]
    );
    assert_eq!(client.ok("XLIST Sent/ {1+}\r\n%").len(), 1);
    assert_eq!(
        client.ok("XLIST \"\" \"\""),
        ["XLIST (\\Noselect) \"/\" \"\""]
    );
    assert!(client.end("XLIST \"\"").starts_with("BAD "));
}

#[test]
fn messages_have_numbers_of_64_bits() {
    let server = gmail();
    let mut client = Client::inbox(&server);
    let (one, two, three) = (FIRST, FIRST + 1, FIRST + 2);
    assert_eq!(
        client.ok("FETCH 1:* (X-GM-MSGID X-GM-THRID)"),
        [
            format!("1 FETCH (X-GM-MSGID {one} X-GM-THRID {one})"),
            format!("2 FETCH (X-GM-MSGID {two} X-GM-THRID {two})"),
            format!("3 FETCH (X-GM-MSGID {three} X-GM-THRID {one})"),
        ]
    );
    assert_eq!(
        client.ok("UID FETCH 2 x-gm-thrid"),
        [format!("2 FETCH (UID 2 X-GM-THRID {two})")]
    );
    assert_eq!(
        client.ok("FETCH 2 (X-GM-MSGID BODY.PEEK[HEADER.FIELDS (\"to\" Subject)]<0.8> X-GM-LABELS RFC822.SIZE)"),
        [format!("2 FETCH (BODY[HEADER.FIELDS (\"to\" Subject)]<0> {{8}}\r\nTo: ann@ RFC822.SIZE 86 X-GM-MSGID {two} X-GM-LABELS ())")]
    );
    // A copy has the same numbers.
    client.ok("COPY 3 All");
    client.ok("SELECT All");
    assert_eq!(
        client.ok("FETCH 1 (X-GM-MSGID X-GM-THRID)"),
        [format!("1 FETCH (X-GM-MSGID {three} X-GM-THRID {one})")]
    );
    assert_eq!(client.ok("FETCH 1 FAST").len(), 1);
    for wrong in [
        "FETCH 1 (X-GM-MSGID",
        "FETCH 1 (X-GM-MSGID BODY[)",
        "FETCH x X-GM-MSGID",
        "FETCH 1 X-GM-OTHER",
    ] {
        let answer = client.end(wrong);
        assert!(answer.starts_with("BAD "), "{wrong}: {answer}");
    }
}

#[test]
fn labels_come_and_go() {
    let server = gmail();
    let mut client = Client::inbox(&server);
    assert_eq!(
        client.ok("FETCH 1 (X-GM-LABELS)"),
        ["1 FETCH (X-GM-LABELS (\"Z&APw-rich trip\" \"\\\\Important\"))"]
    );
    assert_eq!(
        client.ok("STORE 1:2 +X-GM-LABELS (\\Inbox Work \"a b\" WORK)"),
        [
            "1 FETCH (X-GM-LABELS (\"a b\" WORK \"Z&APw-rich trip\" \"\\\\Important\" \"\\\\Inbox\"))",
            "2 FETCH (X-GM-LABELS (\"a b\" WORK \"\\\\Inbox\"))",
        ]
    );
    assert_eq!(
        client.ok("UID STORE 2 -X-GM-LABELS (work \"\\\\inbox\")"),
        ["2 FETCH (UID 2 X-GM-LABELS (\"a b\"))"]
    );
    assert!(
        client
            .ok("STORE 1 X-GM-LABELS.SILENT ({3+}\r\nnew)")
            .is_empty()
    );
    assert!(
        client
            .ok("STORE 2:3 -X-GM-LABELS.SILENT \"a b\"")
            .is_empty()
    );
    let labels: Vec<_> = server
        .messages("bob", "INBOX")
        .into_iter()
        .map(|m| m.labels)
        .collect();
    assert_eq!(labels, [vec!["new".to_owned()], vec![], vec![]]);
    assert_eq!(
        client.ok("STORE 1 X-GM-LABELS ()"),
        ["1 FETCH (X-GM-LABELS ())"]
    );
    for wrong in [
        "STORE 1 +X-GM-LABELS",
        "STORE 1 +X-GM-LABELS (x",
        "STORE 1 +X-GM-LABELS (\"\")",
        "STORE 1 +X-GM-LABELS (&)",
        "STORE 1 +X-GM-MSGID (1)",
        "STORE 9 +X-GM-LABELS (x)",
        "STORE 1 (XYZZY 1) +X-GM-LABELS (x)",
    ] {
        let answer = client.end(wrong);
        assert!(answer.starts_with("BAD "), "{wrong}: {answer}");
    }
    client.ok("EXAMINE INBOX");
    assert!(client.end("STORE 1 +X-GM-LABELS (x)").starts_with("NO "));
}

#[test]
fn labels_are_changes_that_are_counted() {
    let server = gmail();
    let mut client = Client::inbox(&server);
    client.ok("STORE 2 +X-GM-LABELS (x)");
    client.ok("ENABLE CONDSTORE");
    let seen = client.ok("FETCH 2 (MODSEQ)").remove(0);
    let modseq: u64 = seen.split(['(', ')']).nth(2).unwrap().parse().unwrap();
    client.ok("STORE 3 +X-GM-LABELS (y)");
    let answer = client.end(&format!(
        "STORE 1:3 (UNCHANGEDSINCE {modseq}) +X-GM-LABELS.SILENT (z)"
    ));
    assert!(answer.starts_with("OK [MODIFIED 3] "), "{answer}");
    let stored = client.ok(&format!(
        "UID STORE 1 (UNCHANGEDSINCE {}) +X-GM-LABELS (w)",
        modseq + 2
    ));
    assert_eq!(
        stored,
        [format!(
            "1 FETCH (UID 1 MODSEQ ({}) X-GM-LABELS (w z \"Z&APw-rich trip\" \"\\\\Important\"))",
            modseq + 4
        )]
    );
}

#[test]
fn searches_as_gmail_does() {
    let server = gmail();
    let mut client = Client::inbox(&server);
    for (keys, found) in [
        (format!("X-GM-MSGID {}", FIRST + 1), "2"),
        (format!("X-GM-THRID {FIRST}"), "1 3"),
        (
            format!("OR X-GM-MSGID {FIRST} (NOT X-GM-THRID {FIRST} ALL)"),
            "1 2",
        ),
        ("X-GM-LABELS \"z&APw-rich trip\"".to_owned(), "1"),
        ("X-GM-LABELS \\Important".to_owned(), "1"),
        ("NOT X-GM-LABELS \"\\\\important\"".to_owned(), "2 3"),
        ("X-GM-RAW plans".to_owned(), "1 3"),
        ("X-GM-RAW \"from:ben plans\"".to_owned(), "3"),
        ("X-GM-RAW \"from:ben -plans\"".to_owned(), "2"),
        ("X-GM-RAW \"to:ann\"".to_owned(), "2"),
        ("X-GM-RAW \"subject:\\\"re: plans\\\"\"".to_owned(), "3"),
        ("X-GM-RAW \"\\\"on monday\\\"\"".to_owned(), "1"),
        ("X-GM-RAW has:attachment".to_owned(), "3"),
        ("X-GM-RAW -has:attachment SUBJECT plans".to_owned(), "1"),
        ("X-GM-RAW \"is:unread label:important\"".to_owned(), "1"),
        ("X-GM-RAW is:read".to_owned(), "3"),
        ("X-GM-RAW is:starred".to_owned(), ""),
        (
            "CHARSET UTF-8 X-GM-RAW {18+}\r\nlabel:zürich-trip".to_owned(),
            "1",
        ),
    ] {
        let numbers = if found.is_empty() {
            String::new()
        } else {
            format!(" {found}")
        };
        assert_eq!(
            client.ok(&format!("SEARCH {keys}")),
            [format!("SEARCH{numbers}")],
            "{keys}"
        );
    }
    assert_eq!(
        client.ok("UID SEARCH 2:3 X-GM-RAW {3+}\r\npay"),
        ["SEARCH 2"]
    );
    assert_eq!(
        client.ok(&format!("SORT (REVERSE ARRIVAL) UTF-8 X-GM-THRID {FIRST}")),
        ["SORT 1 3"]
    );
    assert_eq!(
        client.ok(&format!("THREAD ORDEREDSUBJECT UTF-8 X-GM-MSGID {FIRST}")),
        ["THREAD (1)"]
    );
    for wrong in [
        "SEARCH X-GM-RAW",
        "SEARCH X-GM-RAW \"\"",
        "SEARCH X-GM-MSGID x",
        "SEARCH X-GM-OTHER 1",
        "SEARCH X-GM-LABELS (x)",
    ] {
        let answer = client.end(wrong);
        assert!(answer.starts_with("BAD "), "{wrong}: {answer}");
    }
    // A synchronising literal gets a continuation request.
    client.send("a SEARCH X-GM-RAW {5}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send("plans\r\n");
    assert_eq!(client.line(), "* SEARCH 1 3");
}
