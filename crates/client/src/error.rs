//! The errors of the client, and the state in which each leaves the connection.

use std::io;

use imapclient_codec::{Code, Fetch, InvalidArgument, MailboxName};
use imapclient_engine::{Busy, End, Overrun, Phase, State, Violation, WITHHELD, WireLine};
use imapclient_escape::escaped;

use crate::{
    done::Done,
    login::AutoMethod,
    outcome::{Outcome, in_words},
};

mod compression;
mod convert;
mod incomplete;
mod limited;
mod partial;
mod refused;
mod time;
mod transient;
mod unconnected;
mod unrunnable;

pub use compression::CompressionProblem;
pub use incomplete::{Incomplete, Missing};
pub use limited::LimitedBy;
pub use partial::PartialBody;
pub(crate) use refused::check;
pub use refused::{Attempt, Refused};
pub use time::{Awaited, TimeLimit};
pub(crate) use transient::verdict;
pub use unconnected::{ConnectFailure, ConnectProblem, TlsFailure, TlsProblem};
pub use unrunnable::Unrunnable;

/// The errors of this crate.
///
/// The cause of an error is its `source()` and is not repeated in its text.
///
/// | after | the connection |
/// | --- | --- |
/// | `Refused`, `NotificationOverflow`, `Missing`, `State`, `Unrunnable`, `Busy`, `Invalid`, `AppendLimit`, `LoginDisabled`, `NoMechanism`, `Token`, `Password`, `NoAnswer`, `TooLarge`, `Unnamed`, `Unreadable`, `UidValidity` | is as good as before |
/// | `Auth`, `Challenge`, `EndlessChallenges` | is as good as before, unless the server said OK all the same or sent more challenges after the login was cancelled: then it is given up |
/// | `Login` | is as after its source |
/// | `Timeout`, `Interrupted` | can be used further: the next call first waits for the answer that is still due |
/// | `Connect`, `Tls`, `Compression`, `Closed`, `Protocol`, `Limit`, `GivenUp` | is gone: [`is_closed`](Self::is_closed) |
/// | `Partly`, `PartialBody` | is as after its source |
/// | `MessageSource` | is gone: this is always the source of an `Unfinished` |
/// | `Unfinished` | is as after its source, but gone if the command was not sent completely |
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection could not be made: the host name was not found, the connection was refused,
    /// or the command that carries it did not start.
    #[error(transparent)]
    Connect(Box<ConnectFailure>),
    /// TLS failed: the certificate is not trusted, the server does not speak TLS, or a file of
    /// certificates cannot be used.
    #[error(transparent)]
    Tls(Box<TlsFailure>),
    /// The compressed data of the server (RFC 4978) are damaged, or it has ended them although the
    /// connection goes on.
    #[error("{0}")]
    Compression(CompressionProblem),
    /// The operation took too long. [`limited_by`](Self::limited_by) returns the setting that
    /// allows more time.
    #[error("timed out {awaited}{}", time::reached(limit.as_ref()))]
    #[non_exhaustive]
    Timeout {
        /// The operation that took too long.
        awaited: Awaited,
        /// The limit that was reached; `None` if it is not a setting.
        limit: Option<TimeLimit>,
    },
    /// An [`Interrupter`](crate::Interrupter) ended the wait.
    #[error("interrupted")]
    Interrupted,
    /// The server closed the connection, or it was lost.
    #[error("the server closed the connection{end}")]
    #[non_exhaustive]
    Closed {
        /// The text of the server's BYE, or else its last complaint.
        end: Box<End>,
        /// The error of the operating system.
        source: Option<io::Error>,
    },
    /// The server violated the protocol in a way from which there is no safe recovery. The text
    /// names the command under way and shows the line that cannot be understood.
    #[error("the server violated the protocol{0}")]
    Protocol(Box<Violation>),
    /// The server exceeded a limit that keeps it from occupying the client forever: it sends too
    /// many unsolicited responses, or a response that arrives too slowly or does not end.
    /// [`limited_by`](Self::limited_by) returns the setting that allows more.
    #[error("the server exceeded a limit{0}")]
    Limit(Box<Overrun>),
    /// The connection cannot be used any further because of an earlier error.
    #[error("the connection was given up after an earlier error")]
    GivenUp,
    /// The server answered a command with NO or BAD.
    #[error(transparent)]
    Refused(Box<Refused>),
    /// The server has stopped to report the changes that [`Client::notify`](crate::Client::notify)
    /// asked for, because there were too many (RFC 5465 §5.8). Those since then are unknown, so
    /// compare the mailboxes with what is known of them, and watch them again or in another way.
    #[error(
        "the server has stopped reporting changes, as there were too many (NOTIFICATIONOVERFLOW); \
         look at the mailboxes anew"
    )]
    NotificationOverflow,
    /// The server does not support what was asked for; nothing was sent.
    #[error("{}", missing_text(capability, *disabled))]
    Missing {
        /// The capability that the server lacks.
        capability: String,
        /// True if it is [disabled](crate::Client::disabled) here, and the server offers it.
        disabled: bool,
    },
    /// The server does not accept passwords on this connection (`LOGINDISABLED`); nothing was sent.
    #[error("the server refuses LOGIN on this connection; use TLS or another mechanism")]
    LoginDisabled,
    /// The server offers no supported way to log in by a password; nothing was sent.
    #[error(
        "the server offers no way to log in by a password that is known here; it offers {}",
        listed(offered)
    )]
    #[non_exhaustive]
    NoMechanism {
        /// The SASL mechanisms that the server offers.
        offered: Vec<String>,
    },
    /// Logging in failed, either by a mechanism that hides the password, or by the second of two
    /// methods that were tried: see [`Login::auto`](crate::Login::auto).
    #[error("{}", login_text(mechanism, first.as_ref()))]
    #[non_exhaustive]
    Login {
        /// The method that was tried last: a mechanism such as `SCRAM-SHA-256`, or `the LOGIN
        /// command`.
        mechanism: String,
        /// The method that was tried and refused before, if there was one.
        first: Option<Attempt>,
        /// Another method to try, such as [`Plain`](AutoMethod::Plain), if the server may not store
        /// the password in the form that this one needs. `None` if a weaker method would be bad
        /// advice: the server has not proved its identity, its certificate was not checked, or it
        /// gave another reason.
        instead: Option<AutoMethod>,
        /// The error of the last method.
        source: Box<Self>,
    },
    /// The command is not allowed in the current state; nothing was sent.
    #[error("{command} needs {needs}, but {is}")]
    #[non_exhaustive]
    State {
        /// The command.
        command: String,
        /// The required state.
        needs: &'static str,
        /// The current state.
        is: &'static str,
    },
    /// The command needs more than to be sent, so that [`Client::run`](crate::Client::run) cannot
    /// run it; nothing was sent.
    #[error("{0}")]
    Unrunnable(Unrunnable),
    /// A command was submitted while another one needs the connection for itself; nothing was sent.
    #[error("a command was submitted {0}")]
    Busy(Busy),
    /// An argument cannot be sent; nothing was sent.
    #[error(transparent)]
    Invalid(#[from] InvalidArgument),
    /// A message has more bytes than the server accepts (`APPENDLIMIT`, RFC 7889); nothing was
    /// uploaded.
    #[error(
        "the message has {size} bytes, and the server takes {limit} at most (APPENDLIMIT); \
         nothing was uploaded"
    )]
    #[non_exhaustive]
    AppendLimit {
        /// The index of the message among those of the call, counted from 0.
        index: usize,
        /// The size of the message, in bytes.
        size: u64,
        /// The server's limit, in bytes.
        limit: u64,
    },
    /// The reader of a message failed, or had less than the announced size, so the message was not
    /// stored. This is the source of an [`Unfinished`](Self::Unfinished).
    #[error("the source of the message gave {read} of {size} bytes")]
    #[non_exhaustive]
    MessageSource {
        /// The number of bytes of the message that were read.
        read: u64,
        /// The announced size of the message, in bytes.
        size: u64,
        /// The error of the reader; `None` if it has ended.
        source: Option<io::Error>,
    },
    /// A call that takes several commands failed, and some of them had succeeded. A refusal has
    /// this information in [`Refused::done`] instead.
    #[error("{done} before this failed")]
    #[non_exhaustive]
    Partly {
        /// The part of the call that was done.
        done: Done,
        /// The error of the command that failed.
        source: Box<Self>,
    },
    /// A command that changes something ended without an answer from the server. The
    /// [`outcome`](Self::outcome) reports whether the server may have executed it.
    #[error("{}", in_words(command, *outcome))]
    #[non_exhaustive]
    Unfinished {
        /// The name of the command, such as `APPEND` or `UID COPY`.
        command: String,
        /// The outcome of the change, as far as it is known.
        outcome: Outcome,
        /// The reason why there is no answer.
        source: Box<Self>,
    },
    /// A body of a message was not received completely, while it was read in pieces or skipped.
    #[error("only {body} were received")]
    PartialBody {
        /// The body, and how much of it was received.
        body: Box<PartialBody>,
        /// The reason.
        source: Box<Self>,
    },
    /// The server has reported a different UIDVALIDITY for the selected mailbox since it was
    /// selected (RFC 9051 §2.3.1.1), so the UIDs known so far may belong to other messages. Until
    /// the mailbox is selected again, every command by UID fails with this error before anything is
    /// sent; commands by sequence number still work. A change that was under way when the server
    /// reported it fails with [`Unfinished`](Self::Unfinished), with this error as its source.
    #[error(
        "the UIDVALIDITY of \"{}\" has changed from {was} to {is}, so that its UIDs may be those \
         of other messages; select it anew",
        escaped(mailbox.as_str())
    )]
    #[non_exhaustive]
    UidValidity {
        /// The selected mailbox.
        mailbox: MailboxName,
        /// The UIDVALIDITY that it had when it was selected.
        was: u32,
        /// The UIDVALIDITY that the server has reported since.
        is: u32,
    },
    /// An authentication mechanism failed.
    #[error(transparent)]
    Auth(#[from] imapclient_auth::Error),
    /// There is no access token to log in with.
    #[error("there is no access token to log in with")]
    Token(#[from] imapclient_auth::TokenError),
    /// The command that prints the password failed.
    #[error(transparent)]
    Password(#[from] imapclient_auth::CommandError),
    /// The server sent too many challenges; the login was cancelled.
    #[error("the server sent more challenges after {limit} answers")]
    #[non_exhaustive]
    EndlessChallenges {
        /// The number of challenges that were answered.
        limit: usize,
    },
    /// The server's challenge is not in base64 (RFC 9051 §6.2.2).
    #[error(
        "the server's challenge in AUTHENTICATE is not in base64: \"{}\"",
        escaped(text)
    )]
    #[non_exhaustive]
    Challenge {
        /// The text that the server sent instead. It is server data: escape it before printing it.
        text: String,
    },
    /// A part of the answer was skipped because it has more bytes than are kept. The server
    /// executed the command and answered OK. [`Client::fetch_each`](crate::Client::fetch_each)
    /// reads messages of any number and size.
    #[error("{} gave more than can be kept:{_0}", _0.command)]
    TooLarge(Box<Incomplete>),
    /// The server answered a FETCH by UID without the UID of one or more messages, and did so again
    /// when they were fetched once more. The other messages are in the error.
    #[error("{} was answered without the UID:{_0}", _0.command)]
    Unnamed(Box<Incomplete>),
    /// The server answered OK, but did not send the data that were asked for.
    #[error("the server said OK to {command}, but gave no answer")]
    NoAnswer {
        /// The command.
        command: &'static str,
    },
    /// The server answered OK, but the data before it cannot be decoded, so the answer is not
    /// known. The whole response is an [`Update::Malformed`](crate::Update::Malformed). For an
    /// answer that has one response for each item, such as that to LIST, this error means that none
    /// of them could be decoded.
    #[error(
        "the server's answer to {command} cannot be read: {why}, in \"{}\"",
        escaped(line)
    )]
    Unreadable {
        /// The name of the command, such as `LIST` or `UID SEARCH`.
        command: String,
        /// The beginning of the response. It is server data: escape it before printing it.
        line: String,
        /// The reason.
        why: String,
    },
}

/// The result of the calls in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Returns the response code of a refusal, or of the server's BYE.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        match self {
            Self::Refused(refused) => refused.code.as_ref(),
            Self::Closed { end, .. } => end.code.as_ref(),
            Self::Login { source, .. }
            | Self::Partly { source, .. }
            | Self::PartialBody { source, .. }
            | Self::Unfinished { source, .. } => source.code(),
            _ => None,
        }
    }

    /// Returns the part of the call that was done before it failed. Repeating the call does this
    /// part a second time.
    #[must_use]
    pub fn done(&self) -> Option<&Done> {
        match self {
            Self::Refused(refused) => refused.done.as_ref(),
            Self::Partly { done, .. } => Some(done),
            _ => None,
        }
    }

    /// Returns the outcome of the change that the failed command was to make. It does not cover the
    /// part of the call that was [done](Self::done) before.
    ///
    /// The result is never [`Outcome::Done`]. A call that changes nothing fails with
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

    /// Returns whether the operation took too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Partly { source, .. }
            | Self::PartialBody { source, .. }
            | Self::Unfinished { source, .. } => source.is_timeout(),
            Self::Timeout { .. } => true,
            Self::Connect(failure) => failure.kind == io::ErrorKind::TimedOut,
            Self::Closed { source, .. } => {
                source.as_ref().map(io::Error::kind) == Some(io::ErrorKind::TimedOut)
            }
            Self::Token(error) => error.is_timeout(),
            Self::Login { source, .. } => source.is_timeout(),
            Self::Password(error) => matches!(error, imapclient_auth::CommandError::Timeout(_)),
            _ => false,
        }
    }

    /// Returns whether the connection is gone, so that every further call will fail.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match self {
            Self::Connect(_)
            | Self::Tls(_)
            | Self::Compression(_)
            | Self::Closed { .. }
            | Self::Protocol(_)
            | Self::Limit(_)
            | Self::GivenUp => true,
            Self::Login { source, .. }
            | Self::Partly { source, .. }
            | Self::PartialBody { source, .. } => source.is_closed(),
            // The rest of the command must not be sent with the next one.
            Self::Unfinished {
                outcome, source, ..
            } => *outcome != Outcome::Unknown || source.is_closed(),
            _ => false,
        }
    }

    /// Returns the last lines before a violation of the protocol or a limit, without secrets.
    #[must_use]
    pub fn wire_log(&self) -> &[WireLine] {
        match self {
            Self::Protocol(violation) => &violation.log,
            Self::Limit(overrun) => &overrun.log,
            Self::Login { source, .. }
            | Self::Partly { source, .. }
            | Self::PartialBody { source, .. }
            | Self::Unfinished { source, .. } => source.wire_log(),
            _ => &[],
        }
    }

    /// Returns whether the server does not support the command in this form, so that another form
    /// may work: it answered NO or BAD for no transient reason, or OK without the data.
    pub(crate) fn is_unsupported(&self) -> bool {
        match self {
            Self::Refused(_) => !self.is_transient(),
            Self::NoAnswer { .. } | Self::Unreadable { .. } => true,
            _ => false,
        }
    }

    /// Returns the error of a server without one of these capabilities.
    pub(crate) fn missing(capabilities: &[&str], state: &State) -> Self {
        let withheld = state.withheld();
        Self::Missing {
            capability: capabilities.join(" or "),
            disabled: capabilities.iter().any(|name| withheld.lists(name)),
        }
    }

    /// Returns the error without the text that a mechanism took from a server that repeats secrets.
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

    /// Adds the part of the call that was done before this error.
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
    pub(crate) fn keeping(mut self, kept: impl Iterator<Item = Fetch>) -> Self {
        if let Self::Refused(refused) = &mut self {
            refused.kept = kept.collect();
        }
        self
    }

    /// Records that the server may have executed a part of the command that it refused.
    pub(crate) fn in_part(mut self) -> Self {
        if let Self::Refused(refused) = &mut self {
            refused.outcome = Outcome::Unknown;
        }
        self
    }
}

/// Returns the text of an error about a capability that is needed.
fn missing_text(capability: &str, disabled: bool) -> String {
    match disabled {
        true => format!("{capability} is disabled, though the server offers it"),
        false => format!("the server does not offer {capability}"),
    }
}

/// Describes a failed login: the methods that were tried, and the server's answer to all but the
/// last one.
fn login_text(mechanism: &str, first: Option<&Attempt>) -> String {
    match first {
        Some(first) => format!("logging in failed by {first} and then by {mechanism}"),
        None => format!("logging in by {mechanism} failed, and no weaker way was tried"),
    }
}

/// Returns the names, escaped, or "nothing" if there are none.
fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => escaped(&names.join(", ")).to_string(),
    }
}

/// Returns the text for a phase in an error.
pub(crate) fn phase_text(phase: Phase) -> &'static str {
    match phase {
        Phase::NotAuthenticated => "nobody is logged in",
        Phase::Authenticated => "no mailbox is selected",
        Phase::Selected => "a mailbox is selected",
        Phase::Logout => "the connection has ended",
        _ => "the connection has only begun",
    }
}
