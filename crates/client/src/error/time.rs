//! The time limits that end a wait.

use std::{fmt, time::Duration};

use super::Error;

/// A time limit that ended a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeLimit {
    /// The name of the setting: a method of the [`Builder`](crate::Builder) and an option of the
    /// INI file, such as `timeout`.
    pub setting: &'static str,
    /// The value of the setting.
    pub after: Duration,
}

/// The name of the limit on silence.
pub(crate) const SILENCE: &str = "timeout";

impl Error {
    /// Names the operation that took too long, because the transport does not know it.
    pub(crate) fn waiting_for(self, answer: impl FnOnce() -> String) -> Self {
        match self {
            Self::Timeout { what, limit } if what == WAITING => Self::Timeout {
                what: format!("waiting for {}", answer()),
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

/// The text of the transport for a wait without data.
const WAITING: &str = "waiting for data";

/// Continues a text that ends with the operation that took too long.
pub(super) fn reached(limit: Option<&TimeLimit>) -> String {
    limit.map(ToString::to_string).unwrap_or_default()
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let silence = match self.setting {
            SILENCE => " of silence",
            _ => "",
        };
        write!(
            f,
            " after {:?}{silence} (`{}` allows more)",
            self.after, self.setting
        )
    }
}
