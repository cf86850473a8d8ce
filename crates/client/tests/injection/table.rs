//! Every argument of every method that text can come in by.

mod mailboxes;
mod messages;
mod search;
mod session;

use imapclient::{Error, blocking::Client};

use crate::judge::Outcome;

/// What the client has to be at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Phase {
    /// Nobody is logged in.
    Stranger,
    /// Somebody is, and no mailbox is open.
    Member,
    /// A mailbox is open.
    Reader,
}

/// What is to arrive of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// These words, the text among them, in whatever form a server reads as it.
    Words(&'static str),
    /// This line, with the text as it is in place of `{}`.
    Spelled(&'static str),
    /// These words, one of which is a list with anything in it.
    Within(&'static str),
    /// These words, the text among them as the set that it is.
    Set(&'static str),
    /// A mechanism's name and what it says, with the text in place of `{}`.
    Sasl(&'static str, &'static str),
    /// Nothing.
    Nothing,
}

/// One argument.
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) argument: &'static str,
    pub(crate) phase: Phase,
    pub(crate) expected: Expected,
    /// The argument that is to arrive in a second command.
    pub(crate) then: Option<Expected>,
    /// A text that it takes.
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

    /// What becomes of a text that fits.
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

/// All of them. `cargo xtask parity` sees that none is missing.
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
