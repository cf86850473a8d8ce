//! The server's end of a connection.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, TcpStream},
    sync::Arc,
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    fd::AsFd,
    io::Errno,
};
use rustls::{HandshakeKind, ProtocolVersion, ServerConfig, ServerConnection, StreamOwned};

use crate::{deflate::Deflate, wake::Wake};

/// The limit on a line.
const LINE: usize = 1024 * 1024;

/// The server's end of one connection, plain or with TLS, with blocking calls.
///
/// A connection from [`new`](Self::new) never waits longer than ten seconds, so that a failing test
/// ends.
#[derive(Debug)]
pub struct Connection {
    stream: Stream,
    /// Bytes that were read from the stream, and inflated, but not returned yet.
    unread: Vec<u8>,
    deflate: Option<Box<Deflate>>,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

/// The reason for which [`Connection::wait`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a peer has to deal with each of them"
)]
pub enum Ready {
    /// More bytes have arrived.
    Bytes,
    /// The client has stopped sending.
    End,
    /// Another thread called [`Wake::wake`].
    Woken,
}

impl Connection {
    /// Wraps an accepted connection. Each wait ends after ten seconds.
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        let limit = Some(Duration::from_secs(10));
        stream.set_read_timeout(limit)?;
        stream.set_write_timeout(limit)?;
        Self::patient(stream)
    }

    /// Wraps an accepted connection, with waits that may last as long as the connection is open.
    pub fn patient(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: Stream::Plain(stream),
            unread: Vec::new(),
            deflate: None,
        })
    }

    /// Reads a line, and returns it without its CRLF. Invalid UTF-8 is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEof`] if the client stops sending before the end of the line, and
    /// [`ErrorKind::InvalidData`] for a line of more than 1 MiB or without CR.
    pub fn read_line(&mut self) -> io::Result<String> {
        let mut seen = 0;
        loop {
            if let Some(end) = self.unread[seen..].iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=seen + end).collect();
                let line = line.strip_suffix(b"\r\n").ok_or_else(|| {
                    invalid(format!("a line without CR: {}", line.escape_ascii()))
                })?;
                return Ok(String::from_utf8_lossy(line).into_owned());
            }
            seen = self.unread.len();
            if seen > LINE {
                return Err(invalid("a line without end".to_owned()));
            }
            if self.read_more()? == 0 {
                let rest = self.unread.escape_ascii();
                let text = format!("the client ended within a line: \"{rest}\"");
                return Err(io::Error::new(ErrorKind::UnexpectedEof, text));
            }
        }
    }

    /// Reads `count` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEof`] if the client stops sending before.
    pub fn read_exact(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < count {
            if self.read_more()? == 0 {
                let text = format!("{} of {count} bytes, then the end", self.unread.len());
                return Err(io::Error::new(ErrorKind::UnexpectedEof, text));
            }
        }
        Ok(self.unread.drain(..count).collect())
    }

    /// Reads a line, which must be this one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] with both texts if it is another.
    pub fn expect(&mut self, line: &str) -> io::Result<()> {
        match self.read_line()? {
            got if got == line => Ok(()),
            got => Err(invalid(format!("expected {line:?}, got {got:?}"))),
        }
    }

    /// Sends a line; CRLF is added.
    pub fn send(&mut self, line: &str) -> io::Result<()> {
        self.send_bytes(format!("{line}\r\n").as_bytes())
    }

    /// Sends bytes, compressed after [`start_deflate`](Self::start_deflate).
    pub fn send_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.deflate {
            Some(deflate) => {
                let packed = deflate.pack(bytes)?;
                self.send_packed(&packed)
            }
            None => self.send_packed(bytes),
        }
    }

    /// Sends bytes that are not compressed by this end, even after
    /// [`start_deflate`](Self::start_deflate): they are compressed already, or invalid.
    pub fn send_packed(&mut self, bytes: &[u8]) -> io::Result<()> {
        let stream = self.stream();
        stream.write_all(bytes)?;
        stream.flush()
    }

    /// Performs the server's part of a TLS handshake, and continues with TLS.
    ///
    /// # Errors
    /// Fails if the handshake fails, and with [`ErrorKind::InvalidData`] if the client has sent
    /// other data before it.
    pub fn start_tls(&mut self, config: Arc<ServerConfig>) -> io::Result<()> {
        if !self.unread.is_empty() {
            let bytes = self.unread.escape_ascii();
            return Err(invalid(format!("before the TLS handshake: \"{bytes}\"")));
        }
        let Stream::Plain(socket) = &self.stream else {
            return Err(invalid("TLS is on already".to_owned()));
        };
        let server = ServerConnection::new(config).map_err(io::Error::other)?;
        let mut stream = Box::new(StreamOwned::new(server, socket.try_clone()?));
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        self.stream = Stream::Tls(stream);
        Ok(())
    }

    /// Compresses what follows in both directions (RFC 4978).
    ///
    /// # Errors
    /// Fails with [`ErrorKind::InvalidData`] if the connection is compressed already, or if the
    /// client has sent data too early.
    pub fn start_deflate(&mut self) -> io::Result<()> {
        if !self.unread.is_empty() {
            let bytes = self.unread.escape_ascii();
            return Err(invalid(format!("before the compression: \"{bytes}\"")));
        }
        if self.deflate.is_some() {
            return Err(invalid("compression is on already".to_owned()));
        }
        self.deflate = Some(Box::new(Deflate::new()));
        Ok(())
    }

    /// Returns whether the connection is compressed.
    pub fn is_deflated(&self) -> bool {
        self.deflate.is_some()
    }

    /// Returns whether the TLS session of an earlier connection was resumed.
    pub fn is_resumed(&self) -> bool {
        match &self.stream {
            Stream::Plain(_) => false,
            Stream::Tls(stream) => stream.conn.handshake_kind() == Some(HandshakeKind::Resumed),
        }
    }

    /// Waits until the client has closed the connection.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] if the client sends data before that.
    pub fn wait_eof(&mut self) -> io::Result<()> {
        if self.unread.is_empty() && self.read_more()? == 0 {
            return Ok(());
        }
        let bytes = self.unread.escape_ascii();
        Err(invalid(format!("before the end: \"{bytes}\"")))
    }

    /// Stops sending, with TLS after a `close_notify` alert. Data of the client can still be read.
    /// Does nothing if the client has disconnected. To cut a connection off instead, drop it.
    pub fn close(&mut self) -> io::Result<()> {
        match self.close_output() {
            Err(error) if gone(&error) => Ok(()),
            other => other,
        }
    }

    fn close_output(&mut self) -> io::Result<()> {
        if let Stream::Tls(tls) = &mut self.stream {
            tls.conn.send_close_notify();
            tls.flush()?;
        }
        self.socket().shutdown(Shutdown::Write)
    }

    /// Returns the bytes that were read from the stream but not returned yet.
    pub fn unread(&self) -> &[u8] {
        &self.unread
    }

    /// Discards the first `count` bytes of [`unread`](Self::unread), or all if there are fewer.
    pub fn skip(&mut self, count: usize) {
        self.unread.drain(..count.min(self.unread.len()));
    }

    /// Stops sending, and waits at most five seconds for the client to close. If this end closed
    /// first, further data of the client would make the system discard data that the client has not
    /// read yet.
    pub fn part(&mut self) -> io::Result<()> {
        self.close()?;
        self.socket()
            .set_read_timeout(Some(Duration::from_secs(5)))?;
        loop {
            self.unread.clear();
            match self.read_more() {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                // The time is up.
                Err(_) => return Ok(()),
            }
        }
    }

    /// Waits for more bytes, or for [`Wake::wake`].
    pub fn wait(&mut self, wake: &Wake) -> io::Result<Ready> {
        loop {
            if !self.holds_back() {
                let socket = PollFd::from_borrowed_fd(self.socket().as_fd(), PollFlags::IN);
                let mut both = [socket, PollFd::from_borrowed_fd(wake.fd(), PollFlags::IN)];
                match poll(&mut both, None) {
                    Ok(_) => {}
                    Err(Errno::INTR) => continue,
                    Err(error) => return Err(error.into()),
                }
                if !both[1].revents().is_empty() {
                    wake.clear();
                    return Ok(Ready::Woken);
                }
            }
            return Ok(match self.read_some()? {
                None => Ready::End,
                // Compressed bytes may not result in any others yet.
                Some(_) => Ready::Bytes,
            });
        }
    }

    /// Returns whether the connection uses TLS.
    pub fn is_tls(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    /// Returns the `tls-exporter` channel binding (RFC 9266); `None` unless the connection uses
    /// TLS 1.3.
    pub fn tls_exporter(&self) -> Option<[u8; 32]> {
        let Stream::Tls(tls) = &self.stream else {
            return None;
        };
        if tls.conn.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
            return None;
        }
        let label = b"EXPORTER-Channel-Binding";
        tls.conn
            .export_keying_material([0; 32], label, Some(b""))
            .ok()
    }

    /// Returns whether TLS has buffered data, which the socket does not report as readable.
    fn holds_back(&mut self) -> bool {
        match &mut self.stream {
            Stream::Plain(_) => false,
            // The next read returns an error again.
            Stream::Tls(tls) => tls
                .conn
                .process_new_packets()
                .is_ok_and(|state| state.plaintext_bytes_to_read() > 0),
        }
    }

    /// Reads until there are more bytes, and returns their number; 0 at the end.
    fn read_more(&mut self) -> io::Result<usize> {
        loop {
            match self.read_some()? {
                None => return Ok(0),
                Some(0) => {}
                Some(count) => return Ok(count),
            }
        }
    }

    /// Reads once, and returns the number of bytes that this has made available; `None` at the end.
    fn read_some(&mut self) -> io::Result<Option<usize>> {
        let mut bytes = [0; 16 * 1024];
        let count = match self.stream().read(&mut bytes) {
            Ok(0) => return Ok(None),
            Ok(count) => count,
            // Not every client sends close_notify.
            Err(error) if gone(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(deflate) = &mut self.deflate else {
            self.unread.extend_from_slice(&bytes[..count]);
            return Ok(Some(count));
        };
        let before = self.unread.len();
        let goes_on = deflate.unpack(&bytes[..count], &mut self.unread)?;
        let count = self.unread.len() - before;
        Ok((goes_on || count > 0).then_some(count))
    }

    fn stream(&mut self) -> &mut dyn ReadWrite {
        match &mut self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream,
        }
    }

    fn socket(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => &stream.sock,
        }
    }
}

trait ReadWrite: Read + Write {}

impl<T: Read + Write> ReadWrite for T {}

/// Returns whether an error only means that the client has closed the connection.
fn gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
    )
}

fn invalid(text: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, text)
}
