//! The last command that changes something, until its answer is returned.

use imapclient_codec::{Status, StatusKind, Tag};
use imapclient_engine::Sent;

use super::Connection;
use crate::{
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
}

impl<S> Connection<S> {
    /// Begins a call of one command: earlier commands do not belong to it.
    pub(crate) fn begin_command(&mut self) {
        if let Some(change) = &mut self.change {
            change.current = false;
        }
    }

    /// Records that a command was queued.
    pub(super) fn begun(&mut self, tag: &Tag, command: &str) {
        if changes(command) {
            self.change = Some(Change {
                tag: tag.clone(),
                command: command.to_owned(),
                outcome: None,
                current: true,
            });
        }
    }

    /// Records that the server answered a command, whether or not a caller waits for the answer.
    pub(super) fn answered(&mut self, tag: &Tag, status: &Status) {
        if let Some(change) = self.change.as_mut().filter(|change| change.tag == *tag) {
            change.outcome = Some(match status.kind {
                StatusKind::Ok => Outcome::Done,
                _ => Outcome::NotDone,
            });
        }
    }

    /// Ends a call of one command. An error then has the outcome of the command.
    pub(crate) fn end_command<T>(&mut self, result: Result<T>) -> Result<T> {
        let Some(change) = self.change.take() else {
            return result;
        };
        if !change.current {
            self.change = Some(change);
            return result;
        }
        match (result, change.outcome) {
            (Ok(value), _) => Ok(value),
            // The error is about the answer.
            (Err(error), Some(_)) => Err(error),
            (Err(error), None) => {
                let outcome = self.outcome(&change);
                let command = change.command.clone();
                if outcome == Outcome::Unknown {
                    self.change = Some(change);
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
        if self
            .change
            .as_ref()
            .is_some_and(|change| change.tag == *tag)
        {
            self.change = None;
        }
    }

    /// Returns the last command that changes something, its outcome so far, and whether the outcome
    /// is certain; `None` if its call has returned the outcome.
    pub(crate) fn change(&self) -> Option<(&str, Outcome, bool)> {
        let change = self.change.as_ref()?;
        let outcome = self.outcome(change);
        Some((&change.command, outcome, change.outcome.is_some()))
    }

    /// Forgets the last command that changes something.
    pub(crate) fn forget_change(&mut self) {
        self.change = None;
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
