//! The socket that blocks its thread.

#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::{
    io::{self, IoSlice, Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::{AsFd, BorrowedFd},
    io::Errno,
};

#[cfg(unix)]
use crate::child::ChildGuard;
use crate::{
    Endpoint, Error, First, Interrupter, Other, Pipe, Sink, Socket, Wait, Want,
    dial::{self, is_loopback},
    exchange::{Clock, Round, round, round_into},
    wake::Wake,
};

/// A [`Socket`] that blocks its thread while it waits. Its futures are ready at their first poll.
///
/// With a time limit, a name is looked up in a thread of its own: the system's resolver cannot be
/// stopped, so that thread may continue for a while after the limit.
#[derive(Debug)]
pub struct StdSocket {
    // Declared before the child, so that the child sees the end of its input before it is killed.
    stream: Stream,
    #[cfg(unix)]
    child: Option<ChildGuard>,
    wake: Arc<Wake>,
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl StdSocket {
    /// Returns a handle that ends the waits of this socket from another thread.
    pub fn interrupter(&self) -> Interrupter {
        self.wake.interrupter()
    }

    fn dial(endpoint: &Endpoint, limit: Option<Duration>) -> Result<Self, Error> {
        let wake = Wake::new().map_err(Error::Io)?;
        #[cfg(unix)]
        let mut child = None;
        let stream = match endpoint {
            Endpoint::Tcp { host, port } => Stream::Tcp(dial::tcp(host, *port, limit)?),
            #[cfg(unix)]
            Endpoint::Unix(path) => Stream::Unix(dial::unix(path, limit)?),
            #[cfg(unix)]
            Endpoint::Command(command) => {
                let (guard, stream) = ChildGuard::spawn(command)?;
                child = Some(guard);
                Stream::Unix(stream)
            }
        };
        Ok(Self {
            stream,
            #[cfg(unix)]
            child,
            wake,
        })
    }

    fn run(
        &mut self,
        pipe: &mut Pipe,
        mut sink: Option<&mut dyn Sink>,
        want: Want,
        wait: Wait,
    ) -> Result<Duration, Error> {
        let mut clock = Clock::new(wait, Instant::now());
        loop {
            let sunk = sink.as_deref_mut();
            let Round::Wait { moved } = round_into(pipe, sunk, want, &mut self.stream)? else {
                return Ok(clock.waited());
            };
            let now = Instant::now();
            clock.moved(moved, now);
            clock.check(now, pipe, want)?;
            if clock.is_over(pipe, want) {
                return Ok(clock.waited());
            }
            pipe.rest(sink.as_deref_mut());
            let left = clock.sleep(now);
            let left = left.map(|end| end.saturating_duration_since(now));
            let stream = self.stream.poll_fd(pipe);
            if wait_for(&mut [self.wake_fd(), stream], left).map_err(Error::Io)? {
                self.wake.clear();
                return Err(Error::Interrupted);
            }
            clock.wake(Instant::now());
        }
    }

    fn run_either(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        other: Other<'_, Self>,
        wait: Wait,
    ) -> First {
        let mut clock = Clock::new(wait, Instant::now());
        loop {
            let this_moved = match round(pipe, want, &mut self.stream) {
                Ok(Round::Wait { moved }) => moved,
                Ok(Round::Done) => return First::This(Ok(clock.waited())),
                Err(error) => return First::This(Err(error)),
            };
            let other_moved = match round(other.pipe, other.want, &mut other.socket.stream) {
                Ok(Round::Wait { moved }) => moved,
                Ok(Round::Done) => return First::Other(Ok(clock.waited())),
                Err(error) => return First::Other(Err(error)),
            };
            let now = Instant::now();
            clock.moved(this_moved.max(other_moved), now);
            if let Err(error) = clock.check(now, pipe, want) {
                return First::This(Err(error));
            }
            if clock.is_over(pipe, want) {
                return First::This(Ok(clock.waited()));
            }
            pipe.rest(None);
            other.pipe.rest(None);
            let left = clock.sleep(now);
            let left = left.map(|end| end.saturating_duration_since(now));
            let mut fds = [
                self.wake_fd(),
                self.stream.poll_fd(pipe),
                other.socket.stream.poll_fd(other.pipe),
            ];
            match wait_for(&mut fds, left) {
                Ok(false) => clock.wake(Instant::now()),
                Ok(true) => {
                    self.wake.clear();
                    return First::This(Err(Error::Interrupted));
                }
                Err(error) => return First::This(Err(Error::Io(error))),
            }
        }
    }

    fn wake_fd(&self) -> PollFd<'_> {
        PollFd::from_borrowed_fd(self.wake.fd(), PollFlags::IN)
    }
}

impl Socket for StdSocket {
    async fn connect(endpoint: &Endpoint, limit: Option<Duration>) -> Result<Self, Error> {
        Self::dial(endpoint, limit)
    }

    async fn exchange(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        wait: Wait,
    ) -> Result<Duration, Error> {
        self.run(pipe, None, want, wait)
    }

    async fn exchange_into(
        &mut self,
        pipe: &mut Pipe,
        sink: &mut dyn Sink,
        want: Want,
        wait: Wait,
    ) -> Result<Duration, Error> {
        self.run(pipe, Some(sink), want, wait)
    }

    async fn exchange_either(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        other: Other<'_, Self>,
        wait: Wait,
    ) -> First {
        self.run_either(pipe, want, other, wait)
    }

    fn is_local(&self) -> bool {
        match &self.stream {
            Stream::Tcp(stream) => is_loopback(stream.peer_addr()),
            #[cfg(unix)]
            Stream::Unix(_) => self.child.is_none(),
        }
    }

    async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        work()
    }
}

impl Stream {
    /// Returns the descriptor with the events that `pipe` has to wait for.
    fn poll_fd(&self, pipe: &Pipe) -> PollFd<'_> {
        let mut interest = PollFlags::empty();
        interest.set(PollFlags::IN, pipe.wants_receive());
        interest.set(PollFlags::OUT, pipe.wants_transmit());
        PollFd::from_borrowed_fd(self.fd(), interest)
    }

    fn fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            #[cfg(unix)]
            Self::Unix(stream) => stream.as_fd(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buf),
            #[cfg(unix)]
            Self::Unix(stream) => stream.read(buf),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(buf),
            #[cfg(unix)]
            Self::Unix(stream) => stream.write(buf),
        }
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write_vectored(bufs),
            #[cfg(unix)]
            Self::Unix(stream) => stream.write_vectored(bufs),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits for any of the descriptors. Returns whether the first, which is the wake descriptor, is
/// ready. A signal ends the wait early and returns `false`.
fn wait_for(fds: &mut [PollFd<'_>], limit: Option<Duration>) -> io::Result<bool> {
    // A limit longer than the system can represent means no limit.
    let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
    match poll(fds, limit.as_ref()) {
        Ok(_) => Ok(fds.first().is_some_and(|wake| !wake.revents().is_empty())),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
