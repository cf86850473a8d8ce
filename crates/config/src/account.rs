//! The settings of one account.

use std::path::PathBuf;
use std::time::Duration;

use imapclient::Security;
use secrecy::SecretString;

use crate::{Error, Place, TokenFolder, options};

/// The settings for reaching a server and logging in: one section of the file, including what it
/// inherits.
///
/// Options that are not set, or set to an empty value, are `None`.
#[derive(Debug, Clone)]
pub struct Account {
    /// The server's name or address; with [`stream`](Self::stream), the command to run.
    pub host: String,
    /// The port: 993, or 143 if [`ssl`](Self::ssl) is off. Not used for a stream.
    pub port: u16,
    /// The user to log in as.
    pub username: Option<String>,
    /// The password, which may also come from [`password_command`](Self::password_command).
    pub password: Option<SecretString>,
    /// A command that prints the password, or with [`oauth2`](Self::oauth2) and without a refresh
    /// token, an access token. Never set together with the password.
    pub password_command: Option<String>,
    /// The mechanism to log in with; `None` leaves the choice to the client.
    pub auth: Option<Auth>,
    /// `true` if the client may try a second mechanism after the first was refused, see
    /// [`Login::auto`](imapclient::Login::auto). Has no effect if [`auth`](Self::auth) is set.
    pub fallback: bool,
    /// `true` if AUTHENTICATE carries an initial response if the server announces `SASL-IR`.
    pub sasl_ir: bool,
    /// `true` if the program's name and version are sent after each login (`ID`).
    pub send_id: bool,
    /// TLS from the first byte. Never set together with [`starttls`](Self::starttls).
    pub ssl: bool,
    /// TLS after the STARTTLS command.
    pub starttls: bool,
    /// `true` if the certificate must be for [`host`](Self::host).
    pub ssl_check_hostname: bool,
    /// `true` if the certificate must be valid.
    pub ssl_verify_cert: bool,
    /// A PEM file of certificate authorities to trust in addition to the system's.
    pub ssl_ca_file: Option<PathBuf>,
    /// A PEM file with the client's certificate.
    pub ssl_client_cert: Option<PathBuf>,
    /// A PEM file with the client's key; `None` if it is in the file of the certificate.
    pub ssl_client_key: Option<PathBuf>,
    /// The longest time without any byte moved.
    pub timeout: Option<Duration>,
    /// Upper bound on the kept bytes of one command's responses; `None` for the client's default.
    pub answer_limit: Option<u64>,
    /// The time limit of one command; `None` for the client's default.
    pub command_timeout: Option<Duration>,
    /// The minimum speed within a response, in bytes per second; `None` for the client's default.
    pub min_speed: Option<u64>,
    /// The time over which the speed is averaged; `None` for the client's default.
    pub speed_window: Option<Duration>,
    /// Upper bound on the unsolicited responses during one command; `None` for the client's
    /// default.
    pub unsolicited_limit: Option<u64>,
    /// Upper bound on the bytes of these responses; `None` for the client's default.
    pub unsolicited_bytes: Option<u64>,
    /// Upper bound on the bytes of a response that is skipped because it is too big; `None` for the
    /// client's default.
    pub response_limit: Option<u64>,
    /// `true` if [`host`](Self::host) is a command whose standard input and output are used.
    pub stream: bool,
    /// `true` to log in with an OAuth 2.0 access token.
    pub oauth2: bool,
    /// The client ID of the program at the OAuth 2.0 provider.
    pub oauth2_client_id: Option<String>,
    /// The client secret that belongs to the ID. Some programs have none.
    pub oauth2_client_secret: Option<SecretString>,
    /// The token for obtaining access tokens.
    pub oauth2_refresh_token: Option<SecretString>,
    /// The address that issues access tokens; `None` for the provider's own.
    pub oauth2_token_url: Option<String>,
    /// The scopes of access tokens, separated by spaces.
    pub oauth2_scope: Option<String>,
    /// For the live tests: a pattern that the login error must match. Never set in `[DEFAULT]`.
    pub expect_failure: Option<String>,
    /// The folder for rotated refresh tokens.
    pub(crate) tokens: Option<TokenFolder>,
    /// The start of the section.
    pub(crate) place: Place,
}

/// A mechanism to log in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// PLAIN, RFC 4616.
    Plain,
    /// The LOGIN command, which the oldest servers have.
    Login,
    /// LOGIN as a SASL mechanism (`SASL-LOGIN` in the file), which some servers have instead of
    /// PLAIN.
    SaslLogin,
    /// CRAM-MD5, RFC 2195.
    CramMd5,
    /// SCRAM-SHA-1, RFC 5802.
    ScramSha1,
    /// SCRAM-SHA-1-PLUS, RFC 5802: bound to the TLS connection.
    ScramSha1Plus,
    /// SCRAM-SHA-256, RFC 7677.
    ScramSha256,
    /// SCRAM-SHA-256-PLUS, RFC 7677: bound to the TLS connection.
    ScramSha256Plus,
    /// EXTERNAL, RFC 4422 appendix A: the client's certificate identifies the user.
    External,
    /// ANONYMOUS, RFC 4505.
    Anonymous,
    /// XOAUTH2: an OAuth 2.0 access token in the form of Google and Microsoft.
    XOAuth2,
    /// OAUTHBEARER, RFC 7628: an OAuth 2.0 access token.
    OAuthBearer,
}

impl Auth {
    /// Every mechanism with its name, which is that of its capability `AUTH=...` except for LOGIN.
    pub(crate) const ALL: &[(&str, Self)] = &[
        ("PLAIN", Self::Plain),
        ("LOGIN", Self::Login),
        ("SASL-LOGIN", Self::SaslLogin),
        ("CRAM-MD5", Self::CramMd5),
        ("SCRAM-SHA-1", Self::ScramSha1),
        ("SCRAM-SHA-1-PLUS", Self::ScramSha1Plus),
        ("SCRAM-SHA-256", Self::ScramSha256),
        ("SCRAM-SHA-256-PLUS", Self::ScramSha256Plus),
        ("EXTERNAL", Self::External),
        ("ANONYMOUS", Self::Anonymous),
        ("XOAUTH2", Self::XOAuth2),
        ("OAUTHBEARER", Self::OAuthBearer),
    ];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        let found = all.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, auth)| *auth)
    }

    pub(crate) fn needs_token(self) -> bool {
        matches!(self, Self::XOAuth2 | Self::OAuthBearer)
    }

    fn needs_password(self) -> bool {
        !self.needs_token() && !matches!(self, Self::External | Self::Anonymous)
    }
}

impl Account {
    /// Returns the protection of the connection, from `ssl` and `starttls`.
    pub fn security(&self) -> Security {
        match (self.ssl, self.starttls) {
            (_, true) => Security::StartTls,
            (true, false) => Security::Tls,
            (false, false) => Security::Plain,
        }
    }

    /// Returns the name of the section.
    pub fn section(&self) -> &str {
        self.place.section().unwrap_or_default()
    }

    /// Checks that all options needed for logging in are set.
    ///
    /// Loading a file does not check this, since a program may ask its user for missing values and
    /// put them into the account.
    ///
    /// A stream without `oauth2` needs nothing, since its command is expected to log in by itself.
    /// ANONYMOUS needs nothing either. EXTERNAL needs a client certificate, and OAuth 2.0 also
    /// needs the user name.
    ///
    /// # Errors
    /// Returns [`Error::Missing`] for the first option that is missing.
    pub fn check_login(&self) -> Result<(), Error> {
        if self.takes_token() {
            self.need("username", self.username.as_ref())?;
            if self.password_command.is_some() && self.oauth2_refresh_token.is_none() {
                return Ok(());
            }
            self.need("oauth2_client_id", self.oauth2_client_id.as_ref())?;
            self.need("oauth2_refresh_token", self.oauth2_refresh_token.as_ref())?;
            return Ok(());
        }
        if self.auth == Some(Auth::External) && !self.stream {
            self.need("ssl_client_cert", self.ssl_client_cert.as_ref())?;
        }
        if self.stream || !self.auth.is_none_or(Auth::needs_password) {
            return Ok(());
        }
        self.need("username", self.username.as_ref())?;
        let command = self.password_command.as_ref().map(|_| ());
        self.need("password", self.password.as_ref().map(|_| ()).or(command))
    }

    /// Returns whether the account logs in with an access token.
    pub(crate) fn takes_token(&self) -> bool {
        self.oauth2 || self.auth.is_some_and(Auth::needs_token)
    }

    /// Returns the value of an option, or an error that explains how to set it.
    pub(crate) fn need<T>(&self, option: &'static str, value: Option<T>) -> Result<T, Error> {
        value.ok_or_else(|| {
            let also = match option {
                "password" => " or `password_command = ...`",
                _ => "",
            };
            let or = match options::FROM_ENVIRONMENT.contains(&option) {
                true => format!(", or set the environment variable imapclient_{option}"),
                false => String::new(),
            };
            Error::Missing {
                place: self.place.clone().of_option(option),
                advice: format!("write `{option} = ...`{also}{or}"),
            }
        })
    }
}
