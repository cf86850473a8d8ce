//! Tests of long replies: the program needs memory for the data, and not again for the text.

use std::{fmt::Write as _, io};

use imapclient_testkit::{Connection, Peer};

use crate::{running::peak_memory, session::Running, start::program};

/// The number of mailboxes, and of messages.
const MANY: u32 = 100_000;
/// The number of messages that a search finds, since a number takes little memory.
const FOUND: u32 = 500_000;

/// Sends responses, which are made as they are sent.
fn send(connection: &mut Connection, line: impl Fn(u32, &mut String)) -> io::Result<()> {
    for first in (1..=MANY).step_by(1000) {
        let mut lines = String::new();
        for number in first..(first + 1000).min(MANY + 1) {
            line(number, &mut lines);
        }
        connection.send_bytes(lines.as_bytes())?;
    }
    Ok(())
}

fn serve(mut connection: Connection) -> io::Result<()> {
    connection.send("* PREAUTH [CAPABILITY IMAP4rev1] ready")?;
    while let Ok(line) = connection.read_line() {
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        match command {
            "LIST \"\" \"*\"" => send(&mut connection, |number, lines| {
                let _ = write!(
                    lines,
                    "* LIST (\\HasNoChildren) \"/\" \"Archive/2026/Folder {number:07}\"\r\n"
                );
            })?,
            "SELECT \"INBOX\"" => connection.send(&format!("* {MANY} EXISTS"))?,
            "UID SEARCH ALL" => {
                let all: Vec<_> = (1..=FOUND).map(|number| number.to_string()).collect();
                connection.send(&format!("* SEARCH {}", all.join(" ")))?;
            }
            "UID FETCH 1:* (UID FLAGS)" => send(&mut connection, |number, lines| {
                let _ = write!(
                    lines,
                    "* {number} FETCH (UID {number} FLAGS (\\Seen \\Answered))\r\n"
                );
            })?,
            // This is the command at the end.
            "LIST \"\" \"INBOX\"" => connection.send("* LIST () \"/\" INBOX")?,
            _ => {}
        }
        connection.send(&format!("{tag} OK done"))?;
    }
    Ok(())
}

/// Runs a command with this output format, and checks its reply. The program may use `most` MiB:
/// its data and the program itself take two thirds of that, and a second copy of them exceeds it.
fn run(command: &str, format: &[&str], most: u64, check: impl Fn(&[String])) {
    let peer = Peer::start(serve);
    let port = peer.port().to_string();
    let mut program = program();
    program
        .args(["-H", "127.0.0.1", "-P", &port, "--insecure"])
        .args(["-u", "bob", "-p", "sekret", "-m", "INBOX"])
        .args(format);
    let mut running = Running::start(&mut program);
    // The output stays open until the memory is read: without a reader the program ends.
    let mut lines = running.lines();
    running.type_line(command);
    running.type_line("exists INBOX");
    let end = |line: &String| line == "yes" || line == "true";
    let shown: Vec<String> = lines.by_ref().take_while(|line| !end(line)).collect();
    check(&shown);
    let peak = peak_memory(running.id()) / 1024;
    assert!(peak < most * 1024, "{command} {format:?}: {peak} KiB");
}

/// Returns the only line, as JSON.
fn json(lines: &[String]) -> serde_json::Value {
    assert_eq!(lines.len(), 1);
    serde_json::from_str(&lines[0]).unwrap()
}

#[test]
fn many_mailboxes() {
    run("ls", &[], 48, |lines| {
        assert_eq!(lines.len(), MANY as usize + 1);
        assert_eq!(lines[0], "MAILBOX                      ATTRIBUTES");
        let last = r"Archive/2026/Folder 0100000  \HasNoChildren";
        assert_eq!(lines[MANY as usize], last);
    });
    run("ls", &["--json"], 48, |lines| {
        let all = json(lines);
        let all = all.as_array().unwrap();
        assert_eq!(all.len(), MANY as usize);
        assert_eq!(all[99_999]["name"], "Archive/2026/Folder 0100000");
    });
}

#[test]
fn many_messages() {
    let all = || (1..=FOUND).map(|number| number.to_string());
    run("search all", &[], 56, |lines| {
        assert!(lines[0].split(' ').eq(all()));
    });
    run("search all", &["--json"], 56, |lines| {
        let numbers: Vec<u32> = serde_json::from_value(json(lines)).unwrap();
        assert!(numbers.into_iter().eq(1..=FOUND));
    });
    run("flags 1:*", &[], 64, |lines| {
        assert_eq!(lines.len(), MANY as usize + 1);
    });
    run("flags 1:*", &["--json"], 64, |lines| {
        let flags = json(lines);
        let flags = flags.as_object().unwrap();
        assert_eq!(flags.len(), MANY as usize);
        assert_eq!(flags["77777"], serde_json::json!(["\\Seen", "\\Answered"]));
    });
}
