//! Determines how an account logs in.

use std::time::Duration;

use imapclient::{
    Login, Password,
    auth::{
        self, Anonymous, App, CramMd5, External, Http, Mechanism, Plain, Provider, RefreshToken,
        Scram, SecretCommand, TokenSource,
    },
};
use secrecy::SecretString;

use crate::{Account, Auth, Error};

/// The time limit for requests to a provider, if no time-out is set.
const LIMIT: Duration = Duration::from_secs(30);
/// The largest time limit for them: other programs wait for the new token meanwhile.
const MOST: Duration = Duration::from_secs(60);

impl Account {
    /// Returns how this account logs in, or `None` for a stream that does so by itself.
    ///
    /// # Errors
    /// Returns [`Error::Missing`] if an option for logging in is missing, see
    /// [`check_login`](Self::check_login), and the errors of
    /// [`refresh_token`](Self::refresh_token).
    pub fn login(&self) -> Result<Option<Login>, Error> {
        self.check_login()?;
        if self.takes_token() {
            return self.login_by_token().map(Some);
        }
        match self.auth {
            Some(Auth::External) => return Ok(Some(Login::mechanism(External::new()))),
            Some(Auth::Anonymous) => return Ok(Some(Login::mechanism(Anonymous::new()))),
            _ => {}
        }
        let (Some(username), Some(password)) = (&self.username, self.secret()) else {
            return Ok(None);
        };
        let make: fn(String, SecretString) -> Box<dyn Mechanism> = match self.auth {
            Some(Auth::Login) => return Ok(Some(Login::command(username, password))),
            Some(Auth::Plain) => |name, password| Box::new(Plain::new(name, password)),
            Some(Auth::SaslLogin) => |name, password| Box::new(auth::Login::new(name, password)),
            Some(Auth::CramMd5) => |name, password| Box::new(CramMd5::new(name, password)),
            Some(Auth::ScramSha1) => |name, password| Box::new(Scram::sha1(name, password)),
            Some(Auth::ScramSha1Plus) => {
                |name, password| Box::new(Scram::sha1_plus(name, password))
            }
            Some(Auth::ScramSha256) => |name, password| Box::new(Scram::sha256(name, password)),
            Some(Auth::ScramSha256Plus) => {
                |name, password| Box::new(Scram::sha256_plus(name, password))
            }
            // All but the first were handled above.
            None | Some(Auth::External | Auth::Anonymous | Auth::XOAuth2 | Auth::OAuthBearer) => {
                let login = Login::auto(username, password).fallback(self.fallback);
                return Ok(Some(login));
            }
        };
        Ok(Some(Login::by(username, password, make)))
    }

    /// Returns the account's source of access tokens if it has a refresh token. A hook for a
    /// rotated refresh token can be added to it, see also [`keep_tokens`](Self::keep_tokens).
    ///
    /// ```no_run
    /// use imapclient::{Login, blocking::Client};
    /// use imapclient_config::Config;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let account = Config::load("conf.ini")?.default;
    /// let source = account.refresh_token()?.on_rotation(|_new| { /* keep it */ });
    /// let username = account.username.as_deref().unwrap_or_default();
    /// let login = Login::token(username, source);
    /// let client = account.connection::<Client>()?.login_with(login).connect()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Returns [`Error::Missing`] without `oauth2_client_id` and `oauth2_refresh_token`, and
    /// without `oauth2_token_url` if the host's provider is unknown, and [`Error::File`] if
    /// `ssl_ca_file` cannot be read.
    pub fn refresh_token(&self) -> Result<RefreshToken, Error> {
        let refresh_token = self.need("oauth2_refresh_token", self.oauth2_refresh_token.clone())?;
        let mut source = RefreshToken::new(self.app()?, refresh_token);
        if let Some(folder) = &self.tokens {
            source = source.store(folder.clone());
        }
        Ok(match &self.username {
            Some(username) => source.username(username),
            None => source,
        })
    }

    /// Returns the program as registered with the account's provider, for obtaining the first
    /// refresh token.
    ///
    /// # Errors
    /// Returns the errors of [`refresh_token`](Self::refresh_token).
    pub fn app(&self) -> Result<App, Error> {
        self.app_at(Provider::of_host(&self.host))
    }

    /// Like [`app`](Self::app), but for a provider that does not follow from the host.
    ///
    /// # Errors
    /// Returns the errors of [`refresh_token`](Self::refresh_token).
    pub fn app_at(&self, provider: Option<Provider>) -> Result<App, Error> {
        let id = self.need("oauth2_client_id", self.oauth2_client_id.as_deref())?;
        let app = match (&self.oauth2_token_url, provider) {
            (Some(url), Some(provider)) => App::of(provider, id).token_url(url),
            (Some(url), None) => App::new(url, id),
            (None, Some(provider)) => Ok(App::of(provider, id)),
            (None, None) => return Err(self.unknown_provider()),
        };
        let mut app = app.map_err(|source| Error::Token {
            place: self.place.clone().of_option("oauth2_token_url"),
            source,
        })?;
        if let Some(secret) = &self.oauth2_client_secret {
            app = app.client_secret(secret.clone());
        }
        if let Some(scope) = &self.oauth2_scope {
            app = app.scope(scope);
        }
        let mut http = Http::new().limit(self.timeout.map_or(LIMIT, |timeout| timeout.min(MOST)));
        if let Some(path) = &self.ssl_ca_file {
            http = http.ca_pem(self.read("ssl_ca_file", path)?);
        }
        Ok(app.http(http))
    }

    fn login_by_token(&self) -> Result<Login, Error> {
        let username = self.username.as_deref().unwrap_or_default();
        let source: Box<dyn TokenSource> =
            match (&self.oauth2_refresh_token, &self.password_command) {
                // A refresh token has priority, since the command may be for the password.
                (None, Some(line)) => Box::new(SecretCommand::new(line)),
                _ => Box::new(self.refresh_token()?),
            };
        Ok(match self.auth {
            Some(Auth::XOAuth2) => Login::xoauth2(username, source),
            Some(Auth::OAuthBearer) => Login::oauthbearer(username, source),
            _ => Login::token(username, source),
        })
    }

    /// Returns the password or the command that prints it.
    fn secret(&self) -> Option<Password> {
        let known = self.password.clone().map(Password::from);
        known.or_else(|| {
            let line = self.password_command.as_ref()?;
            Some(SecretCommand::new(line).into())
        })
    }

    fn unknown_provider(&self) -> Error {
        Error::Missing {
            place: self.place.clone().of_option("oauth2_token_url"),
            advice: format!(
                "the OAuth 2 provider of {:?} is not known: write `oauth2_token_url = https://...`",
                self.host
            ),
        }
    }
}
