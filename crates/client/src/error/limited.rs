//! The settings whose limits end a call.

use std::fmt;

use imapclient_engine::{Excess, Setting};

use super::{Error, TimeLimit};

/// A setting of the [`Builder`](crate::Builder) whose limit a call has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitedBy {
    /// [`Builder::timeout`](crate::Builder::timeout).
    Timeout,
    /// [`Builder::connect_timeout`](crate::Builder::connect_timeout).
    ConnectTimeout,
    /// [`Builder::command_timeout`](crate::Builder::command_timeout).
    CommandTimeout,
    /// [`Builder::min_speed`](crate::Builder::min_speed).
    MinSpeed,
    /// [`Builder::unsolicited_limit`](crate::Builder::unsolicited_limit).
    UnsolicitedLimit,
    /// [`Builder::unsolicited_bytes`](crate::Builder::unsolicited_bytes).
    UnsolicitedBytes,
    /// [`Builder::response_limit`](crate::Builder::response_limit).
    ResponseLimit,
    /// [`Builder::answer_limit`](crate::Builder::answer_limit).
    AnswerLimit,
    /// [`Builder::limits`](crate::Builder::limits).
    Limits,
}

impl Error {
    /// Returns the setting whose limit was reached, if this is the error of a limit that can be
    /// changed: [`Timeout`](Self::Timeout), [`Limit`](Self::Limit) or
    /// [`TooLarge`](Self::TooLarge), also as the source of another error.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// match client.list("", "*") {
    ///     Ok(mailboxes) => println!("{} mailboxes", mailboxes.len()),
    ///     Err(error) => match error.limited_by() {
    ///         Some(setting) => println!("{error}: change Builder::{setting}"),
    ///         None => println!("{error}"),
    ///     },
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn limited_by(&self) -> Option<LimitedBy> {
        match self {
            Self::Timeout { limit, .. } => Some(match limit.as_ref()? {
                TimeLimit::Silence(_) => LimitedBy::Timeout,
                TimeLimit::Connect(_) => LimitedBy::ConnectTimeout,
                TimeLimit::Command(_) => LimitedBy::CommandTimeout,
            }),
            Self::Limit(overrun) => match overrun.excess {
                Excess::Responses { .. } => Some(LimitedBy::UnsolicitedLimit),
                Excess::Bytes { .. } => Some(LimitedBy::UnsolicitedBytes),
                Excess::Slow { .. } => Some(LimitedBy::MinSpeed),
                Excess::Endless { .. } => Some(LimitedBy::ResponseLimit),
                Excess::Answer { .. } => Some(LimitedBy::AnswerLimit),
                _ => None,
            },
            Self::TooLarge(incomplete) => match incomplete.setting? {
                Setting::Answer => Some(LimitedBy::AnswerLimit),
                Setting::Line | Setting::SearchLine | Setting::Literal => Some(LimitedBy::Limits),
                _ => None,
            },
            Self::Login { source, .. }
            | Self::Partly { source, .. }
            | Self::PartialBody { source, .. }
            | Self::Unfinished { source, .. } => source.limited_by(),
            _ => None,
        }
    }
}

/// Writes the name of the method of the [`Builder`](crate::Builder).
impl fmt::Display for LimitedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "timeout",
            Self::ConnectTimeout => "connect_timeout",
            Self::CommandTimeout => "command_timeout",
            Self::MinSpeed => "min_speed",
            Self::UnsolicitedLimit => "unsolicited_limit",
            Self::UnsolicitedBytes => "unsolicited_bytes",
            Self::ResponseLimit => "response_limit",
            Self::AnswerLimit => "answer_limit",
            Self::Limits => "limits",
        })
    }
}
