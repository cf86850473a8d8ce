//! Compares what a session reported with the mailbox that the server has.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io, mem,
};

use imapclient::{
    AppendUid, Error, Fetch, Flag, Flags, Outcome, Response, Result, Stored as Changed, TlsProblem,
    Uid,
};
use imapclient_testkit::{Server, Stored};

use crate::{FLAGGED, NEWS};

/// The results that a session has reported, beside the messages that were there before.
#[derive(Debug)]
pub(crate) struct Journal {
    before: Vec<Stored>,
    /// The step of the session.
    step: &'static str,
    /// The outcome of the STORE, once it has one.
    flagged: Option<Outcome>,
    /// The messages that were uploaded, with the outcome and the UID that the server assigned.
    appended: Vec<(&'static str, Outcome, Option<Uid>)>,
    wrong: Vec<String>,
}

impl Journal {
    pub(crate) fn new(server: &Server) -> Self {
        Self {
            before: server.messages("bob", "INBOX"),
            step: "",
            flagged: None,
            appended: Vec::new(),
            wrong: Vec::new(),
        }
    }

    pub(crate) fn begin(&mut self, step: &'static str) {
        self.step = step;
    }

    /// Notes a fault unless the result of the step is right.
    pub(crate) fn expect(&mut self, is_right: bool, result: impl fmt::Debug) {
        if !is_right {
            self.wrong.push(format!("{}: {result:?}", self.step));
        }
    }

    /// Returns the number of messages before the session.
    pub(crate) fn count(&self) -> u32 {
        self.uids().len() as u32
    }

    /// Returns their UIDs.
    pub(crate) fn uids(&self) -> Vec<Uid> {
        let before = self.before.iter();
        before.map(|message| uid(message.uid)).collect()
    }

    /// Returns whether these are the flags of all messages.
    pub(crate) fn has_flags(&self, told: &BTreeMap<Uid, Flags>) -> bool {
        let told = told.iter().map(|(uid, flags)| (*uid, words(flags)));
        let before = self.before.iter();
        told.eq(before.map(|message| (uid(message.uid), message.flags.iter().cloned().collect())))
    }

    /// Returns whether these are the texts of all messages.
    pub(crate) fn has_bodies(&self, told: &BTreeMap<Uid, Fetch>) -> bool {
        let told = told.iter().map(|(uid, message)| (*uid, message.body()));
        let before = self.before.iter();
        told.eq(before.map(|message| (uid(message.uid), Some(&message.bytes[..]))))
    }

    /// Returns whether these are the UIDs and texts of the first messages.
    pub(crate) fn begins_with(&self, told: &[(Option<Uid>, Vec<u8>)]) -> bool {
        let mut before = self.before.iter();
        told.iter().all(|(told, text)| {
            before
                .next()
                .is_some_and(|message| *told == Some(uid(message.uid)) && *text == message.bytes)
        })
    }

    /// Returns whether this is the text of one message, and nothing else.
    pub(crate) fn is_body(&self, told: Uid, responses: &[Response]) -> bool {
        let mut before = self.before.iter();
        let message = before.find(|message| uid(message.uid) == told);
        let text = message.map(|message| &message.bytes[..]);
        matches!(responses, [Response::Fetch(fetch)] if fetch.uid() == Some(told) && fetch.body() == text)
    }

    /// Returns the first error of several commands. The later ones must say that the connection was
    /// given up.
    pub(crate) fn one_after(&mut self, earlier: Result<()>, error: Error) -> Result<()> {
        if earlier.is_err() {
            let is_right = match &error {
                Error::Unfinished { source, .. } => matches!(**source, Error::GivenUp),
                error => matches!(error, Error::GivenUp),
            };
            self.expect(is_right, &error);
        }
        earlier.and(Err(error))
    }

    /// Notes the result of the STORE.
    pub(crate) fn flagged(&mut self, result: &Result<Changed<Flags>>) {
        self.flagged = Some(match result {
            Ok(changed) => {
                let told = changed.get(uid(FLAGGED));
                let is_right = told.is_some_and(|flags| flags.contains(&Flag::Flagged));
                self.expect(is_right && changed.len() == 1, changed);
                Outcome::Done
            }
            Err(error) => error.outcome(),
        });
    }

    /// Notes the result of an upload.
    pub(crate) fn appended(&mut self, text: &'static str, result: &Result<Option<AppendUid>>) {
        let (outcome, uid) = match result {
            Ok(told) => {
                let told = told.as_ref();
                let uid = told.and_then(|told| told.uids.iter()?.next());
                (Outcome::Done, uid)
            }
            Err(error) => (error.outcome(), None),
        };
        self.appended.push((text, outcome, uid));
    }

    /// Returns everything that was wrong with the session, now that it has ended.
    pub(crate) fn judge(mut self, result: &Result<()>, server: &Server) -> Vec<String> {
        if let Err(error) = result {
            self.expect(is_about_the_cut(error) && error.is_closed(), error);
        }
        let mut after = server.messages("bob", "INBOX");
        let mut added = BTreeMap::<_, Vec<Uid>>::new();
        for message in after.split_off(self.before.len()) {
            let uid = uid(message.uid);
            added.entry(message.bytes).or_default().push(uid);
        }
        let is_flagged = take_flag(&mut after);
        self.expect(after == self.before, &after);
        let flagged = self.flagged;
        self.expect(fits(flagged, is_flagged), (flagged, is_flagged));

        let delivered = added.remove(NEWS.as_bytes()).unwrap_or_default();
        self.expect(delivered.len() < 2, &delivered);
        for (text, outcome, told) in mem::take(&mut self.appended) {
            let stored = added.remove(text.as_bytes()).unwrap_or_default();
            let is_right = stored.len() < 2 && fits(Some(outcome), !stored.is_empty());
            self.expect(is_right, (text, outcome, &stored));
            self.expect(told.is_none_or(|told| stored == [told]), (told, &stored));
        }
        // No other message, and no part of one.
        self.expect(added.is_empty(), &added);
        self.wrong
    }
}

/// Returns whether the outcome of a change is true; `None` if the change was not begun.
fn fits(outcome: Option<Outcome>, is_done: bool) -> bool {
    match outcome {
        None | Some(Outcome::NotSent | Outcome::NotDone) => !is_done,
        Some(Outcome::Done) => is_done,
        Some(_) => true,
    }
}

/// Returns whether an error says that the connection was lost.
fn is_about_the_cut(error: &Error) -> bool {
    match error {
        Error::Closed { .. } => !error.is_timeout(),
        // A reset may come before the socket is set up.
        Error::Connect(failure) => failure.kind == io::ErrorKind::ConnectionReset,
        Error::Tls(failure) => failure.problem == TlsProblem::Closed,
        Error::PartialBody { body, source } => {
            body.received < body.size && is_about_the_cut(source)
        }
        Error::Unfinished { source, .. } | Error::Login { source, .. } => is_about_the_cut(source),
        _ => false,
    }
}

/// Removes the flag that the session adds from its message. Returns whether it was there.
fn take_flag(messages: &mut [Stored]) -> bool {
    let message = messages.iter_mut().find(|message| message.uid == FLAGGED);
    message.is_some_and(|message| {
        let before = message.flags.len();
        message.flags.retain(|flag| flag != Flag::Flagged.as_str());
        message.flags.len() < before
    })
}

/// Returns the flags of a message that a client can set.
fn words(flags: &Flags) -> BTreeSet<String> {
    let flags = flags.iter().filter(|flag| *flag != Flag::Recent);
    flags.map(|flag| flag.as_str().to_owned()).collect()
}

fn uid(number: u32) -> Uid {
    Uid::try_from(number).unwrap()
}
