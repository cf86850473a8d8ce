//! Rights (RFC 4314).

use imapclient_server::Server;

use crate::client::{Client, server};

#[test]
fn rights_are_set_told_and_deleted() {
    let server = server();
    let mut client = Client::login(&server);
    let capabilities = client.ok("CAPABILITY").remove(0);
    assert!(capabilities.contains(" ACL RIGHTS=texk "), "{capabilities}");
    assert_eq!(client.ok("GETACL inbox"), ["ACL INBOX bob lrswipkxteacd"]);
    assert_eq!(
        client.ok("MYRIGHTS Trash"),
        ["MYRIGHTS Trash lrswipkxteacd"]
    );
    client.ok("SETACL Trash ann lr");
    client.ok("SETACL Trash ann +si");
    client.ok("SETACL Trash \"carl \\\"c\\\"\" c");
    client.ok("SETACL Trash {5+}\r\njörg {3+}\r\n+ed");
    client.ok("SETACL Trash -anyone w");
    let acl = "ACL Trash -anyone w ann lrsi bob lrswipkxteacd \"carl \\\"c\\\"\" kxc";
    assert_eq!(
        client.ok("GETACL Trash"),
        [format!("{acl} {{5}}\r\njörg ted")]
    );
    assert_eq!(client.ok("MYRIGHTS Trash"), ["MYRIGHTS Trash lrsipkxteacd"]);
    client.ok("SETACL Trash ann -rs");
    client.ok("SETACL Trash \"carl \\\"c\\\"\" \"\"");
    let acl = client.ok("GETACL Trash").remove(0);
    assert!(acl.contains(" \"carl \\\"c\\\"\" \"\" "), "{acl}");
    client.ok("DELETEACL Trash \"carl \\\"c\\\"\"");
    client.ok("DELETEACL Trash {5+}\r\njörg");
    client.ok("DELETEACL Trash -anyone");
    client.ok("DELETEACL Trash nobody");
    assert_eq!(
        client.ok("GETACL Trash"),
        ["ACL Trash ann li bob lrswipkxteacd"]
    );
    assert_eq!(
        client.ok("LISTRIGHTS Trash \"an n\""),
        ["LISTRIGHTS Trash \"an n\" \"\" l r s w i p k x t e a c d"]
    );
}

#[test]
fn what_is_wrong_is_refused() {
    let server = server();
    let mut client = Client::login(&server);
    for wrong in [
        "SETACL Trash ann",
        "SETACL Trash ann lrq",
        "SETACL Trash ann LR",
        "SETACL Trash ann +l-r",
        "SETACL Trash \"\" lr",
        "SETACL Trash {2+}\r\n\u{1}\u{2} lr",
        "SETACL Trash ann lr x",
        "SETACL",
        "DELETEACL Trash",
        "DELETEACL Trash \"\"",
        "LISTRIGHTS Trash",
        "GETACL",
        "GETACL Trash ann",
        "MYRIGHTS (Trash)",
    ] {
        let answer = client.end(wrong);
        assert!(answer.starts_with("BAD "), "{wrong}: {answer}");
    }
    for nowhere in [
        "SETACL Nowhere ann lr",
        "DELETEACL Nowhere ann",
        "GETACL Nowhere",
        "LISTRIGHTS Nowhere ann",
        "MYRIGHTS Nowhere",
    ] {
        let answer = client.end(nowhere);
        assert!(
            answer.starts_with("NO [NONEXISTENT] "),
            "{nowhere}: {answer}"
        );
    }
    let mut stranger = Client::connect(server.addr());
    assert_eq!(stranger.end("GETACL Trash"), "BAD Log in first.");
    server.forget_capability("ACL");
    assert!(client.end("GETACL Trash").starts_with("BAD "));
}

/// Returns a server with a mailbox of two messages in which bob has only these rights, and a client
/// with INBOX selected.
fn with(rights: &str) -> (Server, Client) {
    let server = Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |m| m.message("Subject: one\n\n"))
        .mailbox("Box", |m| {
            m.message("Subject: a\n\nA.\n")
                .message("Subject: b\n\nB.\n")
        })
        .start();
    let mut client = Client::inbox(&server);
    client.ok(&format!("SETACL Box bob {rights}"));
    (server, client)
}

#[test]
fn without_lookup_a_mailbox_is_not_there() {
    let (_server, mut client) = with("r");
    let names = |lines: Vec<String>| lines.join("\n");
    assert!(!names(client.ok("LIST \"\" *")).contains("Box"));
    // A user with the right to read it may select it nevertheless.
    client.ok("SELECT Box");
    client.ok("STATUS Box (MESSAGES)");
    for hidden in [
        "GETACL Box",
        "DELETE Box",
        "RENAME Box Case",
        "CREATE Box/x",
        "COPY 1 Box",
    ] {
        let answer = client.end(hidden);
        let code = if hidden.starts_with("COPY") {
            "TRYCREATE"
        } else {
            "NONEXISTENT"
        };
        assert!(
            answer.starts_with(&format!("NO [{code}] ")),
            "{hidden}: {answer}"
        );
    }
    assert_eq!(client.ok("MYRIGHTS Box"), ["MYRIGHTS Box r"]);
    // Without these rights, the mailbox is hidden.
    let (_server, mut client) = with("wt");
    assert!(client.end("MYRIGHTS Box").starts_with("NO [NONEXISTENT] "));
    assert!(client.end("SELECT Box").starts_with("NO [NONEXISTENT] "));
}

#[test]
fn each_command_needs_its_right() {
    let (server, mut client) = with("l");
    for refused in [
        "SELECT Box",
        "EXAMINE Box",
        "STATUS Box (MESSAGES)",
        "GETACL Box",
        "SETACL Box bob lrswipkxtea",
        "DELETEACL Box bob",
        "LISTRIGHTS Box bob",
        "DELETE Box",
        "RENAME Box Case",
        "CREATE Box/x",
        "RENAME INBOX Box/y/z",
    ] {
        let answer = client.end(refused);
        assert!(answer.starts_with("NO [NOPERM] "), "{refused}: {answer}");
    }
    client.ok("SELECT INBOX");
    for refused in ["COPY 1 Box", "UID MOVE 1 Box", "APPEND Box {1+}\r\nx"] {
        let answer = client.end(refused);
        assert!(answer.starts_with("NO [NOPERM] "), "{refused}: {answer}");
    }
    assert_eq!(client.ok("MYRIGHTS Box"), ["MYRIGHTS Box l"]);
    assert_eq!(
        client.ok("LIST \"\" B*"),
        ["LIST (\\HasNoChildren) \"/\" Box"]
    );
    assert_eq!(server.messages("bob", "Box").len(), 2);
    // Mail is delivered nevertheless.
    assert_eq!(server.deliver("bob", "Box", "Subject: c\n\n"), 3);
}

#[test]
fn flags_need_rights_of_their_own() {
    let (server, mut client) = with("lrsi");
    let selected = client.ok("SELECT Box");
    assert!(
        selected.contains(&"OK [PERMANENTFLAGS (\\Seen)] These stay.".to_owned()),
        "{selected:?}"
    );
    let stored = client.ok("STORE 1 +FLAGS (\\Seen \\Deleted $Work)");
    assert_eq!(stored, ["1 FETCH (FLAGS (\\Seen \\Recent))"]);
    for refused in [
        "STORE 1 +FLAGS (\\Deleted)",
        "STORE 1 FLAGS ($Work)",
        "EXPUNGE",
        "MOVE 1 INBOX",
    ] {
        let answer = client.end(refused);
        assert!(answer.starts_with("NO [NOPERM] "), "{refused}: {answer}");
    }
    client.ok("APPEND Box (\\Seen \\Deleted \\Flagged) {1+}\r\nx");
    client.ok("SELECT INBOX");
    client.ok("STORE 1 FLAGS (\\Seen \\Deleted \\Draft)");
    client.ok("COPY 1 Box");
    let flags: Vec<_> = server
        .messages("bob", "Box")
        .into_iter()
        .map(|m| m.flags)
        .collect();
    let seen = || vec!["\\Seen".to_owned()];
    assert_eq!(flags, [seen(), vec![], seen(), seen()]);
}

#[test]
fn what_may_not_be_changed_stays() {
    let (server, mut client) = with("lrt");
    client.ok("SELECT Box");
    // Reading does not set `\Seen`.
    client.ok("FETCH 1 BODY[]");
    client.ok("STORE 1 FLAGS (\\Deleted)");
    // Without `e` CLOSE expunges nothing.
    client.ok("CLOSE");
    let stored = server.messages("bob", "Box");
    assert_eq!(
        (stored.len(), &stored[0].flags[..]),
        (2, &["\\Deleted".to_owned()][..])
    );
    // Replacing the flags does not affect a flag that may not be changed.
    let (server, mut client) = with("lrw");
    let mut other = Client::login(&server);
    client.ok("SELECT Box");
    assert!(
        other
            .end("SETACL Box bob lrstw")
            .starts_with("NO [NOPERM] ")
    );
    client.ok("STORE 1 FLAGS (\\Flagged \\Seen)");
    client.ok("STORE 1 FLAGS ()");
    assert!(server.messages("bob", "Box")[0].flags.is_empty());
    let (server, mut client) = with("lrswta");
    client.ok("SELECT Box");
    client.ok("STORE 1 FLAGS (\\Seen \\Flagged)");
    client.ok("SETACL Box bob -s");
    client.ok("SELECT Box");
    client.ok("STORE 1 FLAGS (\\Draft)");
    assert_eq!(
        server.messages("bob", "Box")[0].flags,
        ["\\Seen", "\\Draft"]
    );
}

#[test]
fn without_rights_to_change_it_is_read_only() {
    for (rights, code) in [
        ("lr", "READ-ONLY"),
        ("lre", "READ-WRITE"),
        ("lrw", "READ-WRITE"),
    ] {
        let (_server, mut client) = with(rights);
        let answer = client.end("SELECT Box");
        assert!(
            answer.starts_with(&format!("OK [{code}] ")),
            "{rights}: {answer}"
        );
    }
}

#[test]
fn rights_are_inherited_kept_and_forgotten() {
    let (_server, mut client) = with("lrkxa");
    client.ok("CREATE Box/new");
    assert_eq!(client.ok("GETACL Box/new"), ["ACL Box/new bob lrkxac"]);
    client.ok("SETACL Box/new ann lr");
    client.ok("RENAME Box/new Moved");
    let kept = client.ok("GETACL Moved").remove(0);
    assert!(kept.starts_with("ACL Moved ann lr bob "), "{kept}");
    client.ok("DELETE Moved");
    client.ok("CREATE Moved");
    assert_eq!(client.ok("GETACL Moved"), ["ACL Moved bob lrswipkxteacd"]);
}
