//! Tests of servers that send more than was requested, or than can be shown.

use std::{
    fs, io,
    process::Output,
    time::{Duration, Instant},
};

use imapclient_testkit::{Connection, Peer};

use crate::{
    session::Running,
    start::{printed, program},
};

/// The number of messages in the mailbox.
const MESSAGES: u32 = 3000;

/// Runs commands on a server that answers each line with `answer` and OK. Also returns the lines
/// that it received.
fn run(
    commands: &str,
    answer: impl Fn(&str, &mut Connection) -> io::Result<()> + Send + Sync + 'static,
) -> Output {
    let folder = tempfile::tempdir().unwrap();
    run_in(&folder, commands, answer)
}

fn run_in(
    folder: &tempfile::TempDir,
    commands: &str,
    answer: impl Fn(&str, &mut Connection) -> io::Result<()> + Send + Sync + 'static,
) -> Output {
    let peer = Peer::start(move |mut connection| {
        connection.send("* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS THREAD=REFERENCES] ready")?;
        loop {
            let line = connection.read_line()?;
            let (tag, command) = line.split_once(' ').unwrap_or_default();
            if command == "SELECT \"INBOX\"" {
                connection.send(&format!("* {MESSAGES} EXISTS"))?;
            }
            answer(command, &mut connection)?;
            connection.send(&format!("{tag} OK done"))?;
            if command == "LOGOUT" {
                return connection.wait_eof();
            }
        }
    });
    let port = peer.port().to_string();
    let output = program()
        .current_dir(folder)
        .args(["-H", "127.0.0.1", "-P", &port, "--insecure"])
        .args(["-u", "bob", "-p", "sekret", "-c", commands])
        .output()
        .unwrap();
    peer.finish().unwrap();
    output
}

#[test]
fn all_that_is_found_is_told() {
    let output = run("cd; search all", |command, connection| {
        let all: Vec<_> = (1..=MESSAGES).map(|n| n.to_string()).collect();
        match command {
            "UID SEARCH ALL" => connection.send(&format!("* SEARCH {}", all.join(" "))),
            _ => Ok(()),
        }
    });
    let (out, err) = printed(&output);
    let found = out.lines().last().unwrap_or_default();
    let found: Vec<u32> = found.split(' ').map(|n| n.parse().unwrap()).collect();
    assert!(found.into_iter().eq(1..=MESSAGES), "{out}{err}");
}

#[test]
fn a_thread_of_one_message_shows_it_once() {
    let output = run("cd; thread", |command, connection| {
        let subject = "x".repeat(5000);
        match command.split(' ').nth(1) {
            Some("THREAD") => connection.send(&format!("* THREAD (3{})", " 3".repeat(2000))),
            Some("FETCH") => connection.send(&format!(
                "* 3 FETCH (UID 3 FLAGS () ENVELOPE (NIL \"{subject}\" NIL NIL NIL NIL NIL NIL NIL NIL))"
            )),
            _ => Ok(()),
        }
    });
    let (out, err) = printed(&output);
    assert_eq!(out.matches("xxx… ").count(), 1, "{err}");
    assert!(out.lines().count() > 2000);
}

#[test]
fn no_more_of_a_text_is_shown_than_was_asked_for() {
    let output = run("cd; show 3", |command, connection| {
        match command {
        "UID FETCH 3 (UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)" => connection.send(
            "* 3 FETCH (UID 3 RFC822.SIZE 9 BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 9000000 9))",
        ),
        "UID FETCH 3 (UID BODY.PEEK[1]<0.262144>)" => {
            let text = "a line of text\r\n".repeat(200_000);
            connection.send(&format!("* 3 FETCH (UID 3 BODY[1]<0> {{{}}}\r\n{text})", text.len()))
        }
        _ => Ok(()),
    }
    });
    let (out, err) = printed(&output);
    assert!(
        out.contains("a line of text\na line of text\n"),
        "{out}{err}"
    );
    assert!(out.len() < 300_000, "{} bytes", out.len());
    assert!(out.contains("the text is cut"), "{err}");
}

#[test]
fn a_long_name_does_not_make_every_line_as_long() {
    let output = run("ls", |command, connection| match command {
        "LIST \"\" \"*\"" => {
            let long = "x".repeat(1500);
            connection.send(&format!("* LIST (\\Marked) \"/\" {long}"))?;
            let short: Vec<_> = (0..1000)
                .map(|n| format!("* LIST (\\Marked) \"/\" mailbox{n}"))
                .collect();
            connection.send(&short.join("\r\n"))
        }
        _ => Ok(()),
    });
    let (out, err) = printed(&output);
    assert!(out.contains(&"x".repeat(1500)), "{err}");
    assert!(out.contains("mailbox999"), "{err}");
    assert!(out.len() < 200_000, "{} bytes", out.len());
}

#[test]
fn a_flood_of_alerts_is_told_in_a_few_lines() {
    let output = run("noop", |command, connection| match command {
        "NOOP" => connection
            .send(&"* OK [ALERT] wolf\r\n".repeat(9_999))
            .and_then(|()| connection.send("* OK [ALERT] wolf")),
        _ => Ok(()),
    });
    let (_, err) = printed(&output);
    assert!(err.contains("the server alerts: wolf"), "{err}");
    assert!(err.lines().count() < 30, "{} lines", err.lines().count());
}

#[test]
fn what_is_fetched_by_a_long_range_is_looked_for_first() {
    let output = run(
        "cd; fetch 1:4000000000 flags",
        |command, connection| match command {
            "UID SEARCH UID 1:4000000000" => connection.send("* SEARCH 5 9"),
            "UID FETCH 1:4000000000 (UID FLAGS)" => {
                connection.send("* 1 FETCH (UID 5 FLAGS ())\r\n* 2 FETCH (UID 9 FLAGS ())")
            }
            "SELECT \"INBOX\"" | "LOGOUT" => Ok(()),
            other => Err(io::Error::other(format!("{other} was not to be sent"))),
        },
    );
    let (out, err) = printed(&output);
    assert!(out.ends_with("  5\n  9\n"), "{out}{err}");
}

#[test]
fn who_wants_one_message_does_not_fetch_many() {
    for (command, said) in [
        ("save 1:*", "1:* are 2 messages; name one of them"),
        ("show 1:3", "1:3 are 2 messages; name one of them"),
    ] {
        let output = run(
            &format!("cd; {command}"),
            |command, connection| match command.split(' ').nth(1) {
                Some("FETCH") if command.ends_with(" (UID)") => {
                    connection.send("* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)")
                }
                Some("FETCH") => Err(io::Error::other(format!("{command} was not to be sent"))),
                _ => Ok(()),
            },
        );
        let (_, err) = printed(&output);
        assert_eq!(err, format!("error: {said}\n"));
    }
}

#[test]
fn what_is_not_shown_of_a_raw_answer_is_said() {
    let output = run("raw LIST \"\" *", |command, connection| match command {
        "LIST \"\" *" => {
            let names: Vec<_> = (0..100)
                .map(|n| format!("* LIST () \"/\" name{n}"))
                .collect();
            connection.send(&names.join("\r\n"))
        }
        _ => Ok(()),
    });
    let (out, err) = printed(&output);
    let first = out.lines().next().unwrap_or_default();
    let shown = out.lines().count() - 1;
    let said = format!("{} earlier lines were not kept", 102 - shown);
    assert!(first.starts_with(&said), "{out}{err}");
    assert!(out.ends_with("name99\nS: A0001 OK done\n"), "{out}");
}

#[test]
fn the_sender_does_not_choose_which_file_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("conf.ini"), "mine").unwrap();
    let output = run_in(&folder, "cd; save 1 1 --force", |command, connection| {
        match command.split(' ').nth(1) {
            Some("FETCH") => connection.send(
                "* 1 FETCH (UID 1 BODYSTRUCTURE (\"text\" \"plain\" (\"name\" \"conf.ini\") NIL NIL \"7bit\" 6 1) BODY[1] {6}\r\ntheirs)",
            ),
            _ => Ok(()),
        }
    });
    let (_, err) = printed(&output);
    let said = "error: conf.ini already exists; name another file, or use --force\n";
    assert_eq!(err, said);
    assert_eq!(fs::read(folder.path().join("conf.ini")).unwrap(), b"mine");
}

/// Ctrl-C works soon in every command, while the server goes on for half a minute. Updates are not
/// among the attacks, since the client limits them itself.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_whatever_does_not_end() {
    let list = "* LIST () \"/\" name\r\n".repeat(1000);
    for flood in [list, "x".repeat(10_000)] {
        let (tell, told) = std::sync::mpsc::channel();
        let peer = Peer::start(move |mut connection| {
            connection.send("* PREAUTH [CAPABILITY IMAP4rev1] ready")?;
            let line = connection.read_line()?;
            let (tag, _) = line.split_once(' ').unwrap_or_default();
            let end = Instant::now() + Duration::from_secs(30);
            let mut began = false;
            while Instant::now() < end {
                if let Err(error) = connection.send_bytes(flood.as_bytes()) {
                    return match error.kind() {
                        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Ok(()),
                        _ => Err(error),
                    };
                }
                if !began {
                    began = true;
                    tell.send(()).map_err(io::Error::other)?;
                }
            }
            connection.send(&format!("\r\n{tag} OK done"))
        });
        let mut running = Running::start(
            program()
                .args(["-H", "127.0.0.1", "-P", &peer.port().to_string()])
                .args(["--insecure", "-u", "bob", "-p", "sekret", "-c", "ls"]),
        );
        told.recv().unwrap();
        running.interrupt();
        assert_eq!(running.code(), Some(130));
        drop(peer);
    }
}
