//! METADATA (RFC 5464) and LIST-METADATA (RFC 9590).

use imapclient_server::Server;

use crate::client::{Client, server};

fn start() -> Server {
    let capabilities = ["METADATA", "LIST-METADATA", "NOTIFY"].into_iter();
    let builder = Server::builder()
        .user("bob", "sekret")
        .mailbox("Entwürfe", |m| m)
        .mailbox("Work", |m| m);
    let builder = capabilities.fold(builder, |builder, name| builder.say_capability(name));
    builder.start()
}

#[test]
fn nothing_of_it_without_being_announced() {
    let server = server();
    let mut client = Client::login(&server);
    for command in [
        "GETMETADATA \"\" /shared/comment",
        "SETMETADATA INBOX (/shared/comment NIL)",
        "LIST \"\" * RETURN (METADATA (/shared/comment))",
    ] {
        assert!(client.end(command).starts_with("BAD "), "{command}");
    }
}

#[test]
fn values_are_kept_and_removed() {
    let server = start();
    let mut client = Client::login(&server);
    client.ok("SETMETADATA Entw&APw-rfe (/private/Comment \"My \\\"own\\\"\" /shared/comment ~{3+}\r\na\0b)");
    client.ok("SETMETADATA \"\" (/shared/admin \"mail to the postmaster\")");
    assert_eq!(
        client.ok("GETMETADATA Entw&APw-rfe (/PRIVATE/comment /shared/none)"),
        ["METADATA Entw&APw-rfe (/private/comment \"My \\\"own\\\"\" /shared/none NIL)"]
    );
    assert_eq!(
        client.ok("GETMETADATA \"Entw&APw-rfe\" /shared/comment"),
        ["METADATA Entw&APw-rfe (/shared/comment ~{3}\r\na\0b)"]
    );
    assert_eq!(
        client.ok("GETMETADATA \"\" /shared/admin"),
        ["METADATA \"\" (/shared/admin \"mail to the postmaster\")"]
    );
    // They follow a mailbox that is renamed, and end with it.
    client.ok("RENAME Entw&APw-rfe Drafts");
    client.ok("SETMETADATA Drafts (/shared/comment NIL)");
    assert_eq!(
        client.ok("GETMETADATA Drafts (/private/comment /shared/comment)"),
        ["METADATA Drafts (/private/comment \"My \\\"own\\\"\" /shared/comment NIL)"]
    );
    client.ok("DELETE Drafts");
    client.ok("CREATE Drafts");
    assert_eq!(
        client.ok("GETMETADATA Drafts /private/comment"),
        ["METADATA Drafts (/private/comment NIL)"]
    );
    assert!(
        client
            .end("GETMETADATA Nowhere /shared/comment")
            .starts_with("NO [NONEXISTENT] ")
    );
    client.ok("SETACL Work bob la");
    let refused = client.end("SETMETADATA Work (/shared/comment \"x\")");
    assert!(refused.starts_with("NO [NOPERM] "), "{refused}");
}

#[test]
fn sizes_and_depths() {
    let server = start();
    let mut client = Client::login(&server);
    client.ok(
        "SETMETADATA Work (/private/filters/values/small \"SMALLER 5000\" \
         /private/filters/values/boss \"FROM boss\" /private/filters \"x\" /private/filtersx \"y\")",
    );
    assert_eq!(
        client.ok("GETMETADATA (DEPTH 1) Work /private/filters/values"),
        [
            "METADATA Work (/private/filters/values NIL /private/filters/values/boss \"FROM boss\" \
             /private/filters/values/small \"SMALLER 5000\")"
        ]
    );
    assert_eq!(
        client.ok("GETMETADATA (DEPTH 1) Work /private/filters"),
        ["METADATA Work (/private/filters \"x\")"]
    );
    let answer = client.run("GETMETADATA (DEPTH infinity MAXSIZE 9) Work /private/filters");
    assert_eq!(
        answer,
        [
            "* METADATA Work (/private/filters \"x\" /private/filters/values/boss \"FROM boss\")",
            "OK [METADATA LONGENTRIES 12] That is it."
        ]
    );
    assert_eq!(
        client.run("GETMETADATA Work (MAXSIZE 0) (/private/filters)"),
        ["OK [METADATA LONGENTRIES 1] That is it."]
    );
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let server = start();
    let mut client = Client::login(&server);
    let long = "x".repeat(65_537);
    let refused = client.end(&format!(
        "SETMETADATA Work (/shared/a \"a\" /shared/b {{{}+}}\r\n{long})",
        long.len()
    ));
    assert!(
        refused.starts_with("NO [METADATA MAXSIZE 65536] "),
        "{refused}"
    );
    for n in 0..100 {
        client.ok(&format!("SETMETADATA Work (/shared/n{n} \"x\")"));
    }
    let refused = client.end("SETMETADATA Work (/shared/n0 \"y\" /shared/new \"x\")");
    assert!(refused.starts_with("NO [METADATA TOOMANY] "), "{refused}");
    client.ok("SETMETADATA Work (/shared/n1 \"y\")");
    assert_eq!(
        client.ok("GETMETADATA Work (/shared/a /shared/n0 /shared/n1)"),
        ["METADATA Work (/shared/a NIL /shared/n0 \"x\" /shared/n1 \"y\")"]
    );
}

#[test]
fn annotations_in_a_list() {
    let server = start();
    let mut client = Client::login(&server);
    client.ok("SETMETADATA Work (/shared/color \"red\")");
    client.ok("CREATE None/Below");
    assert_eq!(
        client.ok("LIST \"\" (Work None) RETURN (METADATA (/shared/color /shared/none))"),
        [
            "LIST (\\NonExistent) \"/\" None",
            "LIST () \"/\" Work",
            "METADATA Work (/shared/color \"red\" /shared/none NIL)"
        ]
    );
}

/// RFC 5465 §§5.6 and 5.7; RFC 7162 §3.2.
#[test]
fn others_are_notified() {
    let server = start();
    let (mut client, mut other) = (Client::login(&server), Client::login(&server));
    let before = other.ok("STATUS Work (HIGHESTMODSEQ)");
    client.ok("NOTIFY SET (PERSONAL (MailboxMetadataChange ServerMetadataChange))");
    other.ok("SETMETADATA Work (/shared/a \"x\" /shared/b \"y\")");
    assert_eq!(client.line(), "* METADATA Work /shared/a /shared/b");
    assert_ne!(other.ok("STATUS Work (HIGHESTMODSEQ)"), before);
    other.ok("SETMETADATA Work (/shared/a \"x\" /shared/b NIL)");
    assert_eq!(client.line(), "* METADATA Work /shared/b");
    client.ok("SETMETADATA Work (/shared/mine \"x\")");
    other.ok("SETMETADATA \"\" (/private/comment \"x\")");
    assert_eq!(client.line(), "* METADATA \"\" /private/comment");
    let refused = client.end("NOTIFY SET (PERSONAL (XYZZY))");
    assert!(
        refused.contains(" MailboxMetadataChange ServerMetadataChange)]"),
        "{refused}"
    );
    let refused = client.end("NOTIFY SET (SELECTED (MailboxMetadataChange))");
    assert!(refused.starts_with("BAD "), "{refused}");
}
