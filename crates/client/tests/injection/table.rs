//! Every argument of every method that takes text.

mod mailboxes;
mod messages;
mod search;
mod session;

use imapclient::{Error, blocking::Client};

use crate::judge::Outcome;

/// The state that the client must be in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Phase {
    /// It is not logged in.
    Stranger,
    /// It is logged in, and no mailbox is selected.
    Member,
    /// A mailbox is selected.
    Reader,
}

/// The form in which the server must receive a text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// These words, with the text among them in any valid form.
    Words(&'static str),
    /// This line, with the unchanged text in place of `{}`.
    Spelled(&'static str),
    /// These words, one of which is a list with any contents.
    Within(&'static str),
    /// These words, with the text among them as a set.
    Set(&'static str),
    /// The name of a mechanism and its response, with the text in place of `{}`.
    Sasl(&'static str, &'static str),
    /// Nothing is sent.
    Nothing,
}

/// One argument.
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) argument: &'static str,
    pub(crate) phase: Phase,
    pub(crate) expected: Expected,
    /// The form in which a second command must contain the argument.
    pub(crate) then: Option<Expected>,
    /// A text that is valid for the argument.
    pub(crate) fits: &'static str,
    pub(crate) call: fn(&mut Client, &str) -> Result<(), Error>,
}

impl Row {
    fn at(mut self, phase: Phase) -> Self {
        self.phase = phase;
        self
    }

    fn fits(mut self, text: &'static str) -> Self {
        self.fits = text;
        self
    }

    fn then(mut self, expected: Expected) -> Self {
        self.then = Some(expected);
        self
    }

    /// Returns the outcome for a valid text.
    pub(crate) fn usually(&self) -> Outcome {
        match self.expected {
            Expected::Nothing => Outcome::Kept,
            _ => Outcome::Sent,
        }
    }
}

fn row(
    method: &'static str,
    argument: &'static str,
    expected: Expected,
    call: fn(&mut Client, &str) -> Result<(), Error>,
) -> Row {
    Row {
        method,
        argument,
        phase: Phase::Reader,
        expected,
        then: None,
        fits: "abc",
        call,
    }
}

/// Returns all rows. `cargo xtask parity` checks that none is missing.
pub(crate) fn table() -> Vec<Row> {
    [
        session::session(),
        mailboxes::mailboxes(),
        mailboxes::access(),
        messages::messages(),
        messages::data(),
        search::search(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
