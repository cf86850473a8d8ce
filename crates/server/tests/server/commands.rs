//! Tests of commands, one after the other.

use imapclient_server::{Server, SpecialUse};

use crate::client::{Client, server};

#[test]
fn a_whole_session() {
    let server = server();
    let mut client = Client::connect(server.addr());
    assert_eq!(client.end("SELECT INBOX"), "BAD Log in first.");
    assert!(
        client
            .end("LOGIN bob wrong")
            .starts_with("NO [AUTHENTICATIONFAILED] ")
    );
    assert!(
        client
            .end("LOGIN bob sekret")
            .starts_with("OK [CAPABILITY IMAP4REV1 ")
    );
    assert!(client.end("LOGIN bob sekret").starts_with("BAD "));
    let selected = client.ok("SELECT INBOX");
    for wanted in ["2 EXISTS", "2 RECENT", "OK [UIDNEXT 3] The next UID."] {
        assert!(
            selected.iter().any(|line| line == wanted),
            "{wanted}: {selected:?}"
        );
    }
    assert_eq!(
        client.ok("FETCH 1 (UID FLAGS BODY[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT])"),
        [
            "1 FETCH (UID 1 FLAGS (\\Seen \\Recent) BODY[HEADER.FIELDS (SUBJECT)] {16}\r\nSubject: one\r\n\r\n \
             BODY[TEXT] {8}\r\nFirst.\r\n)"
        ]
    );
    client.ok("STORE 1 +FLAGS.SILENT (\\Deleted)");
    assert!(client.end("COPY 1:2 Trash").contains(" 1:2 1:2] "));
    assert!(client.end("COPY 1 Nowhere").starts_with("NO [TRYCREATE] "));
    assert_eq!(client.ok("EXPUNGE"), ["1 EXPUNGE", "1 RECENT"]);
    let moved = client.ok("UID MOVE 2 Trash");
    assert!(
        moved[0].starts_with("OK [COPYUID ") && moved[0].contains(" 2 3]"),
        "{moved:?}"
    );
    assert_eq!(moved[1..], ["1 EXPUNGE", "0 RECENT"]);
    assert_eq!(
        client.ok("STATUS Trash (MESSAGES UIDNEXT)"),
        ["STATUS Trash (MESSAGES 3 UIDNEXT 4)"]
    );
    assert_eq!(
        client.run("LOGOUT"),
        ["* BYE Until next time.", "OK Logged out."]
    );
    client.assert_closed();
    drop(client);
    server.finish().unwrap();
}

#[test]
fn garbage_is_answered_and_the_session_goes_on() {
    let server = server();
    let mut client = Client::inbox(&server);
    for (garbage, answer) in [
        ("x", "x BAD "),
        ("x FROBNICATE", "x BAD "),
        ("", "* BAD "),
        ("* NOOP", "* BAD "),
        ("x FETCH", "x BAD "),
        ("x FETCH 0 ALL", "x BAD "),
        ("x FETCH 9 ALL", "x BAD "),
        ("x LOGIN \"bob", "x BAD "),
        ("x SELECT {5", "x BAD "),
        ("x UID", "x BAD "),
        ("x FETCH 1 (VANISHED)", "x BAD "),
        ("\u{1F4A3} NOOP", "* BAD "),
    ] {
        client.send(format!("{garbage}\r\n"));
        let line = client.line();
        assert!(line.starts_with(answer), "{garbage:?}: {line}");
    }
    client.send("x NOOP\n");
    assert!(client.line().starts_with("x BAD "));
    client.send([b"x SEARCH ".to_vec(), vec![b'1'; 100_000], b"\r\n".to_vec()].concat());
    assert_eq!(client.line(), "x BAD That is too long.");
    client.ok("NOOP");
}

#[test]
fn mailboxes_come_and_go() {
    let server = Server::builder()
        .user("bob", "sekret")
        .mailbox("Entwürfe", |m| {
            m.special_use(SpecialUse::Drafts).subscribed()
        })
        .start();
    let mut client = Client::login(&server);
    client.ok("CREATE Work/2024/May");
    assert!(
        client
            .end("CREATE Work/2024/May")
            .starts_with("NO [ALREADYEXISTS] ")
    );
    client.ok("RENAME Work Job");
    let names = |lines: Vec<String>| -> Vec<String> {
        let name = |line: &String| line.rsplit_once(' ').unwrap().1.to_owned();
        lines.iter().map(name).collect()
    };
    assert_eq!(
        names(client.ok("LIST \"\" *")),
        ["Entw&APw-rfe", "INBOX", "Job", "Job/2024", "Job/2024/May"]
    );
    assert_eq!(names(client.ok("LIST Job/ %")), ["Job/2024"]);
    let drafts = client.ok("LIST \"\" Ent*").remove(0);
    assert!(drafts.contains("\\Drafts"), "{drafts}");
    assert_eq!(
        client.ok("LIST \"\" \"\"")[0],
        "LIST (\\Noselect) \"/\" \"\""
    );
    client.ok("SUBSCRIBE Job/2024/May");
    client.ok("UNSUBSCRIBE INBOX");
    assert_eq!(
        names(client.ok("LSUB \"\" *")),
        ["Entw&APw-rfe", "Job/2024/May"]
    );
    assert!(client.end("DELETE INBOX").starts_with("NO [CANNOT] "));
    assert!(
        client
            .end("DELETE Nowhere")
            .starts_with("NO [NONEXISTENT] ")
    );
    client.ok("DELETE Job/2024/May");
    assert_eq!(names(client.ok("LIST \"\" Job*")).len(), 0);
    assert_eq!(client.ok("NAMESPACE"), ["NAMESPACE ((\"\" \"/\")) NIL NIL"]);
}

#[test]
fn changes_are_counted() {
    let server = server();
    let mut client = Client::login(&server);
    assert_eq!(client.ok("ENABLE CONDSTORE XYZZY"), ["ENABLED CONDSTORE"]);
    let selected = client.ok("SELECT INBOX (CONDSTORE)");
    let highest = selected
        .iter()
        .find_map(|line| line.strip_prefix("OK [HIGHESTMODSEQ "));
    let highest: u64 = highest.unwrap().split(']').next().unwrap().parse().unwrap();
    let stored = client.ok("UID STORE 2 +FLAGS (\\Seen)");
    assert_eq!(stored.len(), 1);
    let next = highest + 1;
    assert!(
        stored[0].contains(&format!("MODSEQ ({next})")),
        "{stored:?}"
    );
    let changed = client.ok(&format!("FETCH 1:* (FLAGS) (CHANGEDSINCE {highest})"));
    assert_eq!(changed.len(), 1);
    assert!(changed[0].starts_with("2 FETCH "), "{changed:?}");
    let failed = client.end(&format!(
        "STORE 1:2 (UNCHANGEDSINCE {highest}) +FLAGS (\\Flagged)"
    ));
    assert!(failed.starts_with("OK [MODIFIED 2] "), "{failed}");
    let searched = client.ok(&format!("SEARCH MODSEQ {next}"));
    assert_eq!(searched, [format!("SEARCH 1 2 (MODSEQ {})", next + 1)]);
}

#[test]
fn searches_sorts_and_threads() {
    let server = server();
    let mut client = Client::inbox(&server);
    assert_eq!(client.ok("SEARCH SUBJECT tw"), ["SEARCH 2"]);
    assert_eq!(
        client.ok("UID SORT (REVERSE SUBJECT) UTF-8 ALL"),
        ["SORT 2 1"]
    );
    assert_eq!(client.ok("THREAD REFERENCES UTF-8 ALL"), ["THREAD (1)(2)"]);
    assert_eq!(
        client.end("SEARCH CHARSET KOI8-R ALL"),
        "NO [BADCHARSET (US-ASCII UTF-8)] That charset is not known here."
    );
    assert!(client.end("THREAD XYZZY UTF-8 ALL").starts_with("BAD "));
}

#[test]
fn authenticates() {
    let server = server();
    let mut client = Client::connect(server.addr());
    client.send("a AUTHENTICATE PLAIN\r\n");
    assert_eq!(client.line(), "+ ");
    client.send("*\r\n");
    assert!(client.line().starts_with("a BAD "));
    client.send("a AUTHENTICATE PLAIN\r\n");
    client.line();
    client.send("!\r\n");
    assert!(client.line().starts_with("a BAD "));
    // The first login names another user to act for.
    assert!(
        client
            .end("AUTHENTICATE PLAIN YW5uAGJvYgBzZWtyZXQ=")
            .starts_with("NO ")
    );
    assert!(client.end("AUTHENTICATE XYZZY").starts_with("NO "));
    client.send("a AUTHENTICATE LOGIN\r\n");
    assert_eq!(client.line(), "+ VXNlcm5hbWU6");
    client.send("Ym9i\r\n");
    assert_eq!(client.line(), "+ UGFzc3dvcmQ6");
    client.send("c2VrcmV0\r\n");
    assert!(client.line().starts_with("a OK "));
    Client::connect(server.addr()).ok("AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=");
    let received: Vec<_> = server.received().iter().map(|r| r.text()).collect();
    assert!(received.contains(&"c2VrcmV0".to_owned()), "{received:?}");
}

/// RFC 7162 §3.1: once CONDSTORE is enabled, every report of a changed message includes its
/// mod-sequence.
#[test]
fn a_change_comes_with_its_mod_sequence() {
    let server = Server::builder()
        .user("bob", "sekret")
        .gmail()
        .mailbox("INBOX", |m| {
            m.messages((1..=9).map(|n| format!("Subject: {n}\n\nText.\n")))
        })
        .start();
    let (mut client, mut other) = (Client::inbox(&server), Client::inbox(&server));
    client.ok("ENABLE CONDSTORE");
    for command in [
        "FETCH 1 (FLAGS BODY[TEXT])",
        "FETCH 2 (BODY[] FLAGS UID)",
        "FETCH 3 RFC822",
        "FETCH 4 (FLAGS RFC822.TEXT)",
        "FETCH 5 (BINARY[1] FLAGS)",
        "UID FETCH 6 (FLAGS BODY[1])",
        "FETCH 7 (X-GM-MSGID FLAGS BODY[])",
        "STORE 8 +FLAGS (\\Seen)",
        "STORE 8 +X-GM-LABELS (x)",
    ] {
        let told = client.ok(command);
        let changes = told.iter().filter(|line| line.contains(" FETCH "));
        let with = changes.filter(|line| line.matches("MODSEQ (").count() == 1);
        assert_eq!(with.count(), 1, "{command}: {told:?}");
    }
    // Without a change only the requested items are returned.
    let told = client.ok("FETCH 1 (FLAGS BODY[TEXT])");
    assert!(!told[0].contains("MODSEQ"), "{told:?}");
    other.ok("STORE 9 +FLAGS (\\Flagged)");
    let told = client.ok("NOOP");
    assert!(
        told.len() == 1 && told[0].starts_with("9 FETCH ") && told[0].contains("MODSEQ ("),
        "{told:?}"
    );
    // The other connection has not enabled it.
    client.ok("STORE 9 +FLAGS (\\Answered)");
    let told = other.ok("NOOP");
    assert!(
        !told.is_empty() && told.iter().all(|line| !line.contains("MODSEQ")),
        "{told:?}"
    );
}

#[test]
fn what_is_not_there_cannot_be_subscribed_to() {
    let server = server();
    let mut client = Client::login(&server);
    client.ok("CREATE a/b");
    for absent in ["Nowhere", "a", "a/c", "\"\""] {
        let answer = client.end(&format!("SUBSCRIBE {absent}"));
        assert!(
            answer.starts_with("NO [NONEXISTENT] "),
            "{absent}: {answer}"
        );
    }
    client.ok("SUBSCRIBE a/b");
    assert_eq!(client.ok("LSUB \"\" a/*"), ["LSUB () \"/\" a/b"]);
    // A deleted mailbox stays subscribed (RFC 3501 §6.3.6).
    client.ok("DELETE a/b");
    assert_eq!(client.ok("LSUB \"\" a/*"), ["LSUB () \"/\" a/b"]);
    client.ok("UNSUBSCRIBE a/b");
}

#[test]
fn a_pattern_may_end_within_a_shift() {
    let server = Server::builder()
        .user("bob", "sekret")
        .gmail()
        .mailbox("Entwürfe", |m| m.subscribed())
        .mailbox("台北", |m| m)
        .start();
    let mut client = Client::login(&server);
    for (command, name) in [
        ("LIST \"\" \"&*\"", "&U,BTFw-"),
        ("LIST \"\" Entw&*", "Entw&APw-rfe"),
        ("LIST Entw&A *", "Entw&APw-rfe"),
        ("LSUB \"\" Entw&*", "Entw&APw-rfe"),
        ("LIST (SUBSCRIBED) \"\" *&*", "Entw&APw-rfe"),
        ("LIST \"\" (&U% none)", "&U,BTFw-"),
        ("XLIST \"\" &%", "&U,BTFw-"),
    ] {
        let told = client.ok(command);
        assert!(
            told.len() == 1 && told[0].ends_with(&format!(" \"/\" {name}")),
            "{command}: {told:?}"
        );
    }
    assert!(client.end("SELECT &").starts_with("NO [CANNOT] "));
}

/// Removed messages are reported before new ones, so that the number of messages is right after
/// each line.
#[test]
fn idle_tells_what_is_gone_before_what_is_new() {
    let server = server();
    let mut client = Client::inbox(&server);
    let mut other = Client::inbox(&server);
    // Both changes occur before the first report.
    other.ok("STORE 1 +FLAGS.SILENT (\\Deleted)");
    other.ok("EXPUNGE");
    server.deliver("bob", "INBOX", "Subject: three\n\n");
    client.send("i IDLE\r\n");
    let told: Vec<_> = (0..3).map(|_| client.line()).collect();
    assert_eq!(told[..3], ["+ idling", "* 1 EXPUNGE", "* 2 EXISTS"]);
    client.send("DONE\r\n");
    client.finish("i");
    assert_eq!(
        client
            .ok("FETCH 2 BODY.PEEK[HEADER.FIELDS (SUBJECT)]")
            .len(),
        1
    );
}
