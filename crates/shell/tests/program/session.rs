//! Tests of sessions without a terminal, on the embedded server.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use imapclient_testkit::Server;
use serde_json::Value;

use crate::start::{printed, program};

fn server() -> Server {
    Server::builder().user("bob", "sekret").sample().start()
}

/// Returns the program with the account of bob.
pub(crate) fn on(server: &Server, folder: &tempfile::TempDir) -> Command {
    let file = folder.path().join("conf.ini");
    crate::start::write_private(&file, server.ini("bob")).unwrap();
    let mut command = program();
    command.current_dir(folder).arg("-f").arg(file);
    command
}

fn run(server: &Server, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    on(server, &folder).args(arguments).output().unwrap()
}

/// A running program, which is killed with the test.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    pub(crate) fn lines(&mut self) -> impl Iterator<Item = String> + use<> {
        let out: ChildStdout = self.0.stdout.take().unwrap();
        BufReader::new(out).lines().map(Result::unwrap)
    }

    /// Writes a line to standard input, which stays open.
    pub(crate) fn type_line(&mut self, line: &str) {
        let input = self.0.stdin.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    }

    pub(crate) fn code(&mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has usually ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn commands_come_from_standard_input_and_the_first_failure_ends_them() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let mut running = Running::start(&mut on(&server, &folder));
    let mut input = running.0.stdin.take().unwrap();
    let mut lines = running.lines();
    // The program answers each line as it comes, without waiting for the end of input.
    input.write_all(b"exists INBOX\n").unwrap();
    assert_eq!(lines.next().as_deref(), Some("yes"));
    input
        .write_all(b"# nothing\n\nselect Nowhere; exists INBOX\nexists INBOX\n")
        .unwrap();
    drop(input);
    assert_eq!(lines.next(), None);
    assert_eq!(running.code(), Some(1));
    // It has logged out despite the error.
    server.wait_for("LOGOUT");
    let commands = server.received();
    assert_eq!(
        commands
            .iter()
            .filter(|one| one.command().contains("LIST"))
            .count(),
        1
    );
    server.finish().unwrap();
}

#[test]
fn news_come_while_idle_waits() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let mut command = on(&server, &folder);
    command.args(["-m", "INBOX", "--json", "-c", "idle --count 2; noop"]);
    let mut running = Running::start(&mut command);
    server.wait_for("IDLE");
    server.deliver("bob", "INBOX", "Subject: one\n\n");
    let mut lines = running.lines();
    let news: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    assert_eq!(news, serde_json::json!({ "exists": 129 }));
    server.deliver("bob", "INBOX", "Subject: two\n\n");
    let news: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    assert_eq!(news, serde_json::json!({ "exists": 130 }));
    assert_eq!(lines.next().as_deref(), Some("null"));
    assert_eq!(running.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_script_with_its_own_status() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let mut command = on(&server, &folder);
    command.args(["-m", "INBOX", "-c", "idle; mkdir never"]);
    let mut running = Running::start(&mut command);
    server.wait_for("IDLE");
    running.interrupt();
    assert_eq!(running.code(), Some(130));
    server.wait_for_no_connections();
    let made = server
        .received()
        .iter()
        .any(|one| one.command().contains("CREATE"));
    assert!(!made);
}

#[test]
fn what_is_saved_is_what_was_sent() {
    let server = Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.message(
                "Subject: three forms\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
                 --b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n\
                 --b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"../../a.bin\"\nContent-Transfer-Encoding: base64\n\nAAEC/w==\n\
                 --b--\n",
            )
        })
        .start();
    let folder = tempfile::tempdir().unwrap();
    let output = on(&server, &folder)
        .args([
            "-m",
            "INBOX",
            "-c",
            "save 1 2; save 1 1 text; save 1; show 1",
        ])
        .output()
        .unwrap();
    let (out, err) = printed(&output);
    assert!(output.status.success(), "{out}{err}");
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    // A name that leads out of the folder is reduced to its last component.
    assert_eq!(read("a.bin"), [0, 1, 2, 0xff]);
    assert_eq!(read("text"), b"Gr\xfc\xdfe");
    assert_eq!(read("1.eml"), server.messages("bob", "INBOX")[0].bytes);
    assert!(out.contains("Grüße\n"), "{out}");
    // Nothing was marked as seen.
    assert!(
        server.messages("bob", "INBOX")[0]
            .flags
            .iter()
            .all(|flag| flag != "\\Seen")
    );
    // A program receives the bytes unchanged.
    let output = on(&server, &folder)
        .args(["-m", "INBOX", "--json", "-c", "save 1 2 -"])
        .output()
        .unwrap();
    assert_eq!(output.stdout, [0, 1, 2, 0xff]);
    // An existing file is not overwritten.
    let output = on(&server, &folder)
        .args(["-m", "INBOX", "-c", "save 1 2"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn long_fetches_go_in_pieces_and_come_back_whole() {
    let server = Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |m| {
            m.messages((1..=450).map(|n| format!("Subject: {n}\n\n")))
        })
        .start();
    let output = run(
        &server,
        &["-m", "INBOX", "--json", "-c", "search all; fetch $ flags"],
    );
    let (out, err) = printed(&output);
    assert!(output.status.success(), "{err}");
    let fetched: Value = serde_json::from_str(out.lines().nth(1).unwrap()).unwrap();
    let uids: Vec<u64> = fetched
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["uid"].as_u64().unwrap())
        .collect();
    assert_eq!(uids, (1..=450).collect::<Vec<u64>>());
    let fetches = server
        .received()
        .iter()
        .filter(|one| one.command().starts_with("UID FETCH"))
        .count();
    assert_eq!(fetches, 3);
}

#[test]
fn without_uidplus_nobody_elses_messages_are_removed() {
    let server = server();
    server.forget_capability("UIDPLUS");
    let output = run(
        &server,
        &["-m", "INBOX", "--yes", "-c", "flag 7 deleted; rm 3:5"],
    );
    let (out, err) = printed(&output);
    assert!(output.status.success(), "{err}");
    assert!(err.contains("it has no UIDPLUS"), "{err}");
    assert!(out.ends_with("marked 3 messages as deleted\n"), "{out}");
    let left: Vec<u32> = server
        .messages("bob", "INBOX")
        .iter()
        .map(|one| one.uid)
        .take(7)
        .collect();
    assert_eq!(left, [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn an_alert_is_never_lost() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let mut command = on(&server, &folder);
    command.args(["-m", "INBOX", "-c", "idle --count 1; noop"]);
    let mut running = Running::start(&mut command);
    server.wait_for("IDLE");
    assert_eq!(server.push("bob", "OK [ALERT] the disk is nearly full"), 1);
    let mut lines = running.lines();
    assert_eq!(
        lines.next().as_deref(),
        Some("the server alerts: the disk is nearly full")
    );
    assert_eq!(running.code(), Some(0));
}

#[test]
fn whoever_reads_no_more_is_told_nothing_more() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let mut command = on(&server, &folder);
    command.args(["-m", "INBOX", "-c", "fetch 1:* message; fetch 1:* message"]);
    let mut running = Running::start(&mut command);
    drop(running.lines());
    assert_eq!(running.code(), Some(141));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_waiting_for_commands() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let mut running = Running::start(&mut on(&server, &folder));
    let mut input = running.0.stdin.take().unwrap();
    let mut lines = running.lines();
    input.write_all(b"exists INBOX\n").unwrap();
    assert_eq!(lines.next().as_deref(), Some("yes"));
    // The input is still open.
    running.interrupt();
    assert_eq!(running.code(), Some(130));
    server.wait_for("LOGOUT");
    drop(input);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_waiting_for_a_message_to_append() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let mut command = on(&server, &folder);
    command.args(["-c", "exists INBOX; append --to Drafts -"]);
    let mut running = Running::start(&mut command);
    let input = running.0.stdin.take().unwrap();
    assert_eq!(running.lines().next().as_deref(), Some("yes"));
    running.interrupt();
    assert_eq!(running.code(), Some(130));
    drop(input);
}

#[test]
fn a_message_comes_by_standard_input_unless_the_commands_do() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let before = server.messages("bob", "Drafts").len();
    let run = |arguments: &[&str], input: &str| {
        let mut running = Running::start(on(&server, &folder).args(arguments));
        let mut to = running.0.stdin.take().unwrap();
        to.write_all(input.as_bytes()).unwrap();
        drop(to);
        let mut said = String::new();
        let mut errors = running.0.stderr.take().unwrap();
        io::Read::read_to_string(&mut errors, &mut said).unwrap();
        (running.code(), said)
    };
    let (code, said) = run(&["-c", "append --to Drafts -"], "Subject: x\n\nbody\n");
    assert_eq!(code, Some(0), "{said}");
    let drafts = server.messages("bob", "Drafts");
    assert_eq!(drafts.len(), before + 1);
    assert_eq!(drafts[before].bytes, b"Subject: x\r\n\r\nbody\r\n");
    let (code, said) = run(&[], "append --to Drafts -\nSubject: x\n");
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.starts_with("error: standard input:1: `-` is standard input, which supplies"),
        "{said}"
    );
}

#[test]
fn scripts_come_as_editors_write_them() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let run = |script: &[u8]| {
        let file = folder.path().join("script");
        fs::write(&file, script).unwrap();
        let output = on(&server, &folder)
            .args(["--script", "script"])
            .output()
            .unwrap();
        let (out, err) = printed(&output);
        (output.status.code(), out, err)
    };
    let yes = (Some(0), "yes\n".to_owned(), String::new());
    assert_eq!(run(b"\xef\xbb\xbfexists INBOX"), yes);
    assert_eq!(run(b"exists INBOX\r\n\r\n# all of it\r\n"), yes);
    // Errors name the line of the script.
    let (code, out, err) = run(b"exists INBOX\n\nmkdir INBOX\nexists INBOX\n");
    assert_eq!((code, out.as_str()), (Some(1), "yes\n"));
    assert!(
        err.starts_with("error: script:3: CREATE refused: "),
        "{err}"
    );
    let (code, out, err) = run(b"exists INBOX\nexists \xff\n");
    assert_eq!((code, out.as_str()), (Some(1), "yes\n"));
    assert!(err.starts_with("error: script:2: "), "{err}");
    let (code, _, err) = run(b"search \"\"\n");
    assert_eq!(code, Some(2), "{err}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_does_not_wait_for_what_cannot_be_stopped() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    // The password command reports its start, and then blocks until the test ends it.
    let (begun, end) = (folder.path().join("begun"), folder.path().join("end"));
    let made = Command::new("mkfifo").args([&begun, &end]).status();
    assert!(made.unwrap().success());
    let mut held = fs::File::options()
        .read(true)
        .write(true)
        .open(&end)
        .unwrap();
    let slow = "password_command = sh -c 'echo > begun; cat end'";
    let ini = server.ini("bob").replace("password = sekret", slow);
    assert!(ini.contains(slow), "{ini}");
    crate::start::write_private(folder.path().join("slow.ini"), ini).unwrap();
    let mut command = program();
    command
        .current_dir(&folder)
        .env("PATH", std::env::var_os("PATH").unwrap())
        .args(["-f", "slow.ini", "-m", "INBOX", "-c", "noop"]);
    let mut running = Running::start(&mut command);
    assert_eq!(fs::read(&begun).unwrap(), b"\n");
    running.interrupt();
    assert_eq!(running.code(), Some(130));
    held.write_all(b"sekret\n").unwrap();
}

#[test]
fn a_copy_without_uids_is_told_without_numbers() {
    let server = server();
    let commands = "copy 9999 Trash; move 9998:9999 Trash";
    let (out, _) = printed(&run(&server, &["-m", "INBOX", "-c", commands]));
    // The server answers both with OK, and does not report whether there was any message.
    let untold = "the server said OK to copying 9999 to Trash, and reports no UIDs\n\
                  moved those of 9998:9999 that existed to Trash; the server reports no UIDs\n";
    assert_eq!(out, untold);
    server.forget_capability("UIDPLUS");
    let (out, _) = printed(&run(&server, &["-m", "INBOX", "-c", "copy 1:2 Trash"]));
    assert_eq!(
        out,
        "the server said OK to copying 1:2 to Trash, and reports no UIDs\n"
    );
}

#[test]
fn bytes_that_are_no_text_are_appended_on_request_only() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("odd.eml"), b"Subject: odd\n\n\0\xff\n").unwrap();
    let run = |commands: &str| {
        on(&server, &folder)
            .args(["-c", commands])
            .output()
            .unwrap()
    };
    let output = run("append --to Empty odd.eml");
    let (_, err) = printed(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err.starts_with("error: odd.eml: a message with NUL in it"),
        "{err}"
    );
    let sent = server.received();
    assert!(sent.iter().all(|one| !one.command().contains("APPEND")));
    // This server supports binary literals, but rejects NUL in them.
    let output = run("append --to Empty --binary odd.eml");
    let (_, err) = printed(&output);
    assert!(err.contains("UNKNOWN-CTE"), "{err}");
    fs::write(folder.path().join("odd.eml"), b"Subject: odd\n\n\xff\n").unwrap();
    assert!(run("append --to Empty --binary odd.eml").status.success());
    assert_eq!(
        server.messages("bob", "Empty")[0].bytes,
        b"Subject: odd\r\n\r\n\xff\r\n"
    );
}

#[test]
fn a_compressed_session_tells_so() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("conf.ini");
    let ini = format!("{}compress = true\n", server.ini("bob"));
    crate::start::write_private(&file, ini).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = program();
        command.current_dir(&folder).arg("-f").arg(&file);
        command.args(arguments).output().unwrap()
    };
    let output = run(&["-c", "info"]);
    let (text, said) = printed(&output);
    assert!(output.status.success(), "{said}");
    assert!(text.contains("\nCOMPRESSION   DEFLATE\n"), "{text}");
    let output = run(&["--json", "-c", "info"]);
    let info: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(info["compressed"], true);
    assert!(
        server
            .received()
            .iter()
            .any(|one| one.command() == "COMPRESS DEFLATE")
    );

    server.forget_capability("COMPRESS=DEFLATE");
    let output = run(&["-c", "info"]);
    let (text, said) = printed(&output);
    assert!(!output.status.success(), "{text}");
    assert!(
        said.contains("the server does not offer COMPRESS=DEFLATE"),
        "{said}"
    );
}
