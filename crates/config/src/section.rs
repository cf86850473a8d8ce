//! A section of the INI file: the options for connecting, and those for logging in as far as they
//! are set.

use imapclient::{
    AutoMethod, Password, SecretString,
    auth::{App, Provider},
};

use crate::{
    Account, ConnectOptions, Credentials, Error, PasswordMethod, Place, Server, TokenFolder,
    TokenMethod, Tokens, options,
};

/// A section of the file, including what it inherits: a server, and the options for logging in as
/// far as they are set.
///
/// Reading a file does not require credentials, since a program may only look at the server, or ask
/// its user for what is missing. [`account`](Self::account) requires them:
///
/// ```
/// use imapclient_config::Loader;
///
/// let loader = Loader::new().environment(|_| None);
/// let text = "[DEFAULT]\nhost = imap.example.com\nusername = bob\n";
/// let mut section = loader.parse(text, "conf.ini")?.default;
/// assert_eq!(
///     section.account().unwrap_err().to_string(),
///     "conf.ini:1: [DEFAULT] password: this option is missing: write `password = ...` or \
///      `password_command = ...`, or set the environment variable imapclient_password"
/// );
/// section.login.password = Some("sekret".into());
/// assert_eq!(section.account()?.username(), Some("bob"));
/// # Ok::<(), imapclient_config::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Section {
    /// The options for connecting.
    pub connect: ConnectOptions,
    /// The options for logging in.
    pub login: LoginOptions,
    pub(crate) expect_failure: Option<String>,
    /// The folder for rotated refresh tokens.
    pub(crate) tokens: Option<TokenFolder>,
}

/// The options for logging in, as far as they are set.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LoginOptions {
    /// The mechanism.
    pub method: LoginMethod,
    /// The user name.
    pub username: Option<String>,
    /// The password or the command that prints it; with [`LoginMethod::Token`] and without a
    /// refresh token, the command prints an access token.
    pub password: Option<Password>,
    /// The options of OAuth 2.0.
    pub oauth2: OAuth2Options,
}

/// The options of OAuth 2.0.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OAuth2Options {
    /// The client ID of the program at the provider.
    pub client_id: Option<String>,
    /// The client secret that belongs to the ID. Some programs have none.
    pub client_secret: Option<SecretString>,
    /// The token for obtaining access tokens.
    pub refresh_token: Option<SecretString>,
    /// The address that issues access tokens; `None` for the provider's own.
    pub token_url: Option<String>,
    /// The scopes of access tokens, separated by spaces.
    pub scope: Option<String>,
}

/// A mechanism to log in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginMethod {
    /// A mechanism for passwords.
    Password(PasswordMethod),
    /// A mechanism for access tokens (`oauth2 = true`).
    Token(TokenMethod),
    /// EXTERNAL, RFC 4422 appendix A: the client's certificate identifies the user.
    External,
    /// ANONYMOUS, RFC 4505.
    Anonymous,
}

impl Default for LoginMethod {
    fn default() -> Self {
        Self::Password(PasswordMethod::default())
    }
}

impl LoginMethod {
    /// Every mechanism with its name, which is that of its capability `AUTH=...` except for LOGIN.
    pub(crate) const ALL: &[(&str, Self)] = &[
        ("PLAIN", Self::Password(PasswordMethod::Plain)),
        ("LOGIN", Self::Password(PasswordMethod::Login)),
        ("SASL-LOGIN", Self::Password(PasswordMethod::SaslLogin)),
        ("CRAM-MD5", Self::Password(PasswordMethod::CramMd5)),
        ("SCRAM-SHA-1", Self::Password(PasswordMethod::ScramSha1)),
        (
            "SCRAM-SHA-1-PLUS",
            Self::Password(PasswordMethod::ScramSha1Plus),
        ),
        ("SCRAM-SHA-256", Self::Password(PasswordMethod::ScramSha256)),
        (
            "SCRAM-SHA-256-PLUS",
            Self::Password(PasswordMethod::ScramSha256Plus),
        ),
        ("EXTERNAL", Self::External),
        ("ANONYMOUS", Self::Anonymous),
        ("XOAUTH2", Self::Token(TokenMethod::XOAuth2)),
        ("OAUTHBEARER", Self::Token(TokenMethod::OAuthBearer)),
    ];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        let found = all.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, method)| *method)
    }
}

/// Returns the value of the option `auth` that selects this method, as
/// [`Error::Login`](imapclient::Error::Login) suggests one.
///
/// ```
/// use imapclient::AutoMethod;
///
/// let auth = imapclient_config::auth_for(AutoMethod::Plain);
/// assert_eq!(auth, "plain");
/// ```
#[must_use]
pub fn auth_for(method: AutoMethod) -> String {
    match method {
        AutoMethod::LoginCommand => "login".to_owned(),
        AutoMethod::SaslLogin => "sasl-login".to_owned(),
        mechanism => mechanism.to_string().to_ascii_lowercase(),
    }
}

impl Section {
    /// Returns the name of the section.
    #[must_use]
    pub fn name(&self) -> &str {
        self.place().section().unwrap_or_default()
    }

    /// Returns the pattern that the login error must match, for the live tests. Never set in
    /// `[DEFAULT]`.
    #[must_use]
    pub fn expect_failure(&self) -> Option<&str> {
        self.expect_failure.as_deref()
    }

    /// Sets the folder of the accounts that are created from this section, see
    /// [`Account::keep_tokens`].
    pub fn keep_tokens(&mut self, folder: TokenFolder) {
        self.tokens = Some(folder);
    }

    /// Returns the account, whose credentials are complete.
    ///
    /// A command as a server (`stream`) needs no credentials, since it is expected to log in by
    /// itself. ANONYMOUS needs none either. EXTERNAL needs a client certificate, unless the server
    /// is a command.
    ///
    /// # Errors
    /// Returns [`Error::Missing`] for the first option for logging in that is missing, and
    /// [`Error::Token`] for an address of the provider that cannot be used.
    pub fn account(&self) -> Result<Account, Error> {
        Ok(Account {
            connect: self.connect.clone(),
            credentials: self.credentials()?,
            tokens: self.tokens.clone(),
        })
    }

    /// Returns the program as registered with a provider, for obtaining the first refresh token.
    /// The provider usually follows from the host ([`Provider::of_host`]).
    ///
    /// # Errors
    /// Returns [`Error::Missing`] without `oauth2_client_id`, and without `oauth2_token_url` if
    /// there is no provider; [`Error::Token`] if the address cannot be used; and [`Error::File`] if
    /// `ssl_ca_file` cannot be read.
    pub fn app(&self, provider: Option<Provider>) -> Result<App, Error> {
        Ok(self.bare_app(provider)?.http(self.connect.http()?))
    }

    fn credentials(&self) -> Result<Credentials, Error> {
        let is_command = matches!(self.connect.server, Server::Command(_));
        let login = &self.login;
        match login.method {
            LoginMethod::Token(method) => Ok(Credentials::Token {
                username: self.username()?,
                tokens: self.access_tokens()?,
                method,
            }),
            LoginMethod::External => {
                if !is_command && self.connect.tls.client.is_none() {
                    return Err(self.missing("ssl_client_cert"));
                }
                Ok(Credentials::External)
            }
            LoginMethod::Anonymous => Ok(Credentials::Anonymous),
            LoginMethod::Password(method) => match (&login.username, &login.password) {
                (Some(username), Some(password)) => Ok(Credentials::Password {
                    username: username.clone(),
                    password: password.clone(),
                    method,
                }),
                _ if is_command => Ok(Credentials::None),
                (None, _) => Err(self.missing("username")),
                (Some(_), None) => Err(self.missing("password")),
            },
        }
    }

    fn username(&self) -> Result<String, Error> {
        let username = self.login.username.clone();
        username.ok_or_else(|| self.missing("username"))
    }

    /// Returns the source of access tokens. A refresh token has priority, since the command may be
    /// for the password.
    fn access_tokens(&self) -> Result<Tokens, Error> {
        let refresh_token = &self.login.oauth2.refresh_token;
        if let (None, Some(Password::Command(command))) = (refresh_token, &self.login.password) {
            return Ok(Tokens::Command(command.clone()));
        }
        self.client_id()?;
        let refresh_token = refresh_token.clone();
        let refresh_token = refresh_token.ok_or_else(|| self.missing("oauth2_refresh_token"))?;
        let app = self.bare_app(Provider::of_host(self.connect.server.host()))?;
        let app = Box::new(app);
        Ok(Tokens::Refresh { app, refresh_token })
    }

    fn client_id(&self) -> Result<&str, Error> {
        let id = self.login.oauth2.client_id.as_deref();
        id.ok_or_else(|| self.missing("oauth2_client_id"))
    }

    /// Returns the program without the settings of its requests.
    fn bare_app(&self, provider: Option<Provider>) -> Result<App, Error> {
        let oauth2 = &self.login.oauth2;
        let id = self.client_id()?;
        let app = match (&oauth2.token_url, provider) {
            (Some(url), Some(provider)) => App::of(provider, id).token_url(url),
            (Some(url), None) => App::new(url, id),
            (None, Some(provider)) => Ok(App::of(provider, id)),
            (None, None) => return Err(self.unknown_provider()),
        };
        let mut app = app.map_err(|source| Error::Token {
            place: self.place().clone().of_option("oauth2_token_url"),
            source,
        })?;
        if let Some(secret) = &oauth2.client_secret {
            app = app.client_secret(secret.clone());
        }
        if let Some(scope) = &oauth2.scope {
            app = app.scope(scope);
        }
        Ok(app)
    }

    /// Returns the start of the section.
    fn place(&self) -> &Place {
        &self.connect.place
    }

    /// Returns the error that explains how to set an option.
    fn missing(&self, option: &'static str) -> Error {
        let also = match option {
            "password" => " or `password_command = ...`",
            _ => "",
        };
        let or = match options::FROM_ENVIRONMENT.contains(&option) {
            true => format!(", or set the environment variable imapclient_{option}"),
            false => String::new(),
        };
        Error::Missing {
            place: self.place().clone().of_option(option),
            advice: format!("write `{option} = ...`{also}{or}"),
        }
    }

    fn unknown_provider(&self) -> Error {
        Error::Missing {
            place: self.place().clone().of_option("oauth2_token_url"),
            advice: format!(
                "the OAuth 2 provider of {:?} is not known: write `oauth2_token_url = https://...`",
                self.connect.server.host()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_is_a_value_of_auth() {
        for (method, is) in [
            (AutoMethod::ScramSha256Plus, PasswordMethod::ScramSha256Plus),
            (AutoMethod::ScramSha1Plus, PasswordMethod::ScramSha1Plus),
            (AutoMethod::ScramSha256, PasswordMethod::ScramSha256),
            (AutoMethod::ScramSha1, PasswordMethod::ScramSha1),
            (AutoMethod::Plain, PasswordMethod::Plain),
            (AutoMethod::SaslLogin, PasswordMethod::SaslLogin),
            (AutoMethod::LoginCommand, PasswordMethod::Login),
        ] {
            let found = LoginMethod::from_name(&auth_for(method));
            assert_eq!(found, Some(LoginMethod::Password(is)), "{method}");
        }
    }
}
