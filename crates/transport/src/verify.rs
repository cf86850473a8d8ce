//! Verifies the certificates of servers.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use crate::certificate::CommonNameOnly;

/// The verifier of server certificates. Each switch turns off its own check and no other.
///
/// It always checks that the server has the private key of its certificate.
#[derive(Debug)]
pub(crate) struct Verifier {
    pub(crate) roots: RootCertStore,
    /// The certificates given by the user, which are also trusted as a server's own.
    pub(crate) given: Vec<CertificateDer<'static>>,
    pub(crate) check_chain: bool,
    pub(crate) check_name: bool,
    pub(crate) algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    /// Checks that a trusted authority signed the certificate, that it may be used for servers, and
    /// that it is valid at `now`.
    fn verify_chain(
        &self,
        own: &CertificateDer<'_>,
        parsed: &ParsedCertificate<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let result = verify_server_cert_signed_by_trust_anchor(
            parsed,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        );
        match result {
            // The verification checks dates first, then key usage, then the chain. So with one of
            // these errors the dates are valid, and the user has decided about the rest by giving
            // exactly this certificate.
            Err(Error::InvalidCertificate(
                CertificateError::UnknownIssuer
                | CertificateError::BadSignature
                | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
                | CertificateError::Other(_),
            )) if self.given.iter().any(|given| given == own) => Ok(()),
            other => other,
        }
    }
}

/// Replaces the error for a certificate that names no host, if it has at least a common name.
fn no_name(error: Error, certificate: &CertificateDer<'_>) -> Error {
    let nameless = matches!(
        &error,
        Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. })
            if presented.is_empty()
    );
    match CommonNameOnly::of(certificate).filter(|_| nameless) {
        Some(named) => CertificateError::Other(OtherError(Arc::new(named))).into(),
        None => error,
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(end_entity)?;
        if self.check_chain {
            self.verify_chain(end_entity, &parsed, intermediates, now)?;
        }
        if self.check_name {
            verify_server_name(&parsed, server_name).map_err(|error| no_name(error, end_entity))?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
