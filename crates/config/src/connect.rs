//! The options for connecting to a server.

use std::path::PathBuf;
use std::time::Duration;

use imapclient::{Compress, Security};

use crate::Place;

/// The options for connecting to a server, without those for logging in.
///
/// ```
/// use std::time::Duration;
/// use imapclient_config::{Address, ConnectOptions};
///
/// let mut options = ConnectOptions::new(Address::tls("imap.example.com"));
/// options.limits.timeout = Some(Duration::from_secs(20));
/// assert_eq!(options.server.host(), "imap.example.com");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// The server.
    pub server: Server,
    /// The settings of TLS. Requests to an OAuth 2.0 provider use its authorities as well.
    pub tls: Tls,
    /// `true` if AUTHENTICATE carries an initial response if the server announces `SASL-IR`.
    pub sasl_ir: bool,
    /// `true` if the program's name and version are sent after each login (`ID`).
    pub send_id: bool,
    /// The condition on which the connection is compressed after a login (`COMPRESS=DEFLATE`).
    pub compress: Compress,
    /// `true` if several commands may be under way at once.
    pub pipelining: bool,
    /// The capabilities that are not used: see [`Builder::disable`](imapclient::Builder::disable).
    pub disable: Vec<String>,
    /// The capabilities that are used although the server is known not to support them: see
    /// [`Builder::allow`](imapclient::Builder::allow).
    pub allow: Vec<String>,
    /// The limits on time and memory.
    pub limits: Limits,
    /// The start of the section.
    pub(crate) place: Place,
}

impl ConnectOptions {
    /// Creates the options for this server, with the defaults of the INI file.
    #[must_use]
    pub fn new(server: impl Into<Server>) -> Self {
        Self {
            server: server.into(),
            tls: Tls::default(),
            sasl_ir: true,
            send_id: false,
            compress: Compress::Never,
            pipelining: true,
            disable: Vec::new(),
            allow: Vec::new(),
            limits: Limits::default(),
            place: Place::in_program(),
        }
    }
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Server {
    /// A server on the network.
    Network(Address),
    /// A command line for the shell, whose standard input and output are used. It is expected to
    /// protect the connection by itself.
    Command(String),
}

impl Server {
    /// Returns the name or address of the server, or the command line.
    #[must_use]
    pub fn host(&self) -> &str {
        match self {
            Self::Network(address) => &address.host,
            Self::Command(line) => line,
        }
    }

    /// Returns the address, or `None` for a command.
    #[must_use]
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Network(address) => Some(address),
            Self::Command(_) => None,
        }
    }

    /// Returns the protection of the connection, or `None` for a command.
    #[must_use]
    pub fn security(&self) -> Option<Security> {
        self.address().map(|address| address.security)
    }
}

impl From<Address> for Server {
    fn from(address: Address) -> Self {
        Self::Network(address)
    }
}

/// The address of a server, and the protection of the connection to it.
///
/// ```
/// use imapclient::Security;
/// use imapclient_config::Address;
///
/// let address = Address::tls("imap.example.com");
/// assert_eq!((address.port, address.security), (993, Security::Tls));
/// let address = Address::new("localhost", 1143, Security::StartTls);
/// assert_eq!(address.host, "localhost");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Address {
    /// The name or the address of the server. Its certificate must be for this name.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The protection of the connection.
    pub security: Security,
}

impl Address {
    /// Creates an address.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16, security: Security) -> Self {
        Self {
            host: host.into(),
            port,
            security,
        }
    }

    /// Creates the address of a server with TLS from the first byte, on port 993.
    #[must_use]
    pub fn tls(host: impl Into<String>) -> Self {
        Self::new(host, usual_port(Security::Tls), Security::Tls)
    }

    /// Creates the address of a server with STARTTLS, on port 143.
    #[must_use]
    pub fn starttls(host: impl Into<String>) -> Self {
        Self::new(host, usual_port(Security::StartTls), Security::StartTls)
    }

    /// Returns whether the port is the usual one for the protection: 993 for TLS from the first
    /// byte, and 143 otherwise.
    #[must_use]
    pub fn has_usual_port(&self) -> bool {
        self.port == usual_port(self.security)
    }
}

/// Returns the port of a server that listens where IMAP servers usually do.
pub(crate) fn usual_port(security: Security) -> u16 {
    match security {
        Security::Tls => 993,
        _ => 143,
    }
}

/// The settings of TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tls {
    /// `true` if the certificate need not be for the host.
    pub dangerous_accept_invalid_hostname: bool,
    /// `true` if the certificate need not be valid.
    pub dangerous_accept_invalid_certs: bool,
    /// A PEM file of certificate authorities to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// The certificate with which the client identifies itself.
    pub client: Option<ClientCertificate>,
}

/// A certificate of the client, and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientCertificate {
    /// A PEM file with the certificate.
    pub certificate: PathBuf,
    /// A PEM file with the key, which may be the same.
    pub key: PathBuf,
}

impl ClientCertificate {
    /// Creates a certificate from its file and that of its key, which may be the same.
    #[must_use]
    pub fn new(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self {
            certificate: certificate.into(),
            key: key.into(),
        }
    }
}

/// The limits on time and memory; `None` stands for the client's default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest time without any byte moved, and the longest time for connecting.
    pub timeout: Option<Duration>,
    /// Upper bound on the kept bytes of one command's responses.
    pub answer_limit: Option<u64>,
    /// The time limit of one command.
    pub command_timeout: Option<Duration>,
    /// The minimum speed within a response, in bytes per second.
    pub min_speed: Option<u64>,
    /// The time over which the speed is averaged.
    pub speed_window: Option<Duration>,
    /// Upper bound on the unsolicited responses during one command.
    pub unsolicited_limit: Option<u64>,
    /// Upper bound on the bytes of these responses.
    pub unsolicited_bytes: Option<u64>,
    /// Upper bound on the bytes of a response that is skipped because it is too big.
    pub response_limit: Option<u64>,
}
