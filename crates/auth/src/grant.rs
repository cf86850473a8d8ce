//! Obtains the first token: the user grants access on the provider's page.

use std::fmt;

use oauth2::{AuthUrl, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, url::Url};

use crate::{App, Grant, TokenError, app::safe_url};

/// Access granted in a browser on this machine: an authorization code with PKCE (RFC 6749 §4.1, RFC
/// 7636).
///
/// The program itself opens the browser and waits until it is redirected to `redirect_url`.
///
/// ```no_run
/// use imapclient_auth::{App, AuthorizationCode, Provider};
///
/// # fn wait_for_the_browser() -> String { String::new() }
/// let app = App::of(Provider::GOOGLE, "id.apps.googleusercontent.com");
/// let asked = AuthorizationCode::begin(&app, "http://127.0.0.1:4567/")?;
/// println!("open {}", asked.url());
/// let came_back_to: String = wait_for_the_browser();
/// let grant = asked.finish(&app, &came_back_to)?;
/// # Ok::<(), imapclient_auth::TokenError>(())
/// ```
pub struct AuthorizationCode {
    url: Url,
    redirect_url: RedirectUrl,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
}

impl AuthorizationCode {
    /// Creates the address to open in a browser. The browser is redirected to `redirect_url`
    /// afterwards, usually a listener on this machine.
    ///
    /// # Errors
    /// Returns [`TokenError::Address`] if `app` has no authorization address, or `redirect_url` is
    /// not a safe address.
    pub fn begin(app: &App, redirect_url: &str) -> Result<Self, TokenError> {
        let address = app.authorization_url.clone().ok_or_else(no_address)?;
        let redirect_url = RedirectUrl::from_url(safe_url(redirect_url)?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = app
            .client()
            .set_auth_uri(AuthUrl::from_url(address))
            .set_redirect_uri(redirect_url.clone());
        let mut request = client
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .add_scopes(app.scopes());
        for (name, value) in app.provider.map_or(&[][..], |provider| provider.extra) {
            request = request.add_extra_param(*name, *value);
        }
        let (url, state) = request.url();
        Ok(Self {
            url,
            redirect_url,
            state,
            verifier,
        })
    }

    /// Returns the address to open in a browser.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Exchanges the code that the browser brought back for tokens. `came_back_to` is the address
    /// that the browser was redirected to, or its path with the query.
    ///
    /// # Errors
    /// Returns [`TokenError::NotGranted`] if access was not granted, [`TokenError::Mismatch`] if
    /// this is the answer to another request, and the errors of asking the provider.
    pub fn finish(self, app: &App, came_back_to: &str) -> Result<Grant, TokenError> {
        let url = self.redirect_url.url().join(came_back_to);
        let url = url.map_err(|_| TokenError::Mismatch)?;
        let value = |name: &str| {
            let mut pairs = url.query_pairs();
            let found = pairs.find(|(found, _)| found == name);
            found.map(|(_, value)| value.into_owned())
        };
        if value("state").as_ref() != Some(self.state.secret()) {
            return Err(TokenError::Mismatch);
        }
        if let Some(why) = value("error") {
            return Err(TokenError::NotGranted {
                why,
                description: value("error_description"),
            });
        }
        let code = value("code").ok_or(TokenError::Mismatch)?;
        let client = app
            .client()
            .set_token_uri(app.token_url.clone())
            .set_redirect_uri(self.redirect_url);
        client
            .exchange_code(oauth2::AuthorizationCode::new(code))
            .set_pkce_verifier(self.verifier)
            .request(&app.ask())
            .map(|response| Grant::new(&response))
            .map_err(|error| app.error(error))
    }
}

/// Returns the error for a missing address.
pub(crate) fn no_address() -> TokenError {
    TokenError::Address {
        address: String::new(),
    }
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationCode")
            .field("redirect_url", &self.redirect_url.as_str())
            .finish_non_exhaustive()
    }
}
