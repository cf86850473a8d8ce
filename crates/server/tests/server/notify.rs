//! NOTIFY (RFC 5465).

use imapclient_server::{Builder, Server};

use crate::client::{Client, server};

const ALL: &str = "(MessageNew MessageExpunge FlagChange)";

/// Returns a server with some mailboxes of bob, and two messages in INBOX.
fn builder() -> Builder {
    Server::builder()
        .say_capability("NOTIFY")
        .say_capability("QRESYNC")
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.message("Subject: one\n\n").message("Subject: two\n\n")
        })
        .mailbox("Lists/Lemonade", |m| {
            m.message("Subject: one\n\n").subscribed()
        })
        .mailbox("Lists/Entwürfe", |m| m)
        .mailbox("Misc", |m| m)
}

/// Changes a message so that `FlagChange` is reported, also without CONDSTORE.
fn mark_seen(client: &mut Client, mailbox: &str) {
    client.ok(&format!("SELECT {mailbox}"));
    client.ok("STORE 1 +FLAGS.SILENT (\\Seen)");
    client.ok("UNSELECT");
}

/// Returns the responses up to that of a change that the client is always notified of.
fn until_marker(server: &Server, client: &mut Client) -> Vec<String> {
    server.deliver("bob", "Misc", "Subject: marker\n\n");
    let mut lines = Vec::new();
    loop {
        let line = client.line();
        if line.starts_with("* STATUS Misc ") {
            return lines;
        }
        lines.push(line);
    }
}

#[test]
fn nothing_of_it_without_being_announced() {
    let server = server();
    let mut client = Client::login(&server);
    assert_eq!(client.end("NOTIFY NONE"), "BAD NOTIFY is not known here.");
    let mut stranger = Client::connect(server.addr());
    assert_eq!(stranger.end("NOTIFY NONE"), "BAD Log in first.");
}

#[test]
fn what_is_not_supported_is_listed() {
    let server = builder().start();
    let mut client = Client::login(&server);
    for events in [
        "(PERSONAL (XYZZY))",
        "(PERSONAL (MessageNew MessageExpunge AnnotationChange))",
    ] {
        let end = client.end(&format!("NOTIFY SET {events}"));
        let expected = "NO [BADEVENT (MessageNew MessageExpunge FlagChange MailboxName \
                        SubscriptionChange)] ";
        assert!(end.starts_with(expected), "{events}: {end}");
    }
    for wrong in [
        "NOTIFY SET (PERSONAL (MessageNew))",
        "NOTIFY SET (SELECTED (MailboxName))",
        "NOTIFY SET (SELECTED NONE) (SELECTED-DELAYED NONE)",
    ] {
        assert!(client.end(wrong).starts_with("BAD "), "{wrong}");
    }
    // The earlier settings stay in effect after a failure.
    client.ok(&format!("NOTIFY SET (MAILBOXES Misc {ALL})"));
    client.end("NOTIFY SET (PERSONAL (XYZZY))");
    assert_eq!(until_marker(&server, &mut client), [""; 0]);
}

#[test]
fn the_state_of_each_mailbox_at_once() {
    let server = builder().start();
    let mut client = Client::login(&server);
    let told = client.ok("NOTIFY SET STATUS (SUBTREE Lists (MessageNew MessageExpunge))");
    assert_eq!(
        told,
        [
            "STATUS Lists/Entw&APw-rfe (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 3)",
            "STATUS Lists/Lemonade (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 2)",
        ]
    );
    client.ok("ENABLE CONDSTORE");
    client.ok("SELECT INBOX");
    let told = client.ok(&format!(
        "NOTIFY SET STATUS (PERSONAL {ALL}) (MAILBOXES None {ALL})"
    ));
    assert_eq!(
        told.len(),
        3,
        "the selected one is not among them: {told:?}"
    );
    for told in told {
        assert!(
            told.contains(" UNSEEN ") && told.contains(" HIGHESTMODSEQ "),
            "{told}"
        );
    }
    assert_eq!(client.ok(&format!("NOTIFY SET (PERSONAL {ALL})")), [""; 0]);
}

#[test]
fn other_mailboxes_between_commands() {
    let server = builder().start();
    let (mut client, mut other) = (Client::login(&server), Client::login(&server));
    client.ok(&format!(
        "NOTIFY SET (SUBTREE Lists {ALL}) (INBOXES (MessageNew MessageExpunge))"
    ));
    server.deliver("bob", "Lists/Entwürfe", "Subject: new\n\n");
    assert_eq!(
        client.line(),
        "* STATUS Lists/Entw&APw-rfe (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3 UNSEEN 1)"
    );
    mark_seen(&mut other, "Lists/Lemonade");
    assert_eq!(
        client.line(),
        "* STATUS Lists/Lemonade (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 2 UNSEEN 0)"
    );
    // Changes of flags in INBOX and any changes in Misc were not asked for.
    mark_seen(&mut other, "INBOX");
    server.deliver("bob", "Misc", "Subject: new\n\n");
    other.ok("SELECT Lists/Lemonade");
    other.ok("MOVE 1 INBOX");
    let mut told = [client.line(), client.line()];
    told.sort();
    assert_eq!(
        told,
        [
            "* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 1)",
            "* STATUS Lists/Lemonade (MESSAGES 0 UIDNEXT 2 UIDVALIDITY 2 UNSEEN 0)",
        ]
    );
    // The client's own changes are no news.
    client.ok("SELECT Lists/Entw&APw-rfe");
    client.ok("COPY 1 INBOX");
    server.renumber("bob", "Lists/Lemonade");
    server.deliver("bob", "Lists/Lemonade", "Subject: new\n\n");
    let told = client.line();
    assert!(told.starts_with("* STATUS Lists/Lemonade "), "{told}");
    client.ok("NOTIFY NONE");
    server.deliver("bob", "Lists/Lemonade", "Subject: new\n\n");
    assert_eq!(client.ok("NOOP"), [""; 0]);
}

#[test]
fn mod_sequences_once_they_are_enabled() {
    let server = builder().start();
    let (mut client, mut other) = (Client::login(&server), Client::login(&server));
    client.ok("ENABLE QRESYNC");
    client.ok(&format!("NOTIFY SET (SUBSCRIBED {ALL})"));
    other.ok("SELECT Lists/Lemonade");
    other.ok("STORE 1 +FLAGS.SILENT (\\Flagged)");
    let told = client.line();
    assert!(
        told.starts_with("* STATUS Lists/Lemonade (") && told.contains(" HIGHESTMODSEQ "),
        "{told}"
    );
    // The list is evaluated again when it changes.
    other.ok("SUBSCRIBE Misc");
    assert_eq!(until_marker(&server, &mut client), [""; 0]);
}

#[test]
fn the_selected_mailbox_at_any_time() {
    let server = builder().start();
    let (mut client, mut other) = (Client::login(&server), Client::login(&server));
    client.ok(
        "NOTIFY SET (SELECTED (MessageNew (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)]) \
         MessageExpunge FlagChange)) (MAILBOXES Misc (MessageNew MessageExpunge))",
    );
    client.ok("SELECT INBOX");
    other.ok("SELECT INBOX");
    server.deliver("bob", "INBOX", "Subject: three\n\n");
    assert_eq!(client.line(), "* 3 EXISTS");
    assert_eq!(client.line(), "* 3 RECENT");
    let fetched = client.line();
    assert!(
        fetched.starts_with("* 3 FETCH (UID 3 BODY[HEADER.FIELDS (SUBJECT)] {")
            && fetched.contains("Subject: three"),
        "{fetched}"
    );
    other.ok("STORE 2 +FLAGS (\\Deleted)");
    assert_eq!(
        client.line(),
        "* 2 FETCH (UID 2 FLAGS (\\Deleted \\Recent))"
    );
    other.ok("EXPUNGE");
    assert_eq!(client.line(), "* 2 EXPUNGE");
    assert_eq!(client.line(), "* 2 RECENT");
    // A message that the client has added itself needs no items.
    let told = client.ok("COPY 1 INBOX");
    assert!(told.contains(&"3 EXISTS".to_owned()), "{told:?}");
    assert!(!told.iter().any(|line| line.contains("FETCH")), "{told:?}");
    assert_eq!(until_marker(&server, &mut client), [""; 0]);
}

#[test]
fn removals_are_delayed_if_they_are_to_be() {
    let server = builder().start();
    let (mut client, mut other) = (Client::login(&server), Client::login(&server));
    client.ok("ENABLE QRESYNC");
    client.ok("SELECT INBOX");
    client.ok(&format!(
        "NOTIFY SET (SELECTED-DELAYED {ALL}) (MAILBOXES Misc (MessageNew MessageExpunge))"
    ));
    other.ok("SELECT INBOX");
    other.ok("STORE 1 +FLAGS.SILENT (\\Deleted)");
    let flags = client.line();
    assert!(flags.starts_with("* 1 FETCH (UID 1 MODSEQ ("), "{flags}");
    other.ok("EXPUNGE");
    server.deliver("bob", "INBOX", "Subject: three\n\n");
    let told = until_marker(&server, &mut client);
    assert_eq!(told[0], "* 3 EXISTS", "{told:?}");
    assert!(
        !told.iter().any(|line| line.contains("VANISHED")),
        "{told:?}"
    );
    assert!(client.ok("FETCH 1 (UID)")[0].starts_with("1 FETCH (UID 1"));
    let told = client.ok("NOOP");
    assert_eq!(told[0], "VANISHED 1", "{told:?}");
    other.ok("UID STORE 2 +FLAGS.SILENT (\\Deleted)");
    other.ok("EXPUNGE");
    client.send("i IDLE\r\n");
    loop {
        let line = client.line();
        if line == "* VANISHED 2" {
            break;
        }
    }
    // IDLE reports the same events (§4).
    server.deliver("bob", "Lists/Lemonade", "Subject: new\n\n");
    assert!(
        until_marker(&server, &mut client)
            .iter()
            .all(|line| !line.contains("Lemonade"))
    );
    client.send("DONE\r\n");
    client.finish("i");
}

#[test]
fn silence_about_the_selected_mailbox() {
    let server = builder().start();
    let (mut client, mut other) = (Client::inbox(&server), Client::inbox(&server));
    client.ok(&format!("NOTIFY SET (MAILBOXES Misc {ALL})"));
    server.deliver("bob", "INBOX", "Subject: three\n\n");
    other.ok("STORE 1 +FLAGS (\\Seen)");
    assert_eq!(until_marker(&server, &mut client), [""; 0]);
    assert_eq!(client.ok("NOOP"), [""; 0]);
    // The result of a command is no notification.
    client.ok("STORE 2 +FLAGS.SILENT (\\Deleted)");
    let told = client.ok("EXPUNGE");
    assert_eq!(told[..2], ["2 EXPUNGE", "2 EXISTS"]);
    server.deliver("bob", "INBOX", "Subject: four\n\n");
    // A new SET begins with what has happened before.
    let told = client.ok(&format!("NOTIFY SET (SELECTED NONE) (PERSONAL {ALL})"));
    assert!(told.contains(&"3 EXISTS".to_owned()), "{told:?}");
    server.deliver("bob", "INBOX", "Subject: five\n\n");
    assert_eq!(client.ok("NOOP"), [""; 0]);
    client.ok("NOTIFY NONE");
    assert!(client.ok("NOOP").contains(&"4 EXISTS".to_owned()));
}

#[test]
fn names_and_subscriptions() {
    let server = builder().start();
    let (mut client, mut other) = (Client::login(&server), Client::login(&server));
    client.ok("NOTIFY SET (PERSONAL (MailboxName SubscriptionChange))");
    other.ok("CREATE New");
    assert_eq!(client.line(), "* LIST (\\HasNoChildren) \"/\" New");
    other.ok("CREATE New/Gr&APw-n");
    let mut told = [client.line(), client.line()];
    told.sort();
    assert_eq!(
        told,
        [
            "* LIST (\\HasChildren) \"/\" New",
            "* LIST (\\HasNoChildren) \"/\" New/Gr&APw-n"
        ]
    );
    other.ok("SUBSCRIBE New/Gr&APw-n");
    assert_eq!(
        client.line(),
        "* LIST (\\HasNoChildren \\Subscribed) \"/\" New/Gr&APw-n"
    );
    // The mailbox below is renamed with it.
    other.ok("RENAME New \"Old one\"");
    assert_eq!(
        client.line(),
        "* LIST (\\HasChildren) \"/\" \"Old one\" (\"OLDNAME\" (New))"
    );
    other.ok("UNSUBSCRIBE New/Gr&APw-n");
    assert_eq!(client.line(), "* LIST (\\NonExistent) \"/\" New/Gr&APw-n");
    other.ok("DELETE \"Old one/Gr&APw-n\"");
    let mut told = [client.line(), client.line()];
    told.sort();
    assert_eq!(
        told,
        [
            "* LIST (\\HasNoChildren) \"/\" \"Old one\"",
            "* LIST (\\NonExistent) \"/\" \"Old one/Gr&APw-n\""
        ]
    );
    // The client knows what it does itself.
    client.ok("CREATE Mine");
    other.ok("DELETE Misc");
    assert_eq!(client.line(), "* LIST (\\NonExistent) \"/\" Misc");
    assert_eq!(client.ok("NOOP"), [""; 0]);
}

#[test]
fn only_what_may_be_read() {
    let server = builder().start();
    let (mut client, mut other) = (Client::login(&server), Client::login(&server));
    other.ok("SETACL Lists/Lemonade bob la");
    let told = client.ok(&format!(
        "NOTIFY SET STATUS (SUBTREE Lists {ALL}) (MAILBOXES Misc {ALL})"
    ));
    let lists: Vec<_> = told
        .iter()
        .filter(|line| line.contains("Lemonade"))
        .collect();
    assert_eq!(lists, ["LIST (\\NoAccess) \"/\" Lists/Lemonade"]);
    server.deliver("bob", "Lists/Lemonade", "Subject: new\n\n");
    assert_eq!(until_marker(&server, &mut client), [""; 0]);
    other.ok("SETACL Lists/Lemonade bob +r");
    server.deliver("bob", "Lists/Lemonade", "Subject: new\n\n");
    assert!(client.line().starts_with("* STATUS Lists/Lemonade "));
}

#[test]
fn too_many_changes_end_it() {
    let server = builder().start();
    let mut client = Client::inbox(&server);
    client.ok(&format!("NOTIFY SET (SELECTED {ALL}) (PERSONAL {ALL})"));
    assert_eq!(server.overflow("bob"), 1);
    let told = client.line();
    assert!(told.starts_with("* OK [NOTIFICATIONOVERFLOW] "), "{told}");
    server.deliver("bob", "Misc", "Subject: new\n\n");
    server.deliver("bob", "INBOX", "Subject: three\n\n");
    let told = client.ok("NOOP");
    assert_eq!(told, ["3 EXISTS", "3 RECENT"]);
    // Without NOTIFY there is nothing to end.
    server.overflow("bob");
    assert_eq!(client.ok("NOOP"), [""; 0]);
}
