//! The outcome of commands that change something and get no answer.

use imapclient_transport::Socket;

use crate::{
    client::Client,
    done::Done,
    error::{Error, Result},
};

/// The outcome of a requested change, as far as it is known.
///
/// Repeating an upload or a copy whose outcome is [`Unknown`](Self::Unknown) may do it twice; after
/// [`NotSent`](Self::NotSent) and [`NotDone`](Self::NotDone) this cannot happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing of the command was sent.
    NotSent,
    /// The server did not execute the command: it answered NO or BAD, or the command was not sent
    /// completely.
    NotDone,
    /// The whole command was sent, and its result is not known because the server's answer is
    /// missing.
    Unknown,
    /// The server answered OK after the call had been abandoned.
    Done,
}

/// A call that changes something and was abandoned before it returned: see [`Client::unanswered`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Unanswered {
    /// The name of the command that was under way, such as `APPEND`; `None` between two commands of
    /// one call.
    pub command: Option<String>,
    /// The outcome of that command, as far as it is known by now.
    pub outcome: Outcome,
    /// The steps completed by the commands before it, if the call took several.
    pub done: Option<Done>,
}

/// Commands that change nothing that outlives the connection, without `UID`. All others, including
/// unknown ones, count as changes.
const READING: &[&str] = &[
    "AUTHENTICATE",
    "CANCELUPDATE",
    "CAPABILITY",
    "CHECK",
    "COMPARATOR",
    "ENABLE",
    "ESEARCH",
    "EXAMINE",
    "FETCH",
    "GENURLAUTH",
    "GETACL",
    "GETANNOTATION",
    "GETMETADATA",
    "GETQUOTA",
    "GETQUOTAROOT",
    "ID",
    "IDLE",
    "LANGUAGE",
    "LIST",
    "LISTRIGHTS",
    "LOGIN",
    "LOGOUT",
    "LSUB",
    "MYRIGHTS",
    "NAMESPACE",
    "NOOP",
    "NOTIFY",
    "SEARCH",
    "SELECT",
    "SORT",
    "STARTTLS",
    "STATUS",
    "THREAD",
    "UNAUTHENTICATE",
    "UNSELECT",
    "URLFETCH",
    "XLIST",
];

impl<S: Socket> Client<S> {
    /// Returns the outcome of the last call that changes something and was abandoned.
    pub(crate) fn unanswered_call(&mut self) -> Option<Unanswered> {
        let mut done = self.steps().clone();
        let mut is_certain = true;
        // Of several commands, the one whose outcome leaves most open.
        let mut open: Option<(&str, Outcome)> = None;
        for change in self.connection().changes() {
            is_certain &= change.is_certain;
            match (change.outcome, change.step) {
                (Outcome::Done, Some(step)) => Done::add_to(&mut done, step.clone()),
                (outcome, _) => {
                    if open.is_none_or(|(_, other)| outcome.weight() > other.weight()) {
                        open = Some((change.command, outcome));
                    }
                }
            }
        }
        let done = done.and_then(Done::told);
        if open.is_none() && done.is_none() {
            return None;
        }
        let unanswered = Unanswered {
            command: open.map(|(command, _)| command.to_owned()),
            outcome: open.map_or(Outcome::NotSent, |(_, outcome)| outcome),
            done,
        };
        if is_certain {
            self.begin_steps();
        }
        Some(unanswered)
    }

    /// Begins a call of several commands.
    pub(crate) fn begin_steps(&mut self) {
        self.connection_mut().forget_changes();
        *self.steps() = None;
    }

    /// Records a step that one command of several has completed.
    pub(crate) fn did(&mut self, step: Done) {
        Done::add_to(self.steps(), step);
    }

    /// Ends a call of several commands. An error then has the steps completed before it.
    pub(crate) fn end_steps<T>(&mut self, result: Result<T>) -> Result<T> {
        let steps = self.steps().take().and_then(Done::told);
        result.map_err(|error| match steps {
            Some(steps) => error.after(steps),
            None => error,
        })
    }
}

impl Outcome {
    /// Returns how much an outcome matters to a caller that knows only one of several.
    pub(crate) fn weight(self) -> u8 {
        match self {
            Self::NotSent => 0,
            Self::NotDone => 1,
            Self::Done => 2,
            Self::Unknown => 3,
        }
    }
}

/// Returns whether a command changes anything that outlives the connection.
pub(crate) fn changes(command: &str) -> bool {
    let command = command.to_ascii_uppercase();
    let command = command.strip_prefix("UID ").unwrap_or(&command);
    !READING.contains(&command)
}

impl Error {
    /// Adds the outcome of the command that was under way.
    pub(crate) fn unfinished(self, command: String, outcome: Outcome) -> Self {
        match self {
            Self::Partly { done, source } => Self::Partly {
                done,
                source: Box::new(source.unfinished(command, outcome)),
            },
            source => Self::Unfinished {
                command,
                outcome,
                source: Box::new(source),
            },
        }
    }
}

/// Returns the text for an outcome in an error.
pub(crate) fn in_words(command: &str, outcome: Outcome) -> String {
    let verb = command.to_ascii_uppercase();
    let did = match verb.strip_prefix("UID ").unwrap_or(&verb) {
        "APPEND" => "stored it",
        "COPY" => "copied them",
        "MOVE" => "moved them",
        "STORE" => "changed them",
        "EXPUNGE" => "removed them",
        _ => "did it",
    };
    let command = command.escape_debug();
    match outcome {
        Outcome::NotSent => format!("nothing of {command} was sent"),
        Outcome::NotDone => {
            format!("{command} was not sent to its end, so the server did not do it")
        }
        Outcome::Unknown => format!("{command}: it is unknown whether the server {did}"),
        Outcome::Done => format!("the server said OK to {command}"),
    }
}

/// Writes the outcome as a complete clause.
impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let command = self.command.as_deref();
        match (command, &self.done) {
            (Some(command), _) if self.outcome == Outcome::NotDone => {
                write!(f, "the server did not do {}", command.escape_debug())?;
            }
            (Some(command), _) => f.write_str(&in_words(command, self.outcome))?,
            (None, Some(done)) => return write!(f, "{done}"),
            (None, None) => {}
        }
        match &self.done {
            Some(done) => write!(f, "; {done} before that"),
            None => Ok(()),
        }
    }
}
