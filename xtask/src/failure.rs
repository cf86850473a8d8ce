use std::{fmt, io};

/// Why a task stopped: one line for standard error, and the process's exit status.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    status: u8,
}

/// The result of a task.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A check did not hold: exit status 1.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            status: 1,
        }
    }

    /// The task could not be tried: exit status 2.
    pub(crate) fn set_up(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            status: 2,
        }
    }

    /// Ended by Ctrl-C or a request to terminate, with the status shells use for it.
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

/// Says what was being done when an error came.
pub(crate) trait Doing<T> {
    /// The failure `cannot WHAT: ERROR`, with exit status 2.
    fn doing(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| Failure::set_up(format!("cannot {}: {error}", what())))
    }
}
