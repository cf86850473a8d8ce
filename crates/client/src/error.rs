use std::io;

use imapclient_codec::{Code, CopyUid, InvalidArgument, SetError, Status, StatusKind};
use imapclient_engine::{Error as Engine, Phase, WireLine};
use imapclient_transport::Error as Transport;

/// What can go wrong.
///
/// The cause of an error is in its `source()`, and not in its text a second time.
///
/// | after | the connection |
/// | --- | --- |
/// | `Refused`, `Missing`, `State`, `Invalid`, `LoginDisabled`, `NoMechanism`, `Token`, `Password`, `NoAnswer` | is as good as before |
/// | `Auth`, `Challenge`, `EndlessChallenges`, `Login` | is as good as before, unless the server said OK all the same: then it is given up |
/// | `Timeout`, `Interrupted` | can go on: an answer that is still due is waited for first |
/// | `Connect`, `Tls`, `Closed`, `Protocol`, `GivenUp` | is gone: [`is_closed`](Self::is_closed) |
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no connection: the name was not found, nobody took the call, the command did not
    /// start.
    #[error(transparent)]
    Connect(Transport),
    /// TLS failed: the certificate is not to be trusted, no TLS was spoken, a file of certificates
    /// cannot be used.
    #[error(transparent)]
    Tls(Transport),
    /// It took too long.
    #[error("timed out {what}")]
    Timeout {
        /// What took too long, as in `waiting for the answer to SELECT`.
        what: String,
    },
    /// An [`Interrupter`](crate::Interrupter) ended the wait.
    #[error("interrupted")]
    Interrupted,
    /// The server closed the connection, or it was lost.
    #[error(
        "the server closed the connection{}",
        bye.as_ref().map(|text| format!(": {}", text.escape_debug())).unwrap_or_default()
    )]
    Closed {
        /// What the server said in its BYE; escape it before you print it.
        bye: Option<String>,
        /// What the operating system said.
        source: Option<io::Error>,
    },
    /// The server broke the protocol in a way that leaves no safe way on.
    #[error("the server broke the protocol: {what}")]
    Protocol {
        /// What it did.
        what: String,
        /// The last lines in both directions, secrets left out.
        log: Vec<WireLine>,
    },
    /// An earlier error has left the connection in no state to go on.
    #[error("the connection was given up after an earlier error")]
    GivenUp,
    /// The server said NO or BAD to a command.
    #[error(transparent)]
    Refused(Box<Refused>),
    /// The server cannot do what was asked for; nothing was sent.
    #[error("the server does not offer {capability}")]
    Missing {
        /// The capability it lacks.
        capability: String,
    },
    /// The server takes no passwords on this connection (`LOGINDISABLED`); nothing was sent.
    #[error("the server refuses LOGIN on this connection; use TLS or another mechanism")]
    LoginDisabled,
    /// The server offers no way to log in by a password; nothing was sent.
    #[error(
        "the server offers no way to log in by a password that is known here; it offers {}",
        listed(offered)
    )]
    NoMechanism {
        /// The SASL mechanisms that it offers.
        offered: Vec<String>,
    },
    /// Logging in failed in the best way that the server offers. No weaker one was tried: that
    /// may be what somebody in between is after. It can be named, if the reason is another one. A
    /// server whose `-PLUS` mechanisms bind by `tls-unique` only, as Cyrus 3.6 does, is such a
    /// reason: TLS 1.3 has no such thing.
    #[error(
        "logging in by {mechanism} failed, and no weaker way was tried \
         (to take another one, name it, as in `auth = {}`)",
        next_weaker(mechanism)
    )]
    Login {
        /// The mechanism, as in `SCRAM-SHA-256`.
        mechanism: &'static str,
        /// What happened.
        source: Box<Self>,
    },
    /// The command is out of place; nothing was sent.
    #[error("{command} needs {needs}, but {is}")]
    State {
        /// The command.
        command: &'static str,
        /// What it needs.
        needs: &'static str,
        /// What is the case.
        is: &'static str,
    },
    /// An argument cannot be sent; nothing was.
    #[error(transparent)]
    Invalid(#[from] InvalidArgument),
    /// An authentication mechanism gave up.
    #[error(transparent)]
    Auth(#[from] imapclient_auth::Error),
    /// There is no access token to log in with.
    #[error("there is no access token to log in with")]
    Token(#[from] imapclient_auth::TokenError),
    /// The command that prints the password failed.
    #[error(transparent)]
    Password(#[from] imapclient_auth::CommandError),
    /// The server goes on asking; the login was cancelled.
    #[error("the server went on asking after {limit} answers")]
    EndlessChallenges {
        /// How many challenges were answered.
        limit: usize,
    },
    /// The server's challenge is not in base64 (RFC 9051 §6.2.2).
    #[error("the server's challenge is not in base64")]
    Challenge,
    /// The server said OK, but did not say what was asked for.
    #[error("the server said OK to {command}, but gave no answer")]
    NoAnswer {
        /// The command.
        command: &'static str,
    },
}

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A server's NO or BAD.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{command} refused: {kind}{} {}{}",
    code.as_ref().map(|code| format!(" [{}]", code.name().escape_debug())).unwrap_or_default(),
    text.escape_debug(),
    detail.as_ref().map(|detail| format!(" ({})", json(detail))).unwrap_or_default()
)]
#[non_exhaustive]
pub struct Refused {
    /// The command, as in `SELECT`.
    pub command: String,
    /// [`StatusKind::No`] or [`StatusKind::Bad`].
    pub kind: StatusKind,
    /// The response code, which says more for programs.
    pub code: Option<Code>,
    /// Text for people, from the server: escape it before you print it.
    pub text: String,
    /// What the server said about it in a SASL exchange, before: the JSON of `XOAUTH2` and
    /// `OAUTHBEARER` (RFC 7628 §3.2.2). Escape it before you print it.
    pub detail: Option<String>,
    /// What a COPY or MOVE had done before it was refused, as far as the server told: a set that
    /// is too long for one command goes in several.
    pub copied: Option<CopyUid>,
}

impl Error {
    /// The response code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        match self {
            Self::Refused(refused) => refused.code.as_ref(),
            Self::Login { source, .. } => source.code(),
            _ => None,
        }
    }

    /// Whether it took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Timeout { .. } => true,
            Self::Connect(error) | Self::Tls(error) => error.is_timeout(),
            Self::Closed { source, .. } => {
                source.as_ref().map(io::Error::kind) == Some(io::ErrorKind::TimedOut)
            }
            Self::Token(error) => error.is_timeout(),
            Self::Password(error) => matches!(error, imapclient_auth::CommandError::Timeout(_)),
            _ => false,
        }
    }

    /// Whether the connection is gone: every further call will fail.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(
            self,
            Self::Connect(_)
                | Self::Tls(_)
                | Self::Closed { .. }
                | Self::Protocol { .. }
                | Self::GivenUp
        )
    }

    /// Whether the same call may succeed later, on a new connection if this one is gone.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect(error) => !matches!(error, Transport::Command { .. }),
            Self::Tls(error) => matches!(error, Transport::HandshakeClosed),
            Self::Timeout { .. } | Self::Interrupted | Self::Closed { .. } => true,
            Self::Refused(refused) => matches!(
                refused.code,
                Some(Code::Unavailable | Code::InUse | Code::ServerBug | Code::Limit)
            ),
            Self::Login { source, .. } => source.is_retryable(),
            Self::Token(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// The lines that led to a protocol error, secrets left out.
    #[must_use]
    pub fn wire_log(&self) -> &[WireLine] {
        match self {
            Self::Protocol { log, .. } => log,
            _ => &[],
        }
    }

    /// Reports whether the server does not do what was asked for, though another way to ask may
    /// do: it said NO or BAD for no passing reason, or OK without the answer.
    pub(crate) fn is_unsupported(&self) -> bool {
        match self {
            Self::Refused(_) => !self.is_retryable(),
            Self::NoAnswer { .. } => true,
            _ => false,
        }
    }

    pub(crate) fn missing(capability: impl Into<String>) -> Self {
        let capability = capability.into();
        Self::Missing { capability }
    }

    /// Says what it was that took too long, where the transport cannot know.
    pub(crate) fn waiting_for(self, answer: impl FnOnce() -> String) -> Self {
        match self {
            Self::Timeout { what } if what == WAITING => Self::Timeout {
                what: format!("waiting for {}", answer()),
            },
            other => other,
        }
    }
}

/// What the transport says when nothing comes.
const WAITING: &str = "waiting for data";

/// Of a [`SeqSet`](crate::SeqSet) or [`UidSet`](crate::UidSet) read from text.
impl From<SetError> for Error {
    fn from(error: SetError) -> Self {
        InvalidArgument::new("message set", error.to_string()).into()
    }
}

impl From<Transport> for Error {
    fn from(error: Transport) -> Self {
        match error {
            Transport::Timeout { what } => Self::Timeout {
                what: what.to_owned(),
            },
            Transport::Interrupted => Self::Interrupted,
            Transport::Io(source) => Self::Closed {
                bye: None,
                source: Some(source),
            },
            Transport::Resolve { .. }
            | Transport::Connect { .. }
            | Transport::ConnectUnix { .. }
            | Transport::Command { .. } => Self::Connect(error),
            _ => Self::Tls(error),
        }
    }
}

impl From<Engine> for Error {
    fn from(error: Engine) -> Self {
        match error {
            Engine::Closed { bye } => Self::Closed { bye, source: None },
            Engine::Protocol { what, log } => Self::Protocol { what, log },
            Engine::Unsupported(what) => {
                InvalidArgument::new("command", format!("{what} is not supported yet")).into()
            }
            // Commands go one after another: only one of a user's own making gets here.
            other => InvalidArgument::new("command", other.to_string()).into(),
        }
    }
}

/// A way to log in that asks less of the server than this one.
fn next_weaker(mechanism: &str) -> String {
    match mechanism.strip_suffix("-PLUS") {
        Some(unbound) => unbound.to_ascii_lowercase(),
        None => "plain".to_owned(),
    }
}

/// Turns NO and BAD into errors.
pub(crate) fn check(command: &str, status: Status) -> Result<Status> {
    if status.kind == StatusKind::Ok {
        return Ok(status);
    }
    Err(Error::Refused(Box::new(Refused {
        command: command.to_owned(),
        kind: status.kind,
        code: status.code,
        text: status.text,
        copied: None,
        detail: None,
    })))
}

/// Names, escaped, or that there are none.
fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => names.join(", ").escape_debug().to_string(),
    }
}

/// Escaped but for quotes, of which JSON is full.
fn json(text: &str) -> String {
    text.chars().fold(String::new(), |mut shown, c| {
        match c {
            '"' | '\'' => shown.push(c),
            c => shown.extend(c.escape_debug()),
        }
        shown
    })
}

/// How a phase reads in an error.
pub(crate) fn phase_text(phase: Phase) -> &'static str {
    match phase {
        Phase::NotAuthenticated => "nobody is logged in",
        Phase::Authenticated => "no mailbox is selected",
        Phase::Selected => "a mailbox is selected",
        Phase::Logout => "the connection has ended",
        _ => "the connection has only begun",
    }
}
