//! An account: a server, and the credentials for logging in there.

use imapclient::{Password, SecretString, auth::App, auth::SecretCommand};

use crate::{ConnectOptions, Server, TokenFolder};

/// A server, and the credentials for logging in there. An account that exists can be connected
/// with.
///
/// [`Section::account`](crate::Section::account) creates it from a section of the INI file;
/// programs without such a file create it by [`new`](Self::new):
///
/// ```
/// use imapclient::{Security, blocking::Client};
/// use imapclient_config::{Account, Address, Credentials};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = imapclient_testkit::Server::builder().user("bob", "sekret").start();
/// # let (host, port) = (server.host(), server.tls_addr().port());
/// # let ca_file = server.ca_file();
/// let address = Address::new(host, port, Security::Tls);
/// let mut account = Account::new(address, Credentials::password("bob", "sekret"));
/// account.connect.tls.ca_file = Some(ca_file.into());
///
/// let mut client = account.builder::<Client>()?.connect()?;
/// assert_eq!(client.select("INBOX")?.exists, 0);
/// client.logout()?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Account {
    /// The options for connecting.
    pub connect: ConnectOptions,
    /// The credentials for logging in.
    pub credentials: Credentials,
    /// The folder for rotated refresh tokens.
    pub(crate) tokens: Option<TokenFolder>,
}

/// Credentials for logging in.
///
/// The secrets in them are not shown by `Debug`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Credentials {
    /// No login: the server greets the client as logged in (PREAUTH), as a command that runs a
    /// server for its own user does.
    None,
    /// ANONYMOUS (RFC 4505).
    Anonymous,
    /// EXTERNAL (RFC 4422 appendix A): the user of the client's certificate
    /// ([`Tls::client`](crate::Tls::client)), or of a connection that is authenticated otherwise.
    External,
    /// A user name and a password.
    Password {
        /// The user name.
        username: String,
        /// The password, or the command that prints it.
        password: Password,
        /// The mechanism.
        method: PasswordMethod,
    },
    /// A user name and an OAuth 2.0 access token.
    Token {
        /// The user name.
        username: String,
        /// The source of access tokens.
        tokens: Tokens,
        /// The mechanism.
        method: TokenMethod,
    },
}

/// A source of OAuth 2.0 access tokens.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Tokens {
    /// A command that prints an access token.
    Command(SecretCommand),
    /// A refresh token, for which a provider issues access tokens.
    Refresh {
        /// The program as registered with the provider. Requests use the time-out and the
        /// certificate authorities of the account.
        app: Box<App>,
        /// The refresh token.
        refresh_token: SecretString,
    },
}

/// A mechanism for passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordMethod {
    /// The best mechanism that the server offers, see
    /// [`Login::auto`](imapclient::Login::auto).
    Auto {
        /// `true` if the client may try a second mechanism after the first was refused.
        fallback: bool,
    },
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
}

impl Default for PasswordMethod {
    fn default() -> Self {
        Self::Auto { fallback: true }
    }
}

/// A mechanism for access tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenMethod {
    /// The one that the server offers.
    #[default]
    Auto,
    /// XOAUTH2, in the form of Google and Microsoft.
    XOAuth2,
    /// OAUTHBEARER, RFC 7628.
    OAuthBearer,
}

impl Account {
    /// Creates an account with the defaults of the INI file.
    #[must_use]
    pub fn new(server: impl Into<Server>, credentials: Credentials) -> Self {
        Self {
            connect: ConnectOptions::new(server),
            credentials,
            tokens: None,
        }
    }

    /// Returns the user name, unless the credentials have none.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.credentials.username()
    }
}

impl Credentials {
    /// Creates credentials from a user name and a password, or a command that prints it. The client
    /// chooses the mechanism.
    ///
    /// ```
    /// use imapclient::auth::SecretCommand;
    /// use imapclient_config::Credentials;
    ///
    /// let known = Credentials::password("bob", "sekret");
    /// assert!(!format!("{known:?}").contains("sekret"));
    /// let printed = Credentials::password("bob", SecretCommand::new("pass show mail"));
    /// assert_eq!(printed.username(), Some("bob"));
    /// ```
    #[must_use]
    pub fn password(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self::Password {
            username: username.into(),
            password: password.into(),
            method: PasswordMethod::default(),
        }
    }

    /// Creates credentials from a user name and a refresh token. The client chooses the mechanism.
    ///
    /// ```
    /// use imapclient::auth::{App, Provider};
    /// use imapclient_config::{Account, Address, Credentials};
    ///
    /// let app = App::of(Provider::GOOGLE, "id.apps.googleusercontent.com");
    /// let credentials = Credentials::refresh_token("bob@gmail.com", app, "1//refresh");
    /// let account = Account::new(Address::tls("imap.gmail.com"), credentials);
    /// assert!(account.login()?.is_some());
    /// # Ok::<(), imapclient_config::Error>(())
    /// ```
    #[must_use]
    pub fn refresh_token(
        username: impl Into<String>,
        app: App,
        refresh_token: impl Into<SecretString>,
    ) -> Self {
        Self::Token {
            username: username.into(),
            tokens: Tokens::Refresh {
                app: Box::new(app),
                refresh_token: refresh_token.into(),
            },
            method: TokenMethod::default(),
        }
    }

    /// Creates credentials from a user name and a command that prints an access token. The client
    /// chooses the mechanism.
    #[must_use]
    pub fn token_command(username: impl Into<String>, command: SecretCommand) -> Self {
        Self::Token {
            username: username.into(),
            tokens: Tokens::Command(command),
            method: TokenMethod::default(),
        }
    }

    /// Returns the user name, if there is one.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        match self {
            Self::Password { username, .. } | Self::Token { username, .. } => Some(username),
            Self::None | Self::Anonymous | Self::External => None,
        }
    }
}
