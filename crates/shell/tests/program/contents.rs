//! Tests of servers that do not send the contents of a message.

use std::{fs, process::Output};

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
    let files = fs::read_dir(folder.path()).unwrap().count();
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

/// A message that consists of a text and another message.
const NESTED: &str = "* 3 FETCH (UID 3 BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1)(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 60 (NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) 4) \"mixed\"))";

#[test]
fn sections_are_saved_as_they_are() {
    for (section, second) in [
        ("1.MIME", "* 3 FETCH (UID 3 BODY[1.MIME] {5}\r\nab=3D)"),
        ("2.HEADER", "* 3 FETCH (UID 3 BODY[2.HEADER] {5}\r\nab=3D)"),
        ("2.TEXT", "* 3 FETCH (UID 3 BODY[2.TEXT] {5}\r\nab=3D)"),
    ] {
        let command = format!("save 3 {section} -");
        let output = run(&["-c", &command], NESTED, second);
        assert_eq!(
            printed(&output),
            ("ab=3D".to_owned(), String::new()),
            "{section}"
        );
    }
    // The server need not report the structure for these.
    for (section, first) in [
        ("HEADER", "* 3 FETCH (UID 3 BODY[HEADER] {2}\r\nab)"),
        ("TEXT", "* 3 FETCH (UID 3 BODY[TEXT] {2}\r\nab)"),
    ] {
        let output = run(
            &["-c", &format!("save 3 {section} -")],
            first,
            "* BAD once only",
        );
        assert_eq!(
            printed(&output),
            ("ab".to_owned(), String::new()),
            "{section}"
        );
    }
}

#[test]
fn sections_that_are_not_there_are_not_asked_for() {
    for (section, expected) in [
        (
            "1.TEXT",
            "part 1 of message 3 is not a message, so that it has no 1.TEXT; 1 is its content, and \
             1.MIME its header",
        ),
        ("3.MIME", "message 3 has no part \"3\"; it has 1, 2, 2.1"),
        (
            "MIME",
            "MIME is the header of a part: write its number too, as in 1.MIME, or HEADER for that \
             of the message",
        ),
        (
            "1.FIELDS",
            "\"1.FIELDS\" is not a part: write its number as in 2 or 1.2, or a section as in \
             HEADER, TEXT, 1.MIME, 2.HEADER or 2.TEXT",
        ),
    ] {
        let command = format!("save 3 {section} x.bin");
        let output = run(
            &["-c", &command],
            NESTED,
            "* 3 FETCH (UID 3 BODY[1.TEXT] \"x\")",
        );
        let (_, err) = printed(&output);
        assert_eq!(err, format!("error: {expected}\n"));
        assert_eq!(output.status.code(), Some(2), "{section}");
    }
    // The server has such a section, and does not send it.
    let output = run(
        &["-c", "save 3 2.TEXT -"],
        NESTED,
        "* 3 FETCH (UID 3 BODY[2.TEXT] NIL)",
    );
    let (_, err) = printed(&output);
    assert_eq!(err, "error: the server did not send 2.TEXT of message 3\n");
}

#[test]
fn a_message_that_is_cut_leaves_no_file_and_replaces_none() {
    let peer = Peer::start(|mut connection| {
        connection.send("* PREAUTH [CAPABILITY IMAP4rev1] ready")?;
        loop {
            let line = connection.read_line()?;
            let (tag, command) = line.split_once(' ').unwrap_or_default();
            if command.starts_with("UID FETCH") {
                // The connection ends half-way.
                connection.send("* 3 FETCH (UID 3 BODY[] {200000}")?;
                return connection.send(&"x".repeat(99_998));
            }
            connection.send(&format!("{tag} OK done"))?;
        }
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.eml"), "old").unwrap();
    for file in ["new.eml", "old.eml"] {
        let output = program()
            .current_dir(&folder)
            .args(["-H", "127.0.0.1", "-P", &peer.port().to_string()])
            .args(["--insecure", "-u", "bob", "-p", "sekret", "-m", "INBOX"])
            .args(["-c", &format!("save 3 --force {file}")])
            .output()
            .unwrap();
        let (_, err) = printed(&output);
        let expected = "error: only 100000 of 200000 bytes of BODY[] of UID 3 were received";
        assert!(err.contains(expected), "{err}");
        assert_eq!(output.status.code(), Some(1));
    }
    let files = fs::read_dir(&folder).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["old.eml"]);
    assert_eq!(fs::read(folder.path().join("old.eml")).unwrap(), b"old");
    peer.finish().unwrap();
}
