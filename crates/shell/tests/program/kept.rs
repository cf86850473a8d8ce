//! Tests of answers that are not complete: the program shows the messages that came, says which are
//! missing, and fails.

use imapclient_testkit::{Rule, Server};
use serde_json::Value;

use crate::start::{printed, program, write_private};

/// The limit on one answer, in bytes.
const LIMIT: usize = 65536;

/// A server with three messages, of which the second has more bytes than the program keeps.
fn server() -> Server {
    let message = |name: &str, lines: usize| {
        let text = "a line of text\n".repeat(lines);
        format!("Subject: {name}\nMessage-ID: <{name}@x>\n\n{text}")
    };
    Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |inbox| {
            inbox
                .message(message("first", 1))
                .message(message("second", LIMIT / 10))
                .message(message("third", 1))
        })
        .start()
}

/// Runs a command, which has to fail; returns what it printed and said.
#[track_caller]
fn fails(server: &Server, arguments: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let conf = folder.path().join("conf.ini");
    let ini = format!("{}answer_limit = {LIMIT}\n", server.ini("bob"));
    write_private(&conf, ini).unwrap();
    let output = program()
        .arg("-f")
        .arg(&conf)
        .args(["-m", "INBOX"])
        .args(arguments)
        .output()
        .unwrap();
    let (out, err) = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    (out, err)
}

/// Takes the UID out of the responses for the second message.
fn without_uid() -> Rule {
    Rule::on("UID FETCH").rewrite(|line| {
        let line = String::from_utf8_lossy(line);
        line.replace("* 2 FETCH (UID 2 ", "* 2 FETCH (")
            .into_bytes()
    })
}

/// Refuses a FETCH after its responses, of which the second is left out.
fn refused_half_way() -> Rule {
    Rule::on("UID FETCH").rewrite(|line| {
        let line = String::from_utf8_lossy(line);
        match line.split_once(" OK ") {
            Some((tag, _)) => format!("{tag} NO some messages could not be fetched").into_bytes(),
            None if line.starts_with("* 2 ") => Vec::new(),
            None => line.into_owned().into_bytes(),
        }
    })
}

#[test]
fn a_message_that_is_too_large_does_not_hide_the_others() {
    let server = server();
    let size = server.messages("bob", "INBOX")[1].bytes.len();
    let said = format!(
        "error: UID FETCH gave more than can be kept: UID 2 ({size} bytes); of one answer, \
         {LIMIT} bytes are kept at most"
    );
    let (out, err) = fails(&server, &["-c", "fetch 1:3 message"]);
    for (name, is_there) in [("first", true), ("second", false), ("third", true)] {
        assert_eq!(out.contains(&format!("Subject: {name}")), is_there, "{out}");
    }
    assert!(err.starts_with(&said), "{err}");
    let (out, err) = fails(&server, &["--json", "-c", "fetch 1:3 message; noop"]);
    let messages: Value = serde_json::from_str(&out).unwrap();
    let uids = messages.as_array().unwrap().iter();
    let uids: Vec<_> = uids.map(|message| message["uid"].as_u64()).collect();
    assert_eq!(uids, [Some(1), Some(3)], "{out}");
    assert!(err.starts_with(&said), "{err}");
}

#[test]
fn a_message_without_a_uid_does_not_hide_the_others() {
    let server = server();
    server.add_rule(without_uid());
    for command in ["flags 1:3", "fetch 1:3 flags"] {
        let (out, err) = fails(&server, &["-c", command]);
        let uids: Vec<&str> = out
            .split_whitespace()
            .filter(|word| word.len() == 1)
            .collect();
        assert_eq!(uids, ["1", "3"], "{command}: {out}");
        let said = "error: UID FETCH was answered without the UID: message number 2";
        assert!(err.contains(said), "{command}: {err}");
    }
    let (out, err) = fails(&server, &["--json", "-c", "flags 1:3"]);
    let flags: Value = serde_json::from_str(&out).unwrap();
    let uids: Vec<_> = flags.as_object().unwrap().keys().collect();
    assert_eq!(uids, ["1", "3"], "{err}");
}

#[test]
fn a_refusal_does_not_hide_the_messages_before_it() {
    let server = server();
    server.add_rule(refused_half_way());
    for command in ["flags 1:3", "fetch 1:3 flags", "thread"] {
        let (out, err) = fails(&server, &["-c", command]);
        for uid in ["1", "3"] {
            let found = out.split_whitespace().any(|word| word == uid);
            assert!(found, "{command}: {out}");
        }
        let said = "error: UID FETCH refused: NO some messages could not be fetched\n";
        assert!(err.ends_with(said), "{command}: {err}");
    }
    // With nothing to show, it is a refusal like any other.
    server.clear_rules();
    server.add_rule(Rule::on("UID FETCH").no("not now"));
    let (out, err) = fails(&server, &["-c", "fetch 1:3 flags"]);
    assert_eq!(
        (out.as_str(), err.as_str()),
        ("", "error: UID FETCH refused: NO not now\n")
    );
}

#[test]
fn each_reason_for_missing_messages_is_reported() {
    let small = |number: u32| format!("Subject: small\nMessage-ID: <{number}@x>\n\ntext\n");
    let server = Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |inbox| {
            let inbox = inbox.message(small(1)).message(format!(
                "Subject: large\n\n{}",
                "a line of text\n".repeat(LIMIT / 10)
            ));
            // More than are fetched at once.
            (3..=201).fold(inbox, |inbox, number| inbox.message(small(number)))
        })
        .start();
    server.add_rule(Rule::on("UID FETCH").rewrite(|line| {
        let line = String::from_utf8_lossy(line);
        line.replace("* 201 FETCH (UID 201 ", "* 201 FETCH (")
            .into_bytes()
    }));
    let (out, err) = fails(&server, &["-c", "fetch 1:201 message"]);
    assert_eq!(out.matches("Subject: small").count(), 199, "{err}");
    let (too_large, unnamed) = err.split_once(": UID FETCH was answered").expect(&err);
    assert!(
        too_large.starts_with("error: UID FETCH gave more than can be kept: UID 2 ("),
        "{err}"
    );
    assert!(!too_large.contains("201"), "{err}");
    assert!(
        unnamed.starts_with(" without the UID: message number 201"),
        "{err}"
    );
}
