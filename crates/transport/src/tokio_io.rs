//! The socket for tokio.

use std::{
    future::poll_fn,
    io::{self, IoSlice, Read, Write},
    panic,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::{io::Interest, net::TcpStream, task, time};

#[cfg(unix)]
use crate::child::ChildGuard;
use crate::{
    Endpoint, Error, First, Other, Pipe, Sink, Socket, Wait, Want,
    dial::{self, is_loopback, now, within},
    exchange::{Clock, Round, round_into},
};

/// The number of bytes for whose processing a task gives up one unit of its budget.
const BUDGETED: usize = 8 * 1024;

/// A [`Socket`] that waits as a tokio task. Requires a runtime with I/O and time enabled.
///
/// Names are looked up in tokio's pool of blocking threads, since the system's resolver cannot be
/// stopped: a lookup may continue for a while after the limit, and dropping the runtime waits for
/// it.
#[derive(Debug)]
pub struct TokioSocket {
    // Declared before the child, so that the child sees the end of its input before it is killed.
    stream: Stream,
    #[cfg(unix)]
    child: Option<ChildGuard>,
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Socket for TokioSocket {
    async fn connect(endpoint: &Endpoint, limit: Option<Duration>) -> Result<Self, Error> {
        #[cfg(unix)]
        let mut child = None;
        let stream = match endpoint {
            Endpoint::Tcp { host, port } => Stream::Tcp(dial::tokio_tcp(host, *port, limit).await?),
            #[cfg(unix)]
            Endpoint::Unix(path) => {
                let stream = within(limit, UnixStream::connect(path)).await;
                Stream::Unix(stream.map_err(|source| dial::unix_error(path, source))?)
            }
            #[cfg(unix)]
            Endpoint::Command(command) => {
                let (guard, stream) = ChildGuard::spawn(command)?;
                child = Some(guard);
                Stream::Unix(UnixStream::from_std(stream).map_err(Error::Io)?)
            }
        };
        Ok(Self {
            stream,
            #[cfg(unix)]
            child,
        })
    }

    fn is_local(&self) -> bool {
        match &self.stream {
            Stream::Tcp(stream) => is_loopback(stream.peer_addr()),
            #[cfg(unix)]
            Stream::Unix(_) => self.child.is_none(),
        }
    }

    fn now() -> Instant {
        now()
    }

    async fn exchange(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        wait: Wait,
    ) -> Result<Duration, Error> {
        self.run(pipe, None, want, wait).await
    }

    async fn exchange_into(
        &mut self,
        pipe: &mut Pipe,
        sink: &mut dyn Sink,
        want: Want,
        wait: Wait,
    ) -> Result<Duration, Error> {
        self.run(pipe, Some(sink), want, wait).await
    }

    async fn exchange_either(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        other: Other<'_, Self>,
        wait: Wait,
    ) -> First {
        let mut this = pin!(self.exchange(pipe, want, wait));
        let mut other = pin!(other.socket.exchange(other.pipe, other.want, wait));
        poll_fn(|context| {
            if let Poll::Ready(result) = this.as_mut().poll(context) {
                return Poll::Ready(First::This(result));
            }
            other.as_mut().poll(context).map(First::Other)
        })
        .await
    }

    async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        match task::spawn_blocking(work).await {
            Ok(value) => value,
            Err(error) => match error.try_into_panic() {
                Ok(payload) => panic::resume_unwind(payload),
                // The runtime is shutting down, and with it the task that waits here.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

impl TokioSocket {
    async fn run(
        &self,
        pipe: &mut Pipe,
        mut sink: Option<&mut dyn Sink>,
        want: Want,
        wait: Wait,
    ) -> Result<Duration, Error> {
        let mut clock = Clock::new(wait, now());
        loop {
            // A peer that never stops sending must not keep this task from yielding: each round may
            // then end at once, time after time.
            task::consume_budget().await;
            let mut stream = TryIo::new(&self.stream);
            let round = round_into(pipe, sink.as_deref_mut(), want, &mut stream);
            // The more was read, the longer it takes to process it.
            for _ in 0..stream.read / BUDGETED {
                task::consume_budget().await;
            }
            let Round::Wait { moved } = round? else {
                return Ok(clock.waited());
            };
            let begun = now();
            clock.moved(moved, begun);
            clock.check(begun, pipe, want)?;
            if clock.is_over(pipe, want) {
                return Ok(clock.waited());
            }
            pipe.rest(sink.as_deref_mut());
            let ready = self
                .stream
                .ready(pipe.wants_receive(), pipe.wants_transmit());
            match clock.sleep(begun) {
                // The check above reports a time-out, after this round has had its last chance.
                Some(end) => match time::timeout_at(end.into(), ready).await {
                    Ok(ready) => ready.map_err(Error::Io)?,
                    Err(_elapsed) => {}
                },
                None => ready.await.map_err(Error::Io)?,
            }
            clock.wake(now());
        }
    }
}

impl Stream {
    async fn ready(&self, read: bool, write: bool) -> io::Result<()> {
        let interest = match (read, write) {
            (true, true) => Interest::READABLE | Interest::WRITABLE,
            (true, false) => Interest::READABLE,
            (false, true) => Interest::WRITABLE,
            // Only the time limit can end this wait.
            (false, false) => return std::future::pending().await,
        };
        match self {
            Self::Tcp(stream) => stream.ready(interest).await?,
            #[cfg(unix)]
            Self::Unix(stream) => stream.ready(interest).await?,
        };
        Ok(())
    }
}

/// A reader and writer over the stream that returns an error instead of waiting.
struct TryIo<'a> {
    stream: &'a Stream,
    /// The number of bytes that were read.
    read: usize,
}

impl<'a> TryIo<'a> {
    fn new(stream: &'a Stream) -> Self {
        Self { stream, read: 0 }
    }
}

impl Read for TryIo<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = match self.stream {
            Stream::Tcp(stream) => stream.try_read(buf)?,
            #[cfg(unix)]
            Stream::Unix(stream) => stream.try_read(buf)?,
        };
        self.read += count;
        Ok(count)
    }
}

impl Write for TryIo<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self.stream {
            Stream::Tcp(stream) => stream.try_write(buf),
            #[cfg(unix)]
            Stream::Unix(stream) => stream.try_write(buf),
        }
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        match self.stream {
            Stream::Tcp(stream) => stream.try_write_vectored(bufs),
            #[cfg(unix)]
            Stream::Unix(stream) => stream.try_write_vectored(bufs),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
