//! Sends requests to a provider over HTTP: a small one now and then.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use imapclient_transport::{
    Endpoint, Error as Transport, Pipe, Socket as _, StdSocket, TlsOptions, Wait, Want, now,
};
use oauth2::{HttpRequest, HttpResponse};
use zeroize::Zeroizing;

use crate::TokenError;

mod answer;
mod echo;

use answer::Answer;

/// Upper bound on an answer, in bytes.
const ANSWER: usize = 256 * 1024;

/// Upper bound on the time limit, so that clocks do not overflow.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Settings for requests to providers. They use TLS, take bounded time, and follow no redirect.
///
/// Certificates are always checked, against the authorities of the operating system and those
/// given.
#[derive(Clone)]
pub struct Http {
    tls: TlsOptions,
    limit: Duration,
}

impl Http {
    /// Creates settings with the system's authorities and 30 seconds for a whole request.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tls: TlsOptions::new(),
            limit: Duration::from_secs(30),
        }
    }

    /// Also trusts the authorities in this PEM text.
    #[must_use]
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls = self.tls.ca_pem(pem);
        self
    }

    /// Does not trust the system's authorities.
    #[must_use]
    pub fn without_native_roots(mut self) -> Self {
        self.tls = self.tls.without_native_roots();
        self
    }

    /// Sets how long a request may take, from resolving the name to the last byte of the answer; at
    /// most a day.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit.min(LONGEST);
        self
    }

    /// Sends a request and returns an answer that OAuth 2.0 defines: JSON, with a status that is
    /// neither a redirect nor a server error.
    pub(crate) fn send(&self, request: HttpRequest) -> Result<HttpResponse, TokenError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let answer = now(self.exchange(&request)).map_err(|problem| match problem {
            Problem::Transport(error) if error.is_timeout() => TokenError::Timeout {
                host: host.clone(),
                limit: self.limit,
            },
            Problem::Transport(error) => TokenError::Connection {
                host: host.clone(),
                source: Arc::new(error),
            },
            Problem::Answer(why) => TokenError::BadAnswer {
                host: host.clone(),
                why: why.to_owned(),
            },
        })?;
        let answer = echo::screened(answer, request.body());
        let (status, content_type) = (answer.status, answer.content_type);
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
        let mut response = HttpResponse::new(answer.body.to_vec());
        *response.status_mut() = status
            .try_into()
            .map_err(|_| TokenError::Status { host, status })?;
        Ok(response)
    }

    async fn exchange(&self, request: &HttpRequest) -> Result<Answer, Problem> {
        let end = Instant::now() + self.limit;
        let uri = request.uri();
        let is_tls = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        // Done before connecting, so that invalid authorities fail without any traffic.
        let tls = is_tls.then(|| self.tls.build()).transpose()?;
        let mut socket = StdSocket::connect(&Endpoint::tcp(host, port), Some(self.limit)).await?;
        let mut pipe = Pipe::plain();
        if let Some(tls) = tls {
            pipe.start_tls(&tls, host)?;
        }
        let wait = Wait::until(end);
        let message = written(request);
        let mut rest = &message[..];
        while !rest.is_empty() {
            rest = rest.get(pipe.write(rest)?..).unwrap_or_default();
            socket
                .exchange(&mut pipe, Want::Room(Pipe::CAPACITY), wait)
                .await?;
        }
        // Sized beforehand, since growing would leave a copy behind.
        let mut received = Zeroizing::new(Vec::with_capacity(ANSWER));
        let mut bytes = Zeroizing::new([0; 4096]);
        loop {
            let count = pipe.read(&mut bytes[..])?;
            if received.len() + count > ANSWER {
                return Err(Problem::Answer("it is too long"));
            }
            received.extend_from_slice(&bytes[..count]);
            let is_all = count == 0 && pipe.eof();
            if let Some(answer) = Answer::read(&received, is_all).map_err(Problem::Answer)? {
                return Ok(answer);
            }
            if count == 0 {
                socket.exchange(&mut pipe, Want::Input, wait).await?;
            }
        }
    }
}

/// Serializes the request, which is the only one on its connection.
fn written(request: &HttpRequest) -> Zeroizing<Vec<u8>> {
    let uri = request.uri();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let mut head = format!(
        "{} {target} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\nuser-agent: {}\r\ncontent-length: {}\r\n",
        request.method(),
        concat!("imapclient/", env!("CARGO_PKG_VERSION")),
        request.body().len(),
    )
    .into_bytes();
    for (name, value) in request.headers() {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    crate::message::concat(&[&head, b"\r\n", request.body()])
}

/// The reason for a missing answer.
enum Problem {
    Transport(Transport),
    Answer(&'static str),
}

impl From<Transport> for Problem {
    fn from(error: Transport) -> Self {
        Self::Transport(error)
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
            .field("tls", &self.tls)
            .field("limit", &self.limit)
            .finish()
    }
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}
