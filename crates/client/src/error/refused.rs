//! A command that the server refused.

use imapclient_codec::{Code, Fetch, Status, StatusKind};
use imapclient_escape::escaped;

use super::{Error, Result};
use crate::{done::Done, outcome::Outcome};

/// The server's answer NO or BAD to a command.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{command} refused: {}{}{}",
    self.said(),
    if *outcome == Outcome::Unknown { "; a part of it may be done" } else { "" },
    done.as_ref().map(|done| format!("; {done} before that")).unwrap_or_default()
)]
#[non_exhaustive]
pub struct Refused {
    /// The name of the command, such as `SELECT`.
    pub command: String,
    /// [`StatusKind::No`] or [`StatusKind::Bad`].
    pub kind: StatusKind,
    /// The response code, which gives programs the reason.
    pub code: Option<Code>,
    /// The human-readable text. It is server data: escape it before printing it.
    pub text: String,
    /// The reason that the server gave earlier in a SASL exchange: the JSON of `XOAUTH2` and
    /// `OAUTHBEARER` (RFC 7628 §3.2.2). It is server data: escape it before printing it.
    pub detail: Option<String>,
    /// [`Outcome::NotDone`], or [`Outcome::Unknown`] if the server reported changes before it
    /// refused the command, so that it may have executed a part of it.
    pub outcome: Outcome,
    /// The part of the call that was done although this command was refused: several messages are
    /// uploaded by several commands, and a set of messages that is too long for one is copied by
    /// several.
    pub done: Option<Done>,
    /// The messages that [`fetch`](crate::Client::fetch) had received before the server refused the
    /// command, or a later one of the same call, in the order of their numbers. A message may lack
    /// some of the items. Empty for every other command.
    pub kept: Vec<Fetch>,
}

/// An attempt to log in that the server refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{mechanism} ({})", refused.said())]
#[non_exhaustive]
pub struct Attempt {
    /// The method that was tried: a mechanism such as `SCRAM-SHA-256`, or `the LOGIN command`.
    pub mechanism: String,
    /// The server's answer.
    pub refused: Box<Refused>,
}

impl Refused {
    /// Creates the answer NO to a command, without code and text, for tests of programs that deal
    /// with it.
    ///
    /// ```
    /// use imapclient::{Code, Error, Refused};
    ///
    /// fn is_gone(error: &Error) -> bool {
    ///     error.code() == Some(&Code::NonExistent)
    /// }
    ///
    /// let mut refused = Refused::new("SELECT");
    /// refused.code = Some(Code::NonExistent);
    /// refused.text = "no such mailbox".into();
    /// assert!(is_gone(&Error::Refused(Box::new(refused))));
    /// ```
    #[must_use]
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            kind: StatusKind::No,
            code: None,
            text: String::new(),
            detail: None,
            outcome: Outcome::NotDone,
            done: None,
            kept: Vec::new(),
        }
    }

    /// Returns the server's answer, escaped.
    fn said(&self) -> String {
        let code = self.code.as_ref().map(shown);
        let detail = self.detail.as_ref();
        let detail = detail.map(|detail| format!(" ({})", escaped(detail)));
        format!(
            "{}{} {}{}",
            self.kind,
            code.unwrap_or_default(),
            escaped(&self.text),
            detail.unwrap_or_default()
        )
    }
}

/// Converts NO and BAD to errors.
pub(crate) fn check(command: &str, status: Status) -> Result<Status> {
    if status.kind == StatusKind::Ok {
        return Ok(status);
    }
    Err(Error::Refused(Box::new(Refused {
        kind: status.kind,
        code: status.code,
        text: status.text,
        ..Refused::new(command)
    })))
}

/// Returns the text for a code in an error, including the charsets and the events that the server
/// accepts.
fn shown(code: &Code) -> String {
    let name = escaped(code.name());
    match code {
        Code::BadCharset(taken) | Code::BadEvent(taken) if !taken.is_empty() => {
            let taken: String = taken.join(" ").chars().take(200).collect();
            format!(" [{name} ({})]", escaped(&taken))
        }
        _ => format!(" [{name}]"),
    }
}
