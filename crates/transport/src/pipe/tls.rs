//! TLS as a layer of a pipe.

use std::io::{self, Read, Write};

use rustls::{AlertDescription, ClientConnection, InvalidMessage, PeerIncompatible};

use crate::{CertificateProblem, Error, TlsConfig, buffer::Buffer, tls::server_name};

pub(super) struct Tls {
    pub(super) connection: ClientConnection,
    pub(super) host: String,
    /// The number of bytes of plaintext that `connection` holds for the reader.
    pub(super) readable: usize,
    /// The peer's first byte began a TLS record.
    pub(super) begun: bool,
    /// The peer has sent text where TLS should begin, and has not ended its line yet.
    pub(super) clear: bool,
    /// The peer has announced that it will send no more.
    pub(super) peer_closed: bool,
    /// The peer has been notified that nothing more comes.
    pub(super) notified: bool,
    pub(super) failure: Option<Failure>,
}

#[derive(Clone)]
pub(super) enum Failure {
    Tls(rustls::Error),
    /// Holds the first line, if it is text.
    NotTls(Option<String>),
    Closed,
}

/// Upper bound on the kept part of a line that is not TLS, in bytes.
const LINE: usize = 240;
impl Tls {
    pub(super) fn new(config: &TlsConfig, host: &str) -> Result<Self, Error> {
        let name = server_name(host)?;
        let connection = ClientConnection::new(config.rustls(), name).map_err(tls_error)?;
        Ok(Self {
            connection,
            host: host.to_owned(),
            readable: 0,
            begun: false,
            clear: false,
            peer_closed: false,
            notified: false,
            failure: None,
        })
    }

    /// Returns the reason why nothing can be received or sent any more.
    pub(super) fn error(&self) -> Option<Error> {
        Some(match self.failure.clone()? {
            Failure::Closed => Error::HandshakeClosed,
            Failure::NotTls(said) => Error::NotTls {
                host: self.host.clone(),
                said,
            },
            Failure::Tls(rustls::Error::InvalidCertificate(error)) => Error::Certificate {
                host: self.host.clone(),
                problem: CertificateProblem::new(error),
            },
            Failure::Tls(
                rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
                | rustls::Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
            ) => Error::OldTls {
                host: self.host.clone(),
            },
            Failure::Tls(error) => tls_error(error),
        })
    }

    /// Decrypts until there is plaintext to be read or nothing is left to decrypt. It stops there,
    /// so that memory stays bounded.
    pub(super) fn open(&mut self, incoming: &mut Buffer, ended: bool) {
        while self.readable == 0 && self.failure.is_none() && !incoming.is_empty() {
            if self.peer_closed {
                // RFC 8446 §6.1: data after the closing alert is to be ignored.
                incoming.consume(incoming.len());
                return;
            }
            let handshaking = self.connection.is_handshaking();
            if !self.begun && is_text(incoming.bytes()) {
                // No TLS record begins like this. The text is useful in the error, so wait for the
                // rest of the line.
                self.clear = !ended && !has_line(incoming.bytes());
                if !self.clear {
                    self.failure = Some(Failure::NotTls(first_line(incoming.bytes())));
                }
                break;
            }
            self.begun = true;
            match self.step(incoming.bytes()) {
                Ok(count) => incoming.consume(count),
                Err(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType))
                    if handshaking =>
                {
                    self.failure = Some(Failure::NotTls(None));
                }
                Err(error) => self.failure = Some(Failure::Tls(error)),
            }
        }
        if ended && self.failure.is_none() && self.connection.is_handshaking() {
            self.failure = Some(Failure::Closed);
        }
        if self.readable == 0 && self.failure.is_some() {
            // The plaintext decrypted before the failure, one record at a time.
            let left = self.connection.reader().into_first_chunk();
            self.readable = left.map_or(0, <[u8]>::len);
        }
    }

    fn step(&mut self, mut bytes: &[u8]) -> Result<usize, rustls::Error> {
        let count = self
            .connection
            .read_tls(&mut bytes)
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        if count == 0 {
            return Err(rustls::Error::General("TLS takes no more input".to_owned()));
        }
        let state = self.connection.process_new_packets()?;
        self.readable = state.plaintext_bytes_to_read();
        self.peer_closed = state.peer_has_closed();
        Ok(count)
    }

    /// Shrinks the buffer of `connection` for incoming records to 4 KiB if it is empty: rustls
    /// does so before each read, including one for which there is nothing.
    pub(super) fn release(&mut self) {
        if self.readable == 0 && self.failure.is_none() && !self.peer_closed {
            let nothing = self.connection.read_tls(&mut Nothing);
            debug_assert!(nothing.is_err());
        }
    }

    pub(super) fn can_seal(&self, outgoing: &Buffer, closing: bool) -> bool {
        self.failure.is_none()
            && !self.connection.is_handshaking()
            && (!outgoing.is_empty() || (closing && !self.notified))
    }

    /// Encrypts outgoing bytes, once everything that was encrypted before has been transmitted: so
    /// there is never more than one buffer of it.
    pub(super) fn seal(&mut self, outgoing: &mut Buffer, closing: bool) -> Result<(), Error> {
        while !self.connection.wants_write() && self.can_seal(outgoing, closing) {
            if outgoing.is_empty() {
                self.connection.send_close_notify();
                self.notified = true;
                return Ok(());
            }
            let sealed = self.connection.writer().write(outgoing.bytes());
            match sealed.map_err(Error::Io)? {
                0 => return Err(Error::Io(io::ErrorKind::WriteZero.into())),
                count => outgoing.consume(count),
            }
        }
        Ok(())
    }
}

/// A reader that has nothing now.
struct Nothing;

impl Read for Nothing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

/// Returns whether bytes that should begin a TLS record are text: records begin with a control
/// character.
fn is_text(bytes: &[u8]) -> bool {
    bytes
        .first()
        .is_some_and(|byte| (b' '..0x7f).contains(byte))
}

/// Returns whether there is a whole line, or as much of one as is kept.
fn has_line(bytes: &[u8]) -> bool {
    bytes.len() >= LINE || bytes.contains(&b'\n')
}

/// Returns the first line, cut to [`LINE`] bytes, if it is text.
pub(super) fn first_line(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.get(..LINE).unwrap_or(line);
    is_text(line).then(|| String::from_utf8_lossy(line).into_owned())
}

fn tls_error(error: rustls::Error) -> Error {
    Error::Tls {
        source: Box::new(error),
    }
}
