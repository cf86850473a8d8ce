//! Tests of servers that try to write on the user's terminal.

use std::{io, process::Output};

use imapclient_testkit::{Connection, Peer};

use crate::start::{printed, program};

/// Clears the screen, sets its title, reverses text, hides a letter; C0, DEL and C1.
const NASTY: &str = "\x1b[2J\x1b]0;owned\x07\u{202e}txt.exe\u{200b}\x7f\u{9b}31m";
const MEBIBYTE: usize = 1024 * 1024;

/// Returns a literal with this text.
fn literal(text: &str) -> String {
    format!("{{{}}}\r\n{text}", text.len())
}

/// Answers every command with the text in all places, and OK.
fn nasty(connection: &mut Connection, text: &str) -> io::Result<()> {
    let literal = literal(text);
    connection.send(&format!("* PREAUTH [CAPABILITY IMAP4rev1 NAMESPACE ID ACL QUOTA IDLE SORT THREAD=REFERENCES X-{}] hi", "Y".repeat(30)))?;
    loop {
        let line = connection.read_line()?;
        let Some((tag, command)) = line.split_once(' ') else {
            return Ok(());
        };
        let command = command.strip_prefix("UID ").unwrap_or(command);
        let answer = match command.split(' ').next().unwrap_or_default() {
            verb @ ("LIST" | "LSUB") => format!("* {verb} (\\Evil) \"/\" {literal}"),
            "SELECT" | "EXAMINE" => {
                format!("* 1 EXISTS\r\n* OK [UIDVALIDITY 1] {}", line_of(text))
            }
            "STATUS" => format!("* STATUS {literal} (MESSAGES 1 UNSEEN 1)"),
            "SEARCH" => "* SEARCH 1".to_owned(),
            "THREAD" => "* THREAD (1)".to_owned(),
            "FETCH" => format!(
                "* 1 FETCH (UID 1 FLAGS (\\Seen) RFC822.SIZE 5 ENVELOPE ({literal} {literal} (({literal} NIL {literal} {literal})) NIL NIL NIL NIL NIL {literal} {literal}) BODYSTRUCTURE (\"text\" {literal} (\"charset\" {literal} \"name\" {literal}) NIL NIL \"7bit\" 5 1) BODY[1]<0> {literal})"
            ),
            "NAMESPACE" => format!("* NAMESPACE (({literal} \"/\")) NIL NIL"),
            "ID" => format!("* ID ({literal} {literal})"),
            "GETACL" => format!("* ACL INBOX {literal} lrs"),
            "GETQUOTAROOT" => {
                format!("* QUOTAROOT INBOX {literal}\r\n* QUOTA {literal} (STORAGE 1 2)")
            }
            "NOOP" => format!("* OK [ALERT] {}", line_of(text)),
            "CREATE" => {
                connection.send(&format!("{tag} NO [CANNOT] {}", line_of(text)))?;
                continue;
            }
            "LOGOUT" => {
                connection.send(&format!("* BYE {}", line_of(text)))?;
                connection.send(&format!("{tag} OK {}", line_of(text)))?;
                return connection.wait_eof();
            }
            _ => "* 1 EXISTS".to_owned(),
        };
        connection.send(&answer)?;
        connection.send(&format!("{tag} OK {}", line_of(text)))?;
    }
}

/// Returns the part of a text that fits into a line of IMAP.
fn line_of(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect()
}

fn run(text: &'static str, arguments: &[&str]) -> Output {
    let peer = Peer::start(move |mut connection| nasty(&mut connection, text));
    let port = peer.port().to_string();
    let output = program()
        .env("COLUMNS", "80")
        .args([
            "-H",
            "127.0.0.1",
            "-P",
            &port,
            "--insecure",
            "-u",
            "bob",
            "-p",
            "sekret",
        ])
        .args(arguments)
        .output()
        .unwrap();
    peer.finish().unwrap();
    output
}

/// Checks that a text contains nothing that a terminal would interpret.
fn assert_harmless(text: &str) {
    for c in text.chars() {
        let harmless = c == '\n' || !(c.is_control() || "\u{202e}\u{200b}\u{feff}".contains(c));
        assert!(harmless, "{c:?} in {text:?}");
    }
}

const COMMANDS: [&str; 14] = [
    "ls",
    "lsub",
    "select INBOX",
    "status INBOX",
    "noop",
    "namespace",
    "id",
    "acl INBOX",
    "quota INBOX",
    "select INBOX; search all; fetch $",
    "select INBOX; thread",
    "select INBOX; show 1",
    "mkdir x",
    "trace on; noop; log; raw LIST x y",
];

#[test]
fn its_text_comes_escaped() {
    for command in COMMANDS {
        let output = run(NASTY, &["-c", command]);
        let (out, err) = printed(&output);
        assert_harmless(&out);
        assert_harmless(&err);
        let shown = format!("{out}{err}");
        // The text is shown, except by commands that show no text of the server.
        if !matches!(command, "select INBOX" | "status INBOX") {
            assert!(shown.contains("\\u{1b}["), "{command}: {shown}");
        }
    }
}

#[test]
fn in_json_it_comes_escaped_and_whole() {
    for command in COMMANDS {
        let output = run(NASTY, &["--json", "-c", command]);
        let (out, err) = printed(&output);
        assert_harmless(&out);
        assert_harmless(&err);
        for line in out.lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
    }
    let output = run(NASTY, &["--json", "-c", "ls"]);
    let (out, _) = printed(&output);
    let listed: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(listed[0]["name"], NASTY);
}

#[test]
fn what_is_endless_is_cut() {
    let text: &'static str = Box::leak(NASTY.repeat(MEBIBYTE / NASTY.len()).into_boxed_str());
    for command in COMMANDS {
        let output = run(text, &["-c", command]);
        let (out, err) = printed(&output);
        assert_harmless(&out);
        assert_harmless(&err);
        // At most 2,000 characters of each value are shown, and 10,000 of a line of a message.
        let most = match command.contains("select INBOX; ") {
            true => 100_000,
            false => 20_000,
        };
        assert!(out.len() < most, "{command}: {} bytes", out.len());
        assert!(
            err.len() < 20_000,
            "{command}: {} bytes of errors",
            err.len()
        );
    }
}

#[test]
fn a_greeting_is_no_way_in() {
    let peer = Peer::start(|mut connection| {
        connection.send(&format!("* BYE {NASTY}"))?;
        connection.wait_eof()
    });
    let port = peer.port().to_string();
    let output = program()
        .args([
            "-H",
            "127.0.0.1",
            "-P",
            &port,
            "--insecure",
            "-u",
            "bob",
            "-p",
            "sekret",
            "-c",
            "noop",
        ])
        .output()
        .unwrap();
    peer.finish().unwrap();
    let (out, err) = printed(&output);
    assert_eq!((output.status.code(), out.as_str()), (Some(1), ""));
    assert_harmless(&err);
    assert!(err.contains("closed the connection"), "{err}");
}
