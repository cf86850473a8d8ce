//! Tests of `idle` with several mailboxes.

use std::process::Output;

use imapclient_testkit::{Peer, Script, Server};
use serde_json::{Value, json};

use crate::{
    session::{Running, on},
    start::{printed, program},
};

/// Runs a command on a server that has these capabilities and follows a script.
fn run(capabilities: &str, script: &str, arguments: &[&str]) -> Output {
    let script = Script::parse(&format!(
        "S: * PREAUTH [CAPABILITY IMAP4rev1{capabilities}] ready\n{script}
         C: <z> LOGOUT
         S: * BYE
         S: <z> OK"
    ));
    let peer = Peer::start(move |connection| script.run(connection));
    let output = program()
        .args(["-H", "127.0.0.1", "-P", &peer.port().to_string()])
        .args(["--insecure", "-u", "bob", "-p", "sekret"])
        .args(arguments)
        .output()
        .unwrap();
    peer.finish().unwrap();
    output
}

/// The beginning and the end of a watch.
const SET: &str = "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange))";

#[test]
fn changes_of_other_mailboxes_are_shown_as_they_come() {
    let script = format!(
        "C: <a> {SET} (MAILBOXES (\"Archive\" \"Lists\") (MessageNew MessageExpunge FlagChange))
         S: <a> OK
         C: <b> IDLE
         S: + idling
         S: * STATUS Archive (MESSAGES 5 UIDNEXT 9 UNSEEN 2)
         S: * LIST (\\NonExistent) \"/\" \"a\u{1b}[2J\"
         C: DONE
         S: <b> OK
         C: <c> {SET}
         S: <c> OK"
    );
    let command = "idle --count 2 --mailboxes Archive Lists";
    let (out, err) = printed(&run(" IDLE NOTIFY", &script, &["-c", command]));
    // The text of the server does not reach the terminal as it is.
    assert_eq!(
        (out.as_str(), err.as_str()),
        ("Archive: 5 messages, 2 unseen\na\\u{1b}[2J is gone\n", "")
    );

    let output = run(" IDLE NOTIFY", &script, &["--json", "-c", command]);
    let (out, _) = printed(&output);
    let first: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    let status = &first["mailbox_status"];
    assert_eq!(
        (&status["name"], &status["messages"]),
        (&json!("Archive"), &json!(5))
    );
    assert!(output.status.success());
}

#[test]
fn news_of_several_mailboxes_come_while_it_waits() {
    let server = Server::builder()
        .user("bob", "sekret")
        .sample()
        .say_capability("NOTIFY")
        .start();
    let folder = tempfile::tempdir().unwrap();
    let mut command = on(&server, &folder);
    command.args([
        "-m",
        "INBOX",
        "--json",
        "-c",
        "idle --count 2 --mailboxes Archive; status Archive",
    ]);
    let mut running = Running::start(&mut command);
    server.wait_for("IDLE");
    server.deliver("bob", "Archive", "Subject: one\n\n");
    let mut lines = running.lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap()).unwrap() };
    let status = next()["mailbox_status"].clone();
    assert_eq!(status["name"], json!("Archive"));
    server.deliver("bob", "INBOX", "Subject: two\n\n");
    assert_eq!(next(), json!({ "exists": 129 }));
    // The same connection is used further.
    assert_eq!(next()["messages"], status["messages"]);
    drop(lines);
    assert_eq!(running.code(), Some(0));
}

#[test]
fn all_mailboxes() {
    let script = format!(
        "C: <a> {SET} (PERSONAL (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))
         S: <a> OK
         C: <b> IDLE
         S: + idling
         S: * LIST () \"/\" New (\"OLDNAME\" (Old))
         S: * OK [NOTIFICATIONOVERFLOW] too many
         C: DONE
         S: <b> OK
         C: <c> {SET}
         S: <c> OK"
    );
    let output = run(" IDLE NOTIFY", &script, &["-c", "idle --all"]);
    let (out, err) = printed(&output);
    assert_eq!(out, "Old is now called New\n");
    let expected = "error: the server has stopped reporting changes, as there were too many \
                    (NOTIFICATIONOVERFLOW); look at the mailboxes anew\n";
    assert_eq!((err.as_str(), output.status.code()), (expected, Some(1)));
}

#[test]
fn a_server_without_notify_and_one_that_refuses_it() {
    let output = run(" IDLE", "", &["-c", "idle 0 --all"]);
    let (_, err) = printed(&output);
    assert_eq!(err, "error: the server does not offer NOTIFY\n");

    let script = format!(
        "C: <a> {SET} (MAILBOXES \"x\" (MessageNew MessageExpunge FlagChange))
         S: <a> NO [BADEVENT (MessageNew MessageExpunge)] not these"
    );
    let output = run(" NOTIFY", &script, &["-c", "idle 0 --mailboxes x"]);
    let (_, err) = printed(&output);
    let expected = "error: NOTIFY refused: NO [BADEVENT (MessageNew MessageExpunge)] not these\n";
    assert_eq!((err.as_str(), output.status.code()), (expected, Some(1)));
}
