//! Helpers for the tests of both sockets.
#![allow(dead_code, reason = "each test program uses its part")]

use std::{
    error::Error as _,
    io,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use imapclient_testkit::{Authority, Certificate, Connection, Identity, Peer};
use imapclient_transport::{
    CertificateProblem, Endpoint, Error, Pipe, Socket, StdSocket, TlsConfig, TlsOptions, Wait, Want,
};
use rustls::ServerConfig;

/// Runs an async test function on both sockets, as tests in two modules.
#[macro_export]
macro_rules! on_both_sockets {
    ($($name:ident,)*) => {
        mod std_socket {
            $(#[test] fn $name() {
                $crate::common::at_once(super::$name::<imapclient_transport::StdSocket>());
            })*
        }
        #[cfg(feature = "tokio")]
        mod tokio_socket {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 1)] async fn $name() {
                // Spawning a task shows that the futures are `Send`.
                let test = tokio::spawn(super::$name::<imapclient_transport::TokioSocket>());
                if let Err(error) = test.await {
                    std::panic::resume_unwind(error.into_panic());
                }
            })*
        }
    };
}

/// Longer than anything should take that is not meant to time out.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// Returns the result of a future that is ready at its first poll.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a blocking socket never pends"),
    }
}

pub(crate) fn long() -> Wait {
    Wait::idle(LONG)
}

pub(crate) async fn connect<S: Socket>(peer: &Peer) -> S {
    let endpoint = Endpoint::tcp("127.0.0.1", peer.port());
    S::connect(&endpoint, Some(LONG)).await.unwrap()
}

/// Reads everything that is available now.
pub(crate) fn drain(pipe: &mut Pipe, into: &mut Vec<u8>) -> Result<(), Error> {
    let mut bytes = [0; 5000];
    loop {
        match pipe.read(&mut bytes)? {
            0 => return Ok(()),
            count => into.extend_from_slice(&bytes[..count]),
        }
    }
}

/// Reads until `count` bytes have come, or the end.
pub(crate) async fn read<S: Socket>(
    socket: &mut S,
    pipe: &mut Pipe,
    count: usize,
) -> Result<Vec<u8>, Error> {
    let mut input = Vec::new();
    while input.len() < count && !pipe.eof() {
        socket.exchange(pipe, Want::Input, long()).await?;
        drain(pipe, &mut input)?;
    }
    Ok(input)
}

/// Sends all of `bytes` and returns what came in meanwhile.
pub(crate) async fn send<S: Socket>(
    socket: &mut S,
    pipe: &mut Pipe,
    mut bytes: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut input = Vec::new();
    while !bytes.is_empty() {
        let taken = pipe.write(bytes)?;
        bytes = &bytes[taken..];
        // This exchange also reads, even if there is room.
        if !bytes.is_empty() {
            socket.exchange(pipe, Want::Room(1), long()).await?;
            drain(pipe, &mut input)?;
        }
    }
    while !pipe.meets(Want::Flushed) {
        socket.exchange(pipe, Want::Flushed, long()).await?;
        drain(pipe, &mut input)?;
    }
    Ok(input)
}

/// Returns a TLS server for `localhost` and settings that trust it.
pub(crate) fn trusted() -> (Identity, TlsConfig) {
    let authority = Authority::new();
    let identity = authority.issue(Certificate::new(&["localhost"]));
    let options = TlsOptions::new()
        .without_native_roots()
        .ca_pem(authority.pem());
    (identity, options.build().unwrap())
}

pub(crate) fn greet(mut connection: Connection) -> io::Result<()> {
    connection.send("hello")?;
    connection.wait_eof()
}

pub(crate) fn options() -> TlsOptions {
    TlsOptions::new().without_native_roots()
}

/// Connects as a client of the host `name` and reads the greeting. Also returns the server's
/// result.
pub(crate) async fn greeting<S: Socket>(
    server: Arc<ServerConfig>,
    options: TlsOptions,
    name: &str,
) -> (Result<(), Error>, Result<(), String>) {
    let config = options.build().unwrap();
    let peer = Peer::start_tls(server, greet);
    let mut socket = connect::<S>(&peer).await;
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, name).unwrap();
    let result = read(&mut socket, &mut pipe, 7).await;
    drop(socket);
    let result = result.map(|bytes| assert_eq!(bytes, b"hello\r\n"));
    (result, peer.finish())
}

pub(crate) fn greeting_now(
    identity: &Identity,
    options: TlsOptions,
    name: &str,
) -> Result<(), Error> {
    at_once(greeting::<StdSocket>(
        identity.server_config(),
        options,
        name,
    ))
    .0
}

pub(crate) fn problem(result: Result<(), Error>) -> CertificateProblem {
    match result.expect_err("the certificate should not be accepted") {
        Error::Certificate { problem, .. } => problem,
        other => panic!("not about the certificate: {}", text(&other)),
    }
}

/// Formats an error with all its causes, as a user sees it.
pub(crate) fn text(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Returns bytes that reveal it when any is missing, duplicated or out of place.
pub(crate) fn pattern(count: usize) -> Vec<u8> {
    (0..count as u64)
        .map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8)
        .collect()
}
