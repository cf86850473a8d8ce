use imapclient_escape::escaped;
use std::{io, path::PathBuf};

use crate::CertificateProblem;

/// Why bytes could not be moved.
///
/// The cause, where there is one, is in [`source()`](std::error::Error::source) and not in the
/// text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The host name could not be turned into addresses; also when that took too long.
    #[error("could not find the address of {host:?}")]
    Resolve {
        /// The name asked for.
        host: String,
        /// What the resolver said.
        source: io::Error,
    },
    /// No address of the host took the connection. The cause tells the reason; if there are several
    /// addresses, each with its own.
    #[error("could not connect to {host:?}, port {port}")]
    Connect {
        /// The host as it was given.
        host: String,
        /// The TCP port.
        port: u16,
        /// What happened.
        source: io::Error,
    },
    /// The Unix socket did not take the connection.
    #[error("could not connect to the socket {path:?}")]
    ConnectUnix {
        /// The path of the socket.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The command whose input and output were to carry the bytes could not be started.
    #[error("could not start the command {command:?}")]
    Command {
        /// The shell command.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// The time for it ran out.
    #[error("timed out {what}")]
    Timeout {
        /// What took too long, as in "waiting for data".
        what: &'static str,
    },
    /// Reading or writing failed; the connection is of no use any more.
    #[error("the connection failed")]
    Io(#[source] io::Error),
    /// An [`Interrupter`](crate::Interrupter) ended the wait. Nothing is lost: exchange again to go
    /// on.
    #[error("interrupted")]
    Interrupted,
    /// TLS failed for a reason that is not the server's certificate.
    #[error("TLS failed")]
    Tls {
        /// What rustls said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The peer's first bytes in the handshake are not TLS.
    #[error(
        "{host:?} does not speak TLS on this port (is it one for STARTTLS?){}",
        said.as_ref().map(|said| format!("; it says \"{}\"", escaped(said))).unwrap_or_default()
    )]
    NotTls {
        /// The host the handshake was for.
        host: String,
        /// The first line that the peer sent in place of TLS, at most 240 bytes of it, if it is
        /// text. Escape it before you print it.
        said: Option<String>,
    },
    /// The peer speaks TLS from the first byte, on a connection that was to begin in clear.
    #[error(
        "{host:?} speaks TLS from the first byte on this port, and the connection was to begin in clear (connect with TLS; STARTTLS is \
         for another port, usually 143)"
    )]
    ExpectsTls {
        /// The host that was connected to.
        host: String,
    },
    /// The peer has no version of TLS that is safe.
    #[error(
        "{host:?} has only TLS 1.1 or older, which is not safe (the server needs an update, to TLS 1.2 or later)"
    )]
    OldTls {
        /// The host the handshake was for.
        host: String,
    },
    /// The peer closed the connection before the TLS handshake was over.
    #[error("the connection was closed in the TLS handshake")]
    HandshakeClosed,
    /// TLS was to start with bytes underway that it would not protect: either the peer sent more
    /// than the answer that starts TLS, which is an attack or a faulty server, or not all that was
    /// written before has left.
    #[error("there are bytes before the TLS handshake")]
    BytesBeforeTls,
    /// TLS was to start on a pipe that has it already.
    #[error("TLS is on already")]
    AlreadyTls,
    /// The server's certificate is not accepted.
    #[error("the certificate of {host:?} {problem}")]
    Certificate {
        /// The host the certificate should be for.
        host: String,
        /// What is wrong with it.
        problem: CertificateProblem,
    },
    /// A file of trusted certificates cannot be used.
    #[error("could not use the certificates in {path:?}")]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Trusted certificates given as bytes cannot be used.
    #[error("could not use the given CA certificates")]
    CaPem {
        /// Why not.
        source: io::Error,
    },
    /// The client's own certificate or its key cannot be used.
    #[error("could not use the client certificate")]
    ClientCertificate {
        /// Why not. Holds nothing of the key.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No authority is trusted: the system has no certificate store, or it is not to be used, and
    /// no certificates were given.
    #[error(
        "there is no certificate authority to trust (install the system's CA certificates or give some)"
    )]
    NoRoots {
        /// What was wrong with the system's store, if anything was.
        source: Option<io::Error>,
    },
    /// The crate was built without cryptography.
    #[error("built without TLS (enable the feature `ring` or `aws-lc-rs`)")]
    NoProvider,
    /// The name is neither a DNS name nor an IP address, so no certificate can be for it.
    #[error("{0:?} is not a host name or IP address (an international name needs its xn-- form)")]
    HostName(String),
}

impl Error {
    /// Whether time ran out: in an exchange, while connecting, or in the operating system.
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
