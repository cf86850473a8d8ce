//! Asking a provider over HTTP: one small request now and then.

use std::{
    fmt,
    io::{self, ErrorKind},
    sync::{Arc, OnceLock},
    time::Duration,
};

use oauth2::{HttpRequest, HttpResponse, http::header};
use ureq::{
    Agent,
    tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider},
};

use crate::TokenError;

/// The most that an answer may hold.
const ANSWER: u64 = 256 * 1024;

/// How providers are asked: over TLS, in bounded time, following no redirect.
///
/// Certificates are checked in any case, against the authorities of the operating system and those
/// given.
#[derive(Clone)]
pub struct Http {
    ca_pems: Vec<Vec<u8>>,
    without_native_roots: bool,
    limit: Duration,
}

impl Http {
    /// The system's authorities, and 30 seconds for all of a request.
    #[must_use]
    pub fn new() -> Self {
        Self {
            ca_pems: Vec::new(),
            without_native_roots: false,
            limit: Duration::from_secs(30),
        }
    }

    /// Trusts the authorities in this PEM text as well.
    #[must_use]
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pems.push(pem.into());
        self
    }

    /// Does not trust the system's authorities.
    #[must_use]
    pub fn without_native_roots(mut self) -> Self {
        self.without_native_roots = true;
        self
    }

    /// How long a request may take, from the look-up of the name to the last byte of the answer.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sends a request and gives an answer that OAuth 2.0 has something to say about: JSON, with a
    /// status that is neither a redirect nor a failure of the server.
    pub(crate) fn send(&self, request: HttpRequest) -> Result<HttpResponse, TokenError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let failed = |error| self.failed(&host, error);
        let roots = self.roots().map_err(|error| TokenError::Connection {
            host: host.clone(),
            source: Arc::new(error),
        })?;
        let answer = self.agent(roots).run(request).map_err(failed)?;
        let (head, mut body) = answer.into_parts();
        let status = head.status.as_u16();
        let content_type = head.headers.get(header::CONTENT_TYPE);
        let content_type =
            content_type.map(|text| String::from_utf8_lossy(text.as_bytes()).into_owned());
        match status {
            300..400 => return Err(TokenError::Redirect { host, status }),
            429 | 500.. => return Err(TokenError::Status { host, status }),
            _ => {}
        }
        if !content_type.as_deref().is_none_or(is_json) {
            return Err(match status {
                200 => TokenError::ContentType { host, content_type },
                _ => TokenError::Status { host, status },
            });
        }
        let body = body.with_config().limit(ANSWER).read_to_vec();
        Ok(HttpResponse::from_parts(head, body.map_err(failed)?))
    }

    fn agent(&self, roots: Vec<Certificate<'static>>) -> Agent {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(provider)
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            // Not by the environment: who wants a proxy brings a source of tokens of his own.
            .proxy(None)
            .timeout_global(Some(self.limit))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("imapclient/", env!("CARGO_PKG_VERSION")))
            .build();
        config.new_agent()
    }

    fn roots(&self) -> io::Result<Vec<Certificate<'static>>> {
        let mut roots = match self.without_native_roots {
            true => Vec::new(),
            false => native().to_vec(),
        };
        for pem in &self.ca_pems {
            for item in ureq::tls::parse_pem(pem) {
                match item {
                    Ok(PemItem::Certificate(certificate)) => roots.push(certificate),
                    Ok(_) => {}
                    Err(_) => return Err(invalid("the given authorities are not valid PEM")),
                }
            }
        }
        if roots.is_empty() {
            return Err(invalid("there is no certificate authority to trust"));
        }
        Ok(roots)
    }

    fn failed(&self, host: &str, error: ureq::Error) -> TokenError {
        let host = host.to_owned();
        match error {
            ureq::Error::Timeout(_) => TokenError::Timeout {
                host,
                limit: self.limit,
            },
            ureq::Error::Io(error) if error.kind() == ErrorKind::TimedOut => TokenError::Timeout {
                host,
                limit: self.limit,
            },
            ureq::Error::BodyExceedsLimit(limit) => TokenError::BadAnswer {
                host,
                why: format!("it is longer than {limit} bytes"),
            },
            error => TokenError::Connection {
                host,
                source: Arc::new(error),
            },
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("ca_pems", &self.ca_pems.len())
            .field("without_native_roots", &self.without_native_roots)
            .field("limit", &self.limit)
            .finish()
    }
}

/// The authorities that the operating system trusts. Read once.
fn native() -> &'static [Certificate<'static>] {
    static NATIVE: OnceLock<Vec<Certificate<'static>>> = OnceLock::new();
    NATIVE.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::debug!(%error, "a CA certificate of the system cannot be read");
        }
        let certificates = found.certs.iter();
        certificates
            .map(|certificate| Certificate::from_der(certificate).to_owned())
            .collect()
    })
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, text)
}
