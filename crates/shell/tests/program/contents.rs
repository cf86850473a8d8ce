//! Tests of servers that do not send the contents of a message.

use std::process::Output;

use imapclient_testkit::Peer;

use crate::start::{printed, program};

/// A message with a text of 9 bytes.
const TEXT: &str = "* 3 FETCH (UID 3 FLAGS () RFC822.SIZE 90 BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1)";

/// Runs a command on a server that answers the first FETCH with `first`, each further one with
/// `second`. A command that fails must leave no file behind.
fn run(arguments: &[&str], first: &'static str, second: &'static str) -> Output {
    let peer = Peer::start(move |mut connection| {
        connection.send("* PREAUTH [CAPABILITY IMAP4rev1] ready")?;
        let mut fetched = 0;
        loop {
            let line = connection.read_line()?;
            let (tag, command) = line.split_once(' ').unwrap_or_default();
            match command.split(' ').next() {
                Some("SELECT") => connection.send("* 3 EXISTS")?,
                Some("UID") => {
                    fetched += 1;
                    let answer = if fetched == 1 { first } else { second };
                    connection.send(answer)?;
                }
                _ => {}
            }
            connection.send(&format!("{tag} OK done"))?;
            if command == "LOGOUT" {
                return connection.wait_eof();
            }
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let output = program()
        .current_dir(&folder)
        .args(["-H", "127.0.0.1", "-P", &peer.port().to_string()])
        .args(["--insecure", "-u", "bob", "-p", "sekret", "-m", "INBOX"])
        .args(arguments)
        .output()
        .unwrap();
    peer.finish().unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(output.status.success() || files == 0, "{arguments:?}");
    output
}

#[test]
fn what_is_not_sent_is_not_shown_as_an_empty_text() {
    let told = format!("{TEXT})");
    let told: &'static str = told.leak();
    for (first, second, expected) in [
        (
            told,
            "* 3 FETCH (UID 3)",
            "the server did not send the text of message 3",
        ),
        (
            told,
            "* 3 FETCH (UID 3 BODY[1]<0> NIL)",
            "the server did not send the text of message 3",
        ),
        (
            told,
            "* 3 FETCH (UID 3 BODY[1]<0> \"\")",
            "the server sent nothing of the text of message 3, though there is some",
        ),
        (
            told,
            "* 3 FETCH (UID 3 BODY[1]<0> (1 2))",
            "the text of message 3 cannot be read",
        ),
        (
            told,
            "* OK so be it",
            "there is no message 3 in this mailbox",
        ),
        (
            "* 3 FETCH (UID 3 FLAGS ())",
            "* 3 FETCH (UID 3 BODY[] NIL)",
            "the server did not send message 3",
        ),
        (
            "* 3 FETCH (UID 3 FLAGS ())",
            "* 3 FETCH (UID 3 BODY[] \"\")",
            "the server sent nothing of message 3, though there is some",
        ),
    ] {
        for arguments in [
            &["-c", "show 3"][..],
            &["-c", "cat 3"],
            &["--json", "-c", "show 3"],
        ] {
            let output = run(arguments, first, second);
            let (out, err) = printed(&output);
            assert!(
                err.starts_with(&format!("error: {expected}")),
                "{second}: {out}{err}"
            );
            assert_eq!(out, "", "{second}");
            assert_eq!(output.status.code(), Some(1), "{second}: {err}");
        }
    }
}

#[test]
fn what_is_not_sent_is_not_saved() {
    let part = |contents: &str| -> &'static str { format!("{TEXT} {contents})").leak() };
    for (command, answer, expected) in [
        (
            "save 3",
            "* 3 FETCH (UID 3)",
            "the server did not send message 3",
        ),
        (
            "save 3 -",
            "* 3 FETCH (UID 3 BODY[] NIL)",
            "the server did not send message 3",
        ),
        (
            "save 3 x.eml",
            "* 3 FETCH (UID 3 BODY[] \"\")",
            "the server sent nothing of message 3, though there is some",
        ),
        (
            "save 3",
            "* 3 FETCH (UID 3 BODY[] (1 2))",
            "message 3 cannot be read",
        ),
        (
            "save 3 1",
            part("BODY[1] NIL"),
            "the server did not send part 1 of message 3",
        ),
        (
            "save 3 1 x.txt",
            part("BODY[1] \"\""),
            "the server sent nothing of part 1 of message 3, though there is some",
        ),
        (
            "save 3 1",
            part("BODY[1] (1 2)"),
            "part 1 of message 3 cannot be read",
        ),
    ] {
        for arguments in [&["-c", command][..], &["--json", "-c", command]] {
            let output = run(arguments, answer, answer);
            let (out, err) = printed(&output);
            assert!(
                err.starts_with(&format!("error: {expected}")),
                "{command}: {out}{err}"
            );
            assert_eq!(out, "", "{command}");
            assert_eq!(output.status.code(), Some(1), "{command}: {err}");
        }
    }
}

#[test]
fn a_text_that_is_empty_is_one() {
    let first = "* 3 FETCH (UID 3 FLAGS () RFC822.SIZE 81 BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0))";
    let second = "* 3 FETCH (UID 3 BODY[1]<0> \"\")";
    let (out, err) = printed(&run(&["-c", "show 3"], first, second));
    assert!(out.contains("the text is empty"), "{out}{err}");
    assert_eq!(err, "");
    let output = run(&["--json", "-c", "show 3"], first, second);
    let (out, err) = printed(&output);
    assert!(out.contains("\"text\":\"\""), "{out}{err}");
    assert_eq!(output.status.code(), Some(0), "{err}");
}
