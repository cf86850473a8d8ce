//! Settings of a connection.

use std::{fmt, marker::PhantomData, path::PathBuf, time::Duration};

use imapclient_auth::secrecy::SecretString;
use imapclient_codec::{Id, Limits};
use imapclient_engine::Tolerance;
use imapclient_transport::{Endpoint, TlsOptions};

use crate::login::Login;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Security {
    /// TLS from the first byte on; port 993.
    #[default]
    Tls,
    /// In clear until STARTTLS, which has to succeed; port 143.
    StartTls,
    /// Not at all; port 143.
    Plain,
}

/// Settings of a connection, made by [`Client::builder`](crate::Client::builder).
///
/// The defaults are the safe ones: TLS with the certificate fully checked, time-outs set.
///
/// ```no_run
/// # fn main() -> imapclient::Result<()> {
/// use imapclient::blocking::Client;
/// use std::time::Duration;
///
/// let client = Client::builder("mail.example.org")
///     .starttls()
///     .ca_file("private-ca.pem")
///     .timeout(Some(Duration::from_secs(30)))
///     .login("bob", "sekret")
///     .connect()?;
/// # Ok(()) }
/// ```
///
/// A clone is for connecting once more with the same settings. It shares what was found out about
/// the server while logging in, so that a new connection does not try again what was refused: see
/// [`Login::auto`].
///
/// ```no_run
/// # fn main() -> imapclient::Result<()> {
/// use imapclient::blocking::Client;
///
/// let settings = Client::builder("mail.example.org").login("bob", "sekret");
/// let mut client = settings.clone().connect()?;
/// if matches!(client.noop(), Err(error) if error.is_closed()) {
///     client = settings.connect()?;
/// }
/// # Ok(()) }
/// ```
#[must_use]
pub struct Builder<C> {
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) security: Security,
    pub(crate) tls: TlsOptions,
    pub(crate) login: Option<Login>,
    pub(crate) sasl_ir: bool,
    pub(crate) id: Option<Id>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) idle_renewal: Duration,
    pub(crate) limits: Limits,
    pub(crate) answer_limit: u64,
    pub(crate) command_timeout: Option<Duration>,
    pub(crate) tolerance: Tolerance,
    client: PhantomData<fn() -> C>,
}

impl<C> Builder<C> {
    /// Settings for a connection to this host; [`Client::builder`](crate::Client::builder) is
    /// shorter where the kind of client is known.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: None,
            endpoint: None,
            security: Security::Tls,
            tls: TlsOptions::new(),
            login: None,
            sasl_ir: true,
            id: None,
            timeout: Some(Duration::from_secs(120)),
            connect_timeout: Some(Duration::from_secs(30)),
            idle_renewal: Duration::from_secs(9 * 60),
            limits: Limits::default(),
            answer_limit: 1024 * 1024 * 1024,
            command_timeout: None,
            tolerance: Tolerance::default(),
            client: PhantomData,
        }
    }

    /// The port, where it is not the usual one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// How the connection is protected.
    pub fn security(mut self, security: Security) -> Self {
        self.security = security;
        self
    }

    /// TLS from the first byte on: the default.
    pub fn tls(self) -> Self {
        self.security(Security::Tls)
    }

    /// TLS by STARTTLS (RFC 9051 §6.2.1). Nothing but that is sent in clear, save perhaps the
    /// question whether it is offered; a server that does not offer it is refused.
    pub fn starttls(self) -> Self {
        self.security(Security::StartTls)
    }

    /// No TLS: everybody on the way can read the password and the mail, and change both.
    pub fn dangerous_plaintext(self) -> Self {
        self.security(Security::Plain)
    }

    /// Trusts the certificates in this PEM file, besides those of the operating system.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls = self.tls.ca_file(path);
        self
    }

    /// Takes a certificate whatever name it is for. Whoever has any valid certificate can then
    /// pose as the server.
    pub fn dangerous_accept_invalid_hostname(mut self, accept: bool) -> Self {
        self.tls = self.tls.dangerous_accept_invalid_hostname(accept);
        self
    }

    /// Takes a certificate whoever signed it and whenever it ran out. Anybody can then pose as
    /// the server. Its name is still checked.
    pub fn dangerous_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.tls = self.tls.dangerous_accept_invalid_certs(accept);
        self
    }

    /// All settings of TLS in one.
    pub fn tls_options(mut self, tls: TlsOptions) -> Self {
        self.tls = tls;
        self
    }

    /// Where to connect to in place of the host: a Unix socket, or a command whose input and
    /// output carry the conversation. The host then only names the certificate.
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Logs in by user name and password, in the best way that the server offers: see
    /// [`Login::auto`].
    pub fn login(self, username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.login_with(Login::auto(username, password.into()))
    }

    /// Logs in like this: by a mechanism of one's choice, a token, the password that a command
    /// prints.
    pub fn login_with(mut self, login: Login) -> Self {
        self.login = Some(login);
        self
    }

    /// Sets whether the initial response of a SASL mechanism goes with the command, where the
    /// server announces `SASL-IR` (RFC 4959); default: `true`. With `false` it goes out when the
    /// server asks for it, which takes one more round trip. A server that answers BAD to an initial
    /// response is given the same without it, once.
    pub fn sasl_ir(mut self, sasl_ir: bool) -> Self {
        self.sasl_ir = sasl_ir;
        self
    }

    /// Tells the server after each login what the program is: `ID`, RFC 2971, where the server
    /// announces that. A server that refuses it is left in peace, and the connection goes on.
    ///
    /// Without this setting nothing is told, except to servers that open no mailbox before: those
    /// of Coremail (163, 126, 188). These are told name and version of this library, or what is
    /// given here. Connecting fails with [`Error::Invalid`](crate::Error::Invalid) for more than 30
    /// fields or one that is too long.
    ///
    /// ```
    /// use imapclient::blocking::Client;
    ///
    /// let settings = Client::builder("imap.example.org")
    ///     .id([("name", "mail-tool"), ("version", "1.0")]);
    /// ```
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// How long the server may be silent while it is waited for; default: 2 minutes. Each byte
    /// in either direction starts it anew. `None` waits for ever.
    ///
    /// A server that is not silent and yet brings a command no further is held to
    /// [`min_speed`](Self::min_speed), [`unsolicited_limit`](Self::unsolicited_limit) and
    /// [`unsolicited_bytes`](Self::unsolicited_bytes).
    pub fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long it may take until the user is logged in: name look-up, TCP, TLS or STARTTLS,
    /// greeting, login; default: 30 seconds. The time that a password command or a provider of
    /// access tokens takes is not counted. A login on a connection that was made without one has
    /// as much time for each of its commands.
    ///
    /// The addresses of a name are tried in turn by family, each 250 ms after the one before or as
    /// soon as that has failed, and the first that answers is taken (RFC 8305 §5). A port that was
    /// to begin in clear and is silent for 3 seconds is asked on a second connection whether it
    /// waits for TLS; if it does, connecting fails with
    /// [`ExpectsTls`](crate::transport::Error::ExpectsTls), else the greeting is waited for to
    /// the end.
    pub fn connect_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long one command may take in all, from its beginning to the server's last word on
    /// it; default: `None`, for as long as the server goes on with it. A call that takes several
    /// commands, as a `fetch` of many messages does, has that time for each.
    ///
    /// After this time the call fails with [`Error::Timeout`](crate::Error::Timeout), and the
    /// connection can go on: see there. [`Idle`](crate::Idle) has no such limit.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use imapclient::blocking::Client;
    ///
    /// let settings = Client::builder("imap.example.org")
    ///     .command_timeout(Some(Duration::from_secs(600)));
    /// ```
    pub fn command_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.command_timeout = timeout;
        self
    }

    /// Sets how many bytes a second have to come, averaged over this time, while a response has
    /// begun and not ended; default: 1024 over 60 seconds. With 0 there is no such limit.
    ///
    /// A server that sends less within one line or literal is given up with
    /// [`Error::Limit`](crate::Error::Limit). What counts is the time in which the client waits for
    /// the network: a server that thinks for long before it answers, and a program that does
    /// something else meanwhile, are not affected.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use imapclient::blocking::Client;
    ///
    /// // By a modem.
    /// let settings = Client::builder("imap.example.org").min_speed(100, Duration::from_secs(120));
    /// ```
    pub fn min_speed(mut self, bytes: u64, window: Duration) -> Self {
        self.tolerance.min_speed = bytes;
        self.tolerance.speed_window = window;
        self
    }

    /// Sets how many responses that it did not ask for are taken from the beginning of a command to
    /// its end; default: 100,000. A server that sends more is given up with
    /// [`Error::Limit`](crate::Error::Limit): it may be about to never answer.
    ///
    /// Untagged `OK` lines by which a server shows that it is at work (`INPROGRESS`, RFC 9585) are
    /// not counted as long as they are a second apart. While IDLE is running nothing is counted.
    /// See [`Client::updates`](crate::Client::updates) for what is kept of such responses.
    pub fn unsolicited_limit(mut self, responses: u64) -> Self {
        self.tolerance.unsolicited = responses;
        self
    }

    /// Sets how many bytes these responses may have together; default: 64 MiB.
    pub fn unsolicited_bytes(mut self, bytes: u64) -> Self {
        self.tolerance.unsolicited_bytes = bytes;
        self
    }

    /// Sets within how many bytes a response has to end that is too big to be kept; default: 1 GiB.
    /// Until then it is read past, and the connection can go on. A response that may be kept, by
    /// [`answer_limit`](Self::answer_limit) and [`limits`](Self::limits), has room for that in any
    /// case. A server whose response does not end is given up with
    /// [`Error::Limit`](crate::Error::Limit).
    pub fn response_limit(mut self, bytes: u64) -> Self {
        self.tolerance.response = bytes;
        self
    }

    /// How often IDLE is begun anew, so that neither the server nor anything on the way takes
    /// the connection for dead; default: 9 minutes.
    pub fn idle_renewal(mut self, renewal: Duration) -> Self {
        self.idle_renewal = renewal;
        self
    }

    /// Sets how much of a response is kept. For the literals of a FETCH that asks for bodies,
    /// [`answer_limit`](Self::answer_limit) holds; before the login no response may have more than
    /// 64 KiB of literals. A response over a limit is read past, and the command whose answer it
    /// was fails with [`Error::TooLarge`](crate::Error::TooLarge).
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how many bytes of responses are kept for one call, 128 for each added; default: 1 GiB.
    /// It is also the limit for the bodies in one FETCH response, of which less than 2 GiB can be
    /// kept whatever is set.
    ///
    /// A response that has more bytes than are left is read past, and the command fails with
    /// [`Error::TooLarge`](crate::Error::TooLarge), which has the messages that were kept. A server
    /// that goes on with other responses than those of a fetch is given up, since it may be about
    /// to never end.
    pub fn answer_limit(mut self, bytes: u64) -> Self {
        self.answer_limit = bytes;
        self
    }

    /// The same settings for the other kind of client.
    pub(crate) fn into_client<D>(self) -> Builder<D> {
        let Self {
            host,
            port,
            endpoint,
            security,
            tls,
            login,
            id,
            ..
        } = self;
        Builder {
            host,
            port,
            endpoint,
            security,
            tls,
            login,
            id,
            sasl_ir: self.sasl_ir,
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            idle_renewal: self.idle_renewal,
            limits: self.limits,
            answer_limit: self.answer_limit,
            command_timeout: self.command_timeout,
            tolerance: self.tolerance,
            client: PhantomData,
        }
    }

    pub(crate) fn to_endpoint(&self) -> Endpoint {
        self.endpoint.clone().unwrap_or_else(|| Endpoint::Tcp {
            host: self.host.clone(),
            port: self.port.unwrap_or(match self.security {
                Security::Tls => 993,
                Security::StartTls | Security::Plain => 143,
            }),
        })
    }
}

// Not derived: that would ask the client to be `Clone`.
impl<C> Clone for Builder<C> {
    fn clone(&self) -> Self {
        Self {
            host: self.host.clone(),
            endpoint: self.endpoint.clone(),
            tls: self.tls.clone(),
            login: self.login.clone(),
            id: self.id.clone(),
            ..*self
        }
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("endpoint", &self.to_endpoint())
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}
