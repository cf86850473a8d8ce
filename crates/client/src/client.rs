//! The client: one connection, and the data about its server.

use std::{fmt, time::Instant};

use imapclient_codec::{Capabilities, Effect, Needs, command};
use imapclient_transport::Socket;

use crate::{
    builder::Builder,
    command::{Answered, Ask, Command, last},
    connection::Connection,
    done::Done,
    error::{Error, Result},
    kept::Kept,
    needs::{check_place, check_server, is_about_server},
    peer::Peer,
};

/// A connection to an IMAP server.
///
/// Usually written as [`blocking::Client`](crate::blocking::Client) or `imapclient::tokio::Client`.
/// The type parameter is the socket, which waits for the network.
///
/// A client runs one command at a time. To run several at once, create several clients.
pub struct Client<S> {
    connection: Connection<S>,
    peer: Peer,
    /// The steps that a call of several commands has completed so far.
    steps: Option<Done>,
}

impl<S: Socket> Client<S> {
    /// Returns settings for a new connection to this host.
    ///
    /// ```
    /// use imapclient::blocking::Client;
    ///
    /// let settings = Client::builder("imap.example.org").port(9993).login("bob", "sekret");
    /// println!("{settings:?}");
    /// ```
    pub fn builder(host: impl Into<String>) -> Builder<Self> {
        Builder::new(host)
    }

    /// Connects, runs `work`, and logs out, whether `work` succeeded or not.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_builder!(async |builder| {
    /// use imapclient::tokio::Client;
    ///
    /// let unread = Client::with(builder, async |client| {
    ///     client.select("INBOX").await?;
    ///     client.search("UNSEEN").await
    /// })
    /// .await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of connecting and of `work`. If the logout fails after `work` has
    /// succeeded, its error is only logged.
    pub async fn with<T, E: From<Error>>(
        builder: Builder<Self>,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut client = builder.connect().await?;
        let result = work(&mut client).await;
        if client.connection.is_usable()
            && let Err(error) = client.logout().await
        {
            tracing::debug!(%error, "logout failed");
        }
        result
    }

    /// Runs one command of several that make up one answer, of which `kept` counts the bytes so
    /// far.
    pub(crate) async fn run_after<C: Command>(
        &mut self,
        kept: &mut Kept,
        command: C,
    ) -> Result<C::Output> {
        let limit = self.connection.command_limit();
        self.connection.settle(u64::MAX, limit).await?;
        self.run_settled(kept, command, limit).await
    }

    /// Runs a command that opens a mailbox. It is sent before the answer to an ID that was sent
    /// after the login, since neither depends on the other.
    pub(crate) async fn run_behind<C: Command>(&mut self, command: C) -> Result<C::Output> {
        let limit = self.connection.command_limit();
        self.connection.settle_behind(limit).await?;
        self.run_settled(&mut Kept::default(), command, limit).await
    }

    /// Runs a command after all others have ended.
    pub(crate) async fn run_settled<C: Command>(
        &mut self,
        kept: &mut Kept,
        mut command: C,
        limit: Option<Instant>,
    ) -> Result<C::Output> {
        let needs = command.needs();
        if let Err(unmet) = check_place(&needs, self.state()) {
            // Only what it writes tells its name.
            let outgoing = command.encode(self.state())?;
            return Err(unmet.by(&outgoing.name()));
        }
        self.meet_server(&needs, limit).await?;
        self.send(kept, command, limit).await
    }

    /// Fails if these needs are not met, before a call of several commands sends the first one.
    /// `command` is the name of the call in the error.
    pub(crate) async fn meet(&mut self, command: &str, needs: &Needs) -> Result<()> {
        let limit = self.connection.command_limit();
        // An answer that is still due may change the state.
        self.connection.settle(u64::MAX, limit).await?;
        check_place(needs, self.state()).map_err(|unmet| unmet.by(command))?;
        self.meet_server(needs, limit).await
    }

    /// Fails if the server lacks a capability that is needed. Asks the server for its capabilities
    /// only if it has not listed them yet.
    pub(crate) async fn meet_server(
        &mut self,
        needs: &Needs,
        limit: Option<Instant>,
    ) -> Result<()> {
        if !is_about_server(needs) {
            return Ok(());
        }
        if self.state().capabilities().is_none() {
            let ask = Ask::for_answer(command::capability(), last!(Capability));
            // The state takes note of the answer, wherever it stands.
            let _: Option<Capabilities> = self.send(&mut Kept::default(), ask, limit).await?;
        }
        check_server(needs, self.state())
    }

    /// Sends a command whose needs are met, and waits for its answer.
    async fn send<C: Command>(
        &mut self,
        kept: &mut Kept,
        command: C,
        limit: Option<Instant>,
    ) -> Result<C::Output> {
        self.connection.begin_command();
        let result = self.converse(kept, command, limit).await;
        self.connection.end_command(result)
    }

    async fn converse<C: Command>(
        &mut self,
        kept: &mut Kept,
        mut command: C,
        limit: Option<Instant>,
    ) -> Result<C::Output> {
        let before = kept.clone();
        let connection = &mut self.connection;
        let outgoing = command.encode(connection.state())?;
        let wait = connection.command_wait(outgoing.effect(), limit);
        let proves = *outgoing.effect() == Effect::Authenticate;
        let held: &mut dyn Answered = &mut command;
        let mut waiting = connection.begin(outgoing, held, kept)?.wait(held);
        let done = connection.answer(&mut waiting, kept, wait).await;
        let echoes = waiting.echoes();
        let done = match done {
            Err(Error::Refused(refused)) if self.may_introduce(&refused) && *kept == before => {
                self.send_introduced(refused, kept, &mut command, limit)
                    .await
            }
            done => done,
        };
        let result = done.and_then(|done| command.finish(done));
        if proves {
            self.connection.proved(result.is_ok());
        }
        result.map_err(|error| match echoes {
            true => error.without_words(),
            false => error,
        })
    }
}

impl<S> Client<S> {
    /// Creates a client from a connection.
    pub(crate) fn on(connection: Connection<S>, peer: Peer) -> Self {
        Self {
            connection,
            peer,
            steps: None,
        }
    }

    /// Returns the connection.
    pub(crate) fn connection(&self) -> &Connection<S> {
        &self.connection
    }

    /// Returns the connection, for use.
    pub(crate) fn connection_mut(&mut self) -> &mut Connection<S> {
        &mut self.connection
    }

    /// Returns the data about the server.
    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Returns the data about the server, for changes.
    pub(crate) fn peer_mut(&mut self) -> &mut Peer {
        &mut self.peer
    }

    /// Returns the steps that a call of several commands has completed so far.
    pub(crate) fn steps(&mut self) -> &mut Option<Done> {
        &mut self.steps
    }
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("state", self.connection.state())
            .finish_non_exhaustive()
    }
}
