//! Obtains the first token without a browser on this machine: the user enters a code elsewhere.

use std::{
    fmt,
    time::{Duration, Instant},
};

use oauth2::{
    DeviceAuthorizationUrl, HttpRequest, StandardDeviceAuthorizationResponse,
    basic::{BasicErrorResponse, BasicTokenResponse},
    http::{Request, header},
    url::form_urlencoded,
};
use secrecy::ExposeSecret;

use crate::{App, Grant, TokenError, app::refused, grant::no_address};

/// The grant type of RFC 8628 §3.4.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The wait between two requests if the provider does not specify it, and the increase after each
/// `slow_down` (RFC 8628 §3.5).
const PAUSE: Duration = Duration::from_secs(5);

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

impl DeviceCode {
    /// Requests a code.
    ///
    /// # Errors
    /// Returns [`TokenError::Address`] if `app` has no device address, and the errors of asking the
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
            .map_err(|error| app.error(error))
    }

    /// Returns the code that the user has to enter.
    #[must_use]
    pub fn user_code(&self) -> &str {
        self.0.user_code().secret()
    }

    /// Returns the page where the user enters the code.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.verification_uri().as_str()
    }

    /// Returns how long the code is valid.
    #[must_use]
    pub fn expires_in(&self) -> Duration {
        self.0.expires_in()
    }

    /// Returns how long to wait before each request: the interval of the provider, or 5 seconds if
    /// it specifies none or 0.
    #[must_use]
    pub fn interval(&self) -> Duration {
        match self.0.interval() {
            Duration::ZERO => PAUSE,
            interval => interval,
        }
    }

    /// Asks the provider repeatedly until access is granted or denied. `sleep` waits before each
    /// request, like [`std::thread::sleep`].
    ///
    /// Each `slow_down` adds 5 seconds to the wait, and each time-out of a request doubles it (RFC
    /// 8628 §3.5). Any other failure ends the attempt.
    ///
    /// # Errors
    /// Returns [`TokenError::NotGranted`] if the user denied access or the code expired, and the
    /// errors of asking the provider.
    pub fn finish(self, app: &App, sleep: impl Fn(Duration)) -> Result<Grant, TokenError> {
        // A lifetime beyond the clock's range ends when the provider says so.
        let end = Instant::now().checked_add(self.expires_in());
        let left = || {
            end.map_or(Duration::MAX, |end| {
                end.saturating_duration_since(Instant::now())
            })
        };
        let mut pause = self.interval();
        loop {
            sleep(pause.min(left()));
            let failure = match self.ask(app) {
                Ok(grant) => return Ok(grant),
                Err(failure) => failure,
            };
            let code = match &failure {
                TokenError::Refused { code, .. } => code.as_str(),
                _ => "",
            };
            match code {
                "authorization_pending" => {}
                "slow_down" => pause = pause.saturating_add(PAUSE),
                _ if failure.is_timeout() && !left().is_zero() => pause = pause.saturating_mul(2),
                _ => return Err(not_granted(failure)),
            }
            if left().is_zero() {
                return Err(TokenError::NotGranted {
                    why: "expired_token".to_owned(),
                    description: None,
                });
            }
        }
    }

    /// Sends one request.
    fn ask(&self, app: &App) -> Result<Grant, TokenError> {
        // Not the loop of the `oauth2` crate, which treats every failed request as temporary, and
        // does not wait at all if the provider's interval is 0.
        let response = app.http.send(self.request(app)?)?;
        let body = response.body();
        if response.status().is_success() {
            let granted: BasicTokenResponse =
                serde_json::from_slice(body).map_err(|error| bad_answer(app, &error))?;
            return Ok(Grant::new(&granted));
        }
        let refusal: BasicErrorResponse =
            serde_json::from_slice(body).map_err(|error| bad_answer(app, &error))?;
        Err(refused(&refusal))
    }

    fn request(&self, app: &App) -> Result<HttpRequest, TokenError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", GRANT_TYPE)
            .append_pair("device_code", self.0.device_code().secret())
            .append_pair("client_id", &app.client_id);
        if let Some(secret) = &app.client_secret {
            form.append_pair("client_secret", secret.expose_secret());
        }
        Request::post(app.token_url.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.finish().into_bytes())
            .map_err(|_| TokenError::Address {
                address: app.token_url.to_string(),
            })
    }
}

/// Returns an error without the answer, which may contain a token.
fn bad_answer(app: &App, error: &serde_json::Error) -> TokenError {
    TokenError::BadAnswer {
        host: app.token_host(),
        why: format!(
            "its JSON is not as it should be at line {}, column {}",
            error.line(),
            error.column()
        ),
    }
}

/// Converts a refusal if the user denied access or the code expired.
fn not_granted(failure: TokenError) -> TokenError {
    match failure {
        TokenError::Refused { code, description }
            if code == "access_denied" || code == "expired_token" =>
        {
            TokenError::NotGranted {
                why: code,
                description,
            }
        }
        other => other,
    }
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCode")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}
