//! Connections that could not be made, and the reasons.

use std::{error, fmt, io};

use imapclient_transport::{CertificateProblem, Error as Transport};

/// The failure of a connection before TLS or the greeting, in
/// [`Error::Connect`](crate::Error::Connect).
///
/// Its text names the host, and its source has the error of the operating system: one reason for
/// each address of a host that has several.
///
/// ```no_run
/// use std::io;
///
/// use imapclient::{Error, blocking::Client};
///
/// match Client::builder("imap.example.org").connect() {
///     Err(Error::Connect(failure)) if failure.kind == io::ErrorKind::ConnectionRefused => {
///         println!("nothing listens there: {failure}");
///     }
///     other => drop(other?),
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectFailure {
    /// The step that failed.
    pub problem: ConnectProblem,
    /// The kind of the operating system's error, such as `ConnectionRefused`. Of several addresses,
    /// it is `TimedOut` if one of them did not answer in time, otherwise that of the last one.
    pub kind: io::ErrorKind,
    cause: Transport,
}

/// The step at which a connection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectProblem {
    /// The name of the host could not be resolved.
    HostName,
    /// No address of the host, or not the Unix socket, accepted the connection.
    NotAccepted,
    /// The command whose standard input and output carry the connection could not be started.
    Command,
}

/// The failure of TLS, in [`Error::Tls`](crate::Error::Tls).
///
/// Its text names the host or the file, and its source has the error of the TLS library or of the
/// operating system, if there is one.
///
/// ```no_run
/// use imapclient::{CertificateProblem, Error, TlsProblem, blocking::Client};
///
/// match Client::builder("imap.example.org").connect() {
///     Err(Error::Tls(failure)) => match failure.problem {
///         TlsProblem::Certificate(CertificateProblem::Expired { .. }) => println!("renew it"),
///         TlsProblem::NotTls { .. } => println!("is this port for STARTTLS?"),
///         _ => println!("no TLS: {failure}"),
///     },
///     other => drop(other?),
/// }
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct TlsFailure {
    /// The reason.
    pub problem: TlsProblem,
    cause: Transport,
}

/// The reason for which TLS failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsProblem {
    /// The server's certificate was rejected.
    Certificate(CertificateProblem),
    /// The server does not speak TLS on this port.
    NotTls {
        /// The first line that the server sent in place of TLS, if it is text, cut to 240 bytes. It
        /// is server data: escape it before printing it.
        said: Option<String>,
    },
    /// The server speaks TLS from the first byte, on a connection that was to begin unencrypted.
    ExpectsTls,
    /// The server supports no version of TLS that is secure.
    OldTls,
    /// The server closed the connection before the handshake was complete.
    Closed,
    /// There were unprotected bytes behind the response that starts TLS.
    DataBeforeTls,
    /// No authority is trusted: the system has no certificates, and none were given.
    NoAuthorities,
    /// The given certificates of authorities cannot be used.
    CaCertificates,
    /// The client's own certificate or its key cannot be used.
    ClientCertificate,
    /// The name of the server is neither a DNS name nor an IP address, so that no certificate can
    /// be for it.
    HostName,
    /// The crate was built without cryptography.
    NoCryptography,
    /// Another reason, which the source has.
    Other,
}

impl ConnectFailure {
    /// Returns the failure to connect that the transport reports, or gives the error back if it is
    /// another one.
    pub(super) fn new(cause: Transport) -> Result<Self, Transport> {
        let (problem, source) = match &cause {
            Transport::Resolve { source, .. } => (ConnectProblem::HostName, source),
            Transport::Connect { source, .. } | Transport::ConnectUnix { source, .. } => {
                (ConnectProblem::NotAccepted, source)
            }
            Transport::Command { source, .. } => (ConnectProblem::Command, source),
            _ => return Err(cause),
        };
        Ok(Self {
            problem,
            kind: source.kind(),
            cause,
        })
    }
}

impl TlsFailure {
    /// Returns the failure of TLS that the transport reports.
    pub(super) fn new(cause: Transport) -> Self {
        let problem = match &cause {
            Transport::Certificate { problem, .. } => TlsProblem::Certificate(problem.clone()),
            Transport::NotTls { said, .. } => TlsProblem::NotTls { said: said.clone() },
            Transport::ExpectsTls { .. } => TlsProblem::ExpectsTls,
            Transport::OldTls { .. } => TlsProblem::OldTls,
            Transport::HandshakeClosed => TlsProblem::Closed,
            Transport::BytesBeforeTls => TlsProblem::DataBeforeTls,
            Transport::NoRoots { .. } => TlsProblem::NoAuthorities,
            Transport::CaFile { .. } | Transport::CaPem { .. } => TlsProblem::CaCertificates,
            Transport::ClientCertificate { .. } => TlsProblem::ClientCertificate,
            Transport::HostName(_) => TlsProblem::HostName,
            Transport::NoProvider => TlsProblem::NoCryptography,
            _ => TlsProblem::Other,
        };
        Self { problem, cause }
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl error::Error for ConnectFailure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.cause.source()
    }
}

impl error::Error for TlsFailure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.cause.source()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::Error;

    fn refused() -> io::Error {
        io::ErrorKind::ConnectionRefused.into()
    }

    #[test]
    fn connections_that_are_not_made() {
        let (host, path) = ("mail.example".to_owned(), "/run/imap".into());
        for (cause, problem, is_transient) in [
            (
                Transport::Resolve {
                    host: host.clone(),
                    source: refused(),
                },
                ConnectProblem::HostName,
                true,
            ),
            (
                Transport::Connect {
                    host,
                    port: 993,
                    source: refused(),
                },
                ConnectProblem::NotAccepted,
                true,
            ),
            (
                Transport::ConnectUnix {
                    path,
                    source: refused(),
                },
                ConnectProblem::NotAccepted,
                true,
            ),
            (
                Transport::Command {
                    command: "ssh host".to_owned(),
                    source: refused(),
                },
                ConnectProblem::Command,
                false,
            ),
        ] {
            let text = cause.to_string();
            let error = Error::from(cause);
            assert_eq!(error.to_string(), text);
            assert_eq!(error.is_transient(), is_transient, "{text}");
            assert!(error.is_closed() && !error.is_timeout(), "{text}");
            let Error::Connect(failure) = &error else {
                panic!("{error:?}");
            };
            assert_eq!(
                (failure.problem, failure.kind),
                (problem, io::ErrorKind::ConnectionRefused)
            );
            // The chain consists of the text and of the reason of the system, and nothing else.
            let source = error.source().unwrap();
            let reason = source.downcast_ref::<io::Error>().unwrap();
            assert_eq!(reason.kind(), io::ErrorKind::ConnectionRefused);
        }
    }

    #[test]
    fn an_address_that_is_silent() {
        let error = Error::from(Transport::Connect {
            host: "mail.example".to_owned(),
            port: 993,
            source: io::ErrorKind::TimedOut.into(),
        });
        assert!(error.is_timeout() && error.is_transient(), "{error:?}");
    }

    #[test]
    fn tls_that_fails() {
        let host = "mail.example".to_owned();
        for (cause, problem) in [
            (
                Transport::Certificate {
                    host: host.clone(),
                    problem: CertificateProblem::UnknownAuthority,
                },
                TlsProblem::Certificate(CertificateProblem::UnknownAuthority),
            ),
            (
                Transport::NotTls {
                    host: host.clone(),
                    said: Some("* OK".to_owned()),
                },
                TlsProblem::NotTls {
                    said: Some("* OK".to_owned()),
                },
            ),
            (
                Transport::ExpectsTls { host: host.clone() },
                TlsProblem::ExpectsTls,
            ),
            (Transport::OldTls { host }, TlsProblem::OldTls),
            (Transport::HandshakeClosed, TlsProblem::Closed),
            (Transport::BytesBeforeTls, TlsProblem::DataBeforeTls),
            (
                Transport::NoRoots { source: None },
                TlsProblem::NoAuthorities,
            ),
            (
                Transport::CaPem { source: refused() },
                TlsProblem::CaCertificates,
            ),
            (
                Transport::CaFile {
                    path: "/ca.pem".into(),
                    source: refused(),
                },
                TlsProblem::CaCertificates,
            ),
            (
                Transport::ClientCertificate {
                    source: "no key".into(),
                },
                TlsProblem::ClientCertificate,
            ),
            (Transport::HostName("a b".to_owned()), TlsProblem::HostName),
            (Transport::NoProvider, TlsProblem::NoCryptography),
            (
                Transport::Tls {
                    source: "alert".into(),
                },
                TlsProblem::Other,
            ),
        ] {
            let text = cause.to_string();
            let source = cause.source().map(ToString::to_string);
            let error = Error::from(cause);
            assert_eq!(error.to_string(), text);
            assert_eq!(error.source().map(ToString::to_string), source, "{text}");
            let closed = problem == TlsProblem::Closed;
            assert_eq!(error.is_transient(), closed, "{text}");
            assert!(
                matches!(&error, Error::Tls(failure) if failure.problem == problem),
                "{error:?}"
            );
        }
    }
}
