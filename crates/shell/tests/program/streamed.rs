//! Tests of contents that are decoded or shown as they arrive.

use std::{fs, process::Command};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use imapclient_testkit::{Connection, Peer};

use crate::start::{printed, program};

/// A number of bytes that is more than one read brings.
const LARGE: usize = 3 << 20;

/// Answers commands until LOGOUT; message 3 is a part in this encoding. `told` is called for each
/// NOOP.
fn serve(
    mut connection: Connection,
    encoding: &str,
    text: &[u8],
    told: impl Fn(),
) -> std::io::Result<()> {
    connection.send("* PREAUTH [CAPABILITY IMAP4rev1] ready")?;
    loop {
        let line = connection.read_line()?;
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        match command {
            "SELECT \"INBOX\"" => connection.send("* 3 EXISTS")?,
            "NOOP" => told(),
            _ if command.contains("BODYSTRUCTURE") => connection.send(&format!(
                "* 3 FETCH (UID 3 BODYSTRUCTURE (\"application\" \"x\" NIL NIL NIL \"{encoding}\" {}))",
                text.len()
            ))?,
            _ if command.contains("BODY.PEEK[") => {
                let section = if command.contains("[1]") { "1" } else { "" };
                let size = text.len();
                connection.send(&format!("* 3 FETCH (UID 3 BODY[{section}] {{{size}}}"))?;
                connection.send_bytes(text)?;
                connection.send(" FLAGS (\\Seen))")?;
            }
            _ => {}
        }
        connection.send(&format!("{tag} OK done"))?;
        if command == "LOGOUT" {
            return connection.wait_eof();
        }
    }
}

fn on(peer: &Peer, folder: &tempfile::TempDir) -> Command {
    let mut command = program();
    command
        .current_dir(folder)
        .args(["-H", "127.0.0.1", "-P", &peer.port().to_string()])
        .args(["--insecure", "-u", "bob", "-p", "sekret", "-m", "INBOX"]);
    command
}

/// Returns bytes in base64, in lines.
fn base64(bytes: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(bytes);
    let lines: Vec<_> = text.as_bytes().chunks(76).collect();
    lines.join(&b"\r\n"[..])
}

#[test]
fn a_part_is_saved_decoded_or_as_it_is() {
    let bytes: Vec<u8> = (0..LARGE).map(|n| (n % 251) as u8).collect();
    let good = base64(&bytes);
    // Everything before this has been written when it comes.
    let bad = [&good[..], b"\r\n!"].concat();
    let quoted = b"caf=E9 \r\n=\r\n".to_vec();
    for (encoding, text, expected) in [
        ("base64", good, bytes),
        ("BASE64", bad.clone(), bad),
        ("quoted-printable", quoted, b"caf\xe9\r\n".to_vec()),
        ("8bit", b"caf=E9 \r\n".to_vec(), b"caf=E9 \r\n".to_vec()),
    ] {
        let peer = Peer::start(move |connection| serve(connection, encoding, &text, || {}));
        let folder = tempfile::tempdir().unwrap();
        let output = on(&peer, &folder)
            .args(["-c", "save 3 1 x.bin"])
            .output()
            .unwrap();
        let (out, err) = printed(&output);
        assert_eq!(
            out,
            format!("saved {} bytes to x.bin\n", expected.len()),
            "{err}"
        );
        assert!(
            fs::read(folder.path().join("x.bin")).unwrap() == expected,
            "{encoding}"
        );

        // Nothing of what turns out to be wrong is on standard output.
        let output = on(&peer, &folder)
            .args(["-c", "save 3 1 -"])
            .output()
            .unwrap();
        assert!(output.stdout == expected, "{encoding}");
        let files = fs::read_dir(&folder).unwrap().count();
        assert_eq!(files, 1);
        peer.finish().unwrap();
    }
}

#[test]
fn a_part_that_is_cut_leaves_no_file_and_no_output() {
    let text = base64(&vec![7; LARGE]);
    for file in ["x.bin", "-"] {
        let text = text.clone();
        let peer = Peer::start(move |mut connection| {
            connection.send("* PREAUTH [CAPABILITY IMAP4rev1] ready")?;
            loop {
                let line = connection.read_line()?;
                let (tag, command) = line.split_once(' ').unwrap_or_default();
                if command.contains("BODYSTRUCTURE") {
                    connection.send(
                        "* 3 FETCH (UID 3 BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"base64\" 9))",
                    )?;
                } else if command.contains("BODY.PEEK[1]") {
                    connection.send(&format!("* 3 FETCH (UID 3 BODY[1] {{{}}}", 2 * text.len()))?;
                    return connection.send_bytes(&text);
                }
                connection.send(&format!("{tag} OK done"))?;
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let output = on(&peer, &folder)
            .args(["-c", &format!("save 3 1 {file}")])
            .output()
            .unwrap();
        let (out, err) = printed(&output);
        assert!(
            err.contains(" bytes of BODY[1] of UID 3 were received"),
            "{err}"
        );
        assert_eq!((out.as_str(), output.status.code()), ("", Some(1)));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        peer.finish().unwrap();
    }
}

#[test]
fn a_large_body_is_shown_with_its_fields_below() {
    let lines: String = (0..LARGE / 10)
        .map(|number| format!("line {number} caf\u{e9}\x1b\r\n"))
        .collect();
    let shown = lines.replace('\x1b', "\\u{1b}").replace("\r\n", "\n");
    let long = "x".repeat(LARGE);
    for (text, start) in [(lines, shown), (long, "x".repeat(10_000))] {
        let head = format!("BODY[]  {} bytes\n\n", text.len());
        let text = text.into_bytes();
        let peer = Peer::start(move |connection| serve(connection, "8bit", &text, || {}));
        let folder = tempfile::tempdir().unwrap();
        let output = on(&peer, &folder)
            .args(["-c", "fetch 3 message flags"])
            .output()
            .unwrap();
        let (out, err) = printed(&output);
        let text = out
            .strip_prefix(&head)
            .unwrap_or_else(|| panic!("{out:.300}{err}"));
        assert!(text.starts_with(&start));
        let (_, fields) = text.rsplit_once("\n\n").unwrap();
        assert_eq!(fields, "UID    3\nFLAGS  \\Seen\n", "{err}");
        peer.finish().unwrap();
    }
}

#[test]
fn a_large_body_in_json_is_complete() {
    let text = "line\r\n".repeat(LARGE / 6);
    let bytes = text.into_bytes();
    let peer = Peer::start(move |connection| serve(connection, "8bit", &bytes, || {}));
    let folder = tempfile::tempdir().unwrap();
    let output = on(&peer, &folder)
        .args(["--json", "-c", "fetch 3 message"])
        .output()
        .unwrap();
    let (out, err) = printed(&output);
    let json: serde_json::Value = serde_json::from_str(&out).expect(&err);
    assert!(json.to_string().contains(&"line\\r\\n".repeat(1000)));
    peer.finish().unwrap();
}

/// Returns the most memory that a command takes, with a part of this size.
#[cfg(target_os = "linux")]
fn peak(size: usize, command: &str) -> u64 {
    use std::{
        process::Stdio,
        sync::{Mutex, mpsc},
    };

    use crate::running::peak_memory;

    let (tell, told) = mpsc::channel::<u32>();
    let (report, reported) = mpsc::channel();
    let (told, report) = (Mutex::new(told), Mutex::new(report));
    let text = base64(&vec![7; size]);
    let peer = Peer::start(move |connection| {
        serve(connection, "base64", &text, || {
            let id = told.lock().unwrap().recv().unwrap();
            report.lock().unwrap().send(peak_memory(id)).unwrap();
        })
    });
    let folder = tempfile::tempdir().unwrap();
    let child = on(&peer, &folder)
        .args(["-c", &format!("{command}; noop")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    tell.send(child.id()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}", output.stderr);
    peer.finish().unwrap();
    reported.recv().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn large_contents_take_no_more_memory_than_smaller_ones() {
    for command in ["save 3 1 x.bin", "save 3 1 -", "fetch 3 message"] {
        let (small, large) = (peak(3 << 20, command), peak(48 << 20, command));
        assert!(
            large < small + (4 << 20),
            "{command}: {small}, then {large}"
        );
    }
}
