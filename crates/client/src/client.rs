//! The client: one connection, and what is known of the server on it.

use std::{fmt, time::Duration};

use imapclient_codec::Effect;
use imapclient_engine::{State, WireLine};
use imapclient_transport::Socket;

use crate::{
    builder::Builder,
    command::Command,
    connection::Connection,
    done::Done,
    error::{Error, Result},
    kept::Kept,
    peer::Peer,
    updates::Update,
};

/// A connection to an IMAP server.
///
/// Written as [`blocking::Client`](crate::blocking::Client) or `imapclient::tokio::Client`; the
/// type parameter is who waits for the network.
///
/// A client does one thing at a time. To do several, make several.
pub struct Client<S> {
    connection: Connection<S>,
    peer: Peer,
    /// The steps that a call of several commands has done so far.
    steps: Option<Done>,
}

impl<S: Socket> Client<S> {
    /// Settings for a new connection to this host.
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

    /// Connects, does something, and logs out, whether it went well or not.
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
    /// Those of connecting, and those of what is done. A failing logout after success is logged
    /// only: the work is done.
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

    /// Runs a command of your own. See [`Command`].
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{Command, Result, State, Status, codec::Outgoing};
    ///
    /// struct Check;
    ///
    /// impl Command for Check {
    ///     type Output = ();
    ///
    ///     fn encode(&mut self, _state: &State) -> Result<Outgoing> {
    ///         Ok(Outgoing::raw("CHECK")?)
    ///     }
    ///
    ///     fn finish(self, _done: Status) -> Result<()> {
    ///         Ok(())
    ///     }
    /// }
    ///
    /// client.run(Check).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// A command that opens or leaves a mailbox, logs in, enables an extension or says goodbye does
    /// that to the [`state`](Self::state) as well, as the method for it would.
    ///
    /// # Errors
    /// Those of the command; [`Error::Refused`] if the server says NO or BAD; [`Error::Invalid`]
    /// for STARTTLS and IDLE, of which nothing is sent: encryption is for
    /// [`Builder::security`](crate::Builder::security), and changes are awaited by
    /// [`idle`](Self::idle).
    pub async fn run<C: Command>(&mut self, command: C) -> Result<C::Output> {
        self.run_after(&mut Kept::default(), command).await
    }

    /// Runs a command of several that make one answer, of which this much is kept so far.
    pub(crate) async fn run_after<C: Command>(
        &mut self,
        kept: &mut Kept,
        command: C,
    ) -> Result<C::Output> {
        self.connection.begin_command();
        let result = self.send(kept, command).await;
        self.connection.end_command(result)
    }

    /// Sends a command and waits for its answer.
    async fn send<C: Command>(&mut self, kept: &mut Kept, mut command: C) -> Result<C::Output> {
        let before = kept.clone();
        let connection = &mut self.connection;
        let limit = connection.command_limit();
        connection.settle(u64::MAX, limit).await?;
        let outgoing = command.encode(connection.state())?;
        let wait = connection.command_wait(outgoing.effect(), limit);
        let proves = *outgoing.effect() == Effect::Authenticate;
        let mut waiting = connection.begin(outgoing, &mut command, kept)?;
        let done = connection.answer(&mut waiting, wait).await;
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

    /// Fails unless a command is in place, before anything is sent for it.
    pub(crate) async fn ready(
        &mut self,
        command: &'static str,
        needs: fn(&'static str, &State) -> Result<()>,
    ) -> Result<()> {
        // An answer that is still due may change what is the case.
        let limit = self.connection.command_limit();
        self.connection.settle(u64::MAX, limit).await?;
        needs(command, self.state())
    }

    /// What the server has said unasked so far, oldest first.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Update;
    ///
    /// client.noop().await?;
    /// for update in client.updates() {
    ///     if let Update::Exists(messages) = update {
    ///         println!("{messages} messages now");
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    pub fn updates(&mut self) -> impl Iterator<Item = Update> + '_ {
        std::iter::from_fn(|| self.connection.next_update())
    }

    /// What is known of the connection: its phase, the selected mailbox, capabilities.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |client| {
    /// if let Some(mailbox) = client.state().selected() {
    ///     println!("{}: {} messages", mailbox.name, mailbox.exists);
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn state(&self) -> &State {
        self.connection.state()
    }

    /// The last lines of the conversation, secrets left out.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |client| {
    /// for line in client.wire_log() {
    ///     println!("{line}");
    /// }
    /// # Ok(()) });
    /// ```
    pub fn wire_log(&self) -> impl Iterator<Item = &WireLine> {
        self.connection.wire_log()
    }

    /// How long the server may be silent while it is waited for; `None` for any time.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use std::time::Duration;
    ///
    /// client.set_timeout(Some(Duration::from_secs(10)));
    /// # Ok(()) });
    /// ```
    pub fn set_timeout(&mut self, timeout: Option<Duration>) {
        self.connection.clock().timeout = timeout;
    }
}

impl<S> Client<S> {
    /// A client on a connection.
    pub(crate) fn on(connection: Connection<S>, peer: Peer) -> Self {
        Self {
            connection,
            peer,
            steps: None,
        }
    }

    /// The connection.
    pub(crate) fn connection(&self) -> &Connection<S> {
        &self.connection
    }

    /// The connection, to use it.
    pub(crate) fn connection_mut(&mut self) -> &mut Connection<S> {
        &mut self.connection
    }

    /// What is known of the server.
    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// What is known of the server, to add to it.
    pub(crate) fn peer_mut(&mut self) -> &mut Peer {
        &mut self.peer
    }

    /// The steps that a call of several commands has done so far.
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
