//! The settings of a connection.

use std::{fmt, marker::PhantomData, path::PathBuf, time::Duration};

use imapclient_auth::secrecy::SecretString;
use imapclient_codec::{Id, Limits};
use imapclient_engine::Tolerance;
use imapclient_transport::{Endpoint, TlsOptions};

use crate::{compress::Compress, login::Login, switches::Switches};

/// The protection of the connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Security {
    /// TLS from the first byte; port 993.
    #[default]
    Tls,
    /// Unencrypted until STARTTLS, which must succeed; port 143.
    StartTls,
    /// No protection; port 143.
    Plain,
}

/// The settings of a connection, created by [`Client::builder`](crate::Client::builder).
///
/// The defaults are safe: TLS with full checks of the certificate, and time-outs.
///
/// ```no_run
/// # fn main() -> imapclient::Result<()> {
/// use imapclient::blocking::Client;
/// use std::time::Duration;
///
/// let client = Client::builder("mail.example.org")
///     .starttls()
///     .ca_file("private-ca.pem")
///     .timeout(Duration::from_secs(30))
///     .login("bob", "sekret")
///     .connect()?;
/// # Ok(()) }
/// ```
///
/// Clone the settings to connect again, for example after the connection was lost:
///
/// ```
/// # imapclient_example::blocking_cut!(|settings| {
/// let mut client = settings.clone().connect()?;
/// client.select("INBOX")?;
/// let unread = match client.search("UNSEEN") {
///     Err(error) if error.is_closed() => {
///         client = settings.connect()?;
///         client.select("INBOX")?;
///         client.search("UNSEEN")?
///     }
///     result => result?,
/// };
/// println!("{} unread", unread.len());
/// # Ok(()) });
/// ```
///
/// A clone shares what was learned about the server while logging in, so that a new connection does
/// not try again what was refused: see [`Login::auto`]. It also shares the certificates that are
/// trusted, which are read once, and the sessions of TLS, so that a new connection resumes one and
/// is ready sooner ([`Handshake::resumed`](crate::transport::Handshake::resumed)). Both end with a
/// change of a setting about certificates: a clone with such a change starts anew, and the original
/// is not affected.
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
    pub(crate) compress: Compress,
    pub(crate) timeout: Option<Duration>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) idle_renewal: Duration,
    pub(crate) limits: Limits,
    pub(crate) answer_limit: u64,
    pub(crate) command_timeout: Option<Duration>,
    pub(crate) tolerance: Tolerance,
    pub(crate) pipelining: bool,
    pub(crate) switches: Switches,
    client: PhantomData<fn() -> C>,
}

impl<C> Builder<C> {
    /// Creates settings for a connection to this host. [`Client::builder`](crate::Client::builder)
    /// is shorter if the kind of client is known.
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
            compress: Compress::Never,
            timeout: Some(Duration::from_secs(120)),
            connect_timeout: Some(Duration::from_secs(30)),
            idle_renewal: Duration::from_secs(9 * 60),
            limits: Limits::default(),
            answer_limit: 256 * 1024 * 1024,
            command_timeout: None,
            tolerance: Tolerance::default(),
            pipelining: true,
            switches: Switches::default(),
            client: PhantomData,
        }
    }

    /// Sets the port, if it is not the default one of the [`Security`].
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Sets the protection of the connection.
    pub fn security(mut self, security: Security) -> Self {
        self.security = security;
        self
    }

    /// Uses TLS from the first byte. This is the default.
    pub fn tls(self) -> Self {
        self.security(Security::Tls)
    }

    /// Uses TLS by STARTTLS (RFC 9051 §6.2.1). Nothing else is sent unencrypted, except CAPABILITY
    /// if the greeting does not list the capabilities. Connecting fails if the server does not
    /// offer STARTTLS.
    pub fn starttls(self) -> Self {
        self.security(Security::StartTls)
    }

    /// Uses no TLS: anyone on the network path can read and change the password and the mail.
    pub fn dangerous_plaintext(self) -> Self {
        self.security(Security::Plain)
    }

    /// Trusts the certificates in this PEM file, in addition to those of the operating system.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls = self.tls.ca_file(path);
        self
    }

    /// Accepts a certificate for any host name. The owner of any valid certificate can then
    /// impersonate the server.
    pub fn dangerous_accept_invalid_hostname(mut self, accept: bool) -> Self {
        self.tls = self.tls.dangerous_accept_invalid_hostname(accept);
        self
    }

    /// Accepts a certificate from any issuer, and expired ones. Anyone can then impersonate the
    /// server. The host name in the certificate is still checked.
    pub fn dangerous_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.tls = self.tls.dangerous_accept_invalid_certs(accept);
        self
    }

    /// Sets all options of TLS at once.
    pub fn tls_options(mut self, tls: TlsOptions) -> Self {
        self.tls = tls;
        self
    }

    /// Connects to this endpoint instead of the host: a Unix socket, or a command whose input and
    /// output carry the conversation. The host then only names the certificate.
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Logs in by user name and password, with the best method that the server offers: see
    /// [`Login::auto`].
    pub fn login(self, username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.login_with(Login::auto(username, password.into()))
    }

    /// Logs in by this method: a particular mechanism, a token, or the password that a command
    /// prints.
    pub fn login_with(mut self, login: Login) -> Self {
        self.login = Some(login);
        self
    }

    /// Sets whether the initial response of a SASL mechanism is sent with the command if the server
    /// announces `SASL-IR` (RFC 4959); default: `true`. With `false` it is sent after the server's
    /// continuation request, which takes one more round trip. If a server answers BAD to an initial
    /// response, the login is tried once more without it.
    pub fn sasl_ir(mut self, sasl_ir: bool) -> Self {
        self.sasl_ir = sasl_ir;
        self
    }

    /// Sends this identification after each login by `ID` (RFC 2971), if the server announces `ID`.
    /// A refusal is ignored.
    ///
    /// Connecting does not wait for the answer, and a [`select`](crate::Client::select) right after
    /// it is sent without waiting for it either, so that it takes no round trip of its own; with
    /// [`pipelining(false)`](Self::pipelining), connecting waits.
    ///
    /// Without this setting nothing is sent, except to servers that require it before they open a
    /// mailbox: those of Coremail (163, 126, 188). They receive the name and version of this
    /// library, or the identification set here. Connecting fails with
    /// [`Error::Invalid`](crate::Error::Invalid) if there are more than 30 fields or one is too
    /// long.
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

    /// Sets whether the connection is compressed after each login (`COMPRESS=DEFLATE`, RFC 4978);
    /// default: [`Compress::Never`]. [`State::is_compressed`](crate::State::is_compressed) returns
    /// whether it is.
    ///
    /// Headers and texts become several times smaller; attachments that are compressed themselves
    /// do not. It takes about 400 KiB of memory for each connection, and time of the processor at
    /// both ends, so that it is of use on slow networks only. Inflated bytes count against all
    /// limits, such as [`answer_limit`](Self::answer_limit).
    ///
    /// Compression weakens the protection by TLS: the length of what is sent then depends on its
    /// contents. An attacker who sees the lengths, and can send mail to the user that is read on
    /// the same connection as a secret, may be able to guess the secret piece by piece, as the
    /// attacks CRIME and BREACH do. The password is not at risk, since it is sent before.
    ///
    /// With [`Compress::Always`], logging in fails with [`Error::Missing`](crate::Error::Missing)
    /// if the server does not announce the capability, and with
    /// [`Error::Refused`](crate::Error::Refused) if it refuses the command, unless it reports that
    /// the connection is compressed already (`COMPRESSIONACTIVE`).
    ///
    /// On a compressed connection, STARTTLS, AUTHENTICATE, LOGIN, UNAUTHENTICATE and COMPRESS are
    /// refused ([`Unrunnable::Compressed`](crate::Unrunnable::Compressed)).
    ///
    /// ```
    /// # imapclient_example::blocking_builder!(|builder| {
    /// use imapclient::{Compress, blocking::Client};
    ///
    /// let client = builder.compress(Compress::Always).connect()?;
    /// assert!(client.state().is_compressed());
    /// client.logout()?;
    /// # Ok(()) });
    /// ```
    pub fn compress(mut self, compress: Compress) -> Self {
        self.compress = compress;
        self
    }

    /// Sets how long the server may be silent while the client waits for it; default: 2 minutes.
    /// The time starts anew with each byte in either direction. With `None` the client waits
    /// forever.
    ///
    /// A server that is not silent but does not complete a command is limited by
    /// [`min_speed`](Self::min_speed), [`unsolicited_limit`](Self::unsolicited_limit) and
    /// [`unsolicited_bytes`](Self::unsolicited_bytes).
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = timeout.into();
        self
    }

    /// Sets how long it may take until the user is logged in, which includes name look-up, TCP, TLS
    /// or STARTTLS, greeting and login; default: 30 seconds. The time taken by a password command
    /// or a provider of access tokens is not counted. A login on a connection that was made without
    /// one has this time for each of its commands.
    ///
    /// The addresses of a host name are tried in turn by family, each 250 ms after the previous one
    /// or as soon as that has failed, and the first that answers is used (RFC 8305 §5). If a port
    /// that should begin unencrypted is silent for 3 seconds, a second connection checks whether
    /// the port expects TLS; if it does, connecting fails with
    /// [`ExpectsTls`](crate::TlsProblem::ExpectsTls), otherwise the client continues to wait for the
    /// greeting.
    pub fn connect_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = timeout.into();
        self
    }

    /// Sets how long one command may take in total, until the server's last response to it;
    /// default: `None`, no limit as long as the server makes progress. A call that takes several
    /// commands, such as a `fetch` of many messages, has this time for each.
    ///
    /// After this time the call fails with [`Error::Timeout`](crate::Error::Timeout), after which
    /// the connection can be used further. [`Idle`](crate::Idle) has no such limit.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use imapclient::blocking::Client;
    ///
    /// let settings = Client::builder("imap.example.org")
    ///     .command_timeout(Duration::from_secs(600));
    /// ```
    pub fn command_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.command_timeout = timeout.into();
        self
    }

    /// Sets whether several commands may be under way at once; default: `true`. With `false`, a
    /// [`Pipeline`](crate::Pipeline) and the methods that send several commands wait for the answer
    /// to each before they send the next. Use it for a server that cannot read ahead.
    ///
    /// ```
    /// use imapclient::blocking::Client;
    ///
    /// let settings = Client::builder("imap.example.org").pipelining(false);
    /// ```
    pub fn pipelining(mut self, enabled: bool) -> Self {
        self.pipelining = enabled;
        self
    }

    /// Does not use these capabilities, even if the server announces them: everything behaves as
    /// if it did not. Can be called several times. A capability that is a part of `IMAP4rev2` is
    /// left out of that as well.
    ///
    /// Some capabilities are disabled without this setting on servers that announce them without
    /// supporting them; [`Client::disabled`](crate::Client::disabled) returns all of them.
    /// Connecting fails with [`Error::Invalid`](crate::Error::Invalid) for a text that cannot be the
    /// name of a capability, and for `LOGINDISABLED`, which has to be obeyed.
    ///
    /// ```
    /// # imapclient_example::blocking_builder!(|builder| {
    /// let mut client = builder.disable(["MOVE", "IDLE"]).connect()?;
    /// assert!(!client.has_capability("MOVE")?);
    /// # Ok(()) });
    /// ```
    pub fn disable(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.switches.disabled.extend(names);
        self
    }

    /// Uses these capabilities if the server announces them, although it is known not to support
    /// them. Has no effect on capabilities that [`disable`](Self::disable) names.
    ///
    /// ```
    /// use imapclient::blocking::Client;
    ///
    /// let settings = Client::builder("imap.zoho.com").allow(["CONDSTORE"]);
    /// ```
    pub fn allow(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.switches.allowed.extend(names);
        self
    }

    /// Sets the average number of bytes per second that must arrive during `window` while a
    /// response is incomplete; default: 1024 over 60 seconds. With 0 there is no such limit.
    ///
    /// If a server sends less within one line or literal, the call fails with
    /// [`Error::Limit`](crate::Error::Limit). Only the time in which the client waits for the
    /// network counts: a server that takes long before it answers, and a program that does
    /// something else meanwhile, are not affected.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use imapclient::blocking::Client;
    ///
    /// // For a modem.
    /// let settings = Client::builder("imap.example.org").min_speed(100, Duration::from_secs(120));
    /// ```
    pub fn min_speed(mut self, bytes: u64, window: Duration) -> Self {
        self.tolerance.min_speed = bytes;
        self.tolerance.speed_window = window;
        self
    }

    /// Sets how many unsolicited responses are accepted from the beginning of a command to its end;
    /// default: 100,000. If a server sends more, the call fails with
    /// [`Error::Limit`](crate::Error::Limit), because the server may never answer.
    ///
    /// Untagged `OK` lines by which a server shows that it is working (`INPROGRESS`, RFC 9585) are
    /// not counted if they are at least a second apart. While IDLE is running nothing is counted.
    /// See [`Client::updates`](crate::Client::updates) for which of these responses are kept.
    pub fn unsolicited_limit(mut self, responses: u64) -> Self {
        self.tolerance.unsolicited = responses;
        self
    }

    /// Sets how many bytes unsolicited responses may have together during one command; default: 64
    /// MiB.
    pub fn unsolicited_bytes(mut self, bytes: u64) -> Self {
        self.tolerance.unsolicited_bytes = bytes;
        self
    }

    /// Sets the number of bytes within which a response must end that is too big to be kept;
    /// default: 1 GiB. Up to this size it is skipped, and the connection can be used further. The
    /// bound is raised where [`answer_limit`](Self::answer_limit) and [`limits`](Self::limits) let
    /// a response be bigger. If a response does not end within it, the call fails with
    /// [`Error::Limit`](crate::Error::Limit).
    pub fn response_limit(mut self, bytes: u64) -> Self {
        self.tolerance.response = bytes;
        self
    }

    /// Sets how often IDLE is restarted, or NOOP sent while a [`Watch`](crate::Watch) waits without
    /// it, so that neither the server nor a device on the network path takes the connection for
    /// dead; default: 9 minutes.
    pub fn idle_renewal(mut self, renewal: Duration) -> Self {
        self.idle_renewal = renewal;
        self
    }

    /// Sets the limits on the parts of a response that are kept. The literals of a FETCH that asks
    /// for bodies are limited by [`answer_limit`](Self::answer_limit) instead, and a response
    /// before the login may not have more than 64 KiB of literals. A response over a limit is
    /// skipped, and the command that it answers fails with
    /// [`Error::TooLarge`](crate::Error::TooLarge).
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets an upper bound on the memory that the responses kept for one call may take, counted as
    /// their bytes plus 128 for each; default: 256 MiB. It also limits the bodies in one FETCH
    /// response, which are always limited to less than 2 GiB.
    ///
    /// A response that exceeds the rest of this limit is skipped, and the command fails with
    /// [`Error::TooLarge`](crate::Error::TooLarge), which contains the messages that were kept. If
    /// the responses are not those of a fetch and go on, the connection is given up, because the
    /// server may never end them.
    ///
    /// [`Client::fetch_each`](crate::Client::fetch_each) reads messages of any number and size: there
    /// the limit applies to each message, without the bodies that are read in pieces.
    pub fn answer_limit(mut self, bytes: u64) -> Self {
        self.answer_limit = bytes;
        self
    }

    /// Returns the same settings for the other kind of client.
    pub(crate) fn into_client<D>(self) -> Builder<D> {
        let Self {
            host,
            port,
            endpoint,
            security,
            tls,
            login,
            id,
            switches,
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
            compress: self.compress,
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            idle_renewal: self.idle_renewal,
            limits: self.limits,
            answer_limit: self.answer_limit,
            command_timeout: self.command_timeout,
            tolerance: self.tolerance,
            pipelining: self.pipelining,
            switches,
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

// Not derived, because that would require the client to be `Clone`.
impl<C> Clone for Builder<C> {
    fn clone(&self) -> Self {
        Self {
            host: self.host.clone(),
            endpoint: self.endpoint.clone(),
            tls: self.tls.clone(),
            login: self.login.clone(),
            id: self.id.clone(),
            switches: self.switches.clone(),
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
