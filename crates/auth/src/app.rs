//! Programs that are registered with an OAuth 2.0 provider.

use std::fmt;
use std::time::Duration;

use imapclient_escape::escaped;
use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, RequestTokenError, TokenResponse,
    TokenUrl,
    basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse},
    url::{Host, Url},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{Http, Provider, TokenError};

/// A program that is registered with an OAuth 2.0 provider: its identity and the addresses it uses.
///
/// ```
/// use imapclient_auth::{App, Provider};
///
/// let app = App::of(Provider::GOOGLE, "id.apps.googleusercontent.com").client_secret("hush".into());
/// let own = App::new("https://login.example.org/token", "mail-reader")?.scope("imap");
/// # Ok::<(), imapclient_auth::TokenError>(())
/// ```
#[derive(Clone)]
pub struct App {
    pub(crate) token_url: TokenUrl,
    pub(crate) authorization_url: Option<Url>,
    pub(crate) device_url: Option<Url>,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<SecretString>,
    /// As set by the user.
    pub(crate) scope: Option<String>,
    pub(crate) provider: Option<Provider>,
    pub(crate) http: Http,
}

/// The tokens that a provider grants.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Grant {
    /// The access token.
    pub access_token: SecretString,
    /// The lifetime of the access token, if the provider states it.
    pub expires_in: Option<Duration>,
    /// The refresh token for later access tokens, if the provider issues one.
    pub refresh_token: Option<SecretString>,
}

impl App {
    /// Creates a program at the provider that issues tokens at `token_url`.
    ///
    /// # Errors
    /// Returns [`TokenError::Address`] unless the address begins with `https://`, or with `http://`
    /// and is on this machine.
    pub fn new(token_url: &str, client_id: impl Into<String>) -> Result<Self, TokenError> {
        Ok(Self {
            token_url: TokenUrl::from_url(safe_url(token_url)?),
            authorization_url: None,
            device_url: None,
            client_id: client_id.into(),
            client_secret: None,
            scope: None,
            provider: None,
            http: Http::new(),
        })
    }

    /// Creates a program at a known provider.
    ///
    /// # Panics
    /// Never: the addresses in the table are valid.
    #[must_use]
    pub fn of(provider: Provider, client_id: impl Into<String>) -> Self {
        let known = |url| safe_url(url).expect("the provider's address");
        Self {
            token_url: TokenUrl::from_url(known(provider.token_url)),
            authorization_url: Some(known(provider.authorization_url)),
            device_url: provider.device_url.map(known),
            client_id: client_id.into(),
            client_secret: None,
            scope: None,
            provider: Some(provider),
            http: Http::new(),
        }
    }

    /// Sets the address that issues access tokens, instead of the one in the provider's table.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn token_url(mut self, url: &str) -> Result<Self, TokenError> {
        self.token_url = TokenUrl::from_url(safe_url(url)?);
        Ok(self)
    }

    /// Sets the secret that belongs to the client ID. Programs that users install usually have
    /// none.
    #[must_use]
    pub fn client_secret(mut self, secret: SecretString) -> Self {
        self.client_secret = Some(secret);
        self
    }

    /// Sets the scopes to ask for, separated by spaces, instead of those in the provider's table.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Sets the page where the user grants access.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn authorization_url(mut self, url: &str) -> Result<Self, TokenError> {
        self.authorization_url = Some(safe_url(url)?);
        Ok(self)
    }

    /// Sets the address where a device without a browser begins.
    ///
    /// # Errors
    /// See [`new`](Self::new).
    pub fn device_url(mut self, url: &str) -> Result<Self, TokenError> {
        self.device_url = Some(safe_url(url)?);
        Ok(self)
    }

    /// Sets how requests to the provider are sent.
    #[must_use]
    pub fn http(mut self, http: Http) -> Self {
        self.http = http;
        self
    }

    /// Returns the client of the `oauth2` crate for this program, without addresses.
    pub(crate) fn client(&self) -> BasicClient {
        // The credentials go into the body, where all mail providers accept them.
        let client = BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_auth_type(AuthType::RequestBody);
        match &self.client_secret {
            Some(secret) => {
                client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()))
            }
            None => client,
        }
    }

    /// Returns the scopes to ask the user for.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = oauth2::Scope> + '_ {
        let table = || self.provider.map(|provider| provider.scope);
        let scope = self.scope.as_deref().or_else(table).unwrap_or_default();
        scope
            .split_ascii_whitespace()
            .map(|scope| oauth2::Scope::new(scope.to_owned()))
    }

    /// Returns the host that issues access tokens, for errors.
    pub(crate) fn token_host(&self) -> String {
        let host = self.token_url.url().host_str();
        host.unwrap_or_default().to_owned()
    }

    pub(crate) fn ask(&self) -> impl Fn(HttpRequest) -> Result<HttpResponse, TokenError> + use<'_> {
        |request| self.http.send(request)
    }

    /// Converts an error of the `oauth2` crate.
    pub(crate) fn error(
        &self,
        error: RequestTokenError<TokenError, BasicErrorResponse>,
    ) -> TokenError {
        match error {
            RequestTokenError::Request(error) => error,
            RequestTokenError::ServerResponse(refusal) => refused(&refusal),
            // The error must not contain the answer, which may hold a token.
            RequestTokenError::Parse(error, _) => TokenError::BadAnswer {
                host: self.token_host(),
                why: format!(
                    "its JSON is not as it should be at line {}, column {}",
                    error.inner().line(),
                    error.inner().column()
                ),
            },
            RequestTokenError::Other(why) => TokenError::BadAnswer {
                host: self.token_host(),
                why: escaped(&why).to_string(),
            },
        }
    }
}

impl Grant {
    pub(crate) fn new(response: &BasicTokenResponse) -> Self {
        let refresh_token = response.refresh_token();
        Self {
            access_token: response.access_token().secret().as_str().into(),
            expires_in: response.expires_in(),
            refresh_token: refresh_token.map(|token| token.secret().as_str().into()),
        }
    }
}

/// Converts a provider's refusal.
pub(crate) fn refused(refusal: &BasicErrorResponse) -> TokenError {
    let description = refusal.error_description().cloned();
    match refusal.error() {
        BasicErrorResponseType::InvalidGrant => TokenError::InvalidGrant { description },
        code => TokenError::Refused {
            code: code.as_ref().to_owned(),
            description,
        },
    }
}

/// Parses an address that secrets may be sent to.
pub(crate) fn safe_url(text: &str) -> Result<Url, TokenError> {
    let bad = || TokenError::Address {
        address: text.to_owned(),
    };
    let url = Url::parse(text).map_err(|_| bad())?;
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
    // An address with a password is probably a mistake.
    if safe && url.username().is_empty() && url.password().is_none() {
        return Ok(url);
    }
    Err(bad())
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("token_url", &self.token_url.as_str())
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .field("http", &self.http)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_to_safe_addresses_only() {
        for url in [
            "https://example.org/token",
            "http://localhost:8080/token",
            "http://127.0.0.1/token",
            "http://[::1]:1/token",
        ] {
            assert!(App::new(url, "id").is_ok(), "{url}");
        }
        for url in [
            "",
            "token",
            "http://example.org/token",
            "http://localhost.example.org/",
            "http://localhost@example.org/",
            "https://user:password@example.org/",
            "ftp://localhost/",
            "file:///etc/passwd",
        ] {
            assert!(App::new(url, "id").is_err(), "{url}");
        }
    }

    #[test]
    fn the_scope_of_the_user_wins() {
        let scopes =
            |app: &App| -> Vec<String> { app.scopes().map(|scope| scope.to_string()).collect() };
        let app = App::of(Provider::MICROSOFT, "id");
        assert_eq!(scopes(&app).len(), 2);
        assert_eq!(scopes(&app.scope("a  b")), ["a", "b"]);
        assert!(scopes(&App::new("https://example.org", "id").unwrap()).is_empty());
    }

    #[test]
    fn a_token_url_of_the_user_leaves_the_rest_to_the_provider() {
        let app = App::of(Provider::GOOGLE, "id");
        let app = app.token_url("https://example.org/token").unwrap();
        assert_eq!(app.token_host(), "example.org");
        assert!(app.authorization_url.is_some() && app.scopes().count() == 1);
        assert!(app.token_url("http://example.org/token").is_err());
    }

    #[test]
    fn debug_shows_no_secret() {
        let app = App::of(Provider::GOOGLE, "id").client_secret("hush".into());
        let text = format!("{app:?}");
        assert!(text.contains("\"id\"") && !text.contains("hush"), "{text}");
    }
}
