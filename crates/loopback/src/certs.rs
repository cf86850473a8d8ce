//! Generates authorities and certificates.

use std::{fmt, sync::Arc};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::{CryptoProvider, ring},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

/// A generated certificate authority with a new key (ECDSA P-256).
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// The contents of a certificate. The default validity is from 2020 to 2120.
#[derive(Clone, Debug)]
pub struct Certificate {
    names: Vec<String>,
    common_name: Option<String>,
    years: (i32, i32),
    is_ca: bool,
}

/// A certificate and its key, in PEM.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "both belong together")]
pub struct Identity {
    /// The certificate.
    pub cert_pem: String,
    /// The private key, PKCS #8.
    pub key_pem: String,
}

impl Authority {
    /// Creates an authority. All authorities have the same name, but different keys.
    #[expect(
        clippy::new_without_default,
        reason = "a new key each time is no default"
    )]
    pub fn new() -> Self {
        let mut params = Certificate::new(&[]).params("Testkit Authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(params, new_key()).expect("a CA certificate"))
    }

    /// Returns the certificate of the authority, in PEM.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Signs a certificate for a new key.
    ///
    /// ```
    /// # use imapclient_loopback::{Authority, Certificate};
    /// let identity = Authority::new().issue(Certificate::new(&["localhost", "127.0.0.1"]));
    /// let config = identity.server_config();
    /// ```
    pub fn issue(&self, certificate: Certificate) -> Identity {
        let key = new_key();
        let params = certificate.params("Testkit Server");
        let signed = params.signed_by(&key, &self.0).expect("a certificate");
        Identity {
            cert_pem: signed.pem(),
            key_pem: key.serialize_pem(),
        }
    }
}

impl Certificate {
    /// Returns a certificate for these DNS names and IP addresses.
    pub fn new(names: &[&str]) -> Self {
        Self {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            common_name: None,
            years: (2020, 2120),
            is_ca: false,
        }
    }

    /// Sets the common name, for example that of a user.
    #[must_use]
    pub fn common_name(mut self, name: &str) -> Self {
        self.common_name = Some(name.to_owned());
        self
    }

    /// Lets the validity end on 2021-01-01.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.years = (2020, 2021);
        self
    }

    /// Lets the validity begin on 2119-01-01.
    #[must_use]
    pub fn not_yet_valid(mut self) -> Self {
        self.years = (2119, 2120);
        self
    }

    /// Marks it as the certificate of an authority.
    #[must_use]
    pub fn authority(mut self) -> Self {
        self.is_ca = true;
        self
    }

    fn params(&self, common_name: &str) -> CertificateParams {
        let mut params = CertificateParams::new(self.names.clone()).expect("names of hosts");
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(
            DnType::CommonName,
            self.common_name.as_deref().unwrap_or(common_name),
        );
        params.not_before = date_time_ymd(self.years.0, 1, 1);
        params.not_after = date_time_ymd(self.years.1, 1, 1);
        if self.is_ca {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        } else if !self.names.is_empty() {
            params.extended_key_usages = vec![
                ExtendedKeyUsagePurpose::ServerAuth,
                ExtendedKeyUsagePurpose::ClientAuth,
            ];
        }
        params
    }
}

impl Identity {
    /// Returns a self-signed certificate. With `is_ca`, it is like those of `openssl req -x509`.
    pub fn self_signed(names: &[&str], is_ca: bool, expired: bool) -> Self {
        let mut certificate = Certificate::new(names);
        certificate.is_ca = is_ca;
        if expired {
            certificate = certificate.expired();
        }
        let key = new_key();
        let params = certificate.params("Testkit Self-Signed");
        Self {
            cert_pem: params.self_signed(&key).expect("a certificate").pem(),
            key_pem: key.serialize_pem(),
        }
    }

    /// Returns settings for a TLS server with this certificate, for TLS 1.2 and 1.3.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        self.server_config_with(rustls::DEFAULT_VERSIONS, None)
    }

    /// Returns settings for a TLS server with this certificate, for TLS 1.2 only.
    pub fn server_config_tls12(&self) -> Arc<ServerConfig> {
        self.server_config_with(&[&rustls::version::TLS12], None)
    }

    /// Returns settings for a TLS server with this certificate that requires a client certificate
    /// of an authority.
    pub fn server_config_for_clients_of(&self, authority: &Authority) -> Arc<ServerConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(authority.0.der().clone()).expect("a root");
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
        self.server_config_with(
            rustls::DEFAULT_VERSIONS,
            Some(verifier.build().expect("a verifier")),
        )
    }

    fn server_config_with(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        clients: Option<Arc<dyn ClientCertVerifier>>,
    ) -> Arc<ServerConfig> {
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(self.cert_pem.as_bytes()).collect();
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).expect("a key");
        let builder = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .expect("versions of the provider");
        let builder = match clients {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        };
        Arc::new(
            builder
                .with_single_cert(chain.expect("a certificate"), key)
                .expect("a key for the certificate"),
        )
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority")
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
