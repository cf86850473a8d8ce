//! The bytes of one connection, with TLS and compression and without I/O.

use std::{
    fmt,
    io::{self, Read, Write},
    mem,
};

use rustls::ProtocolVersion;

use crate::{Error, Handshake, Sink, TlsConfig, Want, buffer::Buffer};

mod tls;

use tls::{Failure, Tls, first_line};

mod compression;

use compression::Deflate;

/// The buffered bytes of one connection, TLS once it is started, and compression. Does no I/O
/// itself.
///
/// The user of the connection [writes](Self::write) and [reads](Self::read) plaintext; a
/// [`Socket`](crate::Socket) [transmits](Self::transmit) and [receives](Self::receive) the bytes on
/// the network. Each direction holds a bounded number of bytes.
///
/// ```
/// # use imapclient_transport::{Error, Pipe};
/// let mut pipe = Pipe::plain();
/// pipe.write(b"A1 NOOP\r\n")?;
/// let mut network = Vec::new();
/// pipe.transmit(&mut network)?;
/// assert_eq!(network, b"A1 NOOP\r\n");
///
/// pipe.receive(&mut &b"A1 OK\r\n"[..])?;
/// let mut bytes = [0; 64];
/// let length = pipe.read(&mut bytes)?;
/// assert_eq!(&bytes[..length], b"A1 OK\r\n");
/// # Ok::<(), Error>(())
/// ```
pub struct Pipe {
    /// Bytes as they came from the network.
    incoming: Buffer,
    /// Plaintext, or the compressed form of it.
    outgoing: Buffer,
    /// The network has reached its end of input.
    ended: bool,
    closing: bool,
    tls: Option<Box<Tls>>,
    /// The number of bytes that were moved to or from the network since the last wait or release.
    moved: usize,
    deflate: Option<Box<Deflate>>,
}

/// The number of bytes that came from the network, and where they are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is a pipe and a sink")]
pub enum Received {
    /// In the pipe. There may be none: see [`Pipe::receive`].
    Here(usize),
    /// In the sink.
    There(usize),
}

/// The number of bytes between two waits from which a connection is busy, so that it keeps its
/// buffers for the next bytes.
const BUSY: usize = 4 * 1024;

impl Pipe {
    /// The number of bytes of plaintext that a pipe holds before they are transmitted.
    pub const CAPACITY: usize = Buffer::CAPACITY;

    /// Creates a pipe without TLS, which can be started later.
    pub fn plain() -> Self {
        Self {
            incoming: Buffer::new(),
            outgoing: Buffer::new(),
            ended: false,
            closing: false,
            tls: None,
            moved: 0,
            deflate: None,
        }
    }

    /// Starts TLS as a client of `server_name`, a host name or an IP address. The handshake takes
    /// place in the next exchanges.
    ///
    /// # Errors
    /// Returns [`Error::BytesBeforeTls`] if there is input that was not read or output that was not
    /// transmitted: such bytes would count as protected, although anyone could have injected them
    /// (RFC 3501 §6.2.1). Returns [`Error::HostName`] if no certificate can be for
    /// `server_name`.
    pub fn start_tls(&mut self, config: &TlsConfig, server_name: &str) -> Result<(), Error> {
        if self.tls.is_some() {
            return Err(Error::AlreadyTls);
        }
        if self.deflate.is_some() {
            return Err(Error::AlreadyCompressed);
        }
        if !self.incoming.is_empty() || !self.outgoing.is_empty() {
            return Err(Error::BytesBeforeTls);
        }
        if self.ended {
            return Err(Error::HandshakeClosed);
        }
        self.tls = Some(Box::new(Tls::new(config, server_name)?));
        Ok(())
    }

    /// Returns whether TLS was started. The handshake may still be in progress.
    pub fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Returns whether a TLS handshake is in progress.
    pub fn is_handshaking(&self) -> bool {
        self.tls
            .as_ref()
            .is_some_and(|tls| tls.connection.is_handshaking())
    }

    /// Returns whether TLS was started and the peer has answered in TLS, even if only with an
    /// alert, an old version or a certificate that is rejected.
    pub fn peer_speaks_tls(&self) -> bool {
        let Some(tls) = &self.tls else {
            return false;
        };
        match &tls.failure {
            None => !tls.connection.is_handshaking(),
            Some(Failure::Tls(error)) => !matches!(
                error,
                rustls::Error::InvalidMessage(_) | rustls::Error::General(_)
            ),
            Some(Failure::NotTls(_) | Failure::Closed) => false,
        }
    }

    /// Returns the reason why the handshake cannot continue, if the peer has begun a line of text
    /// and not ended it.
    pub(crate) fn begun_in_clear(&self) -> Option<Error> {
        let tls = self.tls.as_ref().filter(|tls| tls.clear)?;
        Some(Error::NotTls {
            host: tls.host.clone(),
            said: first_line(self.incoming.bytes()),
        })
    }

    /// Returns the result of the TLS handshake, or `None` without TLS and before the handshake is
    /// complete.
    pub fn handshake(&self) -> Option<Handshake> {
        Handshake::of(&self.tls.as_ref()?.connection)
    }

    /// Returns the channel binding for a login: 32 bytes that only the two ends of this connection
    /// know (`tls-exporter`, RFC 9266). `None` without TLS, before its handshake is complete, and
    /// with TLS 1.2, where they may not be unique to this connection.
    pub fn tls_exporter(&self) -> Option<[u8; 32]> {
        let connection = &self.tls.as_ref()?.connection;
        if connection.is_handshaking()
            || connection.protocol_version() != Some(ProtocolVersion::TLSv1_3)
        {
            return None;
        }
        let exported =
            connection.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(b""));
        exported.ok()
    }

    /// Buffers plaintext to be sent and returns the number of bytes taken: fewer than given if the
    /// pipe is full, in which case an exchange with [`Want::Room`] makes room.
    ///
    /// # Errors
    /// Returns the earlier error of TLS; nothing can be sent any more. Also fails after
    /// [`close`](Self::close).
    pub fn write(&mut self, plaintext: &[u8]) -> Result<usize, Error> {
        if let Some(error) = self.failure() {
            return Err(error);
        }
        if self.closing {
            return Err(Error::Io(io::ErrorKind::BrokenPipe.into()));
        }
        match &mut self.deflate {
            Some(deflate) => deflate.deflater.write(plaintext, &mut self.outgoing),
            None => Ok(self.outgoing.append(plaintext)),
        }
    }

    /// Copies plaintext that has arrived and returns the number of bytes: 0 if there is none now.
    /// [`eof`](Self::eof) returns whether more may come later.
    ///
    /// # Errors
    /// Returns the error of TLS, or of the compressed data, once everything that arrived before it
    /// has been read.
    pub fn read(&mut self, plaintext: &mut [u8]) -> Result<usize, Error> {
        match self.deflate.take() {
            Some(deflate) => self.inflate(deflate, plaintext),
            None => self.read_below(plaintext),
        }
    }

    /// Reads from the layer below compression.
    fn read_below(&mut self, plaintext: &mut [u8]) -> Result<usize, Error> {
        let Some(tls) = &mut self.tls else {
            let count = plaintext.len().min(self.incoming.len());
            plaintext[..count].copy_from_slice(&self.incoming.bytes()[..count]);
            self.incoming.consume(count);
            return Ok(count);
        };
        let mut count = 0;
        while count < plaintext.len() && tls.readable > 0 {
            let got = tls.connection.reader().read(&mut plaintext[count..]);
            let got = got.map_err(Error::Io)?;
            tls.readable -= got.min(tls.readable);
            count += got;
            tls.open(&mut self.incoming, self.ended);
        }
        match self.failure() {
            Some(error) if count == 0 && !plaintext.is_empty() => Err(error),
            _ => Ok(count),
        }
    }

    /// Returns whether [`read`](Self::read) would return any bytes now.
    pub fn has_input(&self) -> bool {
        match &self.deflate {
            Some(deflate) => deflate.inflater.has_input(),
            None => self.has_input_below(),
        }
    }

    fn has_input_below(&self) -> bool {
        match &self.tls {
            Some(tls) => tls.readable > 0,
            None => !self.incoming.is_empty(),
        }
    }

    /// Returns whether the peer has closed its side and all its bytes have been read.
    pub fn eof(&self) -> bool {
        let closed = self.tls.as_ref().is_some_and(|tls| tls.peer_closed);
        let failed = self.tls.as_ref().is_some_and(|tls| tls.failure.is_some());
        (self.ended || closed)
            && !failed
            && !self.has_input()
            && !self.has_input_below()
            && self.damage().is_none()
    }

    /// Declares that no more will be written. With TLS the peer is notified of it after everything
    /// written before (RFC 8446 §6.1).
    pub fn close(&mut self) {
        self.closing = true;
    }

    /// Frees the memory of the buffers that are empty; they are allocated again when bytes
    /// come. A [`Socket`](crate::Socket) does so when it waits on a connection that is not busy.
    ///
    /// Call this when no exchange is expected soon.
    pub fn release(&mut self) {
        self.moved = 0;
        self.incoming.release();
        self.outgoing.release();
        if let Some(tls) = &mut self.tls {
            tls.release();
        }
    }

    /// Declares that nothing can be moved now and a wait begins.
    pub(crate) fn rest(&mut self, sink: Option<&mut (dyn Sink + '_)>) {
        if mem::take(&mut self.moved) >= BUSY {
            return;
        }
        self.release();
        if let Some(sink) = sink {
            sink.rest();
        }
    }

    /// Returns whether the condition `want` is met.
    pub fn meets(&self, want: Want) -> bool {
        match want {
            Want::Input => self.has_input() || self.eof(),
            Want::Room(bytes) => self.outgoing.room() >= bytes.min(Self::CAPACITY),
            Want::Flushed => {
                self.is_deflated()
                    && self.outgoing.is_empty()
                    && !self.wants_transmit()
                    && !self.is_handshaking()
            }
        }
    }

    /// Reads once from the network. The reader must not block. Returns the number of bytes read: 0
    /// if none are available now, if the peer has closed its side, or if there is no room for more.
    ///
    /// # Errors
    /// Returns the errors of the reader except `WouldBlock`; and the error of TLS or of compressed
    /// data, as soon as no plaintext from before it is left to be read. In that case an alert for
    /// the peer may be left to transmit.
    pub fn receive(&mut self, reader: &mut dyn Read) -> Result<usize, Error> {
        let mut count = 0;
        if self.wants_receive() {
            let filled = moved(|| self.incoming.fill(reader));
            match filled.map_err(|error| self.begun_in_clear().unwrap_or(error))? {
                Some(0) => self.ended = true,
                Some(bytes) => count = bytes,
                None => {}
            }
            self.moved = self.moved.saturating_add(count);
            if let Some(tls) = &mut self.tls {
                tls.open(&mut self.incoming, self.ended);
            }
            self.look_ahead();
        }
        match self.failure().or_else(|| self.damage()) {
            Some(error) if !self.has_input() => Err(error),
            _ => Ok(count),
        }
    }

    /// Reads once from the network like [`receive`](Self::receive), but puts plaintext into `sink`
    /// instead of this pipe if it needs no decoding and none is left to be read before it.
    ///
    /// # Errors
    /// Returns the errors of [`receive`](Self::receive).
    pub fn receive_into(
        &mut self,
        reader: &mut dyn Read,
        sink: &mut dyn Sink,
    ) -> Result<Received, Error> {
        if !self.is_direct() {
            return self.receive(reader).map(Received::Here);
        }
        let space = sink.space();
        let room = space.len();
        let Some(count) = moved(|| reader.read(space))? else {
            return Ok(Received::Here(0));
        };
        // A reader that returns more than it was given room for must not lead outside of it.
        let count = count.min(room);
        if count == 0 && room > 0 {
            self.ended = true;
            return Ok(Received::Here(0));
        }
        self.moved = self.moved.saturating_add(count);
        sink.filled(count);
        Ok(Received::There(count))
    }

    /// Returns whether the next bytes of the network are plaintext, and the next ones for the
    /// reader.
    fn is_direct(&self) -> bool {
        self.tls.is_none()
            && self.deflate.is_none()
            && self.incoming.is_empty()
            && self.wants_receive()
    }

    /// Writes once to the network. The writer must not block. Returns the number of bytes written;
    /// only those leave the pipe.
    ///
    /// # Errors
    /// Returns the errors of the writer except `WouldBlock`.
    pub fn transmit(&mut self, writer: &mut dyn Write) -> Result<usize, Error> {
        if !self.wants_transmit() {
            return Ok(0);
        }
        let count = match &mut self.tls {
            None => {
                let count = moved(|| writer.write(self.outgoing.bytes()))?;
                self.outgoing.consume(count.unwrap_or(0));
                count
            }
            Some(tls) => {
                tls.seal(&mut self.outgoing, self.closing)?;
                moved(|| tls.connection.write_tls(writer))?
            }
        };
        match count {
            Some(0) => Err(Error::Io(io::ErrorKind::WriteZero.into())),
            Some(count) => {
                self.moved = self.moved.saturating_add(count);
                self.flush_on()?;
                Ok(count)
            }
            None => Ok(0),
        }
    }

    /// Returns whether there is something to transmit now.
    pub fn wants_transmit(&self) -> bool {
        match &self.tls {
            None => !self.outgoing.is_empty(),
            Some(tls) => tls.connection.wants_write() || tls.can_seal(&self.outgoing, self.closing),
        }
    }

    /// Returns whether more can be received: the peer has not closed its side, and there is room.
    pub fn wants_receive(&self) -> bool {
        let dead = self
            .tls
            .as_ref()
            .is_some_and(|tls| tls.peer_closed || tls.failure.is_some());
        !self.ended && !dead && self.incoming.room() > 0
    }

    fn failure(&self) -> Option<Error> {
        self.tls.as_ref()?.error()
    }
}

/// Never shows any of the buffered bytes.
impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipe")
            .field("incoming", &self.incoming)
            .field("outgoing", &self.outgoing)
            .field("tls", &self.is_tls())
            .field("compressed", &self.is_compressed())
            .field("eof", &self.eof())
            .finish()
    }
}

/// Calls `once`, again if a signal interrupted it. Returns `None` if it would have to wait.
fn moved(mut once: impl FnMut() -> io::Result<usize>) -> Result<Option<usize>, Error> {
    loop {
        match once() {
            Ok(count) => return Ok(Some(count)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(Error::Io(error)),
        }
    }
}
