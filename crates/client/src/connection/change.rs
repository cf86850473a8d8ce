//! The last commands that change something, until their answers are returned.

use imapclient_codec::{Status, StatusKind, Tag};
use imapclient_engine::Sent;

use super::Connection;
use crate::{
    done::Done,
    error::{Error, Result},
    outcome::{Outcome, changes},
};

/// A command that changes something.
#[derive(Debug)]
pub(super) struct Change {
    tag: Tag,
    command: String,
    /// Its outcome, once that is certain.
    outcome: Option<Outcome>,
    /// True while the call that sent it goes on.
    current: bool,
    /// The part of a call of several commands that it makes, if they are under way together.
    step: Option<Step>,
}

/// A part of a call of several commands.
#[derive(Debug)]
struct Step {
    /// Identifies the answer for which a caller waits.
    owner: usize,
    /// The part that is done if the server says OK.
    done: Done,
}

/// The state of a command that changes something and whose answer was not returned.
#[derive(Debug)]
pub(crate) struct Standing<'c> {
    pub(crate) command: &'c str,
    /// The outcome so far.
    pub(crate) outcome: Outcome,
    pub(crate) is_certain: bool,
    /// The part of the call that is done if the server says OK, if the call takes several commands
    /// that are under way together.
    pub(crate) step: Option<&'c Done>,
}

impl<S> Connection<S> {
    /// Begins a call of one command: earlier commands do not belong to it.
    pub(crate) fn begin_command(&mut self) {
        for change in &mut self.changes {
            change.current = false;
        }
    }

    /// Records that a command was queued.
    pub(super) fn begun(&mut self, tag: &Tag, command: &str) {
        if changes(command) {
            self.changes.retain(|change| change.current);
            self.changes.push(Change {
                tag: tag.clone(),
                command: command.to_owned(),
                outcome: None,
                current: true,
                step: None,
            });
        }
    }

    /// Records that the last command makes a part of a call of several, for whose answer this owner
    /// waits.
    pub(crate) fn begun_step(&mut self, owner: usize, done: Done) {
        if let Some(change) = self.changes.last_mut() {
            change.step = Some(Step { owner, done });
        }
    }

    /// Records that the server answered a command, whether or not a caller waits for the answer.
    pub(super) fn answered(&mut self, tag: &Tag, status: &Status) {
        let mut changes = self.changes.iter_mut();
        if let Some(change) = changes.find(|change| change.tag == *tag) {
            change.outcome = Some(match status.kind {
                StatusKind::Ok => Outcome::Done,
                _ => Outcome::NotDone,
            });
        }
    }

    /// Ends a call of one command. An error then has the outcome of the command.
    pub(crate) fn end_command<T>(&mut self, result: Result<T>) -> Result<T> {
        let Some(change) = self.changes.pop_if(|change| change.current) else {
            return result;
        };
        match (result, change.outcome) {
            (Ok(value), _) => Ok(value),
            // The error is about the answer.
            (Err(error), Some(_)) => Err(error),
            (Err(error), None) => {
                let outcome = self.outcome(&change);
                let command = change.command.clone();
                if outcome == Outcome::Unknown {
                    self.changes.push(change);
                } else {
                    // The rest must not be sent with the next command.
                    self.give_up();
                }
                Err(error.unfinished(command, outcome))
            }
        }
    }

    /// Returns the error of a command that has no answer, with the outcome of the command if it
    /// changes something.
    pub(crate) fn unanswered(&mut self, tag: &Tag, command: &str, error: Error) -> Error {
        if !changes(command) {
            return error;
        }
        let outcome = self.outcome_of(tag);
        if outcome != Outcome::Unknown {
            // The rest must not be sent with the next command.
            self.give_up();
            self.returned(tag);
        }
        error.unfinished(command.to_owned(), outcome)
    }

    /// Records that the outcome of a command was returned.
    pub(crate) fn returned(&mut self, tag: &Tag) {
        self.changes.retain(|change| change.tag != *tag);
    }

    /// Records that the answer for which this owner waited was returned.
    pub(crate) fn returned_step(&mut self, owner: usize) {
        self.changes.retain(|change| {
            let is_of = change.step.as_ref().is_some_and(|step| step.owner == owner);
            !is_of || change.outcome.is_none()
        });
    }

    /// Returns the last commands that change something and whose calls have not returned their
    /// outcome: one command, or several of one call.
    pub(crate) fn changes(&self) -> impl Iterator<Item = Standing<'_>> {
        self.changes.iter().map(|change| Standing {
            command: &change.command,
            outcome: self.outcome(change),
            is_certain: change.outcome.is_some(),
            step: change.step.as_ref().map(|step| &step.done),
        })
    }

    /// Forgets the last commands that change something.
    pub(crate) fn forget_changes(&mut self) {
        self.changes.clear();
    }

    fn outcome(&self, change: &Change) -> Outcome {
        change
            .outcome
            .unwrap_or_else(|| self.outcome_of(&change.tag))
    }

    /// Returns the outcome of a command without an answer.
    fn outcome_of(&self, tag: &Tag) -> Outcome {
        match self.engine.sent(tag) {
            Some(Sent::Nothing) => Outcome::NotSent,
            Some(Sent::All) if !self.holds_end(tag) => Outcome::Unknown,
            Some(_) => Outcome::NotDone,
            None => Outcome::Unknown,
        }
    }

    /// Returns whether the last byte of a command is still in the pipe, so that it has not been
    /// sent. The bytes there may also be those of later commands only.
    fn holds_end(&self, tag: &Tag) -> bool {
        let behind = self.engine.written_behind(tag).unwrap_or_default();
        self.pipe.holds(behind)
    }
}
