//! Tests of `append` with large files, which are read while they are sent.

use std::{
    fs,
    io::{self, Write as _},
    process::{Command, Stdio},
    sync::{Mutex, mpsc},
};

use imapclient_testkit::{Connection, Peer, Server};

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

/// Returns the most memory that the program has taken when all of a message has arrived.
#[cfg(target_os = "linux")]
fn peak(size: usize) -> u64 {
    let (tell, told) = mpsc::channel::<u32>();
    let (report, reported) = mpsc::channel();
    let (told, report) = (Mutex::new(told), Mutex::new(report));
    let peer = Peer::start(move |connection| {
        take(connection, |_| {
            let id = told.lock().unwrap().recv().unwrap();
            let status = fs::read_to_string(format!("/proc/{id}/status"))?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
            let kib: u64 = kib.unwrap().parse().unwrap();
            report.lock().unwrap().send(kib * 1024).unwrap();
            Ok("OK done".to_owned())
        })
    });
    let folder = tempfile::tempdir().unwrap();
    let mut file = fs::File::create(folder.path().join("a.eml")).unwrap();
    let piece = text(1 << 20, "\r\n");
    for _ in 0..size.div_ceil(piece.len()) {
        file.write_all(piece.as_bytes()).unwrap();
    }
    let child = to(&peer, &folder)
        .args(["-c", "append --to X a.eml"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    tell.send(child.id()).unwrap();
    let output = child.wait_with_output().unwrap();
    let (out, err) = printed(&output);
    assert!(out.starts_with("uploaded 1 message to X"), "{out}{err}");
    peer.finish().unwrap();
    reported.recv().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_file_takes_no_more_memory_than_a_smaller_one() {
    let (small, large) = (peak(2 << 20), peak(96 << 20));
    assert!(large < small + (4 << 20), "{small}, then {large}");
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
