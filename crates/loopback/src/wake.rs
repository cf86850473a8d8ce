use rustix::fd::{AsFd, BorrowedFd};
use std::{
    io,
    net::{Ipv4Addr, UdpSocket},
};

/// Ends a [`Connection::wait`](crate::Connection::wait) from another thread. It is a socket that sends
/// to itself, which takes one descriptor on every system.
#[derive(Debug)]
pub struct Wake(UdpSocket);

impl Wake {
    /// Creates one that is not woken.
    pub fn new() -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        // From now on it takes nothing from anybody else.
        socket.connect(socket.local_addr()?)?;
        socket.set_nonblocking(true)?;
        Ok(Self(socket))
    }

    /// Ends the wait, or else the next one. Neither waits nor fails.
    pub fn wake(&self) {
        // It fails only when it is full, and then there is something to read already.
        let _ = self.0.send(&[0]);
    }

    /// Returns the descriptor that becomes readable when it is woken.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Forgets all calls so far.
    pub fn clear(&self) {
        let mut byte = [0; 1];
        while self.0.recv(&mut byte).is_ok() {}
    }
}
