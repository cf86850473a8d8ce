//! A command that the server refused.

use std::collections::BTreeMap;

use imapclient_codec::{Code, Fetch, Status, StatusKind};
use imapclient_escape::escaped;

use super::{Error, Result};
use crate::{done::Done, outcome::Outcome};

/// A server's NO or BAD.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{command} refused: {}{}{}",
    self.said(),
    if *outcome == Outcome::Unknown { "; a part of it may be done" } else { "" },
    done.as_ref().map(|done| format!("; {done} before that")).unwrap_or_default()
)]
#[non_exhaustive]
pub struct Refused {
    /// The command, as in `SELECT`.
    pub command: String,
    /// [`StatusKind::No`] or [`StatusKind::Bad`].
    pub kind: StatusKind,
    /// The response code, which says more for programs.
    pub code: Option<Code>,
    /// Text for people, from the server: escape it before you print it.
    pub text: String,
    /// What the server said about it in a SASL exchange, before: the JSON of `XOAUTH2` and
    /// `OAUTHBEARER` (RFC 7628 §3.2.2). Escape it before you print it.
    pub detail: Option<String>,
    /// [`Outcome::NotDone`], or [`Outcome::Unknown`] if the server has told of changes before it
    /// refused the command: it may have done a part.
    pub outcome: Outcome,
    /// What the call had done before this command was refused: several messages are uploaded by
    /// several commands, and a set of messages that is too long for one is copied by several.
    pub done: Option<Done>,
    /// The messages that [`fetch`](crate::Client::fetch) had received before the server refused the
    /// command, or a later one of the same call, under the numbers that it would have returned them
    /// under. A message may lack some of the items. Empty for every other command.
    pub kept: BTreeMap<u32, Fetch>,
}

/// An attempt to log in that the server refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{mechanism} ({})", refused.said())]
#[non_exhaustive]
pub struct Attempt {
    /// The way that was tried: a mechanism, as in `SCRAM-SHA-256`, or `the LOGIN command`.
    pub mechanism: String,
    /// The server's words.
    pub refused: Box<Refused>,
}

impl Refused {
    /// The server's words, escaped.
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

/// Turns NO and BAD into errors.
pub(crate) fn check(command: &str, status: Status) -> Result<Status> {
    if status.kind == StatusKind::Ok {
        return Ok(status);
    }
    Err(Error::Refused(Box::new(Refused {
        command: command.to_owned(),
        kind: status.kind,
        code: status.code,
        text: status.text,
        outcome: Outcome::NotDone,
        done: None,
        kept: BTreeMap::new(),
        detail: None,
    })))
}

/// A code as it reads in an error, with the charsets that the server takes.
fn shown(code: &Code) -> String {
    let name = escaped(code.name());
    match code {
        Code::BadCharset(taken) if !taken.is_empty() => {
            let taken: String = taken.join(" ").chars().take(200).collect();
            format!(" [{name} ({})]", escaped(&taken))
        }
        _ => format!(" [{name}]"),
    }
}
