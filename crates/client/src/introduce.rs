//! Identifies the client to servers that require it before they open a mailbox.

use std::time::Instant;

use imapclient_codec::{Id, Needs, Status, StatusKind, command};
use imapclient_engine::Phase;
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Answered, Ask, Command, last},
    error::{Error, Refused, Result},
    kept::Kept,
    outcome::Outcome,
    workaround::Workaround,
};

impl<S: Socket> Client<S> {
    /// Sends ID after a login, if the settings ask for it or the server requires it before it opens
    /// a mailbox. A refusal is not an error. The answer is waited for only if the server requires
    /// ID: a SELECT can otherwise be sent behind it, and takes no further round trip.
    pub(crate) async fn introduce(&mut self) -> Result<()> {
        self.note_signs();
        if self.peer().introduced || matches!(self.state().phase(), Phase::Logout) {
            return Ok(());
        }
        if !self.peer().wants_id {
            if !self.has_to_tell().await? {
                return Ok(());
            }
            if self.peer().pipelining {
                let ours = self.ours();
                self.peer_mut().introduced = !ours.fields.is_empty();
                return self.connection_mut().send_off(command::id(&ours)?).await;
            }
        }
        match self.send_id(&self.ours()).await {
            // The server received the identification, whatever it answered.
            Ok(_) | Err(Error::Unreadable { .. }) => Ok(()),
            Err(Error::Refused(refused)) => {
                tracing::debug!(%refused, "the server does not want to know who we are");
                self.peer_mut().introduced = true;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Returns whether the settings ask for an ID and the server supports it.
    async fn has_to_tell(&mut self) -> Result<bool> {
        if self.peer().id.is_none() {
            return Ok(false);
        }
        match self.state().capabilities() {
            Some(capabilities) => Ok(capabilities.has("ID")),
            None if self.peer().offers_id => Ok(true),
            None => Ok(self.capabilities().await?.has("ID")),
        }
    }

    /// Sends ID and returns the identification of the server.
    pub(crate) async fn send_id(&mut self, ours: &Id) -> Result<Id> {
        let theirs = self
            .run(Ask::for_answer(command::id(ours)?, last!(Id)).needing(Needs::nothing()))
            .await;
        let was_told = matches!(theirs, Ok(_) | Err(Error::Unreadable { .. }));
        if was_told && !ours.fields.is_empty() {
            self.peer_mut().introduced = true;
            if self.peer().wants_id {
                self.note(Workaround::IdBeforeSelect);
            }
        }
        Ok(theirs?.unwrap_or_default())
    }

    /// Returns whether a server may accept a refused command after the client has identified
    /// itself.
    pub(crate) fn may_introduce(&self, refused: &Refused) -> bool {
        !self.peer().introduced
            && matches!(self.state().phase(), Phase::Authenticated | Phase::Selected)
            && refused.command != "ID"
            && refused.outcome == Outcome::NotDone
            && wants_to_know(refused)
    }

    /// Sends ID, and then sends a refused command again, which is safe because the server has not
    /// executed any part of it. This happens once on a connection.
    ///
    /// # Errors
    /// Returns the errors of the command, and those of [`introduce_after`](Self::introduce_after).
    pub(crate) async fn send_introduced<C: Command>(
        &mut self,
        refused: Box<Refused>,
        kept: &mut Kept,
        command: &mut C,
        limit: Option<Instant>,
    ) -> Result<Status> {
        self.introduce_after(refused, limit).await?;
        self.send_once(kept, command, limit).await
    }

    /// Sends ID after a command was refused for the lack of it, so that it may be sent again.
    ///
    /// # Errors
    /// If ID fails as well, returns the first refusal, which explains more.
    pub(crate) async fn introduce_after(
        &mut self,
        refused: Box<Refused>,
        limit: Option<Instant>,
    ) -> Result<()> {
        tracing::debug!(%refused, "the server wants to know who we are");
        self.peer_mut().wants_id = true;
        let ours = self.ours();
        let mut id = Ask::for_answer(command::id(&ours)?, last!(Id));
        let answer = self.send_once(&mut Kept::default(), &mut id, limit).await;
        self.peer_mut().introduced = true;
        match answer {
            // The server received the identification, whatever it answered.
            Ok(_) | Err(Error::Unreadable { .. }) => {}
            Err(Error::Refused(error)) => {
                tracing::debug!(%error, "the server does not want to know who we are");
                return Err(Error::Refused(refused));
            }
            Err(error) => return Err(error),
        }
        self.note(Workaround::IdBeforeSelect);
        Ok(())
    }

    async fn send_once<C: Command>(
        &mut self,
        kept: &mut Kept,
        command: &mut C,
        limit: Option<Instant>,
    ) -> Result<Status> {
        let connection = self.connection_mut();
        let outgoing = command.encode(connection.state())?;
        let wait = connection.command_wait(outgoing.effect(), limit);
        let held: &mut dyn Answered = command;
        let mut waiting = connection.begin(outgoing, held, kept)?.wait(held);
        connection.answer(&mut waiting, kept, wait).await
    }

    /// Looks for the signs of servers that require ID: those of Coremail (163, 126, 188), and of
    /// those that support it. A login may discard the capabilities, so this is called before and
    /// after it.
    pub(crate) fn note_signs(&mut self) {
        let greeting = self.peer().greeting.text.to_ascii_lowercase();
        self.peer_mut().wants_id |= greeting.contains("coremail") || self.state().has("X-CM-EXT-1");
        self.peer_mut().offers_id |= self.state().has("ID");
    }

    /// Returns the name and version of the program, without data about the user or the machine.
    fn ours(&self) -> Id {
        self.peer().id.clone().unwrap_or_else(|| {
            Id::from_iter([
                ("name", env!("CARGO_PKG_NAME")),
                ("version", env!("CARGO_PKG_VERSION")),
            ])
        })
    }
}

/// Returns whether a server that requires ID refused a command: `SELECT Unsafe Login. Please
/// contact ...`.
fn wants_to_know(refused: &Refused) -> bool {
    refused.kind == StatusKind::No && refused.text.to_ascii_lowercase().contains("unsafe login")
}
