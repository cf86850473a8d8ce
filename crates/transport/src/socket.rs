use crate::{Error, Pipe};
use std::time::{Duration, Instant};

/// What carries the bytes of a [`Pipe`], and waits.
///
/// Everything that differs between a blocking and an asynchronous connection is behind this trait.
pub trait Socket: Send + Sized {
    /// Connects. `limit` is for all of it: finding the addresses and trying them, each 250 ms after
    /// the one before or as soon as that has failed, until the first answers (RFC 8305, section 5).
    /// The attempts that lost end with this call.
    fn connect(
        endpoint: &Endpoint,
        limit: Option<Duration>,
    ) -> impl Future<Output = Result<Self, Error>> + Send;

    /// Moves bytes both ways until `want` holds; reads while it writes. An end of the input
    /// satisfies [`Want::Input`], and [`Pipe::eof`] tells it.
    ///
    /// Memory is bounded, so a pipe that is full of unread input takes no more. With [`Want::Room`]
    /// or [`Want::Flushed`] this returns `Ok` then too, though the want does not hold: two peers
    /// that only write would otherwise wait for each other for ever. Read the input, then exchange
    /// again until [`Pipe::meets`] says so.
    ///
    /// Dropping the future loses no byte: the next exchange goes on where this one was.
    ///
    /// Returns how long it has waited for the network.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] when `wait` runs out, [`Error::Interrupted`], and what the connection and
    /// TLS fail with. A TLS alert for the peer is sent before the error is returned.
    fn exchange(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        wait: Wait,
    ) -> impl Future<Output = Result<Duration, Error>> + Send;

    /// Exchanges on two connections at once, and tells of the one that is the first to have what it
    /// wants, or to fail. The other one goes on with its next exchange where this one has left it.
    /// `wait` is for both; when it runs out, that is told of this one, as are interrupts.
    fn exchange_either(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        other: Other<'_, Self>,
        wait: Wait,
    ) -> impl Future<Output = First> + Send;

    /// The present, by the clock that the waits of this socket go by.
    fn now() -> Instant {
        Instant::now()
    }

    /// Waits. May return early when the socket is interrupted.
    fn sleep(&mut self, duration: Duration) -> impl Future<Output = ()> + Send;

    /// Runs work that blocks or computes for long, without holding up others that share the thread.
    /// A panic in it goes on here.
    fn offload<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> impl Future<Output = T> + Send;
}

/// The other one of two connections that are waited for.
#[derive(Debug)]
pub struct Other<'a, S> {
    /// Who moves its bytes.
    pub socket: &'a mut S,
    /// Its bytes.
    pub pipe: &'a mut Pipe,
    /// What it is to bring about.
    pub want: Want,
}

/// Which of two connections was the first to end its exchange, and how.
#[derive(Debug)]
pub enum First {
    /// The one whose socket was asked.
    This(Result<Duration, Error>),
    /// The other one.
    Other(Result<Duration, Error>),
}

/// What an exchange is to bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Something to read has arrived, or the peer has ended.
    Input,
    /// At least so many bytes can be written to the pipe. More than a pipe can ever hold means an
    /// empty pipe.
    Room(usize),
    /// All that was written has left, and a TLS handshake that was begun is over.
    Flushed,
}

/// How long an exchange may take. The default is for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wait {
    /// How long nothing may move; begins anew with every byte moved in either direction.
    pub idle: Option<Duration>,
    /// When the whole exchange must be over.
    pub until: Option<Instant>,
    /// The time to wait in one exchange. Once that is over, an exchange that wants input, or that
    /// has some to read, returns `Ok` though what it wants does not hold. Time in which nobody
    /// polls the exchange counts for one second at most.
    pub most: Option<Duration>,
}

impl Wait {
    /// No limit but for how long nothing moves.
    pub fn idle(limit: Duration) -> Self {
        Self {
            idle: Some(limit),
            ..Self::default()
        }
    }

    /// A fixed end, however much moves.
    pub fn until(end: Instant) -> Self {
        Self {
            until: Some(end),
            ..Self::default()
        }
    }
}

/// Where to connect to.
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
    /// reaped when the socket is dropped; processes it has started in turn see the end of their
    /// input.
    #[cfg(unix)]
    Command(String),
}

impl Endpoint {
    /// A TCP port on a host.
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        Self::Tcp {
            host: host.into(),
            port,
        }
    }
}
