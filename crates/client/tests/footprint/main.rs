//! The memory of a process with one session, on servers that send far more than may be kept. The
//! session has its own process, so that the memory of the server and the tests is not counted.
#![cfg(all(target_os = "linux", any(feature = "ring", feature = "aws-lc-rs")))]

mod floods;

use std::{
    env, fs,
    io::{self, Write as _},
    process::Command,
    time::Duration,
};

use imapclient::{AppendStream, Builder, Error, FetchItems, ThreadAlgorithm};
use imapclient_test_macros::faces;
use imapclient_testkit::{Connection, Peer};

use floods::{ASKED, Flood, MESSAGES, ONE_AT_A_TIME, UNASKED};

const MIB: u64 = 1024 * 1024;
/// The bound on the memory of updates.
const UPDATES: u64 = 64 * MIB;
/// The memory that a session may take in addition to its updates.
const BESIDE: u64 = 32 * MIB;
/// The memory for the rest of the process, of 32 MiB in total.
const PROCESS: u64 = 12 * MIB;
/// The environment variable with the task of the process with the session.
const TASK: &str = "FOOTPRINT_TASK";
/// The memory that a message may take which is sent or read in pieces: the buffers of all layers.
const IN_PIECES: u64 = 2 * MIB;

/// Serves one session until the client has closed the connection, or until this many bytes of the
/// flood were sent.
fn serve(connection: &mut Connection, flood: &Flood, bytes: u64) -> io::Result<()> {
    connection.send("* PREAUTH [CAPABILITY IMAP4rev1 THREAD=REFERENCES] hi")?;
    let line = connection.read_line()?;
    let (tag, _) = line.split_once(' ').unwrap_or_default();
    connection.send(&format!("* {MESSAGES} EXISTS\r\n{tag} OK opened"))?;
    connection.read_line()?;
    // It ends when the client has closed the connection.
    let _gone = connection.send_bytes(flood.first.as_bytes());
    let mut block = String::new();
    let mut left = bytes;
    for number in (1..=MESSAGES).cycle() {
        block.push_str(&(flood.response)(number));
        if block.len() >= 65_536 {
            left = left.saturating_sub(block.len() as u64);
            if left == 0 || connection.send_bytes(block.as_bytes()).is_err() {
                break;
            }
            block.clear();
        }
    }
    Ok(())
}

/// The memory of a process with a session, in bytes.
#[derive(Debug)]
struct Footprint {
    /// Before the call.
    before: u64,
    /// The most until the end.
    peak: u64,
    /// The end of the call.
    end: String,
}

/// Runs the session in its own process.
fn measure(face: &str, flood: &'static Flood, answer_limit: Option<u64>) -> Footprint {
    let bytes = 3 * answer_limit.unwrap_or(UPDATES);
    let peer = Peer::start(move |mut connection| serve(&mut connection, flood, bytes));
    run(face, flood.call, flood.name, answer_limit, peer)
}

/// Runs a session with this call to a peer in its own process.
fn run(face: &str, call: &str, name: &str, answer_limit: Option<u64>, peer: Peer) -> Footprint {
    let limit = answer_limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "a_session", "--nocapture"])
        .env(TASK, format!("{face} {call} {limit} {}", peer.port()))
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{out}");
    peer.finish().unwrap();
    let line = out.lines().find_map(|line| line.split_once("footprint: "));
    let (_, line) = line.unwrap_or_else(|| panic!("{out}"));
    let mut words = line.splitn(3, ' ');
    let mut number = || words.next().unwrap().parse().unwrap();
    let (before, peak) = (number(), number());
    let end = words.next().unwrap().to_owned();
    println!(
        "{face:9} {call:6} {name:13} {:7.1} MiB, {:6.1} of it before; {end:.70}",
        peak as f64 / MIB as f64,
        before as f64 / MIB as f64,
    );
    Footprint { before, peak, end }
}

/// Measures all of these floods, and fails if the session takes more than `most` in one of them.
fn assert_all(face: &str, floods: &'static [Flood], limit: Option<u64>, most: u64) {
    let mut faults = Vec::new();
    for flood in floods {
        let footprint = measure(face, flood, limit);
        if footprint.peak - footprint.before > most {
            faults.push(format!("{} of {}: {footprint:?}", flood.name, flood.call));
        }
        assert_ne!(footprint.end, "done", "{} ended", flood.name);
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Takes a message of any size, without keeping it.
fn take(connection: &mut Connection, capabilities: &str) -> io::Result<()> {
    connection.send(&format!(
        "* PREAUTH [CAPABILITY IMAP4rev1{capabilities}] hi"
    ))?;
    for name in ["SELECT", "APPEND"] {
        let line = connection.read_line()?;
        let (tag, command) = line.split_once(' ').unwrap_or_default();
        assert!(command.starts_with(name), "{line}");
        let size = command.split_once('{').map(|(_, size)| size);
        if let Some(size) = size {
            if !size.contains('+') {
                connection.send("+ go on")?;
            }
            let mut left: usize = size.trim_end_matches(['+', '}']).parse().unwrap();
            while left > 0 {
                let piece = left.min(65_536);
                connection.read_exact(piece)?;
                left -= piece;
            }
            connection.expect("")?;
        }
        connection.send(&format!("{tag} OK done"))?;
    }
    Ok(())
}

/// Sends a message of this size.
fn send_body(connection: &mut Connection, size: u64) -> io::Result<()> {
    connection.send("* PREAUTH [CAPABILITY IMAP4rev1] hi")?;
    let line = connection.read_line()?;
    let (tag, _) = line.split_once(' ').unwrap_or_default();
    connection.send(&format!("* 1 EXISTS\r\n{tag} OK opened"))?;
    let line = connection.read_line()?;
    let (tag, _) = line.split_once(' ').unwrap_or_default();
    connection.send(&format!("* 1 FETCH (UID 1 BODY[] {{{size}}}"))?;
    let piece = vec![b'm'; 65_536];
    for _ in 0..size / 65_536 {
        connection.send_bytes(&piece)?;
    }
    connection.send(&format!(")\r\n{tag} OK done"))
}

/// A message of `m` only.
struct Letters;

impl io::Read for Letters {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'm');
        Ok(buffer.len())
    }
}

#[cfg(feature = "tokio")]
impl tokio::io::AsyncRead for Letters {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        let space = buffer.initialize_unfilled();
        space.fill(b'm');
        let count = space.len();
        buffer.advance(count);
        std::task::Poll::Ready(Ok(()))
    }
}

/// Returns a value of the status of this process, in bytes.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let value = line.and_then(|line| line.trim_start_matches(':').trim().strip_suffix(" kB"));
    value.unwrap().parse::<u64>().unwrap() * 1024
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn call(client: &mut Client, call: &str) -> Result<(), Error> {
        match call {
            "list" => drop(client.list("", "*").await?),
            "search" => drop(client.search("ALL").await?),
            "thread" => drop(client.thread(ThreadAlgorithm::References, "ALL").await?),
            "fetch" => drop(client.fetch("1:*", FetchItems::new().flags().body()).await?),
            "each" => {
                let mut messages = client.fetch_each("1:*", "(FLAGS BODY.PEEK[])").await?;
                while let Some(mut message) = messages.next().await? {
                    while let Some(mut body) = message.body().await? {
                        while body.chunk().await?.is_some() {}
                    }
                    message.finish().await?;
                }
            }
            "save" => {
                let mut file = fs::File::create("/dev/null").unwrap();
                let mut messages = client.fetch_each("1", "BODY.PEEK[]").await?;
                while let Some(mut message) = messages.next().await? {
                    while let Some(mut body) = message.body().await? {
                        let mut received = 0;
                        while let Some(chunk) = body.chunk().await? {
                            received += chunk.len() as u64;
                            file.write_all(chunk).unwrap();
                        }
                        assert_eq!(received, body.size());
                    }
                }
            }
            "raw" => drop(client.raw("X").await?),
            "noop" => client.noop().await?,
            "append_64_mib" => {
                drop(client.append_from("Sent", AppendStream::new(64 * MIB), Letters).await?);
            }
            "append_1_gib" => {
                drop(client.append_from("Sent", AppendStream::new(1024 * MIB), Letters).await?);
            }
            other => panic!("{other}"),
        }
        Ok(())
    }

    /// Connects, makes the call, and returns the memory before it and how it ended.
    async fn session(port: u16, answer_limit: Option<u64>, name: &str) -> (u64, String) {
        let mut builder = Builder::<Client>::new("127.0.0.1")
            .port(port)
            .dangerous_plaintext()
            .timeout(Duration::from_secs(60));
        if let Some(bytes) = answer_limit {
            builder = builder.answer_limit(bytes);
        }
        let mut client = builder.connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        let before = status("VmRSS");
        let end = match call(&mut client, name).await {
            Ok(()) => "done".to_owned(),
            Err(error) => error.to_string(),
        };
        (before, end)
    }

    pub(crate) fn run(port: u16, answer_limit: Option<u64>, name: &str) -> (u64, String) {
        face_run(session(port, answer_limit, name))
    }
}

/// Runs the session for the task of this process. Without a task, tests the measurement on a server
/// that answers.
#[test]
fn a_session() {
    let Ok(task) = env::var(TASK) else {
        let peer = Peer::start(|mut connection| {
            connection.send("* PREAUTH [CAPABILITY IMAP4rev1] hi")?;
            for _ in 0..2 {
                let line = connection.read_line()?;
                let (tag, _) = line.split_once(' ').unwrap_or_default();
                connection.send(&format!("{tag} OK done"))?;
            }
            Ok(())
        });
        let (before, end) = blocking_face::run(peer.port(), None, "noop");
        assert_eq!(end, "done");
        let most = status("VmHWM");
        assert!(before > MIB && most >= before, "{before}, {most}");
        return;
    };
    let words: Vec<&str> = task.split(' ').collect();
    let limit = words[2].parse().ok();
    let port = words[3].parse().unwrap();
    let (before, end) = match words[0] {
        #[cfg(feature = "tokio")]
        "tokio" => tokio_face::run(port, limit, words[1]),
        _ => blocking_face::run(port, limit, words[1]),
    };
    println!("\nfootprint: {before} {} {end}", status("VmHWM"));
}

#[test]
fn answers_of_8_mib_leave_the_process_under_32() {
    let (limit, most) = (8 * MIB, 32 * MIB - PROCESS);
    assert_all("blocking", ASKED, Some(limit), most);
    #[cfg(feature = "tokio")]
    assert_all("tokio", ASKED, Some(limit), most);
}

#[test]
fn an_answer_takes_its_limit_and_a_quarter() {
    let limit = 64 * MIB;
    assert_all("blocking", ASKED, Some(limit), limit + limit / 4);
}

#[test]
fn messages_that_are_read_one_at_a_time_take_2_mib() {
    assert_all("blocking", ONE_AT_A_TIME, Some(24 * MIB), 2 * MIB);
    #[cfg(feature = "tokio")]
    assert_all("tokio", ONE_AT_A_TIME, Some(24 * MIB), 2 * MIB);
}

#[test]
fn what_nobody_asked_for_takes_no_more_than_the_updates() {
    assert_all("blocking", UNASKED, None, UPDATES + BESIDE);
}

#[test]
fn an_upload_takes_the_same_memory_whatever_its_size() {
    let mut faces = vec!["blocking"];
    #[cfg(feature = "tokio")]
    faces.push("tokio");
    for face in faces {
        for (call, capabilities) in [
            ("append_64_mib", ""),
            ("append_64_mib", " LITERAL+"),
            ("append_1_gib", " LITERAL+"),
        ] {
            let peer = Peer::start(move |mut connection| take(&mut connection, capabilities));
            let footprint = run(face, call, capabilities, None, peer);
            assert_eq!(footprint.end, "done");
            let taken = footprint.peak - footprint.before;
            assert!(taken <= IN_PIECES, "{face} {call}: {footprint:?}");
        }
    }
}

#[test]
fn a_body_takes_the_same_memory_whatever_its_size() {
    let mut faces = vec!["blocking"];
    #[cfg(feature = "tokio")]
    faces.push("tokio");
    for face in faces {
        for (name, size) in [("64 MiB", 64 * MIB), ("1 GiB", 1024 * MIB)] {
            let peer = Peer::start(move |mut connection| send_body(&mut connection, size));
            let footprint = run(face, "save", name, None, peer);
            assert_eq!(footprint.end, "done");
            let taken = footprint.peak - footprint.before;
            assert!(taken <= IN_PIECES, "{face}, {name}: {footprint:?}");
        }
    }
}
