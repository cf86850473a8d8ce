//! The errors of connections.

use std::{fmt, io, path::PathBuf};

use imapclient_escape::escaped;

use crate::CertificateProblem;

/// An error while connecting, moving bytes or setting up TLS.
///
/// The cause, if there is one, is in [`source()`](std::error::Error::source) and not in the text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The host name could not be resolved, or resolving it took too long.
    #[error("could not find the address of {host:?}")]
    Resolve {
        /// The name that was looked up.
        host: String,
        /// The error of the resolver.
        source: io::Error,
    },
    /// None of the host's addresses accepted the connection. The source holds the reason; if there
    /// are several addresses, one reason for each.
    #[error("could not connect to {host:?}, port {port}")]
    Connect {
        /// The host as the caller gave it.
        host: String,
        /// The TCP port.
        port: u16,
        /// The reason, or the reasons of all addresses.
        source: io::Error,
    },
    /// The Unix socket did not accept the connection.
    #[error("could not connect to the socket {path:?}")]
    ConnectUnix {
        /// The path of the socket.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The command whose standard input and output carry the bytes could not be started.
    #[error("could not start the command {command:?}")]
    Command {
        /// The shell command.
        command: String,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A time limit was reached.
    #[error("timed out {waiting}")]
    Timeout {
        /// The operation that took too long.
        waiting: Waiting,
        /// True if the limit was [`Wait::idle`](crate::Wait::idle), rather than
        /// [`Wait::until`](crate::Wait::until).
        idle: bool,
    },
    /// Reading or writing failed. The connection cannot be used any more.
    #[error("the connection failed")]
    Io(#[source] io::Error),
    /// An [`Interrupter`](crate::Interrupter) ended the wait. Nothing is lost: call exchange again
    /// to continue.
    #[error("interrupted")]
    Interrupted,
    /// TLS failed for a reason other than the server's certificate.
    #[error("TLS failed")]
    Tls {
        /// The error of rustls.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The peer's first bytes in the handshake are not a TLS record.
    #[error(
        "{host:?} does not speak TLS on this port (is it one for STARTTLS?){}",
        said.as_ref().map(|said| format!("; it says \"{}\"", escaped(said))).unwrap_or_default()
    )]
    NotTls {
        /// The host that the handshake was for.
        host: String,
        /// The first line that the peer sent in place of TLS, cut to 240 bytes, if it is text.
        /// Escape it before printing.
        said: Option<String>,
    },
    /// The peer speaks TLS from the first byte, on a connection that was to begin unencrypted.
    #[error(
        "{host:?} speaks TLS from the first byte on this port, and the connection was to begin in clear (connect with TLS; STARTTLS is \
         for another port, usually 143)"
    )]
    ExpectsTls {
        /// The host of the connection.
        host: String,
    },
    /// The peer supports no version of TLS that is secure.
    #[error(
        "{host:?} has only TLS 1.1 or older, which is not safe (the server needs an update, to TLS 1.2 or later)"
    )]
    OldTls {
        /// The host that the handshake was for.
        host: String,
    },
    /// The peer closed the connection before the TLS handshake was complete.
    #[error("the connection was closed in the TLS handshake")]
    HandshakeClosed,
    /// TLS was to start while unprotected bytes were in the pipe: either the peer sent more than
    /// the response that starts TLS, which is an attack or a faulty server, or not everything
    /// written before has been transmitted.
    #[error("there are bytes before the TLS handshake")]
    BytesBeforeTls,
    /// TLS was to start on a pipe that already uses it.
    #[error("TLS is on already")]
    AlreadyTls,
    /// Compression was to start on a pipe that already uses it, or TLS below compression.
    #[error("compression is on already")]
    AlreadyCompressed,
    /// The compressed data of the peer are not valid (RFC 1951). Nothing more can be read.
    #[error("the compressed data from the server are damaged")]
    Inflate,
    /// The peer has ended its compressed data by a final block, so that nothing more can be read,
    /// although it has not closed the connection or has sent more after it.
    #[error("the server has ended its compressed data")]
    CompressionEnded,
    /// The server's certificate was rejected.
    #[error("the certificate of {host:?} {problem}")]
    Certificate {
        /// The host that the certificate should be for.
        host: String,
        /// The reason for the rejection.
        problem: CertificateProblem,
    },
    /// A file of trusted certificates cannot be used.
    #[error("could not use the certificates in {path:?}")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// Trusted certificates given as bytes cannot be used.
    #[error("could not use the given CA certificates")]
    CaPem {
        /// The reason.
        source: io::Error,
    },
    /// The client's own certificate or its key cannot be used.
    #[error("could not use the client certificate")]
    ClientCertificate {
        /// The reason. Contains nothing of the key.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No authority is trusted: the system's certificate store is missing or not to be used, and no
    /// certificates were given.
    #[error(
        "there is no certificate authority to trust (install the system's CA certificates or give some)"
    )]
    NoRoots {
        /// The error of loading the system's store, if there was one.
        source: Option<io::Error>,
    },
    /// The crate was built without cryptography.
    #[error("built without TLS (enable the feature `ring` or `aws-lc-rs`)")]
    NoProvider,
    /// The name is neither a DNS name nor an IP address, so no certificate can be for it.
    #[error("{0:?} is not a host name or IP address (an international name needs its xn-- form)")]
    HostName(String),
}

/// The operation of an exchange that took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Waiting {
    /// The TLS handshake.
    Handshake,
    /// Waiting for data of the peer.
    Input,
    /// Sending data to a peer that does not read them.
    Output,
}

/// Continues "timed out".
impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Handshake => "in the TLS handshake",
            Self::Input => "waiting for data",
            Self::Output => "sending data",
        })
    }
}

impl Error {
    /// Returns whether a time limit was reached: in an exchange, while connecting, or in the
    /// operating system.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Timeout { .. } => true,
            Self::Resolve { source, .. }
            | Self::Connect { source, .. }
            | Self::ConnectUnix { source, .. }
            | Self::Io(source) => source.kind() == io::ErrorKind::TimedOut,
            _ => false,
        }
    }
}
