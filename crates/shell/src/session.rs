//! A session: an account, its connection, and the state kept between commands.

mod connect;
mod names;

use std::{
    collections::HashSet,
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use imapclient::{Builder, Drained, Mailbox, MailboxName, Uid, tokio::Client};
use imapclient_config::Account;

use crate::{
    ask,
    failure::{Failure, Result},
    progress::Progress,
    reply::Reply,
    screen::Screen,
    trace, updates,
};
use connect::{Selected, uids_are_of_before};
use names::Listed;

/// The time limit for logging out.
const GOODBYE_TIME: Duration = Duration::from_secs(5);
/// Limits on the time and the bytes for reading what a cancelled command left behind.
const DRAIN_TIME: Duration = Duration::from_secs(1);
const DRAIN_BYTES: u64 = 1024 * 1024;
/// The time limit of completion.
const ASIDE_TIME: Duration = Duration::from_secs(2);

/// A session on a server. It connects when needed, and reconnects after a loss.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) screen: Screen,
    pub(crate) progress: Progress,
    account: Account,
    /// The settings of the connections, which share the mechanism that worked, and the TLS
    /// sessions.
    settings: Option<Builder<Client>>,
    client: Option<Client>,
    /// The mailbox selected last, which is selected again after reconnecting.
    selected: Option<Selected>,
    /// The mailbox that stays selected, while the current command may open others on the way.
    kept: Option<Selected>,
    /// The UIDs found last, in the order of the server: `$`.
    found: Option<Vec<Uid>>,
    /// The time-out that was set in the session.
    timeout: Option<Option<Duration>>,
    /// `true` if questions are answered with yes.
    yes: bool,
    /// `true` if commands come from standard input, so that nothing else can be read from it.
    input_is_taken: bool,
    /// `true` once the session is over.
    left: bool,
    /// `true` if there was a connection before.
    connected_before: bool,
    /// `true` if the current command has replaced a lost connection.
    renewed: bool,
    /// The time when the connection was last used.
    used: Instant,
    /// The last protocol lines of a connection that was lost.
    last_words: Vec<String>,
    /// The step of the current command that is done, while others are to follow.
    step: Option<String>,
    mailboxes_changes: u64,
    listed: Listed,
}

/// Waits for Ctrl-C.
pub(crate) async fn interrupted() -> Failure {
    match tokio::signal::ctrl_c().await {
        Ok(()) => Failure::Cancelled,
        Err(error) => error.into(),
    }
}

impl Session {
    pub(crate) fn new(account: Account, screen: Screen, yes: bool) -> Self {
        Self {
            screen,
            progress: Progress::default(),
            account,
            settings: None,
            client: None,
            selected: None,
            kept: None,
            found: None,
            timeout: None,
            yes,
            input_is_taken: false,
            left: false,
            connected_before: false,
            renewed: false,
            used: Instant::now(),
            last_words: Vec::new(),
            step: None,
            mailboxes_changes: 0,
            listed: Listed::default(),
        }
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Records that commands come from standard input, so that nothing else can be read from it.
    pub(crate) fn commands_come_by_standard_input(&mut self) {
        self.input_is_taken = true;
    }

    /// Returns whether commands come from standard input.
    pub(crate) fn input_is_taken(&self) -> bool {
        self.input_is_taken
    }

    /// Runs work. Ctrl-C cancels it, but does not end the session; [`drain`](Self::drain) then
    /// reads the rest of its responses.
    pub(crate) async fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.progress = Progress::new(self.screen.progress() && !trace::is_on());
        self.renewed = false;
        self.step = None;
        self.kept = None;
        let progress = self.progress.clone();
        let result = tokio::select! {
            // Ctrl-C wins over a result that arrives at the same time.
            biased;
            failure = interrupted() => Err(failure),
            result = work(self) => result,
            never = progress.show() => match never {},
        };
        progress.end();
        self.look_after(&result);
        if result.as_ref().is_err_and(uids_are_of_before) {
            self.select_anew().await;
        }
        self.tell_step(result)
    }

    /// Records that a step of the current command is done, as in "marking 2 messages as deleted".
    /// The user is told if what follows fails or is cancelled.
    pub(crate) fn did(&mut self, step: String) {
        self.step = Some(step);
    }

    /// Adds the step that was done to the failure of what followed. A failure in words of its own
    /// says what was done.
    fn tell_step<T>(&mut self, result: Result<T>) -> Result<T> {
        match (result, self.step.take()) {
            (Err(Failure::Cancelled), Some(step)) => {
                self.screen.warn(&format!("cancelled after {step}"));
                Err(Failure::Cancelled)
            }
            (Err(failure), Some(step)) if failure.client().is_some() => {
                Err(failure.at(format!("after {step}")))
            }
            (result, _) => result,
        }
    }

    /// Shows a reply; Ctrl-C also ends that.
    ///
    /// # Errors
    /// Fails with the failure of an incomplete reply, after it was shown.
    pub(crate) async fn show(&self, reply: Reply) -> Result<()> {
        tokio::select! {
            biased;
            failure = interrupted() => return Err(failure),
            shown = self.screen.show(&reply) => shown?,
        }
        reply.failure.map_or(Ok(()), Err)
    }

    /// Asks the server between commands, for completion: without any message and within a short
    /// time. Returns `None` without a connection or a response.
    pub(crate) async fn ask_aside<T>(
        &mut self,
        ask: impl AsyncFnOnce(&mut Client) -> imapclient::Result<T>,
    ) -> Option<T> {
        let client = self.client.as_mut()?;
        match tokio::time::timeout(ASIDE_TIME, ask(client)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                if error.is_closed() {
                    self.lose_connection();
                }
                None
            }
            Err(_) => {
                self.drain().await;
                None
            }
        }
    }

    /// Opens a mailbox without showing anything.
    pub(crate) async fn open(&mut self, mailbox: &str) -> Result<()> {
        let mailbox = self.mailbox_name(mailbox).await?;
        self.client().await?.select(mailbox).await?;
        self.remember();
        Ok(())
    }

    /// Cleans up after a command was dropped: reads its response if it is short, or drops the
    /// connection.
    pub(crate) async fn drain(&mut self) {
        let Some(client) = &mut self.client else {
            return;
        };
        let drained = tokio::time::timeout(DRAIN_TIME, client.drain(DRAIN_BYTES)).await;
        // The user has to know whether the command may have been done before repeating it. What has
        // not been sent by now never will be, since the connection is dropped in that case.
        if let Some(unanswered) = client.unanswered() {
            self.screen.warn(&unanswered.to_string());
        }
        if !matches!(drained, Ok(Ok(Drained::All))) {
            self.lose_connection();
        }
        self.remember();
        self.return_to_kept();
    }

    /// Logs out, waiting only a short time for the response.
    pub(crate) async fn leave(&mut self) -> Result<()> {
        self.left = true;
        let Some(client) = self.client.take() else {
            return Ok(());
        };
        self.log_out(client).await
    }

    /// Leaves the session after `done`, whose error takes precedence over one of leaving.
    pub(crate) async fn leave_after(&mut self, done: Result<()>) -> Result<()> {
        if matches!(done, Err(Failure::Cancelled)) {
            self.drain().await;
        }
        let left = self.leave().await;
        done.and(left)
    }

    /// Logs out. If the server hangs up instead of answering, or has done so before, that is only
    /// reported: all commands are done.
    async fn log_out(&self, client: Client) -> Result<()> {
        match tokio::time::timeout(GOODBYE_TIME, client.logout()).await {
            Ok(Err(error @ imapclient::Error::Closed { .. })) => {
                self.screen.warn(&Failure::from(error).text());
                Ok(())
            }
            Ok(left) => Ok(left?),
            Err(_) => {
                self.screen.warn("the server does not answer LOGOUT");
                Ok(())
            }
        }
    }

    /// Returns whether the session is over.
    pub(crate) fn is_left(&self) -> bool {
        self.left
    }

    /// Sets how long the server may be silent, now and on later connections.
    pub(crate) async fn set_timeout(&mut self, timeout: Option<Duration>) -> Result<()> {
        self.client().await?.set_timeout(timeout);
        self.timeout = Some(timeout);
        Ok(())
    }

    /// Returns the last protocol lines, those of a lost connection until there is another one.
    pub(crate) async fn log(&mut self) -> Result<Vec<String>> {
        if self.client.is_none() && !self.last_words.is_empty() {
            return Ok(self.last_words.clone());
        }
        let client = self.client().await?;
        Ok(client.wire_log().map(ToString::to_string).collect())
    }

    /// Returns the name of the selected mailbox.
    pub(crate) fn mailbox(&self) -> Option<&MailboxName> {
        self.selected.as_ref().map(|selected| &selected.name)
    }

    /// Returns the state of the selected mailbox, as long as there is a connection.
    pub(crate) fn selected(&self) -> Option<&Mailbox> {
        self.client.as_ref()?.state().selected()
    }

    /// Returns the UIDs found last in this mailbox, if anything was searched for.
    pub(crate) fn found(&self) -> Option<&[Uid]> {
        self.found.as_deref()
    }

    pub(crate) fn set_found(&mut self, mut uids: Vec<Uid>) {
        // A server may repeat a message; it would then be shown as often.
        let mut seen = HashSet::new();
        uids.retain(|uid| seen.insert(*uid));
        self.found = Some(uids);
    }

    /// Discards what is known about mailboxes.
    pub(crate) fn mailboxes_changed(&mut self) {
        self.mailboxes_changes += 1;
        self.listed.clear();
    }

    /// Returns the number of changes to mailboxes, by which a cached list is recognised as
    /// outdated.
    pub(crate) fn mailboxes_changes(&self) -> u64 {
        self.mailboxes_changes
    }

    /// Asks the user to confirm an action.
    ///
    /// # Errors
    /// Returns [`Failure::Cancelled`] if the user declines, and [`Failure::Unconfirmed`] without a
    /// terminal.
    pub(crate) fn confirm(&self, what: &str) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Err(Failure::Unconfirmed(what.to_owned()));
        }
        self.progress.pause();
        let what = crate::escape::line(what);
        match ask::yes(&format!("{what}. Go on?"))? {
            true => Ok(()),
            false => Err(Failure::Cancelled),
        }
    }

    /// Shows updates, and drops a broken connection, after each command.
    fn look_after<T>(&mut self, result: &Result<T>) {
        if let Some(client) = &mut self.client {
            let told = updates::told(client.updates());
            for warning in &told.warnings {
                self.screen.warn(warning);
            }
            for note in &told.notes {
                self.screen.note(note);
            }
            self.remember();
        }
        // A server that did not answer in time will hardly answer the next command, and the client
        // would have to wait for both responses.
        if let Err(failure) = result
            && let Some(error) = failure.client()
            && (error.is_closed() || error.is_timeout())
        {
            self.lose_connection();
        }
        // After a command that was cancelled, `drain` does this, when it has told what was done.
        if !matches!(result, Err(Failure::Cancelled)) {
            self.return_to_kept();
        }
    }
}

#[cfg(test)]
mod tests;
