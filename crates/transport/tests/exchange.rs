//! Tests of moving bytes over real sockets, with both kinds of socket.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod common;

use std::{
    io::{self, Read, Write},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use imapclient_testkit::{Connection, Peer};
use imapclient_transport::{
    Endpoint, Error, First, Other, Pipe, Sink, Socket, TlsConfig, Wait, Want,
};
use rustls::ServerConnection;

use common::{LONG, connect, drain, long, pattern, read, send, trusted};

on_both_sockets!(
    both_sides_write_at_once,
    both_sides_write_at_once_over_tls,
    starttls,
    the_end_comes_after_all_bytes,
    a_sink_gets_all_plaintext_and_none_of_tls,
    the_end_of_tls_with_and_without_notice,
    a_silent_peer_runs_out_the_idle_time,
    a_peer_that_does_not_read_runs_out_the_idle_time,
    a_slow_handshake_is_not_idle,
    a_slow_handshake_ends_at_a_fixed_time,
    a_time_in_the_past_still_gives_what_is_there,
    work_elsewhere_gives_its_value,
    of_two_connections_the_first_that_is_ready_counts,
    two_silent_connections_run_out_the_time,
);

/// Waits for two peers that send these words and stay connected until the client leaves.
async fn two<S: Socket>(this: &'static str, other: &'static str, limit: Duration) -> (First, Pipe) {
    let peer = |words: &'static str| {
        Peer::start(move |mut connection| {
            connection.send_bytes(words.as_bytes())?;
            connection.wait_eof()
        })
    };
    let (this, other) = (peer(this), peer(other));
    let (mut socket, mut pipe) = (connect::<S>(&this).await, Pipe::plain());
    let (mut other_socket, mut other_pipe) = (connect::<S>(&other).await, Pipe::plain());
    let end = Other {
        socket: &mut other_socket,
        pipe: &mut other_pipe,
        want: Want::Input,
    };
    let first = socket
        .exchange_either(&mut pipe, Want::Input, end, Wait::idle(limit))
        .await;
    drop((socket, other_socket));
    this.finish().unwrap();
    other.finish().unwrap();
    let ready = match first {
        First::This(_) => pipe,
        First::Other(_) => other_pipe,
    };
    (first, ready)
}

async fn of_two_connections_the_first_that_is_ready_counts<S: Socket>() {
    for (this, other) in [("this", ""), ("", "other")] {
        let (first, mut pipe) = two::<S>(this, other, LONG).await;
        assert!(
            match first {
                First::This(Ok(_)) => other.is_empty(),
                First::Other(Ok(_)) => this.is_empty(),
                _ => false,
            },
            "{first:?}"
        );
        let mut said = Vec::new();
        drain(&mut pipe, &mut said).unwrap();
        assert_eq!(said, [this, other].concat().as_bytes());
    }
}

async fn two_silent_connections_run_out_the_time<S: Socket>() {
    let (first, _) = two::<S>("", "", Duration::from_millis(30)).await;
    assert!(
        matches!(&first, First::This(Err(error)) if error.is_timeout()),
        "{first:?}"
    );
}

const MUCH: usize = 16 * 1024 * 1024;

/// Sends a large amount of data before it reads anything.
fn sends_first(mut connection: Connection) -> io::Result<()> {
    connection.send_bytes(&pattern(MUCH))?;
    let got = connection.read_exact(MUCH)?;
    if got != pattern(MUCH) {
        return Err(io::Error::other("other bytes than were sent"));
    }
    connection.send("all")?;
    connection.wait_eof()
}

async fn sends_and_reads<S: Socket>(mut socket: S, mut pipe: Pipe, peer: Peer) {
    let mut got = send(&mut socket, &mut pipe, &pattern(MUCH)).await.unwrap();
    let rest = MUCH + 5 - got.len();
    got.extend(read(&mut socket, &mut pipe, rest).await.unwrap());
    assert!(got[..MUCH] == pattern(MUCH));
    assert_eq!(&got[MUCH..], b"all\r\n");
    drop(socket);
    peer.finish().unwrap();
}

async fn both_sides_write_at_once<S: Socket>() {
    let peer = Peer::start(sends_first);
    let socket = connect::<S>(&peer).await;
    sends_and_reads(socket, Pipe::plain(), peer).await;
}

async fn both_sides_write_at_once_over_tls<S: Socket>() {
    let (identity, config) = trusted();
    let peer = Peer::start_tls(identity.server_config(), sends_first);
    let socket = connect::<S>(&peer).await;
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, "localhost").unwrap();
    sends_and_reads(socket, pipe, peer).await;
}

async fn starttls<S: Socket>() {
    let (identity, config) = trusted();
    let server = identity.server_config();
    let peer = Peer::start(move |mut connection| {
        connection.expect("a STARTTLS")?;
        connection.send("a OK")?;
        connection.start_tls(server.clone())?;
        connection.expect("b NOOP")?;
        connection.send("b OK")?;
        connection.wait_eof()
    });
    let mut socket = connect::<S>(&peer).await;
    let mut pipe = Pipe::plain();
    send(&mut socket, &mut pipe, b"a STARTTLS\r\n")
        .await
        .unwrap();
    assert_eq!(read(&mut socket, &mut pipe, 6).await.unwrap(), b"a OK\r\n");
    pipe.start_tls(&config, "localhost").unwrap();
    // This exchange does the handshake alone.
    socket
        .exchange(&mut pipe, Want::Flushed, long())
        .await
        .unwrap();
    assert!(pipe.is_tls() && !pipe.is_handshaking());
    send(&mut socket, &mut pipe, b"b NOOP\r\n").await.unwrap();
    assert_eq!(read(&mut socket, &mut pipe, 6).await.unwrap(), b"b OK\r\n");
    pipe.close();
    socket
        .exchange(&mut pipe, Want::Flushed, long())
        .await
        .unwrap();
    drop(socket);
    peer.finish().unwrap();
}

async fn the_end_comes_after_all_bytes<S: Socket>() {
    let peer = Peer::start(|mut connection| connection.send_bytes(&pattern(1_000_000)));
    let mut socket = connect::<S>(&peer).await;
    let mut pipe = Pipe::plain();
    let got = read(&mut socket, &mut pipe, usize::MAX).await.unwrap();
    assert!(got == pattern(1_000_000));
    assert!(pipe.eof());
    // Another exchange gives the same result.
    socket
        .exchange(&mut pipe, Want::Input, long())
        .await
        .unwrap();
    peer.finish().unwrap();
}

/// A sink of everything that comes.
#[derive(Default)]
struct All {
    bytes: Vec<u8>,
    len: usize,
}

impl Sink for All {
    fn space(&mut self) -> &mut [u8] {
        self.bytes.resize(self.len + 5000, 0);
        &mut self.bytes[self.len..]
    }

    fn filled(&mut self, count: usize) {
        self.len += count;
    }
}

async fn a_sink_gets_all_plaintext_and_none_of_tls<S: Socket>() {
    let (identity, config) = trusted();
    let sends = |mut connection: Connection| {
        connection.send_bytes(&pattern(1_000_000))?;
        connection.close()
    };
    let secure = Peer::start_tls(identity.server_config(), sends);
    for (peer, tls) in [(Peer::start(sends), false), (secure, true)] {
        let (mut socket, mut pipe) = (connect::<S>(&peer).await, Pipe::plain());
        if tls {
            pipe.start_tls(&config, "localhost").unwrap();
        }
        let (mut sink, mut read) = (All::default(), Vec::new());
        while !pipe.eof() {
            let exchange = socket.exchange_into(&mut pipe, &mut sink, Want::Input, long());
            exchange.await.unwrap();
            drain(&mut pipe, &mut read).unwrap();
        }
        let (sunk, left) = (&sink.bytes[..sink.len], &read[..]);
        let (got, nothing) = if tls { (left, sunk) } else { (sunk, left) };
        assert!(got == pattern(1_000_000), "{}", got.len());
        assert!(nothing.is_empty());
        peer.finish().unwrap();
    }
}

async fn the_end_of_tls_with_and_without_notice<S: Socket>() {
    for notice in [true, false] {
        let (identity, config) = trusted();
        let peer = Peer::start_tls(identity.server_config(), move |mut connection| {
            connection.send_bytes(&pattern(1_000_000))?;
            if notice { connection.close() } else { Ok(()) }
        });
        let mut socket = connect::<S>(&peer).await;
        let mut pipe = Pipe::plain();
        pipe.start_tls(&config, "localhost").unwrap();
        let got = read(&mut socket, &mut pipe, usize::MAX).await.unwrap();
        assert!(got == pattern(1_000_000));
        assert!(pipe.eof(), "{notice}");
        peer.finish().unwrap();
    }
}

async fn a_silent_peer_runs_out_the_idle_time<S: Socket>() {
    let peer = Peer::start(|mut connection| connection.wait_eof());
    let mut socket = connect::<S>(&peer).await;
    let mut pipe = Pipe::plain();
    let idle = Duration::from_millis(50);
    for wait in [Wait::idle(idle), Wait::until(Instant::now() + idle)] {
        let start = Instant::now();
        let error = socket
            .exchange(&mut pipe, Want::Input, wait)
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                Error::Timeout {
                    waiting: imapclient_transport::Waiting::Input,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(error.is_timeout());
        assert!(wait.idle.is_none() || start.elapsed() >= idle);
    }
    drop(socket);
    peer.finish().unwrap();
}

async fn a_peer_that_does_not_read_runs_out_the_idle_time<S: Socket>() {
    // The system accepts the connection and as much as fits in its buffers.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let endpoint = Endpoint::tcp("127.0.0.1", listener.local_addr().unwrap().port());
    let mut socket = S::connect(&endpoint, Some(LONG)).await.unwrap();
    let mut pipe = Pipe::plain();
    let wait = Wait::idle(Duration::from_millis(100));
    let error = loop {
        pipe.write(&[b'x'; 65_536]).unwrap();
        match socket.exchange(&mut pipe, Want::Flushed, wait).await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(
        matches!(
            error,
            Error::Timeout {
                waiting: imapclient_transport::Waiting::Output,
                ..
            }
        ),
        "{error:?}"
    );
}

/// Starts a TLS server that sends its part of the handshake in 25 pieces, one every 20 ms. This is
/// the pace of the source; no test waits for it.
fn slow_server() -> (u16, TlsConfig, thread::JoinHandle<()>) {
    let (identity, config) = trusted();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        let mut server = ServerConnection::new(identity.server_config()).unwrap();
        while !server.wants_write() {
            assert!(server.read_tls(&mut stream).unwrap() > 0);
            server.process_new_packets().unwrap();
        }
        let mut bytes = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut bytes).unwrap();
        }
        for piece in bytes.chunks(bytes.len().div_ceil(25)) {
            thread::sleep(Duration::from_millis(20));
            // The client may have given up.
            if stream.write_all(piece).is_err() {
                return;
            }
        }
        // Waits until the client closes, in whatever way.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    (port, config, thread)
}

async fn slow_handshake<S: Socket>(wait: impl FnOnce() -> Wait) -> Result<Duration, Error> {
    let (port, config, thread) = slow_server();
    let endpoint = Endpoint::tcp("127.0.0.1", port);
    let mut socket = S::connect(&endpoint, Some(LONG)).await.unwrap();
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, "localhost").unwrap();
    let result = socket.exchange(&mut pipe, Want::Flushed, wait()).await;
    drop(socket);
    thread.join().unwrap();
    result
}

async fn a_slow_handshake_is_not_idle<S: Socket>() {
    let start = Instant::now();
    // The peer takes half a second or longer.
    let idle = Duration::from_millis(400);
    slow_handshake::<S>(|| Wait::idle(idle)).await.unwrap();
    assert!(start.elapsed() > idle);
}

async fn a_slow_handshake_ends_at_a_fixed_time<S: Socket>() {
    let wait = || Wait::until(Instant::now() + Duration::from_millis(100));
    let error = slow_handshake::<S>(wait).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Timeout {
                waiting: imapclient_transport::Waiting::Handshake,
                ..
            }
        ),
        "{error:?}"
    );
}

async fn a_time_in_the_past_still_gives_what_is_there<S: Socket>() {
    let peer = Peer::start(|mut connection| {
        connection.send_bytes(&[7; 1000])?;
        connection.wait_eof()
    });
    let mut socket = connect::<S>(&peer).await;
    let mut pipe = Pipe::plain();
    socket
        .exchange(&mut pipe, Want::Input, long())
        .await
        .unwrap();
    // The input is in the pipe now, and stays there.
    let past = Wait::until(Instant::now());
    socket.exchange(&mut pipe, Want::Input, past).await.unwrap();
    let mut got = Vec::new();
    drain(&mut pipe, &mut got).unwrap();
    assert!(!got.is_empty());
    drop(socket);
    peer.finish().unwrap();
}

async fn work_elsewhere_gives_its_value<S: Socket>() {
    let value = S::offload(|| "hash".to_owned()).await;
    assert_eq!(value, "hash");
}

#[test]
fn an_interrupt_ends_a_wait_once() {
    use common::at_once;
    use imapclient_transport::StdSocket;
    use std::sync::mpsc;

    let (sender, receiver) = mpsc::sync_channel::<imapclient_transport::Interrupter>(1);
    let receiver = std::sync::Mutex::new(receiver);
    let peer = Peer::start(move |mut connection| {
        let interrupter = receiver.lock().unwrap().recv().unwrap();
        // The client waits for the answer once this has come.
        connection.expect("question")?;
        interrupter.interrupt();
        connection.expect("again")?;
        connection.send("answer")?;
        connection.wait_eof()
    });
    let endpoint = Endpoint::tcp("127.0.0.1", peer.port());
    let mut socket = at_once(StdSocket::connect(&endpoint, Some(LONG))).unwrap();
    let interrupter = socket.interrupter();
    sender.send(interrupter.clone()).unwrap();
    let mut pipe = Pipe::plain();
    pipe.write(b"question\r\n").unwrap();
    let error = at_once(socket.exchange(&mut pipe, Want::Input, long())).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error:?}");

    // An interrupt before the wait counts too, once.
    interrupter.interrupt();
    interrupter.interrupt();
    let error = at_once(socket.exchange(&mut pipe, Want::Input, long())).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error:?}");

    pipe.write(b"again\r\n").unwrap();
    let answer = at_once(read(&mut socket, &mut pipe, 8)).unwrap();
    assert_eq!(answer, b"answer\r\n");
    drop(socket);
    peer.finish().unwrap();
    // The socket is gone, and interrupting does nothing.
    interrupter.interrupt();
}

#[test]
fn an_interrupt_ends_a_wait_for_two() {
    use common::at_once;
    use imapclient_transport::StdSocket;

    let peer = Peer::start(|mut connection| connection.wait_eof());
    let mut socket = at_once(connect::<StdSocket>(&peer));
    let mut other = at_once(connect::<StdSocket>(&peer));
    socket.interrupter().interrupt();
    let other = Other {
        socket: &mut other,
        pipe: &mut Pipe::plain(),
        want: Want::Input,
    };
    let mut pipe = Pipe::plain();
    let first = at_once(socket.exchange_either(&mut pipe, Want::Input, other, long()));
    assert!(
        matches!(first, First::This(Err(Error::Interrupted))),
        "{first:?}"
    );
}

#[cfg(feature = "tokio")]
mod cancelling {
    use super::*;
    use imapclient_transport::TokioSocket;
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    const SOME: usize = 2 * 1024 * 1024;

    /// Drops every exchange after its first poll, ready or not.
    async fn echo(mut socket: TokioSocket, mut pipe: Pipe) {
        let bytes = pattern(SOME);
        let (mut sent, mut got) = (0, Vec::new());
        while got.len() < SOME {
            sent += pipe.write(&bytes[sent..]).unwrap();
            let polled = {
                let exchange = pin!(socket.exchange(&mut pipe, Want::Input, long()));
                exchange.poll(&mut Context::from_waker(Waker::noop()))
            };
            match polled {
                Poll::Ready(result) => drop(result.unwrap()),
                // Lets the runtime see what is ready.
                Poll::Pending => tokio::task::yield_now().await,
            }
            drain(&mut pipe, &mut got).unwrap();
        }
        assert!(got == bytes);
    }

    fn echoing(mut connection: Connection) -> io::Result<()> {
        for _ in 0..SOME / 1024 {
            let bytes = connection.read_exact(1024)?;
            connection.send_bytes(&bytes)?;
        }
        connection.wait_eof()
    }

    #[tokio::test]
    async fn a_dropped_exchange_loses_no_byte() {
        let peer = Peer::start(echoing);
        let socket = connect::<TokioSocket>(&peer).await;
        echo(socket, Pipe::plain()).await;
        peer.finish().unwrap();
    }

    #[tokio::test]
    async fn a_dropped_exchange_loses_no_byte_of_tls() {
        let (identity, config) = trusted();
        let peer = Peer::start_tls(identity.server_config(), echoing);
        let socket = connect::<TokioSocket>(&peer).await;
        let mut pipe = Pipe::plain();
        pipe.start_tls(&config, "localhost").unwrap();
        echo(socket, pipe).await;
        peer.finish().unwrap();
    }

    #[tokio::test]
    async fn a_peer_that_goes_on_sending_lets_others_run() {
        let peer = Peer::start(|mut connection| {
            let end = Instant::now() + Duration::from_secs(5);
            while Instant::now() < end {
                // This fails when the client reads no more.
                if connection.send_bytes(&[7; 100_000]).is_err() {
                    break;
                }
            }
            Ok(())
        });
        let mut socket: TokioSocket = connect(&peer).await;
        let mut pipe = Pipe::plain();
        let reading = async {
            while !pipe.eof() {
                let exchange = socket.exchange(&mut pipe, Want::Input, long());
                exchange.await.unwrap();
                // Reads so little at a time that there is always more.
                pipe.read(&mut [0; 16]).unwrap();
            }
        };
        let read = tokio::time::timeout(Duration::from_millis(100), reading).await;
        assert!(read.is_err(), "the time was not looked at before the end");
        drop(socket);
        peer.finish().unwrap();
    }

    #[tokio::test]
    async fn a_panic_elsewhere_goes_on_here() {
        let work = tokio::spawn(TokioSocket::offload(|| panic!("over there")));
        let payload = work.await.unwrap_err().into_panic();
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"over there"));
    }
}
