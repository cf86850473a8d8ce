//! The results of TLS handshakes.

use std::fmt;

use rustls::{ClientConnection, HandshakeKind, ProtocolVersion};

/// The result of a TLS handshake: the negotiated parameters and the server's certificates.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Handshake {
    /// The version, for example `TLS 1.3`.
    pub version: &'static str,
    /// The registered name of the cipher suite, for example `TLS13_AES_128_GCM_SHA256`.
    pub cipher_suite: &'static str,
    /// The certificates that the server presented, in DER, its own first. They are checked only as
    /// far as [`TlsOptions`](crate::TlsOptions) demand.
    pub certificates: Vec<Vec<u8>>,
    /// True if the session of an earlier connection was resumed (RFC 8446 §2.2). The certificates
    /// are then those of that session, in which they were checked.
    pub resumed: bool,
}

impl Handshake {
    /// Returns `None` until the handshake is complete.
    pub(crate) fn of(connection: &ClientConnection) -> Option<Self> {
        if connection.is_handshaking() {
            return None;
        }
        Some(Self {
            version: match connection.protocol_version()? {
                ProtocolVersion::TLSv1_2 => "TLS 1.2",
                ProtocolVersion::TLSv1_3 => "TLS 1.3",
                other => other.as_str()?,
            },
            cipher_suite: connection
                .negotiated_cipher_suite()?
                .suite()
                .as_str()
                .unwrap_or("unregistered"),
            certificates: connection
                .peer_certificates()?
                .iter()
                .map(|certificate| certificate.to_vec())
                .collect(),
            resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
        })
    }
}

/// Shows only the number of certificates, since they are long.
impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake")
            .field("version", &self.version)
            .field("cipher_suite", &self.cipher_suite)
            .field("certificates", &self.certificates.len())
            .field("resumed", &self.resumed)
            .finish()
    }
}
