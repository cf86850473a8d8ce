//! Tests of `append` with large files, which are read while they are sent.

use std::{
    fs,
    io::{self, Write as _},
    process::{Command, Stdio},
    sync::{Mutex, mpsc},
};

use imapclient_testkit::{Connection, Peer, Server};

#[cfg(target_os = "linux")]
use crate::running::peak_memory;
use crate::{
    running::Running,
    start::{printed, program, write_private},
};

/// A size that is not read into memory.
const LARGE: usize = 3 << 20;

/// Returns the text of a message of at least this size, with this line end.
fn text(size: usize, end: &str) -> String {
    let mut text = format!("Subject: large{end}{end}");
    for number in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&format!("line {number}{end}"));
    }
    text
}

fn on(server: &Server, folder: &tempfile::TempDir) -> Command {
    let conf = folder.path().join("conf.ini");
    write_private(&conf, server.ini("bob")).unwrap();
    let mut command = program();
    command.current_dir(folder).arg("-f").arg(conf);
    command
}

#[test]
fn large_files_arrive_with_the_line_ends_of_mail() {
    let server = Server::builder().user("bob", "sekret").sample().start();
    let folder = tempfile::tempdir().unwrap();
    let large = text(LARGE, "\n");
    fs::write(folder.path().join("large.eml"), &large).unwrap();
    fs::write(folder.path().join("small.eml"), "Subject: x\r\n\nbody\n").unwrap();
    let output = on(&server, &folder)
        .args(["-c", "append --to Empty --flag seen large.eml small.eml"])
        .output()
        .unwrap();
    let (out, err) = printed(&output);
    assert_eq!(out, "appended 2 messages to Empty, as UID 1:2\n", "{err}");
    let expected = large.replace('\n', "\r\n");
    let stored = server.messages("bob", "Empty");
    assert!(stored[0].bytes == expected.as_bytes());
    assert_eq!(stored[1].bytes, b"Subject: x\r\n\r\nbody\r\n");

    // With a NUL at the end, nothing is sent.
    fs::write(folder.path().join("nul.eml"), format!("{large}\0")).unwrap();
    server.clear_received();
    let output = on(&server, &folder)
        .args(["-c", "append --to Empty large.eml nul.eml"])
        .output()
        .unwrap();
    let (_, err) = printed(&output);
    assert!(
        err.starts_with("error: nul.eml: a message with NUL in it"),
        "{err}"
    );
    let received = server.received();
    assert!(received.iter().all(|one| !one.command().contains("APPEND")));
}

#[cfg(unix)]
#[test]
fn a_file_may_be_standard_input() {
    let server = Server::builder().user("bob", "sekret").sample().start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.eml");
    let large = text(LARGE, "\n");
    fs::write(&path, &large).unwrap();
    let output = on(&server, &folder)
        .args(["-c", "append --to Empty -"])
        .stdin(fs::File::open(&path).unwrap())
        .output()
        .unwrap();
    let (out, err) = printed(&output);
    assert_eq!(out, "appended 1 message to Empty, as UID 1\n", "{err}");
    let expected = large.replace('\n', "\r\n");
    assert!(server.messages("bob", "Empty")[0].bytes == expected.as_bytes());
}

/// A server that takes messages without keeping them. `answer` returns the answer to the APPEND
/// with this number, counted from 0.
fn take(
    mut connection: Connection,
    answer: impl Fn(usize) -> io::Result<String>,
) -> io::Result<()> {
    connection.send("* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS] ready")?;
    let mut appended = 0;
    loop {
        let line = connection.read_line()?;
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        let mut said = "OK done".to_owned();
        if let Some(size) = command.strip_prefix("APPEND \"X\" {") {
            let mut left: usize = size.trim_end_matches("+}").parse().unwrap();
            while left > 0 {
                let piece = left.min(1 << 16);
                connection.read_exact(piece)?;
                left -= piece;
            }
            connection.expect("")?;
            said = answer(appended)?;
            appended += 1;
        }
        connection.send(&format!("{tag} {said}"))?;
        if command == "LOGOUT" {
            return connection.wait_eof();
        }
    }
}

fn to(peer: &Peer, folder: &tempfile::TempDir) -> Command {
    let mut command = program();
    command
        .current_dir(folder)
        .args(["-H", "127.0.0.1", "-P", &peer.port().to_string()])
        .args(["--insecure", "-u", "bob", "-p", "sekret"]);
    command
}

#[test]
fn a_failure_says_what_was_uploaded_before() {
    let peer = Peer::start(|connection| {
        take(connection, |number| {
            Ok(match number {
                0 => "OK [APPENDUID 9 7] done".to_owned(),
                _ => "NO [OVERQUOTA] full".to_owned(),
            })
        })
    });
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.eml", "b.eml"] {
        fs::write(folder.path().join(name), text(LARGE, "\r\n")).unwrap();
    }
    let output = to(&peer, &folder)
        .args(["-c", "append --to X a.eml b.eml"])
        .output()
        .unwrap();
    let (_, err) = printed(&output);
    assert_eq!(
        err,
        "error: after uploading 1 message to X, as UID 7: b.eml: APPEND refused: NO [OVERQUOTA] full\n"
    );
    peer.finish().unwrap();
}

/// Returns the most memory that the program has taken when all of a message has arrived, which it
/// reads from a file or a pipe.
#[cfg(target_os = "linux")]
fn peak(size: usize, is_piped: bool) -> u64 {
    let (tell, told) = mpsc::channel::<u32>();
    let (report, reported) = mpsc::channel();
    let (told, report) = (Mutex::new(told), Mutex::new(report));
    let peer = Peer::start(move |connection| {
        take(connection, |_| {
            let id = told.lock().unwrap().recv().unwrap();
            report.lock().unwrap().send(peak_memory(id)).unwrap();
            Ok("OK done".to_owned())
        })
    });
    let folder = tempfile::tempdir().unwrap();
    let write = |to: &mut dyn io::Write| {
        let piece = text(1 << 20, "\r\n");
        for _ in 0..size.div_ceil(piece.len()) {
            to.write_all(piece.as_bytes()).unwrap();
        }
    };
    let mut command = to(&peer, &folder);
    match is_piped {
        true => command
            .args(["-c", "append --to X -"])
            .stdin(Stdio::piped()),
        false => {
            write(&mut fs::File::create(folder.path().join("a.eml")).unwrap());
            command.args(["-c", "append --to X a.eml"])
        }
    };
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if let Some(mut input) = child.stdin.take() {
        write(&mut input);
    }
    tell.send(child.id()).unwrap();
    let output = child.wait_with_output().unwrap();
    let (out, err) = printed(&output);
    assert!(out.starts_with("uploaded 1 message to X"), "{out}{err}");
    peer.finish().unwrap();
    reported.recv().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_message_takes_no_more_memory_than_a_smaller_one() {
    for is_piped in [false, true] {
        let (small, large) = (peak(2 << 20, is_piped), peak(96 << 20, is_piped));
        let taken = format!("{small}, then {large}");
        assert!(large < small + (4 << 20), "piped {is_piped}: {taken}");
    }
}

#[cfg(unix)]
#[test]
fn large_messages_may_come_from_pipes() {
    let server = Server::builder().user("bob", "sekret").sample().start();
    let folder = tempfile::tempdir().unwrap();
    let large = text(LARGE, "\n");
    let upload = |command: &str, input: &str| {
        let mut child = on(&server, &folder)
            .args(["-c", command])
            .env("TMPDIR", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut to = child.stdin.take().unwrap();
        // The program may have ended.
        let _ = to.write_all(input.as_bytes());
        drop(to);
        printed(&child.wait_with_output().unwrap())
    };
    let (out, err) = upload("append --to Empty -", &large);
    assert_eq!(out, "appended 1 message to Empty, as UID 1\n", "{err}");
    let expected = large.replace('\n', "\r\n");
    assert!(server.messages("bob", "Empty")[0].bytes == expected.as_bytes());

    server.clear_received();
    let (_, err) = upload("append --to Empty -", &format!("{large}\0"));
    let expected = "error: -: a message with NUL in it";
    assert!(err.starts_with(expected), "{err}");
    let received = server.received();
    assert!(received.iter().all(|one| !one.command().contains("APPEND")));
    // No copy is left.
    let names = fs::read_dir(&folder).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["conf.ini"]);

    // The error names the place of the copy, which cannot be made.
    let mut child = on(&server, &folder)
        .args(["-c", "append --to Empty -"])
        .env("TMPDIR", folder.path().join("missing"))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    let _ = to.write_all(large.as_bytes());
    drop(to);
    let (_, err) = printed(&child.wait_with_output().unwrap());
    assert!(
        err.starts_with("error: standard input: the temporary copy in "),
        "{err}"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_an_upload_that_the_server_does_not_take() {
    let (tell, told) = mpsc::channel();
    let (go, gate) = mpsc::channel::<()>();
    let (tell, gate) = (Mutex::new(tell), Mutex::new(gate));
    let peer = Peer::start(move |mut connection| {
        connection.send("* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] ready")?;
        loop {
            let line = connection.read_line()?;
            let (tag, command) = line.split_once(' ').unwrap_or_default();
            if command.starts_with("APPEND") {
                tell.lock().unwrap().send(()).unwrap();
                // Reads no further until the program has ended.
                let _ = gate.lock().unwrap().recv();
                return Ok(());
            }
            connection.send(&format!("{tag} OK done"))?;
        }
    });
    let folder = tempfile::tempdir().unwrap();
    // More than the buffers of the system take.
    fs::write(folder.path().join("a.eml"), text(32 << 20, "\r\n")).unwrap();
    let running = Running::start(to(&peer, &folder).args(["-c", "append --to X a.eml"]));
    told.recv().unwrap();
    running.interrupt();
    let ended = running.end();
    assert_eq!(ended.status.code(), Some(130), "{}", ended.said);
    let expected = "the server did not do APPEND";
    assert!(ended.said.contains(expected), "{}", ended.said);
    drop(go);
    peer.finish().unwrap();
}
