use crate::Error;
use rustix::fd::AsFd;
use std::{
    io,
    net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
#[cfg(unix)]
use std::{os::unix::net::UnixStream, path::Path};

/// The time a connection may take, shared by all that has to be tried.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    until: Option<Instant>,
}

impl Budget {
    pub(crate) fn new(limit: Option<Duration>, now: Instant) -> Self {
        // A limit beyond the clock's range is none.
        Self {
            until: limit.and_then(|limit| now.checked_add(limit)),
        }
    }

    /// The time for the next of so many things to try: `None` is without limit.
    ///
    /// # Errors
    ///
    /// When no time is left.
    pub(crate) fn share(self, things: usize, now: Instant) -> io::Result<Option<Duration>> {
        let Some(until) = self.until else {
            return Ok(None);
        };
        let left = until.saturating_duration_since(now);
        let things = u32::try_from(things.max(1)).unwrap_or(u32::MAX);
        match left / things {
            Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
            share => Ok(Some(share)),
        }
    }
}

/// Connects with blocking calls, to each address of the host in turn.
pub(crate) fn tcp(host: &str, port: u16, limit: Option<Duration>) -> Result<TcpStream, Error> {
    let budget = Budget::new(limit, Instant::now());
    let addresses = resolve(host, port, budget).map_err(|source| resolve_error(host, source))?;
    let mut last = no_address();
    for (i, address) in addresses.iter().enumerate() {
        match budget.share(addresses.len() - i, Instant::now()) {
            Ok(share) => match open(address, share) {
                Ok(stream) => return Ok(stream),
                Err(error) => {
                    tracing::debug!(%address, %error, "could not connect");
                    last = error;
                }
            },
            Err(error) if i == 0 => last = error,
            // What the addresses before said tells more.
            Err(_) => break,
        }
    }
    Err(connect_error(host, port, last))
}

/// Connects to a Unix socket with a blocking call: it waits while the server's queue is full.
#[cfg(unix)]
pub(crate) fn unix(path: &Path, limit: Option<Duration>) -> Result<UnixStream, Error> {
    let target = path.to_owned();
    let open = move || {
        let stream = UnixStream::connect(target)?;
        stream.set_nonblocking(true)?;
        Ok(stream)
    };
    let budget = Budget::new(limit, Instant::now());
    let share = budget.share(1, Instant::now());
    share
        .and_then(|limit| bounded(limit, open))
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

/// No waiting to fill packets, since a command is often all there is to send; and a peer that has gone is noticed some day.
pub(crate) fn prepare(stream: &impl AsFd) -> io::Result<()> {
    rustix::net::sockopt::set_tcp_nodelay(stream, true)?;
    rustix::net::sockopt::set_socket_keepalive(stream, true)?;
    Ok(())
}

fn open(address: &SocketAddr, limit: Option<Duration>) -> io::Result<TcpStream> {
    let stream = match limit {
        Some(limit) => TcpStream::connect_timeout(address, limit)?,
        None => TcpStream::connect(address)?,
    };
    prepare(&stream)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

fn resolve(host: &str, port: u16, budget: Budget) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let limit = budget.share(1, Instant::now())?;
    let host = host.to_owned();
    bounded(limit, move || lookup(&host, port))
}

/// Does what the system will not let us limit. With a limit it gets a thread of its own, which may outlive the wait for it.
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
            // It fails when nobody waits any more.
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
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_shared() {
        let now = Instant::now();
        let budget = Budget::new(Some(Duration::from_secs(12)), now);
        assert_eq!(budget.share(3, now).unwrap(), Some(Duration::from_secs(4)));
        let later = now + Duration::from_secs(4);
        assert_eq!(
            budget.share(2, later).unwrap(),
            Some(Duration::from_secs(4))
        );
        let error = budget.share(1, now + Duration::from_secs(12)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn what_does_not_end_is_left_behind() {
        let (release, held) = mpsc::channel::<()>();
        let limit = Some(Duration::from_millis(20));
        let error = bounded(limit, move || {
            // Ends with the sender, whether or not it sends.
            let _ = held.recv();
            Ok(())
        });
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(release);
        assert_eq!(bounded(Some(Duration::from_secs(10)), || Ok(7)).unwrap(), 7);
    }

    #[test]
    fn no_limit_and_an_endless_one() {
        let now = Instant::now();
        assert_eq!(Budget::new(None, now).share(1, now).unwrap(), None);
        let endless = Budget::new(Some(Duration::MAX), now);
        assert_eq!(endless.share(1, now).unwrap(), None);
    }
}
