//! Several connections on one store.

use imapclient_server::Server;

use crate::client::{Client, server};

#[test]
fn others_learn_of_an_expunge_when_they_may() {
    let server = server();
    let (mut one, mut other) = (Client::inbox(&server), Client::inbox(&server));
    one.ok("STORE 1 +FLAGS (\\Deleted)");
    assert_eq!(one.ok("EXPUNGE"), ["1 EXPUNGE", "1 RECENT"]);
    // The other connection still uses its own sequence numbers.
    let fetched = other.run("FETCH 1:2 (UID)");
    assert_eq!(fetched[..2], ["* 1 FETCH (UID 1)", "* 2 FETCH (UID 2)"]);
    for quiet in [
        "SEARCH SUBJECT two",
        "STORE 2 +FLAGS.SILENT (\\Seen)",
        "SORT (SUBJECT) UTF-8 ALL",
    ] {
        let answer = other.run(quiet);
        assert!(
            !answer.iter().any(|line| line.ends_with("EXPUNGE")),
            "{quiet}: {answer:?}"
        );
    }
    assert_eq!(other.ok("NOOP"), ["1 EXPUNGE"]);
    assert_eq!(other.ok("UID FETCH 1:* (UID)"), ["1 FETCH (UID 2)"]);
}

#[test]
fn news_come_while_idling() {
    let server = server();
    let (mut idler, mut other) = (Client::inbox(&server), Client::inbox(&server));
    let tag = idler.start("IDLE");
    assert_eq!(idler.line(), "+ idling");
    assert_eq!(server.deliver("bob", "INBOX", "Subject: three\n\n"), 3);
    assert_eq!(
        (idler.line(), idler.line()),
        ("* 3 EXISTS".into(), "* 3 RECENT".into())
    );
    other.ok("STORE 1 +FLAGS ($Later \\Deleted)");
    let flags = idler.line();
    assert!(
        flags.starts_with("* FLAGS (") && flags.contains("$Later"),
        "{flags}"
    );
    assert!(idler.line().starts_with("* OK [PERMANENTFLAGS ("));
    assert_eq!(
        idler.line(),
        "* 1 FETCH (FLAGS (\\Deleted $Later \\Recent))"
    );
    other.ok("EXPUNGE");
    assert_eq!(idler.line(), "* 1 EXPUNGE");
    assert_eq!(idler.line(), "* 2 RECENT");
    idler.send("DONE\r\n");
    assert_eq!(idler.finish(&tag), ["OK Idled."]);
    let tag = idler.start("IDLE");
    assert_eq!(idler.line(), "+ idling");
    idler.send("NOOP\r\n");
    assert_eq!(idler.finish(&tag), ["BAD That is not DONE."]);
    let received: Vec<_> = server.received().iter().map(|r| r.text()).collect();
    assert!(received.contains(&"DONE".to_owned()), "{received:?}");
}

#[test]
fn a_deleted_mailbox_ends_the_sessions_of_others() {
    let server = server();
    let (mut one, mut other) = (Client::login(&server), Client::login(&server));
    one.ok("SELECT Trash");
    other.ok("SELECT Trash");
    one.ok("DELETE Trash");
    assert_eq!(one.end("CHECK"), "BAD No mailbox is selected.");
    one.ok("SELECT INBOX");
    other.start("NOOP");
    assert_eq!(other.line(), "* BYE The selected mailbox was deleted.");
    other.assert_closed();
}

#[test]
fn a_renamed_mailbox_stays_selected() {
    let server = server();
    let (mut one, mut other) = (Client::login(&server), Client::login(&server));
    one.ok("SELECT Trash");
    other.ok("RENAME Trash Rubbish");
    server.deliver("bob", "Rubbish", "Subject: x\n\n");
    assert_eq!(one.ok("NOOP"), ["1 EXISTS", "1 RECENT"]);
}

#[test]
fn new_uids_for_all() {
    let server = server();
    let mut client = Client::inbox(&server);
    let validity = |line: &str| line.split(')').next().unwrap().to_owned();
    let before = validity(&client.ok("STATUS INBOX (UIDVALIDITY)")[0]);
    server.renumber("bob", "INBOX");
    let after = validity(client.ok("STATUS INBOX (UIDVALIDITY)").last().unwrap());
    assert_ne!(before, after);
}

#[test]
fn accounts_are_apart() {
    let server = Server::builder()
        .user("bob", "sekret")
        .mailbox("Bob's", |m| m.message("Subject: secret\n\n"))
        .user("ann", "other")
        .mailbox("Ann's", |m| m)
        .start();
    let mut bob = Client::login(&server);
    assert!(bob.end("SELECT Ann's").starts_with("NO [NONEXISTENT] "));
    let mut ann = Client::connect(server.addr());
    ann.ok("LOGIN ann other");
    assert_eq!(ann.ok("LIST \"\" *").len(), 2);
    assert!(server.messages("ann", "INBOX").is_empty());
}

#[test]
fn only_one_has_the_recent_ones() {
    let server = server();
    let mut one = Client::login(&server);
    let examined = one.ok("EXAMINE INBOX");
    assert!(examined.contains(&"2 RECENT".to_owned()), "{examined:?}");
    assert!(one.end("STORE 1 +FLAGS (\\Seen)").starts_with("NO "));
    let mut two = Client::login(&server);
    assert!(two.ok("SELECT INBOX").contains(&"2 RECENT".to_owned()));
    assert!(
        Client::login(&server)
            .ok("SELECT INBOX")
            .contains(&"0 RECENT".to_owned())
    );
}
