//! Wakes a connection that waits.

use std::{
    io,
    net::{Ipv4Addr, UdpSocket},
};

use rustix::fd::{AsFd, BorrowedFd};

/// Ends a [`Connection::wait`](crate::Connection::wait) from another thread. It is a socket that
/// sends to itself, which takes one descriptor on every system.
#[derive(Debug)]
pub struct Wake(UdpSocket);

impl Wake {
    /// Creates a `Wake` that is not woken.
    pub fn new() -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        // A connected socket receives nothing from others.
        socket.connect(socket.local_addr()?)?;
        socket.set_nonblocking(true)?;
        Ok(Self(socket))
    }

    /// Ends the current wait, or else the next one. Neither waits nor fails.
    pub fn wake(&self) {
        // It fails only if the buffer is full, when the socket is already readable.
        let _ = self.0.send(&[0]);
    }

    /// Returns the descriptor, which becomes readable when it is woken.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Discards all calls so far.
    pub fn clear(&self) {
        let mut byte = [0; 1];
        while self.0.recv(&mut byte).is_ok() {}
    }
}
