//! The error of tasks.

use std::{fmt, io};

/// The error of a task: a message for standard error, and the exit status of the process.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    status: u8,
}

/// The result of a task.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// Returns the failure of a check, with exit status 1.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            status: 1,
        }
    }

    /// Returns the failure of a task that could not run, with exit status 2.
    pub(crate) fn set_up(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            status: 2,
        }
    }

    /// Returns the failure after Ctrl-C or SIGTERM, with the exit status that shells use for it.
    pub(crate) fn interrupted() -> Self {
        Self {
            message: "interrupted".into(),
            status: 130,
        }
    }

    pub(crate) fn status(&self) -> u8 {
        self.status
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Adds the failed action to an error.
pub(crate) trait Doing<T> {
    /// Converts an error into the failure `cannot WHAT: ERROR`, with exit status 2.
    fn doing(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Failure::set_up(format!("cannot {}: {error}", what())))
    }
}
