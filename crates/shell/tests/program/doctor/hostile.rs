//! Tests of servers that try to manipulate the terminal or its user.

use std::io;

use imapclient_testkit::{Authority, Certificate, Connection, Peer};

use super::common::{Listening, account, doctor, doctor_in, file, ini, path};

/// Clears the screen, sets its title, reverses text, hides a letter.
const NASTY: &str = "\x1b[2J\x1b]0;pwned\x07\u{202e}drowssap\u{200b}\u{9b}31m";

/// Checks that a text contains nothing that a terminal would interpret, and is not long.
#[track_caller]
fn harmless(text: &str) {
    for c in text.chars() {
        let harmless = c == '\n' || !c.is_control() && !"\u{202e}\u{200b}".contains(c);
        assert!(harmless, "{c:?} in {text}");
    }
    assert!(text.len() < 60_000, "{} bytes", text.len());
}

/// Sends the text wherever a server can.
fn nasty(mut connection: Connection) -> io::Result<()> {
    let long = "x".repeat(500_000);
    // `]` would end the list.
    let word = NASTY.replace(']', "");
    connection.send(&format!(
        "* OK [CAPABILITY IMAP4rev1 ID IDLE NAMESPACE AUTH={word} THREAD={word} X-{long}] {NASTY}{long}"
    ))?;
    loop {
        let line = connection.read_line()?;
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let literal = format!("{{{}}}\r\n{NASTY}", NASTY.len());
        match command.split(' ').next().unwrap_or_default() {
            "ID" => connection.send(&format!("* ID (\"name\" {literal} {literal} \"{long}\")"))?,
            "NAMESPACE" => connection.send(&format!("* NAMESPACE (({literal} \"/\")) NIL NIL"))?,
            "LIST" => connection.send(&format!("* LIST (\\Sent \\Junk) \"/\" {literal}"))?,
            "IDLE" => {
                connection.send(&format!("{tag} NO {NASTY}"))?;
                continue;
            }
            "LOGOUT" => connection.send(&format!("* BYE {NASTY}"))?,
            _ => {}
        }
        connection.send(&format!("{tag} OK [ALERT] {NASTY}"))?;
    }
}

#[test]
fn all_that_a_server_says_is_escaped_and_cut() {
    let peer = Peer::start(nasty);
    let file = ini(peer.port(), "ssl = false\nauth = login");
    for columns in [80, 200] {
        let told = doctor_in(columns, &["-f", path(&file)]);
        assert_eq!(told.code, 0, "{}", told.text);
        harmless(&told.text);
        assert!(told.text.contains("\\u{1b}[2J"), "{}", told.text);
    }
    let told = doctor(&["-f", path(&file), "--json"]);
    harmless(&told.text);
    assert!(told.text.contains("\\u001b[2J"), "{}", told.text);
}

#[test]
fn a_greeting_of_a_mebibyte() {
    for begin in ["* OK ", "* BYE ", ""] {
        let peer = Peer::start(move |mut connection| {
            let line = format!("{begin}{NASTY}{}", "x".repeat(1 << 20));
            // The client may hang up.
            connection.send(&line)?;
            connection.wait_eof()
        });
        let file = ini(peer.port(), "ssl = false\ntimeout = 2");
        let told = doctor(&["-f", path(&file)]);
        assert_eq!(told.code, 1, "{}", told.text);
        harmless(&told.text);
        harmless(&doctor(&["-f", path(&file), "--json"]).text);
    }
}

#[test]
fn a_nasty_refusal() {
    let peer = Peer::start(|mut connection| {
        connection.send("* OK [CAPABILITY IMAP4rev1] hello")?;
        let line = connection.read_line()?;
        let tag = line.split(' ').next().unwrap_or_default();
        connection.send(&format!("{tag} NO {NASTY}{}", "x".repeat(1 << 19)))?;
        connection.read_line().map(drop)
    });
    let file = ini(peer.port(), "ssl = false");
    let told = doctor(&["-f", path(&file)]);
    assert_eq!(told.code, 1);
    harmless(&told.text);
    assert!(
        told.first().starts_with("The server refuses the user bob"),
        "{}",
        told.first()
    );
}

#[test]
fn a_nasty_certificate() {
    let ascii = "\x1b[2J\x1b]0;pwned\x07.example.org";
    let authority = Authority::new();
    let names: Vec<String> = (0..200).map(|i| format!("{i}{ascii}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let common_name = format!("{NASTY}{}", "x".repeat(10_000));
    let identity = authority.issue(Certificate::new(&names).common_name(&common_name));
    let server = Listening::start(&identity);
    let ca_file = file(&authority.pem());
    let port = server.port().to_string();
    let options = account(&port, &["--ca-file", path(&ca_file)]);
    let told = doctor(&options);
    assert_eq!(told.code, 1);
    harmless(&told.text);
    let cause = "The certificate is for 0\\u{1b}[2J\\u{1b}]0;pwned\\u{7}.example.org, 1\\u{1b}";
    assert!(told.first().starts_with(cause), "{}", told.first());
    assert!(
        told.first()
            .contains(" and 197 more, and not for 127.0.0.1")
    );
    harmless(&doctor(&[&options[..], &["--json"]].concat()).text);
    assert_eq!(server.heard(), [""; 0]);
}
