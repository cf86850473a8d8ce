//! Who logs in, and by which mechanism.

mod method;

use std::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::Arc,
};

use imapclient_auth::{
    self as auth, ChannelBinding, Mechanism, Plain, SecretCommand, Token, TokenSource,
    secrecy::{ExposeSecret, SecretString},
};
use imapclient_codec::{Capabilities, Code, StatusKind, command};
use imapclient_engine::Phase;
use imapclient_transport::Socket;

use self::method::{Method, offers_plus, scram};
use crate::{
    client::Client,
    command::{Ask, Authenticate, need_no_login},
    error::{Error, Result},
};

/// How to log in, for [`Builder::login_with`](crate::Builder::login_with) and
/// [`Client::login_with`](crate::Client::login_with).
///
/// ```no_run
/// # fn main() -> imapclient::Result<()> {
/// use imapclient::{Login, auth::Scram, blocking::Client};
///
/// let login = Login::mechanism(Scram::sha256("bob", "sekret".into()));
/// let client = Client::builder("imap.example.org").login_with(login).connect()?;
/// # Ok(()) }
/// ```
pub struct Login(Way);

/// A password, or a command that prints it when it is needed.
///
/// ```
/// use imapclient::{Login, auth::SecretCommand};
///
/// let login = Login::auto("bob", SecretCommand::new("pass show mail"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Password {
    /// The password itself.
    Known(SecretString),
    /// What prints it.
    Command(SecretCommand),
}

enum Way {
    /// The best mechanism for passwords that the server offers.
    Auto(String, Password),
    /// The LOGIN command.
    Command(String, Password),
    /// This one.
    Mechanism(Box<dyn Mechanism>),
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

type Make = fn(String, SecretString) -> Box<dyn Mechanism>;

/// What takes an access token.
#[derive(Clone, Copy)]
enum TokenMechanism {
    OAuthBearer,
    XOAuth2,
}

impl Login {
    /// By the best way for passwords that the server offers: `SCRAM-SHA-256-PLUS`,
    /// `SCRAM-SHA-1-PLUS`, `SCRAM-SHA-256`, `SCRAM-SHA-1`, `PLAIN`, `LOGIN`, and the LOGIN command
    /// where it offers none of them.
    ///
    /// One way is tried, and no weaker one after it: to make the better one fail is how somebody
    /// in between would get at the password. `CRAM-MD5` is taken by [`mechanism`](Self::mechanism)
    /// only. Without TLS there is no connection to send a password on, unless
    /// [`dangerous_plaintext`](crate::Builder::dangerous_plaintext) was asked for.
    #[must_use]
    pub fn auto(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self(Way::Auto(username.into(), password.into()))
    }

    /// By the LOGIN command (RFC 9051 §6.2.3), unless the server forbids it (`LOGINDISABLED`).
    #[must_use]
    pub fn command(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self(Way::Command(username.into(), password.into()))
    }

    /// By this mechanism, whether or not the server offers it.
    #[must_use]
    pub fn mechanism(mechanism: impl Mechanism + 'static) -> Self {
        Self(Way::Mechanism(Box::new(mechanism)))
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
        Self(Way::By(username.into(), password.into(), make))
    }

    /// By an access token of OAuth 2.0: `OAUTHBEARER`, or `XOAUTH2` where the server offers only
    /// that. A token that was kept and is refused is replaced by a fresh one, once.
    #[must_use]
    pub fn token(username: impl Into<String>, source: impl TokenSource + 'static) -> Self {
        Self(Way::Token(username.into(), Source(Arc::new(source)), None))
    }

    /// As [`token`](Self::token), by `OAUTHBEARER` in any case.
    #[must_use]
    pub fn oauthbearer(username: impl Into<String>, source: impl TokenSource + 'static) -> Self {
        let by = Some(TokenMechanism::OAuthBearer);
        Self(Way::Token(username.into(), Source(Arc::new(source)), by))
    }

    /// As [`token`](Self::token), by `XOAUTH2` in any case.
    #[must_use]
    pub fn xoauth2(username: impl Into<String>, source: impl TokenSource + 'static) -> Self {
        let by = Some(TokenMechanism::XOAuth2);
        Self(Way::Token(username.into(), Source(Arc::new(source)), by))
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

impl<S: Socket> Client<S> {
    /// Logs in.
    pub(crate) async fn log_in(&mut self, Login(way): Login) -> Result<()> {
        match way {
            Way::Auto(username, password) => {
                let method = self.choose().await?;
                let password = self.password(password).await?;
                self.log_in_by(method, username, password).await
            }
            Way::Command(username, password) => {
                let password = self.password(password).await?;
                self.login_command(username, password).await
            }
            Way::Mechanism(mechanism) => self.sasl(mechanism).await,
            Way::By(username, password, make) => {
                let password = self.password(password).await?;
                self.sasl(make(username, password)).await
            }
            Way::Token(username, source, by) => self.log_in_by_token(username, source, by).await,
        }
    }

    /// The mechanism by which it would log in; `None` for the LOGIN command.
    pub(crate) async fn mechanism_of(&mut self, Login(way): &Login) -> Result<Option<String>> {
        self.ready("LOGIN", need_no_login).await?;
        let mechanism = match way {
            Way::Auto(..) => self.choose().await?.mechanism().map(str::to_owned),
            Way::Command(..) => {
                self.need_login_command().await?;
                None
            }
            Way::Mechanism(mechanism) => Some(mechanism.name().to_owned()),
            // What it is called does not depend on the password.
            Way::By(username, _, make) => Some(make(username.clone(), "".into()).name().to_owned()),
            Way::Token(_, _, Some(by)) => Some(by.name().to_owned()),
            Way::Token(_, _, None) => Some(self.token_mechanism().await?.name().to_owned()),
        };
        Ok(mechanism)
    }

    /// Runs the LOGIN command.
    pub(crate) async fn login_command(
        &mut self,
        username: String,
        password: SecretString,
    ) -> Result<()> {
        self.ready("LOGIN", need_no_login).await?;
        self.need_login_command().await?;
        let ask = |_| command::login(&username, password.expose_secret());
        self.run(Ask::to("LOGIN", need_no_login, ask)).await
    }

    /// Whether LOGIN is allowed is for the capabilities to say.
    async fn need_login_command(&mut self) -> Result<()> {
        match self.capabilities().await?.has("LOGINDISABLED") {
            true => Err(Error::LoginDisabled),
            false => Ok(()),
        }
    }

    /// Runs a SASL exchange, told what it can be bound to.
    pub(crate) async fn sasl(&mut self, mut mechanism: impl Mechanism) -> Result<()> {
        self.ready("AUTHENTICATE", need_no_login).await?;
        // Whether the first response may come at once is for the capabilities to say.
        let capabilities = self.capabilities().await?;
        mechanism.bind(&self.channel_binding(&capabilities));
        self.unproven = mechanism.proves_server();
        let result = self.run(Authenticate::new(mechanism)).await;
        self.unproven = false;
        // A server that let us in though the mechanism does not believe it is not the one it
        // should be: it gets no mail to see.
        self.broken |= result.is_err() && self.state().phase() != Phase::NotAuthenticated;
        result
    }

    /// The best way for passwords that the server offers.
    async fn choose(&mut self) -> Result<Method> {
        self.ready("LOGIN", need_no_login).await?;
        let capabilities = self.capabilities().await?;
        let can_bind = self.pipe.tls_exporter().is_some();
        Method::best(&capabilities, can_bind).ok_or_else(|| Error::NoMechanism {
            offered: capabilities.auth_mechanisms().map(Into::into).collect(),
        })
    }

    async fn log_in_by(
        &mut self,
        method: Method,
        username: String,
        password: SecretString,
    ) -> Result<()> {
        let (mechanism, scram) = match method {
            Method::Plain => return self.sasl(Plain::new(username, password)).await,
            Method::Login => return self.sasl(auth::Login::new(username, password)).await,
            Method::LoginCommand => {
                return self.login_command(username, password).await;
            }
            Method::Scram(name) => (name, scram(name, username, password)),
        };
        // Here somebody may have had a hand in it, who would like to see the password sent.
        match self.sasl(scram).await {
            Err(error @ (Error::Refused(_) | Error::Auth(_))) => Err(Error::Login {
                mechanism,
                source: Box::new(error),
            }),
            other => other,
        }
    }

    async fn log_in_by_token(
        &mut self,
        username: String,
        source: Source,
        by: Option<TokenMechanism>,
    ) -> Result<()> {
        self.ready("AUTHENTICATE", need_no_login).await?;
        let by = match by {
            Some(by) => by,
            None => self.token_mechanism().await?,
        };
        let token = self.token(source.clone(), None).await?;
        let mechanism = self.with_token(by, &username, &token);
        match self.sasl(mechanism).await {
            Err(error) if !token.is_fresh() && means_bad_token(&error) => {
                tracing::debug!("the server takes the token no more; getting a fresh one");
                let fresh = self.token(source, Some(token)).await?;
                let mechanism = self.with_token(by, &username, &fresh);
                self.sasl(mechanism).await
            }
            other => other,
        }
    }

    fn with_token(&self, by: TokenMechanism, username: &str, token: &Token) -> Box<dyn Mechanism> {
        let secret = token.secret().clone();
        match by {
            TokenMechanism::OAuthBearer => {
                let bearer = auth::OAuthBearer::new(username, secret);
                Box::new(match &self.server {
                    Some((host, port)) => bearer.server(host, *port),
                    None => bearer,
                })
            }
            TokenMechanism::XOAuth2 => Box::new(auth::XOAuth2::new(username, secret)),
        }
    }

    async fn token_mechanism(&mut self) -> Result<TokenMechanism> {
        let capabilities = self.capabilities().await?;
        if capabilities.has("AUTH=OAUTHBEARER") {
            Ok(TokenMechanism::OAuthBearer)
        } else if capabilities.has("AUTH=XOAUTH2") {
            Ok(TokenMechanism::XOAuth2)
        } else {
            Err(Error::missing("AUTH=OAUTHBEARER or AUTH=XOAUTH2"))
        }
    }

    /// Gets a token where that may take its time.
    async fn token(&mut self, source: Source, refused: Option<Token>) -> Result<Token> {
        let work = move || source.token(refused.as_ref());
        Ok(self.socket.offload(work).await?)
    }

    async fn password(&mut self, password: Password) -> Result<SecretString> {
        match password {
            Password::Known(password) => Ok(password),
            Password::Command(command) => {
                let password = self.socket.offload(move || command.run()).await;
                Ok(password?)
            }
        }
    }

    fn channel_binding(&self, capabilities: &Capabilities) -> ChannelBinding {
        match self.pipe.tls_exporter() {
            None => ChannelBinding::None,
            Some(exported) if offers_plus(capabilities) => ChannelBinding::TlsExporter(exported),
            Some(_) => ChannelBinding::NotOffered,
        }
    }
}

/// Whether the server does not like the token, rather than the user, the hour or the load.
fn means_bad_token(error: &Error) -> bool {
    let Error::Refused(refused) = error else {
        return false;
    };
    refused.kind == StatusKind::No
        && matches!(
            refused.code,
            None | Some(Code::AuthenticationFailed | Code::Expired | Code::Other { .. })
        )
}

// Whoever has it gives it away to one attempt to log in: nobody sees it after a panic.
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
        match &self.0 {
            Way::Auto(username, _) | Way::Command(username, _) | Way::By(username, ..) => {
                shown.field("username", username)
            }
            Way::Token(username, ..) => shown.field("username", username),
            Way::Mechanism(mechanism) => shown.field("mechanism", &mechanism.name()),
        };
        shown.finish_non_exhaustive()
    }
}
