use imapclient_codec::{Code, InvalidArgument, Status, StatusKind};
use imapclient_engine::{Phase, WireLine};
use imapclient_transport::Error as Transport;

/// What can go wrong.
///
/// The cause of an error is in its `source()`, and not in its text a second time.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection could not be made or was lost: DNS, TCP, TLS, certificates, time-outs.
    #[error(transparent)]
    Transport(#[from] imapclient_transport::Error),
    /// The conversation cannot go on: the server broke the protocol or said BYE.
    #[error(transparent)]
    Engine(#[from] imapclient_engine::Error),
    /// An earlier error has left the connection in no state to go on.
    #[error("the connection was given up after an earlier error")]
    GivenUp,
    /// The server said NO or BAD to a command. The connection is fine.
    #[error(transparent)]
    Refused(Box<Refused>),
    /// The server cannot do what was asked for; nothing was sent.
    #[error("the server does not offer {capability}")]
    Missing {
        /// The capability it lacks.
        capability: &'static str,
    },
    /// The server takes no passwords on this connection (`LOGINDISABLED`); nothing was sent.
    #[error("the server refuses LOGIN on this connection; use TLS or another mechanism")]
    LoginDisabled,
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
    "{command} refused: {kind}{} {}",
    code.as_ref().map(|code| format!(" [{}]", code.name().escape_debug())).unwrap_or_default(),
    text.escape_debug()
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
}

impl Error {
    /// The response code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        match self {
            Self::Refused(refused) => refused.code.as_ref(),
            _ => None,
        }
    }

    /// Whether it took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_timeout())
    }

    /// Whether the connection is gone: every further call will fail.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Transport(Transport::Timeout { .. } | Transport::Interrupted) => false,
            Self::Transport(_) | Self::GivenUp => true,
            Self::Engine(
                imapclient_engine::Error::Busy(_) | imapclient_engine::Error::Unsupported(_),
            ) => false,
            Self::Engine(_) => true,
            _ => false,
        }
    }

    /// Whether the same call may succeed later, on a new connection if this one is gone.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(error) => matches!(
                error,
                Transport::Resolve { .. }
                    | Transport::Connect { .. }
                    | Transport::ConnectUnix { .. }
                    | Transport::HandshakeClosed
                    | Transport::Interrupted
                    | Transport::Io(_)
                    | Transport::Timeout { .. }
            ),
            Self::Engine(imapclient_engine::Error::Closed { .. }) => true,
            Self::Refused(refused) => matches!(
                refused.code,
                Some(Code::Unavailable | Code::InUse | Code::ServerBug | Code::Limit)
            ),
            _ => false,
        }
    }

    /// The lines that led to a protocol error, secrets left out.
    #[must_use]
    pub fn wire_log(&self) -> &[WireLine] {
        match self {
            Self::Engine(imapclient_engine::Error::Protocol { log, .. }) => log,
            _ => &[],
        }
    }

    pub(crate) fn missing(capability: &'static str) -> Self {
        Self::Missing { capability }
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
    })))
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
