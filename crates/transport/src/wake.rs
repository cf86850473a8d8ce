//! Interrupts a blocking socket from another thread.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use rustix::fd::{AsFd, BorrowedFd};

#[cfg(unix)]
type Half = std::os::unix::net::UnixStream;
#[cfg(not(unix))]
type Half = std::net::TcpStream;

/// Ends the wait of a [`StdSocket`](crate::StdSocket) from another thread.
///
/// The exchange that is waiting, or else the next one that would wait, fails with
/// [`Error::Interrupted`](crate::Error::Interrupted), once for any number of interrupts before it.
/// The connection stays usable.
#[derive(Clone, Debug)]
pub struct Interrupter(Arc<Wake>);

impl Interrupter {
    /// Ends the wait. Does nothing if the socket was dropped.
    pub fn interrupt(&self) {
        // This fails only if the buffer is full, and then an interrupt is already pending: both
        // ends live as long as `self`.
        let _ = (&self.0.writer).write(&[0]);
    }
}

/// The receiving side of [`Interrupter`].
#[derive(Debug)]
pub(crate) struct Wake {
    reader: Half,
    writer: Half,
}

impl Wake {
    pub(crate) fn new() -> io::Result<Arc<Self>> {
        let (reader, writer) = pair()?;
        reader.set_nonblocking(true)?;
        writer.set_nonblocking(true)?;
        Ok(Arc::new(Self { reader, writer }))
    }

    pub(crate) fn interrupter(self: &Arc<Self>) -> Interrupter {
        Interrupter(Arc::clone(self))
    }

    /// Returns the descriptor that becomes readable with an interrupt.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }

    /// Consumes all pending interrupts.
    pub(crate) fn clear(&self) {
        let mut bytes = [0; 64];
        while matches!((&self.reader).read(&mut bytes), Ok(count) if count > 0) {}
    }
}

#[cfg(unix)]
fn pair() -> io::Result<(Half, Half)> {
    Half::pair()
}

#[cfg(not(unix))]
fn pair() -> io::Result<(Half, Half)> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let writer = Half::connect(listener.local_addr()?)?;
    loop {
        let (reader, peer) = listener.accept()?;
        // Any process on this machine may connect; only our own end is accepted.
        if peer == writer.local_addr()? {
            return Ok((reader, writer));
        }
    }
}
