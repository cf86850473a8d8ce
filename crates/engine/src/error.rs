use std::{fmt, time::Duration};

use imapclient_codec::Code;
use imapclient_escape::escaped;

use crate::log::WireLine;

/// Why a connection can no longer be used, or a call was out of place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server broke the protocol in a way that leaves no safe way on.
    #[error("the server broke the protocol{0}")]
    Protocol(Box<Violation>),
    /// The server went over a limit that keeps it from holding the client for ever. There is no way
    /// on.
    #[error("the server was given up{0}")]
    Limit(Box<Overrun>),
    /// The server ended the connection.
    #[error("the server closed the connection{0}")]
    Closed(Box<End>),
    /// The command asks for something that this engine cannot do yet.
    #[error("{0} is not supported yet")]
    Unsupported(&'static str),
    /// A command was submitted while another has the connection for itself (AUTHENTICATE,
    /// STARTTLS, IDLE, LOGOUT), or before the greeting.
    #[error("a command was submitted while {0}")]
    Busy(&'static str),
}

/// How a server broke the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// What it did.
    pub what: String,
    /// The command under way, as in `APPEND`; `None` if there was none.
    pub command: Option<String>,
    /// The line that shows it, at most 240 bytes of it. It is from the server: escape it before
    /// you print it.
    pub line: Option<String>,
    /// The last lines in both directions, secrets left out.
    pub log: Vec<WireLine>,
}

/// The limit that a server went over, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overrun {
    /// The limit.
    pub excess: Excess,
    /// The command under way, as in `APPEND`; `None` if there was none.
    pub command: Option<String>,
    /// The last lines in both directions, secrets left out.
    pub log: Vec<WireLine>,
}

/// A limit that a server went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Excess {
    /// It sent more responses that nothing had asked for.
    Responses {
        /// The most that are taken.
        most: u64,
    },
    /// The responses that nothing had asked for had more bytes.
    Bytes {
        /// The most that are taken.
        most: u64,
    },
    /// A response came too slowly.
    Slow {
        /// The bytes that came.
        bytes: u64,
        /// The time that was waited for them.
        waited: Duration,
        /// The bytes a second that have to come.
        min_speed: u64,
    },
    /// A response did not end.
    Endless {
        /// The bytes within which it has to.
        most: u64,
    },
    /// The answer to a command is too big.
    Answer {
        /// The most bytes that it may have.
        most: u64,
    },
}

/// How a connection ended. All texts are from the server: escape them before you print them.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct End {
    /// The text of the server's BYE.
    pub bye: Option<String>,
    /// The response code of the BYE.
    pub code: Option<Code>,
    /// The command under way, as in `APPEND`; `None` if there was none.
    pub command: Option<String>,
    /// The last complaint of the server while it should have greeted or answered the command: an
    /// untagged NO or BAD, or a line that IMAP does not have. At most 240 bytes of it.
    pub said: Option<String>,
}

impl Violation {
    /// A violation of the protocol that no single line shows.
    #[must_use]
    pub fn new(what: impl Into<String>, log: Vec<WireLine>) -> Self {
        Self {
            what: what.into(),
            command: None,
            line: None,
            log,
        }
    }
}

impl Overrun {
    /// A limit that was exceeded in an answer to a command.
    #[must_use]
    pub fn new(excess: Excess, command: impl Into<String>, log: Vec<WireLine>) -> Self {
        Self {
            excess,
            command: Some(command.into()),
            log,
        }
    }
}

/// Goes on from "the server broke the protocol".
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        during(f, self.command.as_deref())?;
        write!(f, ": {}", self.what)?;
        match &self.line {
            Some(line) => write!(f, ": \"{}\"", escaped(line)),
            None => Ok(()),
        }
    }
}

/// Goes on from "the server was given up".
impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        during(f, self.command.as_deref())?;
        write!(f, ": {}", self.excess)
    }
}

/// Says what the server did, and which setting allows more.
impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Responses { most } => write!(
                f,
                "it sent more than {most} responses that nothing had asked for \
                 (`unsolicited_limit` allows more)"
            ),
            Self::Bytes { most } => write!(
                f,
                "it sent more than {most} bytes of responses that nothing had asked for \
                 (`unsolicited_bytes` allows more)"
            ),
            Self::Slow {
                bytes,
                waited,
                min_speed,
            } => write!(
                f,
                "it took {waited:.1?} to send {bytes} bytes of a response, and at least {min_speed} \
                 a second have to come (`min_speed` allows less)"
            ),
            Self::Endless { most } => write!(
                f,
                "a response did not end within {most} bytes (`response_limit` allows more)"
            ),
            Self::Answer { most } => write!(
                f,
                "its answer has more than {most} bytes (`answer_limit` allows more)"
            ),
        }
    }
}

/// Goes on from "the server closed the connection". A BYE says it all.
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
