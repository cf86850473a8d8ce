//! The memory of connections on which nothing moves. They are in a process of their own, whose
//! allocations are counted, so that the memory of the server and the tests is not.
#![cfg(all(target_os = "linux", any(feature = "ring", feature = "aws-lc-rs")))]

use std::{alloc::System, env, process::Command};

use imapclient::{Builder, FetchItems, transport::TlsOptions};
use imapclient_test_macros::faces;
use imapclient_testkit::Server;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const KIB: usize = 1024;
/// The environment variable with the task of the process with the connections.
const TASK: &str = "IDLE_MEMORY_TASK";
/// The number of connections that are counted, and of those before them, which fill what all
/// connections share, such as the store of TLS sessions.
const CONNECTIONS: usize = 24;
/// The messages in the mailbox, of which the last is larger than any buffer.
const MESSAGES: usize = 40;

/// The use of a connection before nothing moves on it any more.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// It logs in, and selects a mailbox.
    Select,
    /// It also fetches the whole mailbox.
    Fetch,
}

fn server() -> Server {
    Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |mailbox| {
            let small =
                (1..MESSAGES).map(|n| format!("Subject: {n}\n\n{}\n", "x".repeat(20 * KIB)));
            let line = format!("{}\n", "y".repeat(70));
            let large = format!("Subject: large\n\n{}", line.repeat(4 * KIB));
            mailbox.messages(small.chain([large]))
        })
        .start()
}

/// Returns the bytes that this process has allocated and not freed.
fn live() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// Returns settings for the server of the task.
fn builder<C>(words: &[&str]) -> Builder<C> {
    let builder = Builder::new("localhost")
        .port(words[2].parse().unwrap())
        .login("bob", "sekret".to_owned());
    match words[1] {
        "plain" => builder.dangerous_plaintext(),
        ca_file => builder.tls_options(TlsOptions::new().ca_file(ca_file).without_native_roots()),
    }
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    pub(crate) async fn connected(builder: &Builder<Client>, before: Before) -> Client {
        let mut client = builder.clone().connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        if before == Before::Fetch {
            let items = FetchItems::new().envelope().body();
            let messages = client.fetch("1:*", items).await.unwrap();
            assert_eq!(messages.len(), MESSAGES);
        }
        client
    }

    async fn per_connection(builder: Builder<Client>, before: Before) -> usize {
        let mut clients = Vec::with_capacity(2 * CONNECTIONS);
        let mut at = live();
        for _ in 0..2 {
            at = live();
            for _ in 0..CONNECTIONS {
                clients.push(connected(&builder, before).await);
            }
        }
        (live() - at) / CONNECTIONS
    }

    pub(crate) fn run(builder: Builder<Client>, before: Before) -> usize {
        face_run(per_connection(builder, before))
    }
}

/// Connections that wait in an IDLE.
#[cfg(feature = "tokio")]
mod idling {
    use std::{future::poll_fn, task::Poll};

    use imapclient::tokio::Client;

    use super::{Before, Builder, CONNECTIONS, live, tokio_face};

    #[tokio::main(flavor = "current_thread")]
    pub(super) async fn run(builder: Builder<Client>, before: Before) -> usize {
        let mut waiting = Vec::with_capacity(2 * CONNECTIONS);
        let mut at = live();
        for _ in 0..2 {
            at = live();
            for _ in 0..CONNECTIONS {
                let client = tokio_face::connected(&builder, before).await;
                let mut idle = Box::leak(Box::new(client)).idle().await.unwrap();
                let mut next = Box::pin(async move { idle.next().await });
                // Otherwise the wait might end early, in favour of other tasks.
                tokio::task::yield_now().await;
                let first = poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await;
                assert!(first.is_pending());
                waiting.push(next);
            }
        }
        (live() - at) / CONNECTIONS
    }
}

/// Holds the connections for the task of this process. Without a task, tests the measurement.
#[test]
fn the_connections() {
    let Ok(task) = env::var(TASK) else {
        let before = live();
        let block = vec![1_u8; 10 * KIB];
        assert!(live() - before >= block.len());
        return;
    };
    let words: Vec<&str> = task.split(' ').collect();
    let before = match words[3] {
        "fetch" => Before::Fetch,
        _ => Before::Select,
    };
    let bytes = match words[0] {
        #[cfg(feature = "tokio")]
        "tokio" => tokio_face::run(builder(&words), before),
        #[cfg(feature = "tokio")]
        "idling" => idling::run(builder(&words), before),
        _ => blocking_face::run(builder(&words), before),
    };
    println!("\nper connection: {bytes}");
}

/// Measures the memory of each connection to the server, in bytes.
fn measure(server: &Server, face: &str, tls: bool, before: &str) -> usize {
    let (port, security) = match tls {
        true => (server.tls_addr().port(), server.ca_file().to_str().unwrap()),
        false => (server.addr().port(), "plain"),
    };
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "the_connections", "--nocapture"])
        .env(TASK, format!("{face} {security} {port} {before}"))
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{out}{why}");
    let bytes = out
        .lines()
        .find_map(|line| line.strip_prefix("per connection: "));
    bytes.unwrap_or_else(|| panic!("{out}")).parse().unwrap()
}

/// Fails if a connection takes more than `most` bytes.
fn assert_all(tls: bool, most: usize) {
    let server = server();
    let mut faults = Vec::new();
    let faces: &[&str] = match cfg!(feature = "tokio") {
        true => &["blocking", "tokio", "idling"],
        false => &["blocking"],
    };
    for face in faces {
        for before in ["select", "fetch"] {
            let bytes = measure(&server, face, tls, before);
            println!("{face:8} {before:6} {bytes:7} bytes");
            if bytes > most {
                faults.push(format!("{face} after {before}: {bytes} bytes"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_connection_without_tls_takes_little_while_nothing_moves() {
    assert_all(false, 16 * KIB);
}

#[test]
fn a_connection_with_tls_takes_little_while_nothing_moves() {
    assert_all(true, 32 * KIB);
}
