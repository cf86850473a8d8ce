//! Who logs in, and by which mechanism.

mod auto;
mod exchange;
mod known;
mod method;

use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
};

use imapclient_auth::{
    self as auth, Mechanism, SecretCommand, Token, TokenSource, secrecy::SecretString,
};

use self::known::Known;
pub(crate) use self::known::Place;

/// How to log in, for [`Builder::login_with`](crate::Builder::login_with) and
/// [`Client::login_with`](crate::Client::login_with).
///
/// A clone logs in the same way, and shares with the original what was found out about the server:
/// where only the second way of [`auto`](Self::auto) worked, later logins take that one at once.
///
/// ```no_run
/// # fn main() -> imapclient::Result<()> {
/// use imapclient::{Login, auth::Scram, blocking::Client};
///
/// let login = Login::mechanism(Scram::sha256("bob", "sekret".into()));
/// let client = Client::builder("imap.example.org").login_with(login).connect()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Login {
    way: Way,
    /// Whether `auto` may make a further attempt.
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
    /// What prints it.
    Command(SecretCommand),
}

#[derive(Clone)]
enum Way {
    /// The best mechanism for passwords that the server offers.
    Auto(String, Password),
    /// The LOGIN command.
    Command(String, Password),
    /// This one.
    Mechanism(Arc<dyn Template>),
    /// The one that is made of the password.
    By(String, Password, Make),
    /// A mechanism for tokens.
    Token(String, Source, Option<TokenMechanism>),
}

/// A source of tokens, shared with the thread that waits for it. Its own type, since compilers
/// forget in a future that `dyn` was for ever.
#[derive(Clone)]
struct Source(Arc<dyn TokenSource>);

impl Source {
    fn token(&self, refused: Option<&Token>) -> Result<Token, auth::TokenError> {
        self.0.token(refused)
    }
}

/// Makes a mechanism for each login, since one serves for one exchange only.
trait Template: Send + Sync {
    fn make(&self) -> Box<dyn Mechanism>;
}

impl<M: Mechanism + Clone + Sync + 'static> Template for M {
    fn make(&self) -> Box<dyn Mechanism> {
        Box::new(self.clone())
    }
}

type Make = fn(String, SecretString) -> Box<dyn Mechanism>;

/// What takes an access token.
#[derive(Clone, Copy)]
enum TokenMechanism {
    OAuthBearer,
    XOAuth2,
}

impl Login {
    /// Logs in by the best way for passwords that the server offers: `SCRAM-SHA-256-PLUS`,
    /// `SCRAM-SHA-1-PLUS`, `SCRAM-SHA-256`, `SCRAM-SHA-1`, `PLAIN`, `LOGIN`, or the LOGIN command
    /// where it offers none of them. `CRAM-MD5` is taken by [`mechanism`](Self::mechanism) only.
    /// Without TLS there is no connection to send a password on, unless
    /// [`dangerous_plaintext`](crate::Builder::dangerous_plaintext) was asked for.
    ///
    /// # The further attempt
    /// Servers announce mechanisms that cannot work: a `-PLUS` that binds to TLS in a way which
    /// TLS 1.3 does not have (Cyrus), SCRAM for accounts whose passwords are stored as other hashes
    /// (Dovecot, mailutils). So one further attempt is made, and never a third:
    ///
    /// | first | answered by | second |
    /// | --- | --- | --- |
    /// | `SCRAM-*-PLUS` | NO | the same without `-PLUS`, with the flag `n` (RFC 5802 §7) |
    /// | `SCRAM-*` | NO | `PLAIN`, else the LOGIN command |
    /// | `PLAIN`, `LOGIN` | BAD | the LOGIN command, which sends no less |
    /// | `PLAIN`, `LOGIN`, the LOGIN command | NO | none: the password is wrong |
    ///
    /// A NO leads to it only
    /// * over TLS whose certificate was checked in full: not in clear, not through a Unix socket or
    ///   a command without TLS, and with none of the `dangerous_...` settings,
    /// * if the NO has no response code, or `AUTHENTICATIONFAILED`,
    /// * if the exchange held no error of its own: a server that failed to prove itself, a foreign
    ///   nonce, a number of iterations out of bounds, and an error that the server reported within
    ///   the exchange end the login.
    ///
    /// What worked is remembered by this value and its clones, for this server: the next login
    /// makes one attempt again.
    ///
    /// The price: a wrong password may count as two failed logins, and whoever holds a valid
    /// certificate for the server's name, by refusing SCRAM, gets to see the password.
    /// [`fallback(false)`](Self::fallback) keeps to the first way.
    ///
    /// [`Error::Login`](crate::Error::Login) names both ways with the server's words.
    #[must_use]
    pub fn auto(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self::new(Way::Auto(username.into(), password.into()))
    }

    /// Sets whether [`auto`](Self::auto) makes a further attempt after the first way was refused;
    /// default: `true`. Has no effect on the other ways to log in, which make none.
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

    /// By the LOGIN command (RFC 9051 §6.2.3), unless the server forbids it (`LOGINDISABLED`).
    #[must_use]
    pub fn command(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self::new(Way::Command(username.into(), password.into()))
    }

    /// By this mechanism, whether or not the server offers it. Each login is made by a clone of it;
    /// [`Client::authenticate`](crate::Client::authenticate) takes a mechanism that has none.
    #[must_use]
    pub fn mechanism(mechanism: impl Mechanism + Clone + Sync + 'static) -> Self {
        Self::new(Way::Mechanism(Arc::new(mechanism)))
    }

    /// By the mechanism that `make` makes of user name and password, for when the password is
    /// known only later.
    ///
    /// ```
    /// use imapclient::{Login, auth::{CramMd5, SecretCommand}};
    ///
    /// let command = SecretCommand::new("pass show mail");
    /// let login = Login::by("bob", command, |name, password| Box::new(CramMd5::new(name, password)));
    /// ```
    #[must_use]
    pub fn by(
        username: impl Into<String>,
        password: impl Into<Password>,
        make: fn(String, SecretString) -> Box<dyn Mechanism>,
    ) -> Self {
        Self::new(Way::By(username.into(), password.into(), make))
    }

    /// By an access token of OAuth 2.0: `OAUTHBEARER`, or `XOAUTH2` where the server offers only
    /// that. A token that was kept and is refused is replaced by a fresh one, once.
    #[must_use]
    pub fn token(username: impl Into<String>, source: impl TokenSource + 'static) -> Self {
        Self::new(Way::Token(username.into(), Source(Arc::new(source)), None))
    }

    /// As [`token`](Self::token), by `OAUTHBEARER` in any case.
    #[must_use]
    pub fn oauthbearer(username: impl Into<String>, source: impl TokenSource + 'static) -> Self {
        let by = Some(TokenMechanism::OAuthBearer);
        Self::new(Way::Token(username.into(), Source(Arc::new(source)), by))
    }

    /// As [`token`](Self::token), by `XOAUTH2` in any case.
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

// What a panic may leave half done is what a mechanism has made of itself: a login uses a clone.
impl UnwindSafe for Login {}
impl RefUnwindSafe for Login {}

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

/// Shows who, never by what.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Login");
        match &self.way {
            Way::Auto(username, _) | Way::Command(username, _) | Way::By(username, ..) => {
                shown.field("username", username)
            }
            Way::Token(username, ..) => shown.field("username", username),
            Way::Mechanism(mechanism) => shown.field("mechanism", &mechanism.make().name()),
        };
        shown.finish_non_exhaustive()
    }
}
