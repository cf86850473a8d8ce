//! A session: an account, its connection, and what is kept from one command to the next.

mod names;

use std::{
    collections::HashSet,
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use imapclient::{Builder, Login, Mailbox, MailboxName, tokio::Client};
use imapclient_config::Account;

use crate::{
    ask,
    failure::{Failure, Result},
    progress::Progress,
    reply::Reply,
    screen::Screen,
    trace, updates,
};
use names::Listed;

/// How long the server may take to say goodbye.
const GOODBYE_TIME: Duration = Duration::from_secs(5);
/// How long what a cancelled command left under way may take, and how much it may be.
const DRAIN_TIME: Duration = Duration::from_secs(1);
const DRAIN_BYTES: u64 = 1024 * 1024;
/// After so long the connection may be gone: that is found out before a command is sent on it,
/// since afterwards nobody knows whether it was done.
const STALE: Duration = Duration::from_secs(60);
/// How long a connection may take to show that it is there.
const ALIVE_TIME: Duration = Duration::from_secs(10);
/// How long who types a command waits for what it could be.
const ASIDE_TIME: Duration = Duration::from_secs(2);

/// A session on a server. It connects by itself, also again.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) screen: Screen,
    pub(crate) progress: Progress,
    account: Account,
    /// How the account logs in. It remembers which way worked, for the next connection.
    login: Option<Login>,
    client: Option<Client>,
    /// What was selected last: it will be again when the connection is.
    selected: Option<Selected>,
    /// The UIDs that were found last, in the order they were told: `$`.
    found: Option<Vec<u32>>,
    /// What was set in the session.
    timeout: Option<Option<Duration>>,
    /// Whether questions are answered by yes.
    yes: bool,
    /// Whether commands come by standard input, so that nothing else can.
    input_is_taken: bool,
    /// Whether the session has been left.
    left: bool,
    /// Whether there was a connection before.
    connected_before: bool,
    /// Whether the command at hand has made a new connection in place of one that was lost.
    renewed: bool,
    /// When the connection was last made use of.
    used: Instant,
    /// The last lines on the wire of a connection that was lost.
    last_words: Vec<String>,
    mailboxes_changes: u64,
    listed: Listed,
}

#[derive(Debug, Clone, PartialEq)]
struct Selected {
    name: MailboxName,
    read_only: bool,
    uid_validity: Option<u32>,
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
            login: None,
            client: None,
            selected: None,
            found: None,
            timeout: None,
            yes,
            input_is_taken: false,
            left: false,
            connected_before: false,
            renewed: false,
            used: Instant::now(),
            last_words: Vec::new(),
            mailboxes_changes: 0,
            listed: Listed::default(),
        }
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Nothing else can come by it then.
    pub(crate) fn commands_come_by_standard_input(&mut self) {
        self.input_is_taken = true;
    }

    /// Whether commands come by standard input.
    pub(crate) fn input_is_taken(&self) -> bool {
        self.input_is_taken
    }

    /// Does something; Ctrl-C ends that, and not the session. What is to come of an answer then is
    /// for [`drain`](Self::drain).
    pub(crate) async fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.progress = Progress::new(self.screen.progress() && !trace::is_on());
        self.renewed = false;
        let progress = self.progress.clone();
        let result = tokio::select! {
            // Who wants no answer gets none, though it has come in the same moment.
            biased;
            failure = interrupted() => Err(failure),
            result = work(self) => result,
            never = progress.show() => match never {},
        };
        progress.end();
        self.look_after(&result);
        result
    }

    /// Shows an answer; Ctrl-C ends that, too.
    pub(crate) async fn show(&self, reply: &Reply) -> Result<()> {
        tokio::select! {
            biased;
            failure = interrupted() => Err(failure),
            shown = self.screen.show(reply) => Ok(shown?),
        }
    }

    /// The connection; made if there is none, or none any more.
    pub(crate) async fn client(&mut self) -> Result<&mut Client> {
        if self.used.elapsed() >= STALE {
            self.check_connection().await;
        }
        if self.client.is_none() {
            self.connect().await?;
        }
        self.used = Instant::now();
        self.client
            .as_mut()
            .ok_or_else(|| Failure::Other("there is no connection".to_owned()))
    }

    /// Asks something while no command is running, for who is typing one: nothing is said about it,
    /// and it takes a moment or fails. `None` is no connection as well as no answer.
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

    /// Gives up a connection that has been lost while nobody was looking.
    async fn check_connection(&mut self) {
        let Some(client) = &mut self.client else {
            return;
        };
        let lost = match tokio::time::timeout(ALIVE_TIME, client.noop()).await {
            Ok(Err(error)) if error.is_closed() => Failure::from(error).text(),
            // Whatever it says, it is there.
            Ok(_) => return,
            Err(_) => "the server does not answer any more".to_owned(),
        };
        self.screen.warn(&lost);
        self.lose_connection();
    }

    /// Whether the command at hand is on another connection than those before it.
    pub(crate) fn is_renewed(&self) -> bool {
        self.renewed
    }

    /// Connects, logs in, and selects again what was selected.
    async fn connect(&mut self) -> Result<()> {
        if self.connected_before {
            self.screen
                .note(&format!("connecting to {} again", self.account.host));
        }
        if self.login.is_none() {
            self.login = self.account.login()?;
        }
        let builder = self.builder(&self.account, self.login.clone())?;
        let mut client = builder.connect().await?;
        self.renewed = self.connected_before;
        self.connected_before = true;
        let again = self.select_again(&mut client).await;
        self.client = Some(client);
        self.remember();
        again
    }

    fn builder(&self, account: &Account, login: Option<Login>) -> Result<Builder<Client>> {
        let mut builder = account.connection::<Client>()?;
        if let Some(login) = login {
            builder = builder.login_with(login);
        }
        Ok(match self.timeout {
            Some(timeout) => builder.timeout(timeout),
            None => builder,
        })
    }

    /// Selects what was selected on the connection before. It stays known until that is done:
    /// Ctrl-C may come first.
    ///
    /// # Errors
    /// If UIDs mean other messages now: the command that is to be run was about those of before.
    async fn select_again(&self, client: &mut Client) -> Result<()> {
        let Some(before) = &self.selected else {
            return Ok(());
        };
        let name = before.name.clone();
        let again = match before.read_only {
            true => client.examine(name).await,
            false => client.select(name).await,
        };
        match again {
            Ok(now) if now.uid_validity != before.uid_validity => Err(Failure::Other(format!(
                "{} has another UIDVALIDITY now, its messages have other UIDs: nothing was done",
                before.name
            ))),
            Ok(_) => Ok(()),
            Err(error) => {
                let error = Failure::from(error).text();
                self.screen.warn(&format!(
                    "{} is not selected any more: {error}",
                    before.name
                ));
                Ok(())
            }
        }
    }

    /// Opens a mailbox without a word.
    pub(crate) async fn open(&mut self, mailbox: &str) -> Result<()> {
        let mailbox = self.mailbox_name(mailbox).await?;
        self.client().await?.select(mailbox).await?;
        self.remember();
        Ok(())
    }

    /// After a command was dropped: its answer is read if it is short, or the connection given up.
    pub(crate) async fn drain(&mut self) {
        let Some(client) = &mut self.client else {
            return;
        };
        let drained = tokio::time::timeout(DRAIN_TIME, client.drain(DRAIN_BYTES)).await;
        // Whoever repeats a command has to know whether it was done. What has not left by now will
        // not: the connection is given up in that case.
        if let Some(unanswered) = client.unanswered() {
            self.screen.warn(&unanswered.to_string());
        }
        if !matches!(drained, Ok(Ok(true))) {
            self.lose_connection();
        }
        self.remember();
    }

    /// Says goodbye, and does not wait long for the answer.
    pub(crate) async fn leave(&mut self) -> Result<()> {
        self.left = true;
        let Some(client) = self.client.take() else {
            return Ok(());
        };
        self.log_out(client).await
    }

    /// Leaves after that. What it ended by counts more than how leaving goes.
    pub(crate) async fn leave_after(&mut self, done: Result<()>) -> Result<()> {
        if matches!(done, Err(Failure::Cancelled)) {
            self.drain().await;
        }
        let left = self.leave().await;
        done.and(left)
    }

    /// Logs out. That the server hangs up instead of an answer, or has before, is said, and no
    /// failure: what was to be done is done.
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

    /// Whether the session is over.
    pub(crate) fn is_left(&self) -> bool {
        self.left
    }

    /// Goes on as somebody else, on a new connection; on failure everything is as before.
    pub(crate) async fn change_account(&mut self, account: Account) -> Result<()> {
        let login = account.login()?;
        let client = self.builder(&account, login.clone())?.connect().await?;
        // All of it before the next wait: Ctrl-C must not leave half of it.
        let before = self.client.replace(client);
        self.account = account;
        self.login = login;
        self.connected_before = true;
        self.mailboxes_changed();
        self.remember();
        match before {
            Some(before) => self.log_out(before).await,
            None => Ok(()),
        }
    }

    /// How long the server may be silent, now and on later connections.
    pub(crate) async fn set_timeout(&mut self, timeout: Option<Duration>) -> Result<()> {
        self.client().await?.set_timeout(timeout);
        self.timeout = Some(timeout);
        Ok(())
    }

    /// The last lines on the wire; of the connection that was lost, until there is another.
    pub(crate) async fn log(&mut self) -> Result<Vec<String>> {
        if self.client.is_none() && !self.last_words.is_empty() {
            return Ok(self.last_words.clone());
        }
        let client = self.client().await?;
        Ok(client.wire_log().map(ToString::to_string).collect())
    }

    /// The name of the selected mailbox.
    pub(crate) fn mailbox(&self) -> Option<&MailboxName> {
        self.selected.as_ref().map(|selected| &selected.name)
    }

    /// What is known of the selected mailbox, as long as there is a connection.
    pub(crate) fn selected(&self) -> Option<&Mailbox> {
        self.client.as_ref()?.state().selected()
    }

    /// The UIDs that were found last in this mailbox, if anything was looked for.
    pub(crate) fn found(&self) -> Option<&[u32]> {
        self.found.as_deref()
    }

    pub(crate) fn set_found(&mut self, mut uids: Vec<u32>) {
        // A server may tell the same message any number of times; asked for by them, it would be
        // shown as often.
        let mut seen = HashSet::new();
        uids.retain(|uid| seen.insert(*uid));
        self.found = Some(uids);
    }

    /// What is known of mailboxes is out of date.
    pub(crate) fn mailboxes_changed(&mut self) {
        self.mailboxes_changes += 1;
        self.listed.clear();
    }

    /// How often mailboxes have changed: who keeps a list of them sees by it that it is old.
    pub(crate) fn mailboxes_changes(&self) -> u64 {
        self.mailboxes_changes
    }

    /// Asks whether that is to be done.
    ///
    /// # Errors
    /// [`Failure::Cancelled`] if it is not, [`Failure::Unconfirmed`] if there is nobody to ask.
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

    /// What there is to do after each command.
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
        // A server that does not answer in time will hardly answer the next command: the client would
        // wait for both answers, and again.
        if let Err(failure) = result
            && let Some(error) = failure.client()
            && (error.is_closed() || error.is_timeout())
        {
            self.lose_connection();
        }
    }

    /// There is no connection any more; what was said on it last is kept for `log`.
    fn lose_connection(&mut self) {
        if let Some(client) = self.client.take() {
            self.last_words = client.wire_log().map(ToString::to_string).collect();
        }
    }

    /// Keeps what is selected: the connection may be gone when it is needed.
    fn remember(&mut self) {
        let Some(client) = &self.client else {
            return;
        };
        let selected = client.state().selected().map(|mailbox| Selected {
            name: mailbox.name.clone(),
            read_only: mailbox.read_only,
            uid_validity: mailbox.uid_validity,
        });
        let same = |one: &Option<Selected>, other: &Option<Selected>| match (one, other) {
            (Some(one), Some(other)) => {
                one.name == other.name && one.uid_validity == other.uid_validity
            }
            (one, other) => one.is_none() && other.is_none(),
        };
        if !same(&selected, &self.selected) {
            self.found = None;
        }
        self.selected = selected;
    }
}

#[cfg(test)]
mod tests;
