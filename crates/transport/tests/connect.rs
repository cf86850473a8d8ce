//! Tests of reaching a server and failing to.

mod common;

use std::{
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use imapclient_testkit::Peer;
use imapclient_transport::{Endpoint, Error, Pipe, Socket, Want};

use common::{LONG, long, read, send, text};

on_both_sockets!(
    by_name_with_and_without_limit,
    refused,
    unknown_host,
    no_answer,
    no_time,
);

async fn by_name_with_and_without_limit<S: Socket>() {
    let peer = Peer::start(|mut connection| {
        connection.send("hello")?;
        connection.wait_eof()
    });
    // Both addresses of this name are tried; the server may listen on either.
    let endpoint = Endpoint::tcp("localhost", peer.port());
    for limit in [Some(LONG), None] {
        let mut socket = S::connect(&endpoint, limit).await.unwrap();
        let greeting = read(&mut socket, &mut Pipe::plain(), 7).await.unwrap();
        assert_eq!(greeting, b"hello\r\n");
    }
    peer.finish().unwrap();
}

async fn refused<S: Socket>() {
    let port = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for limit in [Some(LONG), None] {
        let endpoint = Endpoint::tcp("127.0.0.1", port);
        let error = S::connect(&endpoint, limit).await.err().unwrap();
        assert!(matches!(error, Error::Connect { .. }) && !error.is_timeout());
        let text = text(&error);
        let start = format!(r#"could not connect to "127.0.0.1", port {port}: "#);
        assert!(
            text.starts_with(&start) && text.contains("refused"),
            "{text}"
        );
    }
}

async fn unknown_host<S: Socket>() {
    let endpoint = Endpoint::tcp("does-not-exist.invalid", 993);
    let start = Instant::now();
    let error = S::connect(&endpoint, Some(Duration::from_secs(5)))
        .await
        .err()
        .unwrap();
    assert!(matches!(&error, Error::Resolve { host, .. } if host == "does-not-exist.invalid"));
    assert!(start.elapsed() < LONG);
    assert!(
        error.to_string().contains(r#""does-not-exist.invalid""#),
        "{error}"
    );
}

/// Returns a listener whose queue is full, so that the system lets further clients wait.
#[cfg(target_os = "linux")]
fn full_listener() -> (TcpListener, Vec<TcpStream>) {
    use rustix::net::{AddressFamily, SocketType, bind, listen, socket};
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&socket, &std::net::SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    listen(&socket, 0).unwrap();
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().unwrap();
    let mut clients = Vec::new();
    while let Ok(client) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        clients.push(client);
        assert!(clients.len() < 100, "the queue does not fill");
    }
    (listener, clients)
}

#[cfg(target_os = "linux")]
async fn no_answer<S: Socket>() {
    let (listener, _clients) = full_listener();
    let endpoint = Endpoint::tcp("127.0.0.1", listener.local_addr().unwrap().port());
    let limit = Duration::from_millis(100);
    let start = Instant::now();
    let error = S::connect(&endpoint, Some(limit)).await.err().unwrap();
    assert!(
        matches!(error, Error::Connect { .. }) && error.is_timeout(),
        "{error:?}"
    );
    assert!(start.elapsed() >= limit && start.elapsed() < LONG);
}

#[cfg(not(target_os = "linux"))]
async fn no_answer<S: Socket>() {}

async fn no_time<S: Socket>() {
    for host in ["127.0.0.1", "localhost"] {
        let endpoint = Endpoint::tcp(host, 9);
        let error = S::connect(&endpoint, Some(Duration::ZERO))
            .await
            .err()
            .unwrap();
        assert!(error.is_timeout(), "{error:?}");
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::{
        io::{Read, Write},
        os::unix::net::UnixListener,
        path::PathBuf,
        thread,
    };

    on_both_sockets!(
        unix_socket,
        no_unix_socket,
        a_command_carries_the_bytes,
        a_command_that_ends,
        a_command_is_killed_and_reaped,
        a_silent_command_runs_out_the_idle_time,
    );

    async fn unix_socket<S: Socket>() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("imap.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(LONG)).unwrap();
            let mut question = [0; 5];
            stream.read_exact(&mut question).unwrap();
            stream.write_all(&question).unwrap();
        });
        let mut socket = S::connect(&Endpoint::Unix(path), Some(LONG)).await.unwrap();
        let mut pipe = Pipe::plain();
        send(&mut socket, &mut pipe, b"hello").await.unwrap();
        assert_eq!(
            read(&mut socket, &mut pipe, usize::MAX).await.unwrap(),
            b"hello"
        );
        server.join().unwrap();
    }

    async fn no_unix_socket<S: Socket>() {
        let path = PathBuf::from("/does/not/exist.sock");
        for limit in [Some(LONG), None] {
            let error = S::connect(&Endpoint::Unix(path.clone()), limit)
                .await
                .err()
                .unwrap();
            let text = text(&error);
            let start = r#"could not connect to the socket "/does/not/exist.sock": No such file"#;
            assert!(text.starts_with(start), "{text}");
        }
    }

    async fn start<S: Socket>(command: &str) -> (S, Pipe) {
        let endpoint = Endpoint::Command(command.to_owned());
        (
            S::connect(&endpoint, Some(LONG)).await.unwrap(),
            Pipe::plain(),
        )
    }

    async fn a_command_carries_the_bytes<S: Socket>() {
        let (mut socket, mut pipe) = start::<S>("cat").await;
        let bytes = common::pattern(1_000_000);
        // `send` reads while it writes, so some bytes come back before all are sent.
        let mut got = send(&mut socket, &mut pipe, &bytes).await.unwrap();
        let rest = bytes.len() - got.len();
        got.extend(read(&mut socket, &mut pipe, rest).await.unwrap());
        assert!(got == bytes);
    }

    async fn a_command_that_ends<S: Socket>() {
        for (command, output) in [
            ("echo hello", "hello\n"),
            ("exit 3", ""),
            ("no-such-command 2>&-", ""),
        ] {
            let (mut socket, mut pipe) = start::<S>(command).await;
            let got = read(&mut socket, &mut pipe, usize::MAX).await.unwrap();
            assert_eq!(String::from_utf8(got).unwrap(), output);
            assert!(pipe.eof());
        }
    }

    async fn a_command_is_killed_and_reaped<S: Socket>() {
        // The first ends by itself when its input ends; the second would run on.
        for command in ["echo $$; exec cat", "echo $$; exec sleep 1000"] {
            let (mut socket, mut pipe) = start::<S>(command).await;
            socket
                .exchange(&mut pipe, Want::Input, long())
                .await
                .unwrap();
            let mut line = Vec::new();
            common::drain(&mut pipe, &mut line).unwrap();
            let id: i32 = String::from_utf8(line).unwrap().trim().parse().unwrap();
            let process = rustix::process::Pid::from_raw(id).unwrap();
            rustix::process::test_kill_process(process).unwrap();
            drop(socket);
            // A process that is dead but not reaped could still be signalled.
            let gone = rustix::process::test_kill_process(process);
            assert_eq!(gone, Err(rustix::io::Errno::SRCH));
        }
    }

    async fn a_silent_command_runs_out_the_idle_time<S: Socket>() {
        let (mut socket, mut pipe) = start::<S>("exec cat").await;
        let wait = imapclient_transport::Wait::idle(Duration::from_millis(50));
        let error = socket
            .exchange(&mut pipe, Want::Input, wait)
            .await
            .unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
    }
}
