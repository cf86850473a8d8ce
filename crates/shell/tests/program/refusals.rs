//! Tests of servers that refuse the program, which shows their text and when to try again.

use imapclient_testkit::{Peer, Script};

use crate::start::{printed, program};

/// Returns the error of the program on a server that follows this script.
#[track_caller]
fn error(script: &str, command: &str) -> String {
    let script = Script::parse(script);
    let peer = Peer::start(move |connection| script.run(connection));
    let port = peer.port().to_string();
    let output = program()
        .args(["-H", "127.0.0.1", "-P", &port, "--insecure", "-u", "bob"])
        .args(["-p", "sekret", "-c", command])
        .output()
        .unwrap();
    let (out, err) = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    peer.finish().unwrap();
    err
}

#[test]
fn a_greeting_that_is_none() {
    for (greeting, told) in [
        (
            "* NO LOGOUT Intrusion prevention active for 192.0.2.7",
            "its greeting is neither OK, PREAUTH nor BYE: \
             \"* NO LOGOUT Intrusion prevention active for 192.0.2.7\"",
        ),
        (
            "421 Server is busy, try again later.",
            "its first line is not a greeting: \"421 Server is busy, try again later.\" \
             (try again later)",
        ),
        (
            "220 mail.example.com ESMTP",
            "it speaks SMTP or FTP, not IMAP: \"220 mail.example.com ESMTP\"",
        ),
        (
            "+OK POP3 ready",
            "it speaks POP3, not IMAP: \"+OK POP3 ready\"",
        ),
    ] {
        let err = error(&format!("S: {greeting}"), "noop");
        let expected = format!("the server violated the protocol: {told}\n");
        assert!(err.ends_with(&expected), "{err}");
    }
}

#[test]
fn what_passes_is_told_with_the_time() {
    for (answer, hint) in [
        (
            "BAD Request is throttled. Suggested Backoff Time: 30000 milliseconds",
            "30000 milliseconds (try again in 30 s)",
        ),
        (
            "BAD User is authenticated but not connected.",
            "not connected. (try again later)",
        ),
        (
            "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
            "(Failure) (try again later)",
        ),
        ("NO [OVERQUOTA] the mailbox is full", "the mailbox is full"),
        ("NO no such thing", "no such thing"),
    ] {
        let script = format!(
            "S: * PREAUTH [CAPABILITY IMAP4rev1] hello
             C: <a> NOOP
             S: <a> {answer}
             C: <b> LOGOUT
             S: * BYE
             S: <b> OK"
        );
        let err = error(&script, "noop");
        assert!(err.ends_with(&format!("{hint}\n")), "{err}");
    }
}
