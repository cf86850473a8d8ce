//! The ways to log in.

mod auto;
mod exchange;
mod known;
mod method;

use std::{
    any::type_name,
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
};

use imapclient_auth::{
    self as auth, IntoMechanism, Mechanism, SecretCommand, Token, TokenSource,
    secrecy::SecretString,
};

use self::known::Known;
pub(crate) use self::known::Place;
pub use self::method::AutoMethod;
use crate::error::{Error, Result};

/// A way to log in, for [`Builder::login_with`](crate::Builder::login_with) and
/// [`Client::login_with`](crate::Client::login_with).
///
/// A clone logs in in the same way, and shares what the original has learned about the server: if
/// only the second method of [`auto`](Self::auto) worked, later logins use that one at once. It
/// also shares the source of tokens.
///
/// ```no_run
/// # fn main() -> imapclient::Result<()> {
/// use imapclient::{Login, auth::Scram, blocking::Client};
///
/// let login = Login::mechanism(|| Scram::sha256("bob", "sekret".into()));
/// let client = Client::builder("imap.example.org").login_with(login).connect()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Login {
    way: Way,
    /// True if `auto` may make a second attempt.
    fallback: bool,
    known: Known,
}

/// A password, or a command that prints it when it is needed.
///
/// ```
/// use imapclient::{Login, auth::SecretCommand};
///
/// let login = Login::auto("bob", SecretCommand::new("pass show mail"));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Password {
    /// The password itself.
    Known(SecretString),
    /// The command that prints it.
    Command(SecretCommand),
}

#[derive(Clone)]
enum Way {
    /// The best mechanism for passwords that the server offers.
    Auto(String, Password),
    /// The LOGIN command.
    Command(String, Password),
    /// The mechanism that a function creates.
    Mechanism(Factory),
    /// A mechanism for tokens.
    Token(String, Source, Option<TokenMechanism>),
}

/// A source of tokens, shared with the thread that waits for it. A newtype, because the `'static`
/// bound of the trait object is lost inside the state of a future.
#[derive(Clone)]
struct Source(Arc<dyn TokenSource>);

impl Source {
    fn token(&self, refused: Option<&Token>) -> Result<Token, auth::TokenError> {
        self.0.token(refused)
    }
}

/// Creates a mechanism for each login, because a mechanism serves only one exchange. This and its
/// result are newtypes for the same reason as [`Source`].
#[derive(Clone)]
struct Factory {
    make: Arc<Make>,
    /// The type of the mechanism, for `Debug`, which must not call `make`.
    kind: &'static str,
}

type Make = dyn Fn() -> Result<Made> + Send + Sync;

/// A mechanism for one login.
struct Made(Box<dyn Mechanism>);

impl Factory {
    fn make(&self) -> Result<Made> {
        (self.make)()
    }
}

/// A mechanism that sends an access token.
#[derive(Clone, Copy)]
enum TokenMechanism {
    OAuthBearer,
    XOAuth2,
}

impl Login {
    /// Logs in by the best method for passwords that the server offers: `SCRAM-SHA-256-PLUS`,
    /// `SCRAM-SHA-1-PLUS`, `SCRAM-SHA-256`, `SCRAM-SHA-1`, `PLAIN`, `LOGIN`, or the LOGIN command
    /// if it offers none of them. `CRAM-MD5` is only used by [`mechanism`](Self::mechanism).
    /// Without TLS no connection is made that could carry the password, unless
    /// [`dangerous_plaintext`](crate::Builder::dangerous_plaintext) was called.
    ///
    /// # The second attempt
    /// Servers announce mechanisms that cannot work: a `-PLUS` that binds to TLS in a way that TLS
    /// 1.3 does not have (Cyrus), or SCRAM for accounts whose passwords are stored as other hashes
    /// (Dovecot, mailutils). So one second attempt is made, and never a third:
    ///
    /// | first | answered by | second |
    /// | --- | --- | --- |
    /// | `SCRAM-*-PLUS` | NO | the same without `-PLUS`, with the flag `n` (RFC 5802 §7) |
    /// | `SCRAM-*` | NO | `PLAIN`, else the LOGIN command |
    /// | `PLAIN`, `LOGIN` | BAD | the LOGIN command, which sends the same secret |
    /// | `PLAIN`, `LOGIN`, the LOGIN command | NO | none: the password is wrong |
    ///
    /// A NO leads to a second attempt only
    /// * over TLS with a fully checked certificate: not unencrypted, not through a Unix socket or a
    ///   command without TLS, and not with any of the `dangerous_...` settings,
    /// * if the NO has no response code or has `AUTHENTICATIONFAILED`,
    /// * if the exchange itself did not fail: a server that failed to prove its identity, a foreign
    ///   nonce, a number of iterations out of bounds, and an error that the server reported within
    ///   the exchange end the login.
    ///
    /// This value and its clones remember the method that worked on this server, so that the next
    /// login makes only one attempt.
    ///
    /// The disadvantages: a wrong password may count as two failed logins, and the holder of a
    /// valid certificate for the server's name can obtain the password by refusing SCRAM.
    /// [`fallback(false)`](Self::fallback) restricts the login to the first method.
    ///
    /// [`Error::Login`](crate::Error::Login) contains both methods and the server's answers.
    #[must_use]
    pub fn auto(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self::new(Way::Auto(username.into(), password.into()))
    }

    /// Sets whether [`auto`](Self::auto) makes a second attempt after the first method was refused;
    /// default: `true`. Has no effect on the other ways to log in, which make only one attempt.
    ///
    /// ```
    /// use imapclient::Login;
    ///
    /// let login = Login::auto("bob", "sekret").fallback(false);
    /// ```
    #[must_use]
    pub fn fallback(mut self, fallback: bool) -> Self {
        self.fallback = fallback;
        self
    }

    /// Logs in by the LOGIN command (RFC 9051 §6.2.3), unless the server forbids it
    /// (`LOGINDISABLED`).
    #[must_use]
    pub fn command(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self::new(Way::Command(username.into(), password.into()))
    }

    /// Logs in by the mechanism that `make` creates, whether or not the server offers it.
    ///
    /// `make` is called for each login, because a mechanism serves only one exchange. It may return
    /// a [`Result`], and may block, for example to run a command or to ask a keyring: it is called
    /// where that holds up no other task, and only on a connection on which no user is logged in.
    ///
    /// ```
    /// use imapclient::{Login, auth::{CramMd5, External, SecretCommand}};
    ///
    /// let by_certificate = Login::mechanism(External::new);
    ///
    /// let command = SecretCommand::new("pass show mail");
    /// let by_password = Login::mechanism(move || {
    ///     command.run().map(|password| CramMd5::new("bob", password))
    /// });
    /// ```
    #[must_use]
    pub fn mechanism<M>(make: impl Fn() -> M + Send + Sync + 'static) -> Self
    where
        M: IntoMechanism<Mechanism: 'static>,
        Error: From<M::Error>,
    {
        Self::new(Way::Mechanism(Factory {
            make: Arc::new(move || Ok(Made(Box::new(make().into_mechanism()?)))),
            kind: type_name::<M::Mechanism>(),
        }))
    }

    /// Logs in by an access token of OAuth 2.0, with `OAUTHBEARER`, or with `XOAUTH2` if the server
    /// offers only that. A cached token that is refused is replaced by a fresh one, once.
    #[must_use]
    pub fn token(username: impl Into<String>, source: impl TokenSource + 'static) -> Self {
        Self::new(Way::Token(username.into(), Source(Arc::new(source)), None))
    }

    /// Does the same as [`token`](Self::token), but always by `OAUTHBEARER`.
    #[must_use]
    pub fn oauthbearer(username: impl Into<String>, source: impl TokenSource + 'static) -> Self {
        let by = Some(TokenMechanism::OAuthBearer);
        Self::new(Way::Token(username.into(), Source(Arc::new(source)), by))
    }

    /// Does the same as [`token`](Self::token), but always by `XOAUTH2`.
    #[must_use]
    pub fn xoauth2(username: impl Into<String>, source: impl TokenSource + 'static) -> Self {
        let by = Some(TokenMechanism::XOAuth2);
        Self::new(Way::Token(username.into(), Source(Arc::new(source)), by))
    }

    fn new(way: Way) -> Self {
        Self {
            way,
            fallback: true,
            known: Known::default(),
        }
    }
}

impl TokenMechanism {
    fn name(self) -> &'static str {
        match self {
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
        }
    }
}

// Only the state of a mechanism could be left inconsistent by a panic, and each login creates its
// own.
impl UnwindSafe for Login {}
impl RefUnwindSafe for Login {}

impl Password {
    /// Returns the password. If a command prints it, runs the command, and waits for its end.
    ///
    /// ```
    /// use imapclient::{Password, auth::{CommandError, SecretCommand, secrecy::ExposeSecret}};
    ///
    /// let password = Password::from(SecretCommand::new("echo sekret")).get()?;
    /// assert_eq!(password.expose_secret(), "sekret");
    /// # Ok::<(), CommandError>(())
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`SecretCommand::run`].
    pub fn get(&self) -> Result<SecretString, auth::CommandError> {
        match self {
            Self::Known(password) => Ok(password.clone()),
            Self::Command(command) => command.run(),
        }
    }
}

impl From<SecretString> for Password {
    fn from(password: SecretString) -> Self {
        Self::Known(password)
    }
}

impl From<&str> for Password {
    fn from(password: &str) -> Self {
        Self::Known(password.into())
    }
}

impl From<String> for Password {
    fn from(password: String) -> Self {
        Self::Known(password.into())
    }
}

impl From<SecretCommand> for Password {
    fn from(command: SecretCommand) -> Self {
        Self::Command(command)
    }
}

/// Shows the user name or the type of the mechanism, never a secret.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Login");
        match &self.way {
            Way::Auto(username, _) | Way::Command(username, _) | Way::Token(username, ..) => {
                shown.field("username", username)
            }
            Way::Mechanism(factory) => shown.field("mechanism", &factory.kind),
        };
        shown.finish_non_exhaustive()
    }
}
