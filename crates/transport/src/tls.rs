//! Settings for TLS.

use std::{
    fmt, io,
    panic::{RefUnwindSafe, UnwindSafe},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};

use crate::{Error, roots, verify::Verifier};

/// Settings for TLS: which servers to trust, and the client's own certificate. TLS 1.2 or later.
///
/// By default, the authorities of the operating system are trusted and everything is checked.
///
/// Clones share the result of [`build`](Self::build), and with it the TLS sessions that can be
/// resumed, until the options of one of them are changed.
///
#[cfg_attr(any(feature = "ring", feature = "aws-lc-rs"), doc = "```")]
#[cfg_attr(not(any(feature = "ring", feature = "aws-lc-rs")), doc = "```no_run")]
/// # use imapclient_transport::{Error, TlsOptions};
/// # let authority = imapclient_testkit::Authority::new();
/// let config = TlsOptions::new()
///     .without_native_roots()
///     .ca_pem(authority.pem())
///     .build()?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Default)]
pub struct TlsOptions {
    settings: Settings,
    /// The result of `build` for exactly these settings; see [`with`](Self::with).
    built: Arc<Mutex<Option<Built>>>,
}

/// The result of `build`, and the time at which it was built.
struct Built {
    at: Instant,
    config: TlsConfig,
}

impl Built {
    /// The time for which a result is used. A resumed session does not check the certificate again,
    /// so that a program that reconnects often would otherwise never notice that it has expired.
    const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

    fn is_fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.at) < Self::LIFETIME
    }
}

/// The options themselves.
#[derive(Clone, Default)]
struct Settings {
    ca_files: Vec<PathBuf>,
    ca_pems: Vec<Vec<u8>>,
    without_native_roots: bool,
    accept_invalid_hostname: bool,
    accept_invalid_certs: bool,
    client: Option<(Vec<u8>, Vec<u8>)>,
}

/// Settings for TLS connections that are ready for use; cheap to clone. Connections that share one
/// may resume each other's TLS sessions.
#[derive(Clone, Debug)]
pub struct TlsConfig(Arc<ClientConfig>);

impl TlsOptions {
    /// Creates options that trust the system's authorities and do all checks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the certificates in a PEM file, in addition to the system's authorities. A server
    /// that presents exactly one of them is trusted even if it is the certificate of an authority,
    /// as a self-signed one often is; its dates and names are still checked.
    pub fn ca_file(self, path: impl Into<PathBuf>) -> Self {
        self.with(|settings| settings.ca_files.push(path.into()))
    }

    /// Like [`ca_file`](Self::ca_file), but takes the PEM text itself.
    pub fn ca_pem(self, pem: impl Into<Vec<u8>>) -> Self {
        self.with(|settings| settings.ca_pems.push(pem.into()))
    }

    /// Trusts only the given authorities, not those of the system.
    pub fn without_native_roots(self) -> Self {
        self.with(|settings| settings.without_native_roots = true)
    }

    /// Accepts a valid certificate that is for another host. The owner of any valid certificate can
    /// then impersonate the server.
    pub fn dangerous_accept_invalid_hostname(self, accept: bool) -> Self {
        self.with(|settings| settings.accept_invalid_hostname = accept)
    }

    /// Accepts expired certificates and those of any issuer. Their names are still checked, but
    /// anyone can make a certificate for any name: the connection is protected from eavesdroppers
    /// only, not from an attacker in the middle.
    pub fn dangerous_accept_invalid_certs(self, accept: bool) -> Self {
        self.with(|settings| settings.accept_invalid_certs = accept)
    }

    /// Returns whether the server's certificate is fully checked: its chain, its dates, and its
    /// name.
    #[must_use]
    pub fn verifies_server(&self) -> bool {
        !(self.settings.accept_invalid_hostname || self.settings.accept_invalid_certs)
    }

    /// Presents a client certificate to a server that asks for one. Both are PEM; the certificate
    /// comes first in its chain.
    pub fn client_certificate(
        self,
        cert_pem: impl Into<Vec<u8>>,
        key_pem: impl Into<Vec<u8>>,
    ) -> Self {
        self.with(|settings| settings.client = Some((cert_pem.into(), key_pem.into())))
    }

    /// Reads the files and combines the settings. This is done once a day for these options and
    /// their clones, unless it fails: later calls return the same value, so that their connections
    /// can resume the TLS sessions of earlier ones, which does not check the certificate again. A
    /// change of a file has no effect until then. Reading files blocks.
    ///
    /// # Errors
    /// Returns [`Error::CaFile`], [`Error::CaPem`] or [`Error::ClientCertificate`] for what cannot
    /// be used, and [`Error::NoRoots`] if certificates are to be checked but no authority is
    /// trusted.
    pub fn build(&self) -> Result<TlsConfig, Error> {
        // Other threads wait, so that all use the same value and share its sessions.
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(built) = built.as_ref().filter(|built| built.is_fresh(now)) {
            return Ok(built.config.clone());
        }
        let config = self.settings.build()?;
        let new = Built {
            at: now,
            config: config.clone(),
        };
        *built = Some(new);
        Ok(config)
    }

    /// Changes the settings. Nothing else does, so that no connection uses, or resumes a session
    /// of, what was built from other settings.
    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self.built = Arc::default();
        self
    }
}

impl Settings {
    fn build(&self) -> Result<TlsConfig, Error> {
        let provider = provider()?;
        let given = self.given()?;
        let verifier = Verifier {
            roots: self.roots(&given)?,
            given,
            check_chain: !self.accept_invalid_certs,
            check_name: !self.accept_invalid_hostname,
            algorithms: provider.signature_verification_algorithms,
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Tls {
                source: Box::new(error),
            })?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let config = match &self.client {
            None => builder.with_no_client_auth(),
            Some((cert_pem, key_pem)) => {
                let certificates = roots::certificates(cert_pem).map_err(client_error)?;
                let key = PrivateKeyDer::from_pem_slice(key_pem).map_err(key_error)?;
                builder
                    .with_client_auth_cert(certificates, key)
                    .map_err(client_error)?
            }
        };
        Ok(TlsConfig(Arc::new(config)))
    }

    fn given(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
        let mut given = Vec::new();
        for path in &self.ca_files {
            given.extend(roots::from_file(path)?);
        }
        for pem in &self.ca_pems {
            given.extend(roots::from_pem(pem).map_err(|source| Error::CaPem { source })?);
        }
        Ok(given)
    }

    fn roots(&self, given: &[CertificateDer<'static>]) -> Result<RootCertStore, Error> {
        let mut store = RootCertStore::empty();
        if self.accept_invalid_certs {
            return Ok(store);
        }
        let mut problem = None;
        if !self.without_native_roots {
            let (native, trouble) = roots::native();
            store.roots.extend(native);
            problem = trouble;
        }
        store.add_parsable_certificates(given.iter().cloned());
        if store.is_empty() {
            return Err(Error::NoRoots {
                source: problem.map(io::Error::other),
            });
        }
        Ok(store)
    }
}

/// Shows neither the client's key nor any certificates.
impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.settings;
        f.debug_struct("TlsOptions")
            .field("ca_files", &settings.ca_files)
            .field("ca_pems", &settings.ca_pems.len())
            .field("without_native_roots", &settings.without_native_roots)
            .field("accept_invalid_hostname", &settings.accept_invalid_hostname)
            .field("accept_invalid_certs", &settings.accept_invalid_certs)
            .field("client_certificate", &settings.client.is_some())
            .finish()
    }
}

// The only state that changes is the store of sessions. No code outside rustls runs while it is
// locked, so a panic of the caller does not leave it inconsistent.
impl UnwindSafe for TlsConfig {}
impl RefUnwindSafe for TlsConfig {}

impl TlsConfig {
    pub(crate) fn rustls(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}

/// Parses the name that the server's certificate must be for.
pub(crate) fn server_name(host: &str) -> Result<ServerName<'static>, Error> {
    ServerName::try_from(host.to_owned()).map_err(|_| Error::HostName(host.to_owned()))
}

fn provider() -> Result<Arc<CryptoProvider>, Error> {
    #[cfg(feature = "ring")]
    return Ok(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(all(feature = "aws-lc-rs", not(feature = "ring")))]
    return Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
    return Err(Error::NoProvider);
}

fn key_error(error: rustls::pki_types::pem::Error) -> Error {
    client_error(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("its private key: {}", roots::pem_problem(&error)),
    ))
}

fn client_error(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::ClientCertificate {
        source: Box::new(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    fn a_result_is_used_for_a_day() {
        let options = TlsOptions::new().dangerous_accept_invalid_certs(true);
        let config = options.build().unwrap();
        let at = Instant::now();
        let built = Built { at, config };
        assert!(built.is_fresh(at) && built.is_fresh(at + Duration::from_secs(86_399)));
        assert!(!built.is_fresh(at + Duration::from_secs(86_400)));
    }
}
