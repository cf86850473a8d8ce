use rustix::fd::{AsFd, BorrowedFd};
use std::{
    io::{self, Read, Write},
    sync::Arc,
};

#[cfg(unix)]
type Half = std::os::unix::net::UnixStream;
#[cfg(not(unix))]
type Half = std::net::TcpStream;

/// Ends the wait of a [`StdSocket`](crate::StdSocket) from another thread.
///
/// The exchange that waits, or else the next one that would wait, fails with [`Error::Interrupted`](crate::Error::Interrupted), once
/// for any number of interrupts before it. The connection is as good as before.
#[derive(Clone, Debug)]
pub struct Interrupter(Arc<Wake>);

impl Interrupter {
    /// Ends the wait. Does nothing once the socket is gone.
    pub fn interrupt(&self) {
        // It fails only when it is full, and then an interrupt is on its way already: both ends live as long as `self`.
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

    /// What becomes readable with an interrupt.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }

    /// Takes all interrupts there are.
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
        // Anyone on this machine may connect; only our own end counts.
        if peer == writer.local_addr()? {
            return Ok((reader, writer));
        }
    }
}
