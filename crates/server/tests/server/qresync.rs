//! QRESYNC (RFC 7162 §3.2).

use imapclient_server::{Builder, Server};

use crate::{
    client::{Client, server},
    garbage::Numbers,
};

/// Returns a server with messages 1 to 12 in bob's INBOX.
fn builder() -> Builder {
    Server::builder()
        .say_capability("QRESYNC")
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.messages((1..=12).map(|n| format!("Subject: {n}\n\n")))
        })
        .mailbox("Trash", |m| m)
}

/// Returns a client with QRESYNC enabled.
fn enabled(server: &Server) -> Client {
    let mut client = Client::login(server);
    assert_eq!(client.ok("ENABLE QRESYNC"), ["ENABLED QRESYNC"]);
    client
}

/// Returns the number after a word in the responses to SELECT or STATUS.
fn number(lines: &[String], word: &str) -> u64 {
    let after = |line: &String| {
        let (_, rest) = line.split_once(&format!("{word} "))?;
        rest.split([']', ')', ' ']).next()?.parse().ok()
    };
    lines.iter().find_map(after).unwrap()
}

/// Removes messages for good.
fn remove(client: &mut Client, uids: &str) {
    client.ok(&format!("UID STORE {uids} +FLAGS.SILENT (\\Deleted)"));
    client.ok(&format!("UID EXPUNGE {uids}"));
}

/// Reads up to the next report of removed messages.
fn next_vanished(client: &mut Client) -> String {
    loop {
        let line = client.line();
        if line.starts_with("* VANISHED") {
            return line;
        }
    }
}

/// Returns the lines that QRESYNC adds to the response to SELECT.
fn resynced(lines: Vec<String>) -> Vec<String> {
    let is_news = |line: &String| line.starts_with("VANISHED") || line.contains(" FETCH ");
    lines.into_iter().filter(is_news).collect()
}

#[test]
fn nothing_of_it_without_being_announced() {
    let server = server();
    let mut client = Client::inbox(&server);
    assert_eq!(client.ok("ENABLE QRESYNC"), ["ENABLED"]);
    for command in [
        "SELECT INBOX (QRESYNC (1 1))",
        "UID FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)",
    ] {
        assert!(client.end(command).starts_with("BAD "), "{command}");
    }
}

#[test]
fn nothing_of_it_without_being_enabled() {
    let server = builder().start();
    let mut client = Client::inbox(&server);
    for command in [
        "UID FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)",
        "SELECT INBOX (QRESYNC (1 1))",
    ] {
        let end = client.end(command);
        assert!(end.starts_with("BAD "), "{command}: {end}");
    }
    client.ok("SELECT INBOX");
    client.ok("STORE 1 +FLAGS.SILENT (\\Deleted)");
    assert_eq!(client.ok("EXPUNGE")[0], "1 EXPUNGE");
}

#[test]
fn what_is_malformed_is_refused() {
    let server = builder().start();
    let mut client = enabled(&server);
    for parameter in [
        "QRESYNC (1)",
        "QRESYNC (0 1)",
        "QRESYNC (1 0)",
        "QRESYNC (1 1 1:*)",
        "QRESYNC (1 1 1:5 (1:2 1))",
        "QRESYNC (1 1 1:5 (1:* 1:*))",
        "QRESYNC (1 1 1:5 (3,1 1,3))",
        "QRESYNC (1 1 1:5 (1:3 3:1))",
    ] {
        let end = client.end(&format!("SELECT INBOX ({parameter})"));
        assert!(end.starts_with("BAD "), "{parameter}: {end}");
        assert!(client.end("CHECK").starts_with("BAD "), "{parameter}");
    }
    client.ok("SELECT INBOX");
    for command in [
        "FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)",
        "UID FETCH 1 (FLAGS) (VANISHED)",
    ] {
        let end = client.end(command);
        assert!(end.starts_with("BAD "), "{command}: {end}");
    }
}

#[test]
fn a_client_learns_what_it_missed() {
    let server = builder().start();
    let mut client = enabled(&server);
    let selected = client.ok("SELECT INBOX");
    let (validity, highest) = (
        number(&selected, "UIDVALIDITY"),
        number(&selected, "HIGHESTMODSEQ"),
    );
    client.ok("UNSELECT");
    let mut other = Client::inbox(&server);
    remove(&mut other, "2,5:7,11");
    other.ok("UID STORE 4 +FLAGS.SILENT (\\Flagged)");
    server.deliver("bob", "INBOX", "Subject: new\n\n");

    let known = format!("{validity} {highest}");
    let told = client.ok(&format!("SELECT INBOX (QRESYNC ({known} 1:12))"));
    assert!(told.contains(&"8 EXISTS".to_owned()), "{told:?}");
    let now = number(&told, "HIGHESTMODSEQ");
    assert!(now > highest);
    let news = resynced(told);
    assert_eq!(news[0], "VANISHED (EARLIER) 2,5:7,11");
    let [_, changed] = &news[..] else {
        panic!("{news:?}")
    };
    assert!(changed.starts_with("3 FETCH (UID 4 FLAGS ("), "{changed}");
    assert!(
        changed.contains("\\Flagged") && changed.contains("MODSEQ ("),
        "{changed}"
    );
    // All that happened since, including the new message, if no UIDs are named.
    let all = resynced(client.ok(&format!("SELECT INBOX (QRESYNC ({known}))")));
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all[2].starts_with("8 FETCH (UID 13 "), "{all:?}");
    let some = resynced(client.ok(&format!("EXAMINE INBOX (QRESYNC ({known} 1:3,6))")));
    assert_eq!(some, ["VANISHED (EARLIER) 2,6"]);
    let none = client.ok(&format!("SELECT INBOX (QRESYNC ({validity} {now}))"));
    assert_eq!(resynced(none), [""; 0]);
    // With another UIDVALIDITY the UIDs mean nothing.
    let wrong = format!("SELECT INBOX (QRESYNC ({} {highest} 1:12))", validity + 1);
    assert_eq!(resynced(client.ok(&wrong)), [""; 0]);

    client.ok("SELECT INBOX");
    let fetched = client.ok(&format!(
        "UID FETCH 1:6 (FLAGS) (CHANGEDSINCE {highest} VANISHED)"
    ));
    assert_eq!(fetched[0], "VANISHED (EARLIER) 2,5:6");
    assert_eq!(fetched.len(), 2, "{fetched:?}");
    let all = client.ok(&format!(
        "UID FETCH 1:* (UID) (CHANGEDSINCE {now} VANISHED)"
    ));
    assert_eq!(all, [""; 0]);
}

/// A mailbox that has forgotten its removals reports all UIDs that do not exist (RFC 7162 §3.2.6),
/// unless the client proves that it knows of them (§3.2.5.2).
#[test]
fn what_is_forgotten_is_told_in_full() {
    let server = builder().removals(2).start();
    let mut client = enabled(&server);
    let mut other = Client::inbox(&server);
    remove(&mut other, "1");
    let selected = client.ok("SELECT INBOX");
    let validity = number(&selected, "UIDVALIDITY");
    let known = number(&selected, "HIGHESTMODSEQ");
    remove(&mut other, "3:4");
    let resync = |client: &mut Client, rest: &str| {
        let command = format!("SELECT INBOX (QRESYNC ({validity} {known}{rest}))");
        resynced(client.ok(&command))
    };
    assert_eq!(resync(&mut client, ""), ["VANISHED (EARLIER) 3:4"]);
    remove(&mut other, "9");
    assert_eq!(resync(&mut client, ""), ["VANISHED (EARLIER) 1,3:4,9"]);
    assert_eq!(resync(&mut client, " 2:8"), ["VANISHED (EARLIER) 3:4"]);
    // It knew 2, 3, 4, 5, ..., so 2 is where it was, and 5 is not.
    for (matches, told) in [
        ("1:12 (1 2)", "VANISHED (EARLIER) 3:4,9"),
        ("1:12 (1,4 2,5)", "VANISHED (EARLIER) 3:4,9"),
        ("1:12 (1,2 2,5)", "VANISHED (EARLIER) 9"),
        ("1:12 (9 12)", "VANISHED (EARLIER) 1,3:4,9"),
        (
            "1:12 (1:4294967295 1:4294967295)",
            "VANISHED (EARLIER) 1,3:4,9",
        ),
    ] {
        assert_eq!(
            resync(&mut client, &format!(" {matches}")),
            [told],
            "{matches}"
        );
    }
    assert_eq!(resync(&mut client, " 1:12 (8 12)"), [""; 0]);
    // UIDs that were never assigned did not vanish.
    assert_eq!(
        resync(&mut client, " 9:4294967295"),
        ["VANISHED (EARLIER) 9"]
    );
}

#[test]
fn removals_are_reported_by_uid() {
    let server = builder().start();
    let mut client = enabled(&server);
    client.ok("SELECT INBOX");
    client.ok("UID STORE 2:4,9 +FLAGS.SILENT (\\Deleted)");
    let answer = client.run("UID EXPUNGE 3:12");
    assert_eq!(answer[0], "* VANISHED 3:4,9");
    let end = answer.last().unwrap();
    assert!(end.starts_with("OK [HIGHESTMODSEQ "), "{end}");
    let told = number(&answer, "HIGHESTMODSEQ");
    let status = client.ok("STATUS INBOX (HIGHESTMODSEQ)");
    assert_eq!(told, number(&status, "HIGHESTMODSEQ"));
    let answer = client.run("EXPUNGE");
    assert_eq!(answer[0], "* VANISHED 2");
    assert!(number(&answer, "HIGHESTMODSEQ") > told);
    assert_eq!(client.run("EXPUNGE"), ["OK Expunged."]);
    let moved = client.ok("UID MOVE 1 Trash");
    assert!(moved[0].starts_with("OK [COPYUID "), "{moved:?}");
    assert_eq!(moved[1], "VANISHED 1");
    // CLOSE must not name a mod-sequence (§3.2.8).
    client.ok("UID STORE 5 +FLAGS.SILENT (\\Deleted)");
    assert_eq!(client.run("CLOSE"), ["OK Closed."]);
    let selected = client.ok("SELECT INBOX");
    assert!(selected.contains(&"6 EXISTS".to_owned()), "{selected:?}");
}

#[test]
fn removals_by_others_come_when_they_may() {
    let server = builder().start();
    let mut client = enabled(&server);
    let highest = number(&client.ok("SELECT INBOX"), "HIGHESTMODSEQ");
    let mut other = Client::inbox(&server);
    remove(&mut other, "3");
    other.ok("UID STORE 5 +FLAGS.SILENT (\\Flagged)");
    for quiet in [
        "FETCH 3 (UID)",
        "STORE 1 +FLAGS (\\Seen)",
        "SEARCH ALL",
        "UID SEARCH 1:3",
    ] {
        let answer = client.ok(quiet);
        assert!(
            !answer.iter().any(|line| line.contains("VANISHED")),
            "{quiet}: {answer:?}"
        );
        // A client that counted the mod-sequences of changes would miss the removal (§3.2).
        assert_eq!(number(&answer, "HIGHESTMODSEQ"), highest, "{quiet}");
    }
    // It was not told yet, so it did not vanish earlier.
    let answer = client.ok(&format!(
        "UID FETCH 1:* (FLAGS) (CHANGEDSINCE {highest} VANISHED)"
    ));
    assert!(
        !answer.iter().any(|line| line.contains("EARLIER")),
        "{answer:?}"
    );
    assert!(answer.contains(&"VANISHED 3".to_owned()), "{answer:?}");
    remove(&mut other, "1,4");
    client.send("i IDLE\r\n");
    assert_eq!(next_vanished(&mut client), "* VANISHED 1,4");
    remove(&mut other, "2");
    assert_eq!(next_vanished(&mut client), "* VANISHED 2");
    client.send("DONE\r\n");
    client.finish("i");
}

/// RFC 7162 §3.2.4: changes of flags are reported with the UID and the mod-sequence.
#[test]
fn changes_name_the_message() {
    let server = builder().gmail().start();
    let (mut client, mut other) = (Client::inbox(&server), Client::inbox(&server));
    client.ok("ENABLE CONDSTORE");
    for command in [
        "STORE 1 +FLAGS (\\Seen)",
        "STORE 2 +FLAGS.SILENT (\\Seen)",
        "STORE 3 +X-GM-LABELS (x)",
        "FETCH 4 (BODY[TEXT])",
    ] {
        let told = client.ok(command);
        let changed = told.iter().find(|line| line.contains(" FETCH ")).unwrap();
        assert!(
            changed.contains("UID ") && changed.contains("MODSEQ ("),
            "{command}: {changed}"
        );
    }
    other.ok("STORE 5 +FLAGS (\\Seen)");
    let told = client.ok("NOOP");
    assert!(told[0].contains("UID 5"), "{told:?}");
}

/// The first command that uses CONDSTORE reports the mod-sequence of the selected mailbox.
#[test]
fn the_first_use_reports_the_highest() {
    let server = builder().start();
    for first in [
        "ENABLE CONDSTORE",
        "FETCH 1 (MODSEQ)",
        "STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Draft)",
        "SEARCH MODSEQ 1",
        "STATUS Trash (HIGHESTMODSEQ)",
    ] {
        let mut client = Client::login(&server);
        let selected = client.ok("SELECT INBOX");
        let highest = number(&selected, "[HIGHESTMODSEQ");
        let is_told = |lines: &[String]| lines.iter().any(|line| line.contains("[HIGHESTMODSEQ "));
        let told = client.ok(first);
        assert!(is_told(&told), "{first}: {told:?}");
        assert_eq!(number(&told, "[HIGHESTMODSEQ"), highest, "{first}");
        assert!(!is_told(&client.ok(first)), "{first}");
    }
}

#[test]
fn a_mailbox_without_mod_sequences() {
    let server = builder()
        .mailbox("Plain", |m| {
            m.message("Subject: one\n\n")
                .message("Subject: two\n\n")
                .no_modseq()
        })
        .start();
    let mut client = enabled(&server);
    let told = client.ok("SELECT Plain (QRESYNC (3 1))");
    assert_eq!(resynced(told.clone()), [""; 0]);
    let codes: Vec<_> = told.iter().filter(|line| line.contains("MODSEQ")).collect();
    assert_eq!(codes.len(), 1, "{codes:?}");
    assert!(codes[0].starts_with("OK [NOMODSEQ] "), "{codes:?}");
    for command in [
        "FETCH 1 (MODSEQ)",
        "FETCH 1 (FLAGS) (CHANGEDSINCE 1)",
        "SEARCH MODSEQ 1",
        "STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)",
    ] {
        let end = client.end(command);
        assert!(end.starts_with("BAD "), "{command}: {end}");
    }
    let told = client.ok("STORE 1 +FLAGS (\\Deleted)");
    assert!(!told[0].contains("MODSEQ"), "{told:?}");
    assert_eq!(client.run("EXPUNGE")[0], "* 1 EXPUNGE");
    assert!(client.end("EXPUNGE").starts_with("OK Expunged."));
    let status = client.ok("STATUS Plain (HIGHESTMODSEQ)");
    assert_eq!(number(&status, "HIGHESTMODSEQ"), 0);
    // Others still have them.
    client.ok("SELECT INBOX");
    client.ok("STORE 1 +FLAGS.SILENT (\\Deleted)");
    assert_eq!(client.run("EXPUNGE")[0], "* VANISHED 1");
}

/// The state that a client computes from the answers is that of the mailbox.
#[test]
fn a_client_that_comes_back_is_right() {
    for seed in 1..=10 {
        let mut numbers = Numbers(seed);
        // Some removals are forgotten.
        let server = builder().removals(numbers.below(8)).start();
        let mut client = enabled(&server);
        let mut other = Client::inbox(&server);
        let selected = client.ok("SELECT INBOX");
        let validity = number(&selected, "UIDVALIDITY");
        let mut highest = number(&selected, "HIGHESTMODSEQ");
        let mut known: Vec<u32> = (1..=12).collect();
        for round in 0..12 {
            client.ok("UNSELECT");
            for _ in 0..numbers.below(6) {
                let uid = 1 + numbers.below(20);
                match numbers.below(3) {
                    0 => {
                        server.deliver("bob", "INBOX", "Subject: new\n\n");
                    }
                    1 => remove(&mut other, &uid.to_string()),
                    _ => {
                        other.ok(&format!("UID STORE {uid} +FLAGS (\\Seen)"));
                    }
                }
            }
            let told = client.ok(&format!("SELECT INBOX (QRESYNC ({validity} {highest}))"));
            highest = number(&told, "HIGHESTMODSEQ");
            let gone = told
                .iter()
                .find_map(|line| line.strip_prefix("VANISHED (EARLIER) "));
            for range in gone.iter().flat_map(|gone| gone.split(',')) {
                let (low, high) = range.split_once(':').unwrap_or((range, range));
                let gone = low.parse::<u32>().unwrap()..=high.parse().unwrap();
                known.retain(|uid| !gone.contains(uid));
            }
            for line in told.iter().filter(|line| line.contains(" FETCH ")) {
                let uid = number(std::slice::from_ref(line), "UID");
                let uid = u32::try_from(uid).unwrap();
                if !known.contains(&uid) {
                    known.push(uid);
                }
            }
            let there = server.messages("bob", "INBOX");
            let there: Vec<_> = there.iter().map(|message| message.uid).collect();
            assert_eq!(known, there, "seed {seed}, round {round}");
        }
    }
}
