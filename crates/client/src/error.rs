//! What can go wrong, and what to do about it.

use std::{collections::BTreeMap, io};

use imapclient_codec::{Code, Fetch, InvalidArgument, MailboxName};
use imapclient_engine::{End, Overrun, Phase, Violation, WITHHELD, WireLine};
use imapclient_escape::escaped;
use imapclient_transport::Error as Transport;

use crate::{
    done::Done,
    outcome::{Outcome, in_words},
};

mod convert;
mod incomplete;
mod refused;
mod time;
mod transient;

pub use incomplete::{Incomplete, Missing};
pub(crate) use refused::check;
pub use refused::{Attempt, Refused};
pub(crate) use time::SILENCE;
pub use time::TimeLimit;
pub(crate) use transient::verdict;

/// What can go wrong.
///
/// The cause of an error is in its `source()`, and not in its text a second time.
///
/// | after | the connection |
/// | --- | --- |
/// | `Refused`, `Missing`, `State`, `Invalid`, `AppendLimit`, `LoginDisabled`, `NoMechanism`, `Token`, `Password`, `NoAnswer`, `TooLarge`, `Unnamed`, `Unreadable`, `UidValidity` | is as good as before |
/// | `Auth`, `Challenge`, `EndlessChallenges` | is as good as before, unless the server said OK all the same or went on asking: then it is given up |
/// | `Login` | is as it is after its source |
/// | `Timeout`, `Interrupted` | can go on: an answer that is still due is waited for first |
/// | `Connect`, `Tls`, `Closed`, `Protocol`, `Limit`, `GivenUp` | is gone: [`is_closed`](Self::is_closed) |
/// | `Partly` | is as after its cause |
/// | `Unfinished` | is as after its cause, but gone if the command was not sent to its end |
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
    /// It took too long. The text names the setting of the [`Builder`](crate::Builder), and option
    /// of the INI file, that allows more time.
    #[error("timed out {what}{}", time::reached(limit.as_ref()))]
    Timeout {
        /// What took too long, as in `waiting for the answer to SELECT`.
        what: String,
        /// The limit that was reached; `None` if it is no setting.
        limit: Option<TimeLimit>,
    },
    /// An [`Interrupter`](crate::Interrupter) ended the wait.
    #[error("interrupted")]
    Interrupted,
    /// The server closed the connection, or it was lost.
    #[error("the server closed the connection{end}")]
    Closed {
        /// What the server said in its BYE, or else complained of before.
        end: Box<End>,
        /// What the operating system said.
        source: Option<io::Error>,
    },
    /// The server broke the protocol in a way that leaves no safe way on. The text names the
    /// command under way and shows the line that cannot be understood.
    #[error("the server violated the protocol{0}")]
    Protocol(Box<Violation>),
    /// The server went over a limit that keeps it from holding the client for ever: it sends what
    /// nothing had asked for, or what it sends comes too slowly or does not end. The text tells the
    /// limit and the setting of the [`Builder`](crate::Builder) that allows more.
    #[error("the server exceeded a limit{0}")]
    Limit(Box<Overrun>),
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
    /// Logging in failed, in a way that hides the password or in the second of two ways: see
    /// [`Login::auto`](crate::Login::auto).
    #[error("{}", login_text(mechanism, first.as_ref(), instead.as_deref()))]
    Login {
        /// The way that was tried last: a mechanism, as in `SCRAM-SHA-256`, or `the LOGIN command`.
        mechanism: String,
        /// What was tried and refused before that, if anything was.
        first: Option<Attempt>,
        /// Another way that can be named, as in `plain`, where the server may not know the password
        /// in the form that this one needs. `None` where that would be no good advice: the server
        /// has not proved itself, its certificate was not checked, or it gave another reason.
        instead: Option<String>,
        /// What happened at the last.
        source: Box<Self>,
    },
    /// The command is out of place; nothing was sent.
    #[error("{command} needs {needs}, but {is}")]
    State {
        /// The command.
        command: String,
        /// What it needs.
        needs: &'static str,
        /// What is the case.
        is: &'static str,
    },
    /// An argument cannot be sent; nothing was.
    #[error(transparent)]
    Invalid(#[from] InvalidArgument),
    /// A message has more bytes than the server takes (`APPENDLIMIT`, RFC 7889); nothing was
    /// uploaded.
    #[error(
        "the message has {size} bytes, and the server takes {limit} at most (APPENDLIMIT); \
         nothing was uploaded"
    )]
    AppendLimit {
        /// Which of the messages of the call, counted from 0.
        index: usize,
        /// Bytes of the message.
        size: u64,
        /// The most bytes that the server takes.
        limit: u64,
    },
    /// A call that takes several commands failed after the first ones had succeeded. A refusal
    /// carries that itself: [`Refused::done`].
    #[error("{done} before this failed")]
    Partly {
        /// What was done.
        done: Done,
        /// What happened then.
        source: Box<Self>,
    },
    /// A command that changes something ended without an answer that tells what the server did:
    /// whether it may have done it is the [`outcome`](Self::outcome).
    #[error("{}", in_words(command, *outcome))]
    Unfinished {
        /// The command, as in `APPEND` or `UID COPY`.
        command: String,
        /// The outcome of the change, as far as it is known.
        outcome: Outcome,
        /// The reason why no answer came.
        source: Box<Self>,
    },
    /// The server has told another UIDVALIDITY of the selected mailbox since it was selected (RFC
    /// 9051 §2.3.1.1), so that the UIDs known so far may be those of other messages. Every command
    /// by UID fails with this, and nothing of it is sent, until the mailbox is selected anew;
    /// commands by sequence number go on. A change that was under way when the server told it is an
    /// [`Unfinished`](Self::Unfinished) with this as its source.
    #[error(
        "the UIDVALIDITY of \"{}\" has changed from {was} to {is}, so that its UIDs may be those \
         of other messages; select it anew",
        escaped(mailbox.as_str())
    )]
    UidValidity {
        /// The selected mailbox.
        mailbox: MailboxName,
        /// The UIDVALIDITY that it had when it was selected.
        was: u32,
        /// The one that the server has told since.
        is: u32,
    },
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
    #[error(
        "the server's challenge in AUTHENTICATE is not in base64: \"{}\"",
        escaped(text)
    )]
    Challenge {
        /// What it said in place of one; escape it before you print it.
        text: String,
    },
    /// A part of the answer was read past, since it has more bytes than are kept. The server did
    /// what it was asked for, and said OK.
    #[error("{} gave more than can be kept:{_0}", _0.command)]
    TooLarge(Box<Incomplete>),
    /// The server answered a FETCH by UID without the UID, in one response or more, and did so
    /// again when it was asked once more. Other messages are there.
    #[error("{} was answered without the UID:{_0}", _0.command)]
    Unnamed(Box<Incomplete>),
    /// The server said OK, but did not say what was asked for.
    #[error("the server said OK to {command}, but gave no answer")]
    NoAnswer {
        /// The command.
        command: &'static str,
    },
    /// The server said OK, but what it said before cannot be read, so that the answer is not known.
    /// The whole response is an [`Update::Malformed`](crate::Update::Malformed). Of an answer that
    /// takes a response for each item, such as that to LIST, at least one could be read where this
    /// is no error.
    #[error(
        "the server's answer to {command} cannot be read: {why}, in \"{}\"",
        escaped(line)
    )]
    Unreadable {
        /// The command, as in `LIST` or `UID SEARCH`.
        command: String,
        /// The beginning of the response; escape it before you print it.
        line: String,
        /// The reason.
        why: String,
    },
}

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The response code of a refusal, or of the server's BYE.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        match self {
            Self::Refused(refused) => refused.code.as_ref(),
            Self::Closed { end, .. } => end.code.as_ref(),
            Self::Login { source, .. }
            | Self::Partly { source, .. }
            | Self::Unfinished { source, .. } => source.code(),
            _ => None,
        }
    }

    /// What the call had done before it failed. It is known to be done, and who repeats the call
    /// does it a second time.
    #[must_use]
    pub fn done(&self) -> Option<&Done> {
        match self {
            Self::Refused(refused) => refused.done.as_ref(),
            Self::Partly { done, .. } => Some(done),
            _ => None,
        }
    }

    /// Returns the outcome of the change that the failed command was to make. What the call had
    /// [done](Self::done) before stands for itself.
    ///
    /// It is never [`Outcome::Done`]. A call that changes nothing fails with
    /// [`Outcome::NotSent`], as does one that fails before its change is sent.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// use imapclient::Outcome;
    ///
    /// match client.append("Nowhere", "Subject: hi\r\n\r\nHello\r\n") {
    ///     Ok(_) => println!("stored"),
    ///     Err(error) if error.outcome() == Outcome::Unknown => println!("look before you repeat"),
    ///     Err(error) => println!("not stored: {error}"),
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Unfinished { outcome, .. } => *outcome,
            Self::Refused(refused) => refused.outcome,
            Self::NoAnswer { .. } | Self::Unreadable { .. } | Self::TooLarge(_) => Outcome::Unknown,
            Self::Login { source, .. } | Self::Partly { source, .. } => source.outcome(),
            _ => Outcome::NotSent,
        }
    }

    /// Whether it took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Partly { source, .. } | Self::Unfinished { source, .. } => source.is_timeout(),
            Self::Timeout { .. } => true,
            Self::Connect(error) | Self::Tls(error) => error.is_timeout(),
            Self::Closed { source, .. } => {
                source.as_ref().map(io::Error::kind) == Some(io::ErrorKind::TimedOut)
            }
            Self::Token(error) => error.is_timeout(),
            Self::Login { source, .. } => source.is_timeout(),
            Self::Password(error) => matches!(error, imapclient_auth::CommandError::Timeout(_)),
            _ => false,
        }
    }

    /// Whether the connection is gone: every further call will fail.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Connect(_)
            | Self::Tls(_)
            | Self::Closed { .. }
            | Self::Protocol(_)
            | Self::Limit(_)
            | Self::GivenUp => true,
            Self::Login { source, .. } | Self::Partly { source, .. } => source.is_closed(),
            // The rest of it must not go out with the next command.
            Self::Unfinished {
                outcome, source, ..
            } => *outcome != Outcome::Unknown || source.is_closed(),
            _ => false,
        }
    }

    /// The lines that led to a protocol error or over a limit, secrets left out.
    #[must_use]
    pub fn wire_log(&self) -> &[WireLine] {
        match self {
            Self::Protocol(violation) => &violation.log,
            Self::Limit(overrun) => &overrun.log,
            Self::Login { source, .. }
            | Self::Partly { source, .. }
            | Self::Unfinished { source, .. } => source.wire_log(),
            _ => &[],
        }
    }

    /// Reports whether the server does not do what was asked for, though another way to ask may
    /// do: it said NO or BAD for no passing reason, or OK without the answer.
    pub(crate) fn is_unsupported(&self) -> bool {
        match self {
            Self::Refused(_) => !self.is_transient(),
            Self::NoAnswer { .. } | Self::Unreadable { .. } => true,
            _ => false,
        }
    }

    pub(crate) fn missing(capability: impl Into<String>) -> Self {
        let capability = capability.into();
        Self::Missing { capability }
    }

    /// Returns the error without what a mechanism took from the words of a server that repeats
    /// secrets.
    pub(crate) fn without_words(mut self) -> Self {
        match &mut self {
            Self::Refused(refused) => {
                if let Some(detail) = &mut refused.detail {
                    *detail = WITHHELD.to_owned();
                }
            }
            Self::Auth(imapclient_auth::Error::Refused { said, .. }) => {
                *said = WITHHELD.to_owned();
            }
            _ => {}
        }
        self
    }

    /// Adds what the call had done before this happened.
    pub(crate) fn after(self, mut before: Done) -> Self {
        if before.is_nothing() {
            return self;
        }
        match self {
            Self::Refused(mut refused) => {
                if let Some(later) = refused.done.take() {
                    before.add(later);
                }
                refused.done = Some(before);
                Self::Refused(refused)
            }
            Self::Partly { done, source } => {
                before.add(done);
                Self::Partly {
                    done: before,
                    source,
                }
            }
            other => Self::Partly {
                done: before,
                source: Box::new(other),
            },
        }
    }

    /// Adds the messages that a fetch had received before it was refused.
    pub(crate) fn keeping(mut self, found: BTreeMap<u32, Fetch>) -> Self {
        if let Self::Refused(refused) = &mut self {
            refused.kept = found;
        }
        self
    }

    /// Says that the server may have done a part of what it refused.
    pub(crate) fn in_part(mut self) -> Self {
        if let Self::Refused(refused) = &mut self {
            refused.outcome = Outcome::Unknown;
        }
        self
    }
}

/// How a login failed: what was tried, and what the server said to all but the last of it.
fn login_text(mechanism: &str, first: Option<&Attempt>, instead: Option<&str>) -> String {
    let failed = format!("logging in by {mechanism} failed, and no weaker way was tried");
    match (first, instead) {
        (Some(first), _) => format!("logging in failed by {first} and then by {mechanism}"),
        (None, Some(instead)) => {
            format!("{failed} (to take another one, name it, as in `auth = {instead}`)")
        }
        (None, None) => failed,
    }
}

/// Names, escaped, or that there are none.
fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => escaped(&names.join(", ")).to_string(),
    }
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
