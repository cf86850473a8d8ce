//! The time limits that end a wait.

use std::{fmt, time::Duration};

use imapclient_escape::escaped;
use imapclient_transport::Waiting;

use super::Error;

/// The operation that took too long.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Awaited {
    /// The TLS handshake.
    Handshake,
    /// The greeting of the server.
    Greeting,
    /// The answer to a command.
    Answer {
        /// The name of the command, such as `SELECT`.
        command: String,
        /// The last complaint of the server instead of an answer, if there was one. It is server
        /// data: escape it before printing it.
        said: Option<String>,
    },
    /// Any other data of the server.
    Input,
    /// The transmission of a command, which the server does not read.
    Output,
}

/// A time limit that ended a wait, with its duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeLimit {
    /// The longest silence of the server: [`Builder::timeout`](crate::Builder::timeout).
    Silence(Duration),
    /// The time for connecting and logging in:
    /// [`Builder::connect_timeout`](crate::Builder::connect_timeout).
    Connect(Duration),
    /// The time for a command:
    /// [`Builder::command_timeout`](crate::Builder::command_timeout).
    Command(Duration),
}

impl Error {
    /// Names the data that the client was waiting for, which the transport does not know.
    pub(crate) fn waiting_for(self, data: impl FnOnce() -> Awaited) -> Self {
        match self {
            Self::Timeout {
                awaited: Awaited::Input,
                limit,
            } => Self::Timeout {
                awaited: data(),
                limit,
            },
            other => other,
        }
    }

    /// Adds the limit that was reached, if this is a time-out.
    pub(crate) fn at(mut self, reached: Option<TimeLimit>) -> Self {
        if let Self::Timeout { limit, .. } = &mut self {
            *limit = reached;
        }
        self
    }
}

impl From<Waiting> for Awaited {
    fn from(waiting: Waiting) -> Self {
        match waiting {
            Waiting::Handshake => Self::Handshake,
            Waiting::Output => Self::Output,
            _ => Self::Input,
        }
    }
}

/// Continues a text that ends with the operation that took too long.
pub(super) fn reached(limit: Option<&TimeLimit>) -> String {
    limit.map(ToString::to_string).unwrap_or_default()
}

/// Continues "timed out".
impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handshake => f.write_str("in the TLS handshake"),
            Self::Greeting => f.write_str("waiting for the greeting"),
            Self::Answer { command, said } => {
                write!(f, "waiting for the answer to {command}")?;
                match said {
                    Some(said) => write!(f, " (it said \"{}\")", escaped(said)),
                    None => Ok(()),
                }
            }
            Self::Input => f.write_str("waiting for data"),
            Self::Output => f.write_str("sending data"),
        }
    }
}

/// Continues the text of the operation.
impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence(after) => write!(f, " after {after:?} of silence"),
            Self::Connect(after) | Self::Command(after) => write!(f, " after {after:?}"),
        }
    }
}
