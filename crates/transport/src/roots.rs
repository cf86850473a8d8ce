//! Loads the certificates of trusted authorities.

use std::{io, path::Path};

use rustls::{
    RootCertStore,
    pki_types::{
        CertificateDer, TrustAnchor,
        pem::{self, PemObject},
    },
};

use crate::Error;

/// Reads the certificates from a PEM file. Fails if there are none.
pub(crate) fn from_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let bytes = std::fs::read(path);
    bytes
        .and_then(|pem| from_pem(&pem))
        .map_err(|source| Error::CaFile {
            path: path.to_owned(),
            source,
        })
}

/// Parses the certificates in PEM text and returns those that can be trusted. Fails if there are
/// none.
pub(crate) fn from_pem(pem: &[u8]) -> io::Result<Vec<CertificateDer<'static>>> {
    let found = certificates(pem)?;
    let (good, bad): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok());
    if good.is_empty() {
        return Err(invalid("none of its certificates is valid"));
    }
    if !bad.is_empty() {
        tracing::warn!(
            "{} of the given CA certificates are not valid and left out",
            bad.len()
        );
    }
    Ok(good)
}

/// Parses the certificates in PEM text, without checking them. Fails if there are none.
pub(crate) fn certificates(pem: &[u8]) -> io::Result<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| invalid(pem_problem(&error)))?;
    if found.is_empty() {
        return Err(invalid(
            "there is no certificate in it (PEM: BEGIN CERTIFICATE)",
        ));
    }
    Ok(found)
}

/// Describes the problem without showing the content, which may be a key.
pub(crate) fn pem_problem(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a PEM section has no end line",
        pem::Error::IllegalSectionStart { .. } => "a PEM section has a faulty first line",
        pem::Error::Base64Decode(_) => "a PEM section is not valid base64",
        pem::Error::NoItemsFound => "there is no PEM section of the needed kind",
        _ => "it is not valid PEM",
    }
}

/// Returns the authorities that the operating system trusts, and the first error of loading them.
/// They are loaded once and lent to all, since they are many; there may be none.
#[cfg(feature = "native-certs")]
pub(crate) fn native() -> (
    impl Iterator<Item = TrustAnchor<'static>>,
    Option<&'static str>,
) {
    use std::sync::OnceLock;

    use rustls::pki_types::Der;

    static NATIVE: OnceLock<(RootCertStore, Option<String>)> = OnceLock::new();
    let (store, problem) = NATIVE.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        let problem = found.errors.first().map(ToString::to_string);
        let mut store = RootCertStore::empty();
        let (used, ignored) = store.add_parsable_certificates(found.certs);
        tracing::debug!(used, ignored, problem, "the system's CA certificates");
        (store, problem)
    });
    let lent = store.roots.iter().map(|anchor| TrustAnchor {
        subject: Der::from_slice(&anchor.subject),
        subject_public_key_info: Der::from_slice(&anchor.subject_public_key_info),
        name_constraints: anchor.name_constraints.as_deref().map(Der::from_slice),
    });
    (lent, problem.as_deref())
}

#[cfg(not(feature = "native-certs"))]
pub(crate) fn native() -> (
    impl Iterator<Item = TrustAnchor<'static>>,
    Option<&'static str>,
) {
    let why = "built without the feature `native-certs`, which trusts those of the system";
    (std::iter::empty(), Some(why))
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}
