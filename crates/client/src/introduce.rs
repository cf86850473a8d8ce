//! Who we are, for servers that want to know before they show anything.

use imapclient_codec::{Id, StatusKind, command};
use imapclient_engine::Phase;
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Ask, Command, last, need_nothing},
    error::{Error, Refused, Result},
    workaround::Workaround,
};

impl<S: Socket> Client<S> {
    /// Tells the server who we are, after a login: if the settings want it, or if the server is one
    /// that opens no mailbox before. That it does not want to know ends nothing.
    pub(crate) async fn introduce(&mut self) -> Result<()> {
        self.note_signs();
        if self.peer().introduced || matches!(self.state().phase(), Phase::Logout) {
            return Ok(());
        }
        let asked_for = self.peer().id.is_some() && self.capabilities().await?.has("ID");
        if !asked_for && !self.peer().wants_id {
            return Ok(());
        }
        match self.send_id(&self.ours()).await {
            // It has been told, whatever it answered.
            Ok(_) | Err(Error::Unreadable { .. }) => Ok(()),
            Err(Error::Refused(refused)) => {
                tracing::debug!(%refused, "the server does not want to know who we are");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Sends ID and gives what the server says it is.
    pub(crate) async fn send_id(&mut self, ours: &Id) -> Result<Id> {
        let ask = |_| command::id(ours);
        let theirs = self
            .run(Ask::for_answer("ID", need_nothing, ask, last!(Id)))
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

    /// Runs a command that opens or looks into a mailbox; where the server refuses it until it
    /// knows who we are, tells it and runs the command once more.
    pub(crate) async fn run_introduced<C: Command>(
        &mut self,
        make: impl Fn() -> C + Send,
    ) -> Result<C::Output> {
        let refused = match self.run(make()).await {
            Err(Error::Refused(refused)) if !self.peer().introduced && wants_to_know(&refused) => {
                refused
            }
            other => return other,
        };
        tracing::debug!(%refused, "the server wants to know who we are");
        self.peer_mut().wants_id = true;
        match self.send_id(&self.ours()).await {
            Ok(_) | Err(Error::Unreadable { .. }) => self.run(make()).await,
            // What it said first tells more.
            Err(Error::Refused(_)) => Err(Error::Refused(refused)),
            Err(error) => Err(error),
        }
    }

    /// Looks for what servers have in common that want to know who we are: those of Coremail
    /// (163, 126, 188). Capabilities may be forgotten by a login, so this is for before and after.
    pub(crate) fn note_signs(&mut self) {
        let greeting = self.peer().greeting.text.to_ascii_lowercase();
        self.peer_mut().wants_id |= greeting.contains("coremail") || self.state().has("X-CM-EXT-1");
    }

    /// Name and version of the program, and nothing of the user or the machine.
    fn ours(&self) -> Id {
        self.peer().id.clone().unwrap_or_else(|| {
            Id::from_iter([
                ("name", env!("CARGO_PKG_NAME")),
                ("version", env!("CARGO_PKG_VERSION")),
            ])
        })
    }
}

/// Whether this is how such a server refuses: `SELECT Unsafe Login. Please contact ...`.
fn wants_to_know(refused: &Refused) -> bool {
    refused.kind == StatusKind::No && refused.text.to_ascii_lowercase().contains("unsafe login")
}
