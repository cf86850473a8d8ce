//! Opens connections with blocking waits.

use std::{
    io,
    net::{SocketAddr, TcpStream},
    time::Instant,
};

use super::{prepare, race::Race};

/// Connects to the first address that answers. The attempts are non-blocking sockets, so one wait
/// covers all of them, and the attempts that lost end when this returns.
#[cfg(unix)]
pub(super) fn connect(addresses: &[SocketAddr], until: Option<Instant>) -> io::Result<TcpStream> {
    let mut race = Race::new(addresses);
    let mut running: Vec<(SocketAddr, TcpStream)> = Vec::new();
    loop {
        let now = Instant::now();
        if until.is_some_and(|until| until <= now) {
            race.timed_out(running.iter().map(|(address, _)| *address));
            return Err(race.error());
        }
        while let Some(address) = race.next(now) {
            match unix::begin(&address) {
                Ok((stream, true)) => return Ok(stream),
                Ok((stream, false)) => running.push((address, stream)),
                Err(error) => race.failed(address, error),
            }
        }
        if running.is_empty() {
            return Err(race.error());
        }
        let end = [race.next_at(), until].into_iter().flatten().min();
        let ready = unix::wait(
            running.iter().map(|(_, stream)| stream),
            end.map(|end| end.saturating_duration_since(now)),
        )?;
        // In reverse, since removing an element shifts those behind it.
        for index in ready.into_iter().rev() {
            let (address, stream) = running.remove(index);
            match stream.take_error() {
                Ok(None) => return Ok(stream),
                Ok(Some(error)) | Err(error) => race.failed(address, error),
            }
        }
    }
}

#[cfg(unix)]
mod unix {
    use super::prepare;
    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        fd::OwnedFd,
        io::Errno,
        net::{AddressFamily, SocketType, connect},
    };
    use std::{
        io,
        net::{SocketAddr, TcpStream},
        time::Duration,
    };

    /// Begins to connect. Returns the stream and whether it is already connected.
    pub(super) fn begin(address: &SocketAddr) -> io::Result<(TcpStream, bool)> {
        let family = match address {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let stream = TcpStream::from(socket(family)?);
        prepare(&stream)?;
        match connect(&stream, address) {
            Ok(()) => Ok((stream, true)),
            // A signal does not end the attempt.
            Err(Errno::INPROGRESS | Errno::INTR) => Ok((stream, false)),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until some of the attempts have ended and returns their indices: none after a signal.
    pub(super) fn wait<'a>(
        attempts: impl Iterator<Item = &'a TcpStream>,
        limit: Option<Duration>,
    ) -> io::Result<Vec<usize>> {
        let mut polled: Vec<_> = attempts
            .map(|stream| PollFd::new(stream, PollFlags::OUT))
            .collect();
        // A limit longer than the system can represent means no limit.
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        match poll(&mut polled, limit.as_ref()) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        }
        let ready = polled.iter().enumerate();
        let ready = ready.filter(|(_, attempt)| !attempt.revents().is_empty());
        Ok(ready.map(|(index, _)| index).collect())
    }

    /// Creates a non-blocking socket that child processes do not inherit.
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    fn socket(family: AddressFamily) -> io::Result<OwnedFd> {
        use rustix::net::{SocketFlags, socket_with};
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        Ok(socket_with(family, SocketType::STREAM, flags, None)?)
    }

    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
    fn socket(family: AddressFamily) -> io::Result<OwnedFd> {
        let socket = rustix::net::socket(family, SocketType::STREAM, None)?;
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        rustix::io::ioctl_fionbio(&socket, true)?;
        // Otherwise a peer that has gone would end a program that does not ignore SIGPIPE.
        #[cfg(target_vendor = "apple")]
        rustix::net::sockopt::set_socket_nosigpipe(&socket, true)?;
        Ok(socket)
    }
}

/// Connects to the first address that answers, one after the other: not all versions of this system
/// report when a non-blocking attempt has failed. Each gets its share of the time that is left.
#[cfg(not(unix))]
pub(super) fn connect(addresses: &[SocketAddr], until: Option<Instant>) -> io::Result<TcpStream> {
    let mut race = Race::new(addresses);
    let mut left = addresses.len();
    loop {
        let now = Instant::now();
        if until.is_some_and(|until| until <= now) {
            return Err(race.error());
        }
        // There is only one attempt at a time, so no head start is needed.
        let Some(address) = race.next(race.next_at().unwrap_or(now)) else {
            return Err(race.error());
        };
        let share = u32::try_from(left.max(1)).unwrap_or(u32::MAX);
        let stream = match until {
            Some(until) => {
                TcpStream::connect_timeout(&address, until.saturating_duration_since(now) / share)
            }
            None => TcpStream::connect(address),
        };
        left -= 1;
        match stream {
            Ok(stream) => {
                prepare(&stream)?;
                stream.set_nonblocking(true)?;
                return Ok(stream);
            }
            Err(error) => race.failed(address, error),
        }
    }
}
