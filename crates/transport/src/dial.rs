//! Resolves host names and opens connections.

use std::{
    io,
    net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
#[cfg(unix)]
use std::{os::unix::net::UnixStream, path::Path};

use rustix::fd::AsFd;

use crate::Error;

mod blocking;
mod race;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "tokio")]
pub(crate) use self::tokio::{now, tcp as tokio_tcp, within};

/// The time that connecting may take, for name resolution and all addresses together.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    until: Option<Instant>,
}

impl Budget {
    pub(crate) fn new(limit: Option<Duration>, now: Instant) -> Self {
        // A limit beyond the clock's range means no limit.
        Self {
            until: limit.and_then(|limit| now.checked_add(limit)),
        }
    }

    /// Returns the time that is left, or `None` if there is no limit.
    ///
    /// # Errors
    /// Fails if no time is left.
    pub(crate) fn left(self, now: Instant) -> io::Result<Option<Duration>> {
        let left = self.until.map(|until| until.saturating_duration_since(now));
        match left {
            Some(Duration::ZERO) => Err(io::ErrorKind::TimedOut.into()),
            left => Ok(left),
        }
    }
}

/// Connects with blocking calls to the address of the host that answers first.
pub(crate) fn tcp(host: &str, port: u16, limit: Option<Duration>) -> Result<TcpStream, Error> {
    let budget = Budget::new(limit, Instant::now());
    let addresses = resolve(host, port, budget).map_err(|source| resolve_error(host, source))?;
    blocking::connect(&addresses, budget.until).map_err(|source| connect_error(host, port, source))
}

/// Connects to a Unix socket with a blocking call, which waits while the server's queue is full.
#[cfg(unix)]
pub(crate) fn unix(path: &Path, limit: Option<Duration>) -> Result<UnixStream, Error> {
    let target = path.to_owned();
    let open = move || {
        let stream = UnixStream::connect(target)?;
        stream.set_nonblocking(true)?;
        Ok(stream)
    };
    let budget = Budget::new(limit, Instant::now());
    let left = budget.left(Instant::now());
    left.and_then(|limit| bounded(limit, open))
        .map_err(|source| unix_error(path, source))
}

#[cfg(unix)]
pub(crate) fn unix_error(path: &Path, source: io::Error) -> Error {
    Error::ConnectUnix {
        path: path.to_owned(),
        source,
    }
}

pub(crate) fn no_address() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the name has no address")
}

pub(crate) fn resolve_error(host: &str, source: io::Error) -> Error {
    Error::Resolve {
        host: host.to_owned(),
        source,
    }
}

pub(crate) fn connect_error(host: &str, port: u16, source: io::Error) -> Error {
    Error::Connect {
        host: host.to_owned(),
        port,
        source,
    }
}

/// Disables Nagle's algorithm, since often a single command is all there is to send, and enables
/// keepalive, so that a dead peer is noticed eventually.
pub(crate) fn prepare(stream: &impl AsFd) -> io::Result<()> {
    rustix::net::sockopt::set_tcp_nodelay(stream, true)?;
    rustix::net::sockopt::set_socket_keepalive(stream, true)?;
    Ok(())
}

/// Returns whether the address of a peer is on this machine; `false` if it has none any more.
pub(crate) fn is_loopback(peer: io::Result<SocketAddr>) -> bool {
    peer.is_ok_and(|peer| peer.ip().to_canonical().is_loopback())
}

fn resolve(host: &str, port: u16, budget: Budget) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let limit = budget.left(Instant::now())?;
    let host = host.to_owned();
    bounded(limit, move || lookup(&host, port))
}

/// Runs work for which the system has no time limit. With a limit it runs in a thread of its own,
/// which may outlive the wait.
fn bounded<T: Send + 'static>(
    limit: Option<Duration>,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let Some(limit) = limit else {
        return work();
    };
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("imapclient-connect".to_owned())
        .spawn(move || {
            // This fails if the caller no longer waits.
            let _ = sender.send(work());
        })?;
    receiver
        .recv_timeout(limit)
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

fn lookup(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
    if addresses.is_empty() {
        return Err(no_address());
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests;
