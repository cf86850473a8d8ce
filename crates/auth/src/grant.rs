//! Getting the first token: somebody grants access at the provider's page.

use std::{fmt, time::Duration};

use oauth2::{
    AuthUrl, CsrfToken, DeviceAuthorizationUrl, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    StandardDeviceAuthorizationResponse, basic::BasicErrorResponse, url::Url,
};

use crate::{App, Grant, TokenError, app::safe_url};

/// Access granted in a browser on this machine: an authorization code with PKCE (RFC 6749 §4.1,
/// RFC 7636).
///
/// Opening the browser, and waiting for it to come back to `redirect_url`, are the program's own
/// business.
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

/// Access granted in a browser elsewhere, for a code that is shown here (RFC 8628).
///
/// ```no_run
/// use imapclient_auth::{App, DeviceCode, Provider};
///
/// let app = App::of(Provider::MICROSOFT, "01234567-89ab-cdef-0123-456789abcdef");
/// let asked = DeviceCode::begin(&app)?;
/// println!("enter {} at {}", asked.user_code(), asked.url());
/// let grant = asked.finish(&app, std::thread::sleep)?;
/// # Ok::<(), imapclient_auth::TokenError>(())
/// ```
pub struct DeviceCode(StandardDeviceAuthorizationResponse);

impl AuthorizationCode {
    /// Makes the address to open in a browser. `redirect_url` is where the browser goes after
    /// that: a listener on this machine, as a rule.
    ///
    /// # Errors
    /// [`TokenError::Address`] if the program has no address to ask at, or `redirect_url` is none.
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

    /// The address to open in a browser.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Makes tokens of the code that the browser brought back. `came_back_to` is the address it
    /// was sent to, or its path with the query.
    ///
    /// # Errors
    /// [`TokenError::NotGranted`] if access was not granted; [`TokenError::Mismatch`] if this is
    /// the answer to something else; those of asking the provider.
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
            return Err(TokenError::NotGranted { why });
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

impl DeviceCode {
    /// Asks for a code.
    ///
    /// # Errors
    /// [`TokenError::Address`] if the program has no address to ask at; those of asking the
    /// provider.
    pub fn begin(app: &App) -> Result<Self, TokenError> {
        let address = app.device_url.clone().ok_or_else(no_address)?;
        let client = app
            .client()
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(address));
        client
            .exchange_device_code()
            .add_scopes(app.scopes())
            .request(&app.ask())
            .map(Self)
            .map_err(|error| app.error::<BasicErrorResponse>(error))
    }

    /// What somebody has to enter.
    #[must_use]
    pub fn user_code(&self) -> &str {
        self.0.user_code().secret()
    }

    /// The page to enter it at.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.verification_uri().as_str()
    }

    /// How long the code is good for.
    #[must_use]
    pub fn expires_in(&self) -> Duration {
        self.0.expires_in()
    }

    /// Asks the provider again and again until access is granted, or not. `sleep` waits in
    /// between, as [`std::thread::sleep`] does.
    ///
    /// # Errors
    /// [`TokenError::NotGranted`] if somebody said no, or nobody anything before the code ran out;
    /// those of asking the provider.
    pub fn finish(self, app: &App, sleep: impl Fn(Duration)) -> Result<Grant, TokenError> {
        let client = app.client().set_token_uri(app.token_url.clone());
        client
            .exchange_device_access_token(&self.0)
            .request(&app.ask(), sleep, None)
            .map(|response| Grant::new(&response))
            .map_err(|error| app.error(error))
    }
}

fn no_address() -> TokenError {
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

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCode")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}
