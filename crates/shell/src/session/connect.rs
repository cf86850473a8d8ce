//! Connects, selects the mailbox again after a loss, and replaces a connection.

use std::time::{Duration, Instant};

use imapclient::{Builder, MailboxName, tokio::Client};
use imapclient_config::Account;

use super::{Session, interrupted};
use crate::failure::{Failure, Result};

/// The idle time after which the connection is checked before a command is sent on it: if it were
/// lost only afterwards, it would be unknown whether the command was done.
pub(super) const STALE: Duration = Duration::from_secs(60);
/// The time limit of that check.
const ALIVE_TIME: Duration = Duration::from_secs(10);

/// A mailbox that was selected, for selecting it again on another connection.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Selected {
    pub(super) name: MailboxName,
    read_only: bool,
    uid_validity: Option<u32>,
}

impl Session {
    /// Returns the connection, after connecting if there is none.
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

    /// Drops the connection if it was lost while it was idle.
    async fn check_connection(&mut self) {
        let Some(client) = &mut self.client else {
            return;
        };
        let lost = match tokio::time::timeout(ALIVE_TIME, client.noop()).await {
            Ok(Err(error)) if error.is_closed() => Failure::from(error).text(),
            // Any response shows that the connection works.
            Ok(_) => return,
            Err(_) => "the server does not answer any more".to_owned(),
        };
        self.screen.warn(&lost);
        self.lose_connection();
    }

    /// Returns whether the current command runs on a different connection than those before it.
    pub(crate) fn is_renewed(&self) -> bool {
        self.renewed
    }

    /// Connects, logs in, and selects the mailbox that was selected before.
    async fn connect(&mut self) -> Result<()> {
        if self.connected_before {
            self.screen.note(&format!(
                "connecting to {} again",
                self.account.connect.server.host()
            ));
        }
        let settings = match &self.settings {
            Some(settings) => settings.clone(),
            None => self.account.builder()?,
        };
        self.settings = Some(settings.clone());
        let mut client = self.timed(settings).connect().await?;
        self.renewed = self.connected_before;
        self.connected_before = true;
        let again = self.select_again(&mut client).await;
        self.client = Some(client);
        self.remember();
        again
    }

    /// Returns the settings with the time-out that the user has set.
    fn timed(&self, settings: Builder<Client>) -> Builder<Client> {
        match self.timeout {
            Some(timeout) => settings.timeout(timeout),
            None => settings,
        }
    }

    /// Selects the mailbox of the previous connection. It stays recorded until that is done, since
    /// Ctrl-C may come first.
    ///
    /// # Errors
    /// Fails if UIDs denote other messages now, since the command to be run was about those of
    /// before.
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

    /// Selects the mailbox anew after its UIDs have become invalid. The command that failed is not
    /// repeated, since its UIDs may be those of other messages now.
    pub(super) async fn select_anew(&mut self) {
        let (Some(client), Some(selected)) = (&mut self.client, &self.selected) else {
            return;
        };
        let name = selected.name.clone();
        // The server may send the previous UIDVALIDITY again.
        self.found = None;
        let again = async {
            match selected.read_only {
                true => client.examine(name).await,
                false => client.select(name).await,
            }
        };
        let again = tokio::select! {
            biased;
            _ = interrupted() => None,
            again = again => Some(again),
        };
        match again {
            // The next command by UID fails again, and then this is tried again.
            None => return self.drain().await,
            Some(Ok(mailbox)) => self.screen.note(&format!(
                "{} was opened again: look for its messages anew",
                mailbox.name
            )),
            Some(Err(error)) => {
                if error.is_closed() || error.is_timeout() {
                    self.lose_connection();
                }
                self.screen.warn(&Failure::from(error).text());
            }
        }
        self.remember();
    }

    /// Continues as another user on a new connection; on failure nothing changes.
    pub(crate) async fn change_account(&mut self, account: Account) -> Result<()> {
        let settings: Builder<Client> = account.builder()?;
        let client = self.timed(settings.clone()).connect().await?;
        // No await in between: Ctrl-C must not leave half of the changes.
        let before = self.client.replace(client);
        self.account = account;
        self.settings = Some(settings);
        self.connected_before = true;
        self.mailboxes_changed();
        self.remember();
        match before {
            Some(before) => self.log_out(before).await,
            None => Ok(()),
        }
    }

    /// Drops the connection, keeping its last protocol lines for `log`.
    pub(super) fn lose_connection(&mut self) {
        if let Some(client) = self.client.take() {
            self.last_words = client.wire_log().map(ToString::to_string).collect();
        }
    }

    /// Keeps the current mailbox selected, whatever happens to a command that opens another one on
    /// the way.
    pub(crate) fn keep_selected(&mut self) {
        self.kept = self.selected.clone();
    }

    /// Drops the connection if a command has ended in another mailbox than the one to be kept, so
    /// that the next command selects the latter again.
    pub(super) fn return_to_kept(&mut self) {
        let Some(kept) = self.kept.take() else {
            return;
        };
        if self.selected.as_ref() != Some(&kept) {
            self.lose_connection();
            self.selected = Some(kept);
        }
    }

    /// Records what is selected, for reconnecting.
    pub(super) fn remember(&mut self) {
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

/// Returns whether a command failed because the UIDs of the selected mailbox are no longer valid.
pub(super) fn uids_are_of_before(failure: &Failure) -> bool {
    let mut error = failure.client();
    while let Some(
        imapclient::Error::Partly { source, .. }
        | imapclient::Error::PartialBody { source, .. }
        | imapclient::Error::Unfinished { source, .. },
    ) = error
    {
        error = Some(source);
    }
    matches!(error, Some(imapclient::Error::UidValidity { .. }))
}
