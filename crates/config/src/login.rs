//! Determines how an account logs in.

use std::time::Duration;

use imapclient::{
    Login, Password, SecretString,
    auth::{
        self, Anonymous, CramMd5, External, Http, Mechanism, Plain, RefreshToken, Scram,
        TokenSource,
    },
};

use crate::{Account, ConnectOptions, Credentials, Error, PasswordMethod, TokenMethod, Tokens};

/// The time limit for requests to a provider, if no time-out is set.
const LIMIT: Duration = Duration::from_secs(30);
/// The largest time limit for them: other programs wait for the new token meanwhile.
const MOST: Duration = Duration::from_secs(60);

impl Account {
    /// Returns how this account logs in, or `None` for [`Credentials::None`].
    ///
    /// # Errors
    /// Returns [`Error::File`] if the account has a refresh token and
    /// [`Tls::ca_file`](crate::Tls::ca_file) cannot be read.
    pub fn login(&self) -> Result<Option<Login>, Error> {
        Ok(match &self.credentials {
            Credentials::None => None,
            Credentials::Anonymous => Some(Login::mechanism(Anonymous::new)),
            Credentials::External => Some(Login::mechanism(External::new)),
            Credentials::Password {
                username,
                password,
                method,
            } => Some(by_password(username, password.clone(), *method)),
            Credentials::Token {
                username,
                tokens,
                method,
            } => {
                let source: Box<dyn TokenSource> = match tokens {
                    Tokens::Command(command) => Box::new(command.clone()),
                    Tokens::Refresh { app, refresh_token } => {
                        Box::new(self.refresh(username, app, refresh_token)?)
                    }
                };
                Some(match method {
                    TokenMethod::Auto => Login::token(username, source),
                    TokenMethod::XOAuth2 => Login::xoauth2(username, source),
                    TokenMethod::OAuthBearer => Login::oauthbearer(username, source),
                })
            }
        })
    }

    /// Returns the account's source of access tokens if it has a refresh token. A hook for a
    /// rotated refresh token can be added to it, see also [`keep_tokens`](Self::keep_tokens).
    ///
    /// ```no_run
    /// use imapclient::{Login, blocking::Client};
    /// use imapclient_config::Config;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let account = Config::load("conf.ini")?.default.account()?;
    /// let source = account.refresh_token()?.ok_or("the account has no refresh token")?;
    /// let source = source.on_rotation(|_new| { /* keep it */ });
    /// let login = Login::token(account.username().unwrap_or_default(), source);
    /// let client = account.connect.builder::<Client>()?.login_with(login).connect()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Returns [`Error::File`] if [`Tls::ca_file`](crate::Tls::ca_file) cannot be read.
    pub fn refresh_token(&self) -> Result<Option<RefreshToken>, Error> {
        match &self.credentials {
            Credentials::Token {
                username,
                tokens: Tokens::Refresh { app, refresh_token },
                ..
            } => self.refresh(username, app, refresh_token).map(Some),
            _ => Ok(None),
        }
    }

    fn refresh(
        &self,
        username: &str,
        app: &auth::App,
        refresh_token: &SecretString,
    ) -> Result<RefreshToken, Error> {
        let app = app.clone().http(self.connect.http()?);
        let source = RefreshToken::new(app, refresh_token.clone()).username(username);
        Ok(match &self.tokens {
            Some(folder) => source.store(folder.clone()),
            None => source,
        })
    }
}

fn by_password(username: &str, password: Password, method: PasswordMethod) -> Login {
    let make: fn(&str, SecretString) -> Box<dyn Mechanism> = match method {
        PasswordMethod::Auto { fallback } => {
            return Login::auto(username, password).fallback(fallback);
        }
        PasswordMethod::Login => return Login::command(username, password),
        PasswordMethod::Plain => |name, password| Box::new(Plain::new(name, password)),
        PasswordMethod::SaslLogin => |name, password| Box::new(auth::Login::new(name, password)),
        PasswordMethod::CramMd5 => |name, password| Box::new(CramMd5::new(name, password)),
        PasswordMethod::ScramSha1 => |name, password| Box::new(Scram::sha1(name, password)),
        PasswordMethod::ScramSha1Plus => {
            |name, password| Box::new(Scram::sha1_plus(name, password))
        }
        PasswordMethod::ScramSha256 => |name, password| Box::new(Scram::sha256(name, password)),
        PasswordMethod::ScramSha256Plus => {
            |name, password| Box::new(Scram::sha256_plus(name, password))
        }
    };
    let username = username.to_owned();
    Login::mechanism(move || password.get().map(|password| make(&username, password)))
}

impl ConnectOptions {
    /// Returns the settings of requests to an OAuth 2.0 provider.
    pub(crate) fn http(&self) -> Result<Http, Error> {
        let timeout = self.limits.timeout;
        let http = Http::new().limit(timeout.map_or(LIMIT, |timeout| timeout.min(MOST)));
        Ok(match &self.tls.ca_file {
            Some(path) => http.ca_pem(self.read("ssl_ca_file", path)?),
            None => http,
        })
    }
}
