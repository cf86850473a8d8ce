use std::path::PathBuf;
use std::time::Duration;

use imapclient::Security;
use secrecy::SecretString;

use crate::{Error, Place, options};

/// How to reach a server and log in: one section of the file with what it inherits.
///
/// Options that are not set, or set to nothing, are `None`.
#[derive(Debug, Clone)]
pub struct Account {
    /// The server's name or address; with [`stream`](Self::stream) the command to run.
    pub host: String,
    /// The port: 993, or 143 when [`ssl`](Self::ssl) is off. Without meaning for a stream.
    pub port: u16,
    /// The user to log in as.
    pub username: Option<String>,
    /// The password, which may also come from [`password_command`](Self::password_command).
    pub password: Option<SecretString>,
    /// A command line that prints the password, or with [`oauth2`](Self::oauth2) and without a
    /// refresh token an access token. Never set together with the password.
    pub password_command: Option<String>,
    /// The mechanism to log in with; `None` leaves the choice to the client.
    pub auth: Option<Auth>,
    /// Whether the client may try a second way to log in after the first was refused, see
    /// [`Login::auto`](imapclient::Login::auto). Without meaning when [`auth`](Self::auth) is set.
    pub fallback: bool,
    /// Whether an initial response goes with AUTHENTICATE where the server announces `SASL-IR`.
    pub sasl_ir: bool,
    /// Whether the server is told the program's name and version after each login (`ID`).
    pub send_id: bool,
    /// TLS from the first byte. Never set together with [`starttls`](Self::starttls).
    pub ssl: bool,
    /// TLS after the STARTTLS command.
    pub starttls: bool,
    /// Whether the certificate must be for [`host`](Self::host).
    pub ssl_check_hostname: bool,
    /// Whether the certificate must be valid.
    pub ssl_verify_cert: bool,
    /// A PEM file of certificate authorities to trust as well.
    pub ssl_ca_file: Option<PathBuf>,
    /// A PEM file with the client's certificate.
    pub ssl_client_cert: Option<PathBuf>,
    /// A PEM file with the client's key; `None` when it is in the file of the certificate.
    pub ssl_client_key: Option<PathBuf>,
    /// How long to wait for the next byte to move.
    pub timeout: Option<Duration>,
    /// The bytes that are kept of the answer to one command; `None` for the client's default.
    pub answer_limit: Option<u64>,
    /// The time that one command may take in all; `None` for the client's default.
    pub command_timeout: Option<Duration>,
    /// Bytes a second that have to come within a response; `None` for the client's default.
    pub min_speed: Option<u64>,
    /// The time over which that is averaged; `None` for the client's default.
    pub speed_window: Option<Duration>,
    /// Responses that a command takes besides its answer; `None` for the client's default.
    pub unsolicited_limit: Option<u64>,
    /// The bytes of these; `None` for the client's default.
    pub unsolicited_bytes: Option<u64>,
    /// Bytes within which a response has to end; `None` for the client's default.
    pub response_limit: Option<u64>,
    /// Whether to run [`host`](Self::host) as a command and speak over its standard streams.
    pub stream: bool,
    /// Whether to log in with an OAuth 2 access token.
    pub oauth2: bool,
    /// The id of the program at the OAuth 2 provider.
    pub oauth2_client_id: Option<String>,
    /// The secret that goes with the id. Providers give some programs none.
    pub oauth2_client_secret: Option<SecretString>,
    /// The token that access tokens are got with.
    pub oauth2_refresh_token: Option<SecretString>,
    /// Where access tokens are got; `None` for the provider's own address.
    pub oauth2_token_url: Option<String>,
    /// What access tokens are asked to allow, separated by blanks.
    pub oauth2_scope: Option<String>,
    /// For the live tests: a pattern the failure to log in must match. Never set in `[DEFAULT]`.
    pub expect_failure: Option<String>,
    /// The start of the section.
    pub(crate) place: Place,
}

/// A mechanism to log in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// PLAIN, RFC 4616.
    Plain,
    /// The LOGIN command: what the oldest servers have.
    Login,
    /// LOGIN as a SASL mechanism (`SASL-LOGIN` here): some servers have it instead of PLAIN.
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
    /// EXTERNAL, RFC 4422 appendix A: the client's certificate says who it is.
    External,
    /// ANONYMOUS, RFC 4505.
    Anonymous,
    /// XOAUTH2: an OAuth 2 access token, Google's and Microsoft's form.
    XOAuth2,
    /// OAUTHBEARER, RFC 7628: an OAuth 2 access token.
    OAuthBearer,
}

impl Auth {
    /// Every mechanism with its name, which is that of its capability `AUTH=...` but for LOGIN.
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
    /// What protects the connection, from `ssl` and `starttls`.
    pub fn security(&self) -> Security {
        match (self.ssl, self.starttls) {
            (_, true) => Security::StartTls,
            (true, false) => Security::Tls,
            (false, false) => Security::Plain,
        }
    }

    /// The name of the section.
    pub fn section(&self) -> &str {
        self.place.section().unwrap_or_default()
    }

    /// Checks that all is there that logging in takes.
    ///
    /// Reading a file does not check it, since a program may ask its user for what is missing and
    /// put it into the account.
    ///
    /// A stream without `oauth2` needs nothing: its command is expected to log in by itself.
    /// ANONYMOUS needs nothing either, EXTERNAL a client certificate, OAuth 2 the user name too.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] for the first option that is missing.
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

    /// Whether it logs in by an access token.
    pub(crate) fn takes_token(&self) -> bool {
        self.oauth2 || self.auth.is_some_and(Auth::needs_token)
    }

    /// The value of an option, or an error that says how to set it.
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
