//! The interface of sockets.

use std::time::{Duration, Instant};

use crate::{Error, Pipe};

/// Carries the bytes of a [`Pipe`], and waits.
///
/// This trait covers everything that differs between a blocking and an asynchronous connection.
pub trait Socket: Send + Sized {
    /// Connects. `limit` covers all of it: resolving the name and trying the addresses, each 250 ms
    /// after the one before or as soon as that has failed, until the first answers (RFC 8305
    /// §5). The attempts that lost end with this call.
    fn connect(
        endpoint: &Endpoint,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Self, Error>> + Send;

    /// Moves bytes in both directions until `want` is met; reads while it writes. The end of the
    /// input also satisfies [`Want::Input`]; check [`Pipe::eof`].
    ///
    /// Memory is bounded, so a pipe that is full of unread input takes no more. With [`Want::Room`]
    /// or [`Want::Flushed`] this then returns `Ok` although `want` is not met, since two peers that
    /// only write would otherwise wait for each other for ever. Read the input and call this again
    /// until [`Pipe::meets`] returns `true`.
    ///
    /// Dropping the future loses no byte: the next exchange continues where this one stopped.
    ///
    /// Returns the time spent waiting for the network.
    ///
    /// # Errors
    /// Returns [`Error::Timeout`] when `wait` runs out, [`Error::Interrupted`], and the errors of
    /// the connection and of TLS. A TLS alert for the peer is sent before the error is returned.
    fn exchange(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        wait: Wait,
    ) -> impl Future<Output = Result<Duration, Error>> + Send;

    /// Does the same as [`exchange`](Self::exchange), but may put plaintext into `sink`, without a
    /// copy in the pipe, and then returns whatever `want` is. Plaintext of TLS is left in the pipe
    /// as ever, so take that after this call. The sink gets nothing while the pipe has input.
    ///
    /// The default does not use the sink.
    ///
    /// # Errors
    /// Returns the errors of [`exchange`](Self::exchange).
    fn exchange_into(
        &mut self,
        pipe: &mut Pipe,
        sink: &mut dyn Sink,
        want: Want,
        wait: Wait,
    ) -> impl Future<Output = Result<Duration, Error>> + Send {
        let _ = sink;
        self.exchange(pipe, want, wait)
    }

    /// Exchanges on two connections at once, and returns the result of the first to meet its want
    /// or to fail. The other one continues with its next exchange. `wait` covers both; a time-out
    /// or an interrupt is reported for this one.
    fn exchange_either(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        other: Other<'_, Self>,
        wait: Wait,
    ) -> impl Future<Output = First> + Send;

    /// Returns whether the peer is on this machine: the connection is one of TCP to a loopback
    /// address, or that of a Unix socket. It is not known where a command leads, so `false` is
    /// returned for it.
    fn is_local(&self) -> bool;

    /// Returns the current time of the clock that this socket's waits use.
    fn now() -> Instant {
        Instant::now()
    }

    /// Runs work that blocks or computes for long, without holding up other tasks on the thread. A
    /// panic in `work` is propagated to the caller. Needs no connection.
    fn offload<T: Send + 'static>(
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send;
}

/// A reader of plaintext that lends its memory, for [`Socket::exchange_into`].
pub trait Sink: Send {
    /// Returns room for plaintext. It must not be empty.
    fn space(&mut self) -> &mut [u8];

    /// Declares that the first `count` bytes of [`space`](Self::space) now hold plaintext.
    fn filled(&mut self, count: usize);

    /// Declares that a wait begins on a connection that is not busy, so that memory for which
    /// there is no use can be given back.
    fn rest(&mut self) {}
}

/// The second connection of [`Socket::exchange_either`].
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "built by the caller of `exchange_either`"
)]
pub struct Other<'a, S> {
    /// The socket that moves its bytes.
    pub socket: &'a mut S,
    /// Its bytes.
    pub pipe: &'a mut Pipe,
    /// The condition that ends its exchange.
    pub want: Want,
}

/// The result of the exchange that ended first, of two.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "there are two connections")]
pub enum First {
    /// The connection of the socket that was called.
    This(Result<Duration, Error>),
    /// The other connection.
    Other(Result<Duration, Error>),
}

/// The condition that ends an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a socket has to serve each of them"
)]
pub enum Want {
    /// Something to read has arrived, or the peer has closed its side.
    Input,
    /// At least this many bytes can be written to the pipe. More than a pipe can ever hold means an
    /// empty pipe.
    Room(usize),
    /// Everything that was written has been transmitted, and a TLS handshake that was begun is
    /// complete.
    Flushed,
}

/// Limits on the time of an exchange. There are none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "written with `..Default::default()`, so that new fields break nothing"
)]
pub struct Wait {
    /// The longest time without progress; starts anew with every byte moved in either direction.
    /// After the handshake of TLS, records without data, such as session tickets, and parts of a
    /// record start it anew for a minute at most, or for this time if it is longer.
    pub idle: Option<Duration>,
    /// The time by which the whole exchange must be over.
    pub until: Option<Instant>,
    /// The longest time to spend waiting in one exchange. After that, an exchange that wants input,
    /// or that has some to be read, returns `Ok` although its want is not met. Time in which the
    /// exchange is not polled counts for one second at most.
    pub most: Option<Duration>,
}

impl Wait {
    /// Limits only the time without progress.
    pub fn idle(limit: Duration) -> Self {
        Self {
            idle: Some(limit),
            ..Self::default()
        }
    }

    /// Sets a fixed end, regardless of progress.
    pub fn until(end: Instant) -> Self {
        Self {
            until: Some(end),
            ..Self::default()
        }
    }
}

/// The address of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoint {
    /// A TCP port.
    Tcp {
        /// A host name or IP address.
        host: String,
        /// The port.
        port: u16,
    },
    /// A Unix socket at this path.
    #[cfg(unix)]
    Unix(std::path::PathBuf),
    /// A command for `/bin/sh`, whose standard input and output carry the bytes. It is killed and
    /// reaped when the socket is dropped; processes that it has started see the end of their input.
    #[cfg(unix)]
    Command(String),
}

impl Endpoint {
    /// Returns the endpoint of a TCP port on a host.
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        Self::Tcp {
            host: host.into(),
            port,
        }
    }
}
