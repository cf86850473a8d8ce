//! Errors of the engine.

use std::{fmt, time::Duration};

use imapclient_codec::{Code, InvalidArgument};
use imapclient_escape::escaped;

use crate::log::WireLine;

mod misbehaviour;

pub use misbehaviour::Misbehaviour;

/// An error after which the connection can no longer be used, or a call that was out of place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server violated the protocol in a way from which there is no safe recovery.
    #[error("the server violated the protocol{0}")]
    Protocol(Box<Violation>),
    /// The server exceeded a limit that keeps it from occupying the client forever. The connection
    /// cannot be used any further.
    #[error("the server exceeded a limit{0}")]
    Limit(Box<Overrun>),
    /// The server ended the connection.
    #[error("the server closed the connection{0}")]
    Closed(Box<End>),
    /// The connection is compressed, and the command is STARTTLS, AUTHENTICATE, LOGIN,
    /// UNAUTHENTICATE or COMPRESS: TLS would begin below the compression, secrets must not be
    /// compressed together with other data, and compression cannot begin twice.
    #[error(
        "{command} cannot be sent on a compressed connection; a new connection is needed for it"
    )]
    Compressed {
        /// The name of the command.
        command: String,
    },
    /// A command was submitted while another one needs the connection for itself, or before the
    /// greeting.
    #[error("a command was submitted {0}")]
    Busy(Busy),
    /// A mailbox name of the command cannot be sent in the current [encoding](crate::State::names).
    #[error(transparent)]
    Invalid(#[from] InvalidArgument),
}

/// The reason why a command cannot be submitted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Busy {
    /// The greeting has not arrived.
    Greeting,
    /// An AUTHENTICATE is under way.
    Authenticate,
    /// An IDLE is under way.
    Idle,
    /// A LOGOUT is under way.
    Logout,
    /// A STARTTLS is under way.
    StartTls,
    /// A COMPRESS is under way.
    Compress,
    /// Other commands are under way, and this one needs the connection for itself.
    Others,
}

/// A violation of the protocol by the server, and the circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The violation.
    pub misbehaviour: Misbehaviour,
    /// The name of the command under way, such as `APPEND`; `None` if there was none.
    pub command: Option<String>,
    /// The line that shows the violation, at most its first 240 bytes. It is server data: escape it
    /// before printing it.
    pub line: Option<String>,
    /// The last lines in both directions, without secrets.
    pub log: Vec<WireLine>,
}

/// A limit that the server exceeded, and the circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overrun {
    /// The limit.
    pub excess: Excess,
    /// The name of the command under way, such as `APPEND`; `None` if there was none.
    pub command: Option<String>,
    /// The last lines in both directions, without secrets.
    pub log: Vec<WireLine>,
}

/// A limit that a server exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Excess {
    /// The server sent too many unsolicited responses.
    Responses {
        /// The number that is accepted.
        most: u64,
    },
    /// The unsolicited responses had too many bytes together.
    Bytes {
        /// The number that is accepted.
        most: u64,
    },
    /// A response came too slowly.
    Slow {
        /// The bytes that were received.
        bytes: u64,
        /// The time spent waiting for them.
        waited: Duration,
        /// The required speed, in bytes per second.
        min_speed: u64,
    },
    /// A response did not end.
    Endless {
        /// The bytes within which it must end.
        most: u64,
    },
    /// The answer to a command is too big.
    Answer {
        /// The number of bytes that it may have.
        most: u64,
    },
}

/// The circumstances in which a connection ended. All texts are server data: escape them before
/// printing them.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct End {
    /// The text of the server's BYE.
    pub bye: Option<String>,
    /// The response code of the BYE.
    pub code: Option<Code>,
    /// The name of the command under way, such as `APPEND`; `None` if there was none.
    pub command: Option<String>,
    /// The last complaint of the server instead of a greeting or an answer to the command: an
    /// untagged NO or BAD, or a line that is not IMAP. At most its first 240 bytes.
    pub said: Option<String>,
}

impl Violation {
    /// Describes a violation in the answer to a command that no single line shows.
    #[must_use]
    pub fn new(misbehaviour: Misbehaviour, command: impl Into<String>, log: Vec<WireLine>) -> Self {
        Self {
            misbehaviour,
            command: Some(command.into()),
            line: None,
            log,
        }
    }
}

impl Overrun {
    /// Describes a limit that was exceeded in an answer to a command.
    #[must_use]
    pub fn new(excess: Excess, command: impl Into<String>, log: Vec<WireLine>) -> Self {
        Self {
            excess,
            command: Some(command.into()),
            log,
        }
    }
}

/// Continues the sentence "the server violated the protocol".
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        during(f, self.command.as_deref())?;
        write!(f, ": {}", self.misbehaviour)?;
        match &self.line {
            Some(line) => write!(f, ": \"{}\"", escaped(line)),
            None => Ok(()),
        }
    }
}

/// Continues the sentence "the server exceeded a limit".
impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        during(f, self.command.as_deref())?;
        write!(f, ": {}", self.excess)
    }
}

/// Writes what the server did.
impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Responses { most } => {
                write!(f, "it sent more than {most} unsolicited responses")
            }
            Self::Bytes { most } => {
                write!(f, "it sent more than {most} bytes of unsolicited responses")
            }
            Self::Slow {
                bytes,
                waited,
                min_speed,
            } => write!(
                f,
                "it took {waited:.1?} to send {bytes} bytes of a response, and at least \
                 {min_speed} per second are required"
            ),
            Self::Endless { most } => write!(f, "a response did not end within {most} bytes"),
            Self::Answer { most } => write!(f, "its answer has more than {most} bytes"),
        }
    }
}

/// Continues the sentence "a command was submitted".
impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "before the greeting has arrived",
            Self::Authenticate => "while AUTHENTICATE is under way",
            Self::Idle => "while IDLE is under way",
            Self::Logout => "while LOGOUT is under way",
            Self::StartTls => "while STARTTLS is under way",
            Self::Compress => "while COMPRESS is under way",
            Self::Others => "while others are under way, and it needs the connection for itself",
        })
    }
}

/// Continues the sentence "the server closed the connection". The text of a BYE needs no addition.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(bye) = &self.bye {
            return write!(f, ": {}", escaped(bye));
        }
        during(f, self.command.as_deref())?;
        match &self.said {
            Some(said) => write!(f, ", after it had said \"{}\"", escaped(said)),
            None => Ok(()),
        }
    }
}

fn during(f: &mut fmt::Formatter<'_>, command: Option<&str>) -> fmt::Result {
    match command {
        Some(command) => write!(f, " during {}", escaped(command)),
        None => Ok(()),
    }
}
