//! The client: one function waits, one function routes.

use std::{
    fmt,
    time::{Duration, Instant},
};

use imapclient_codec::{Effect, Id, InvalidArgument, Response, Status};
use imapclient_engine::{Engine, Event, Oversize, Phase, State, Violation, WireLine};
use imapclient_escape::escaped;
use imapclient_transport::{self as transport, Pipe, Socket, Wait, Want};
use secrecy::ExposeSecret as _;

use crate::{
    builder::Builder,
    command::Command,
    deadline::earlier,
    done::Done,
    error::{Error, Incomplete, Result, check},
    kept::{self, Kept},
    login::Place,
    outcome::Change,
    updates::{Update, Updates},
    validity::ByUid,
    workaround::Workarounds,
};

/// A connection to an IMAP server.
///
/// Written as [`blocking::Client`](crate::blocking::Client) or `imapclient::tokio::Client`; the
/// type parameter is who waits for the network.
///
/// A client does one thing at a time. To do several, make several.
pub struct Client<S> {
    pub(crate) greeting: Status,
    pub(crate) socket: S,
    pub(crate) pipe: Pipe,
    pub(crate) engine: Engine,
    pub(crate) updates: Updates,
    /// The workarounds in force, since the server does not do all that it offers.
    pub(crate) workarounds: Workarounds,
    /// Where it leads.
    pub(crate) place: Place,
    /// True if the TLS that there is checks both the chain and the name of the certificate.
    pub(crate) checks_certificate: bool,
    /// True if AUTHENTICATE may carry an initial response where the server offers that.
    pub(crate) sasl_ir: bool,
    /// What ID tells after a login, if the settings want it.
    pub(crate) id: Option<Id>,
    /// True if the server opens no mailbox before an ID command.
    pub(crate) wants_id: bool,
    /// True once the server has been sent an ID command.
    pub(crate) introduced: bool,
    pub(crate) timeout: Option<Duration>,
    /// The time for connecting, and for logging in afterwards.
    pub(crate) connect_timeout: Option<Duration>,
    /// When the connection has to be there, while it is being made.
    pub(crate) connect_until: Option<Instant>,
    /// The time for one command in all.
    pub(crate) command_timeout: Option<Duration>,
    /// The moment until which a server that has said BYE is waited for.
    pub(crate) bye_until: Option<Instant>,
    /// Bytes of responses that one command may keep.
    pub(crate) answer_limit: u64,
    /// Bytes that have come from the server.
    pub(crate) received: u64,
    /// IDLE is begun anew this often.
    pub(crate) idle_renewal: Duration,
    /// A SASL exchange has begun, and its mechanism has not said yet that the server is the one
    /// it should be.
    pub(crate) unproven: bool,
    /// The connection cannot be used any more.
    pub(crate) broken: bool,
    /// The last command that changes something, if its answer was not returned.
    pub(crate) change: Option<Change>,
    /// The steps that a call of several commands has done so far.
    pub(crate) steps: Option<Done>,
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
        if !client.broken
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
        self.perform(kept, command, may_be_given).await
    }

    /// Runs a command whose effect on the connection is `admitted`.
    pub(crate) async fn perform<C: Command>(
        &mut self,
        kept: &mut Kept,
        command: C,
        admitted: fn(&Effect) -> Result<()>,
    ) -> Result<C::Output> {
        self.begin_command();
        let result = self.send(kept, command, admitted).await;
        self.end_command(result)
    }

    /// Sends a command and waits for its answer.
    async fn send<C: Command>(
        &mut self,
        kept: &mut Kept,
        mut command: C,
        admitted: fn(&Effect) -> Result<()>,
    ) -> Result<C::Output> {
        let limit = self.command_limit();
        self.settle(u64::MAX, limit).await?;
        self.engine.limit_answer(kept.left(self.answer_limit));
        let outgoing = command.encode(self.engine.state())?;
        admitted(outgoing.effect())?;
        let by_uid = ByUid::of(&outgoing, self.engine.state())?;
        let name = outgoing.name();
        let wait = self.command_wait(outgoing.effect(), limit);
        let opens = matches!(outgoing.effect(), Effect::Select { .. });
        let leaves = *outgoing.effect() == Effect::Unselect;
        let mine = self.engine.submit(outgoing)?;
        self.begun(&mine, &name);
        self.name_secrets(&command);
        if opens {
            self.updates.leave_mailbox();
        }
        let mut failure = None;
        let mut too_large = None;
        // A server that repeats a secret: what the mechanism makes of its words is not shown.
        let mut echoes = false;
        loop {
            // Why the exchange was cancelled tells more than that the server does not take it.
            let event = (self.next_event(wait).await).map_err(|error| match failure.take() {
                Some(failure) if matches!(error, Error::Protocol(_)) => failure,
                _ => error,
            });
            let event = event.map_err(|error| {
                command.failed(error.waiting_for(|| {
                    let said = self.engine.last_words().said;
                    let said = said.map(|said| format!(" (it said \"{}\")", escaped(&said)));
                    format!("the answer to {name}{}", said.unwrap_or_default())
                }))
            })?;
            match event {
                Event::Done { tag, status } if tag == mine => {
                    self.answered(&mine, &status);
                    self.updates.alert(&status);
                    self.engine.limit_answer(self.answer_limit);
                    if let Some(failure) = failure {
                        return Err(failure);
                    }
                    let done = check(&name, status).map_err(|error| command.failed(error));
                    if done.is_ok() && leaves {
                        self.updates.leave_mailbox();
                    }
                    let done = done.and_then(|done| {
                        let valid = by_uid.still_valid(self.engine.state());
                        valid.map(|()| done)
                    });
                    let result = match (done, too_large) {
                        (Ok(_), Some(lost)) => Err(Error::TooLarge(lost)),
                        (Ok(done), None) => command.finish(done),
                        (Err(error), _) => Err(error),
                    };
                    return result.map_err(|error| match echoes {
                        true => error.without_words(),
                        false => error,
                    });
                }
                Event::Response(response) => {
                    let size = self.engine.response_size();
                    let memory = self.engine.response_memory();
                    let left = kept.left(self.answer_limit);
                    let rest = if kept::cost(memory) > left {
                        // It may do without the one that is too much.
                        let lost = Oversize::over_answer(response, left, size);
                        command.too_large(&mine, lost).map(|lost| lost.response)
                    } else {
                        Some(response)
                    };
                    match rest {
                        Some(response) => {
                            if self.route(response, |rest| command.accept(&mine, rest))? {
                                kept.add(memory);
                            }
                        }
                        None => kept.miss(),
                    }
                    self.check_size(&name, kept)?;
                }
                Event::Oversize(lost) => match command.too_large(&mine, *lost) {
                    None => {
                        kept.miss();
                        self.check_size(&name, kept)?;
                    }
                    Some(lost)
                        if kept::is_answer(&name, &lost.name)
                            || command.accept(&mine, lost.response.clone()).is_none() =>
                    {
                        too_large.get_or_insert_with(|| {
                            Box::new(Incomplete::response(&name, &lost, self.answer_limit))
                        });
                        kept.miss();
                        self.check_size(&name, kept)?;
                    }
                    Some(lost) => self.news(lost.into_malformed())?,
                },
                // Once the exchange has failed there is nothing more to say.
                Event::Challenge { .. } if failure.is_some() => self.engine.cancel(),
                Event::Challenge {
                    data,
                    echoes: repeats,
                    ..
                } => {
                    echoes |= repeats;
                    match data
                        .map_err(|text| Error::Challenge { text })
                        .and_then(|data| command.respond(&data))
                    {
                        Ok(response) => {
                            self.engine.respond(&response);
                            self.name_secrets(&command);
                        }
                        Err(error) => {
                            failure = Some(match echoes {
                                true => error.without_words(),
                                false => error,
                            });
                            self.engine.cancel();
                        }
                    }
                }
                _ => {}
            }
        }
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
        std::iter::from_fn(|| self.updates.pop())
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
        self.engine.state()
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
        self.engine.wire_log()
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
        self.timeout = timeout;
    }

    /// Waits for the end of what dropped futures have left under way, and reads at most so many
    /// bytes for it. Whether that was enough.
    pub(crate) async fn settle(&mut self, most: u64, until: Option<Instant>) -> Result<bool> {
        if self.engine.is_busy() && !self.engine.orphan_all() {
            self.broken = true;
        }
        if self.broken {
            return Err(match self.state().bye() {
                Some(_) => self.closed(),
                None => Error::GivenUp,
            });
        }
        self.engine.limit_answer(self.answer_limit);
        let before = self.received;
        let mut wait = self.wait();
        wait.until = earlier(wait.until, until);
        while self.engine.has_orphans() {
            if self.received - before > most {
                return Ok(false);
            }
            let event = self.poll_event()?;
            self.orphan_answered();
            match event {
                Some(Event::Response(response)) => self.news(response)?,
                Some(Event::Oversize(lost)) => self.news(lost.into_malformed())?,
                Some(_) => {}
                // The end of an orphan is no event: there may be nothing left to wait for.
                None if self.engine.has_orphans() => self.exchange(wait).await?,
                None => {}
            }
        }
        // Let in after a login that was dropped: nobody has looked at the server's proof.
        if self.unproven && self.state().phase() != Phase::NotAuthenticated {
            self.broken = true;
            return Err(Error::GivenUp);
        }
        Ok(true)
    }

    /// Tells the engine what of a command is secret, so that no echo of it is shown.
    fn name_secrets(&mut self, command: &impl Command) {
        if let Some(secrets) = command.secrets() {
            let secrets = secrets
                .iter()
                .map(|secret| secret.expose_secret().as_bytes());
            self.engine.name_secrets(&secrets.collect::<Vec<_>>());
        }
    }

    /// Fails unless a command is in place, before anything is sent for it.
    pub(crate) async fn ready(
        &mut self,
        command: &'static str,
        needs: fn(&'static str, &State) -> Result<()>,
    ) -> Result<()> {
        // An answer that is still due may change what is the case.
        self.settle(u64::MAX, self.command_limit()).await?;
        needs(command, self.state())
    }

    /// A server that never ends its answer must not take all of the memory.
    fn check_size(&mut self, command: &str, kept: &Kept) -> Result<()> {
        if kept.is_within(self.answer_limit) {
            return Ok(());
        }
        self.broken = true;
        let what = format!(
            "its answer to {command} is over {} bytes (see Builder::answer_limit)",
            self.answer_limit
        );
        let log = self.wire_log().cloned().collect();
        Err(Error::Protocol(Box::new(Violation::new(what, log))))
    }

    /// The error for a connection that the server has ended.
    pub(crate) fn closed(&self) -> Error {
        Error::Closed {
            end: Box::new(self.engine.last_words()),
            source: None,
        }
    }

    /// Gives a response to whom it belongs; what nobody wants becomes an update. Whether somebody
    /// wanted it.
    ///
    /// # Errors
    /// If there are too many that nobody wants.
    fn route(
        &mut self,
        response: Response,
        accept: impl FnOnce(Response) -> Option<Response>,
    ) -> Result<bool> {
        if let Response::Status(status) = &response {
            self.updates.alert(status);
        }
        self.updates.put_aside(&response);
        let Some(rest) = accept(response) else {
            return Ok(true);
        };
        self.updates.push(rest, self.engine.response_memory());
        let counted = self.engine.unsolicited();
        self.broken |= counted.is_err();
        counted?;
        Ok(false)
    }

    /// Takes a response that nobody waits for.
    pub(crate) fn news(&mut self, response: Response) -> Result<()> {
        self.route(response, Some).map(drop)
    }

    /// The next thing the server does.
    pub(crate) async fn next_event(&mut self, wait: Wait) -> Result<Event> {
        loop {
            match self.poll_event()? {
                Some(event) => return Ok(event),
                None => self.exchange(wait).await?,
            }
        }
    }

    /// Moves bytes in both directions. The only place that waits.
    async fn exchange(&mut self, wait: Wait) -> Result<()> {
        let want = self.fill_pipe()?;
        let wait = self.patient(want, wait);
        match self.socket.exchange(&mut self.pipe, want, wait).await {
            Ok(waited) => {
                self.engine.waited(waited);
                Ok(())
            }
            Err(error) if error.is_timeout() && self.state().bye().is_some() => {
                tracing::debug!("the server said BYE and does not close the connection");
                self.engine.closed();
                Ok(())
            }
            Err(error) => Err(self.lost(error)),
        }
    }

    /// Makes an error of a failed transport, with the last words of a server that is gone.
    pub(crate) fn lost(&mut self, error: transport::Error) -> Error {
        let mut error = Error::from(error);
        self.broken |= error.is_closed();
        if let Error::Closed { end, .. } = &mut error {
            **end = self.engine.last_words();
        }
        error
    }

    /// Tells a TLS peer that nothing more comes.
    pub(crate) async fn hang_up(&mut self) {
        self.pipe.close();
        // A peer that has hung up first needs no word from us.
        if let Err(error) = self.flush().await {
            tracing::debug!(%error, "the server closed first");
        }
    }

    /// Waits until all that was written has left, and a TLS handshake is over.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        let wait = self.patient(Want::Flushed, self.wait());
        self.socket
            .exchange(&mut self.pipe, Want::Flushed, wait)
            .await?;
        Ok(())
    }

    /// Moves what has arrived to the engine and asks it what that is.
    fn poll_event(&mut self) -> Result<Option<Event>> {
        let event = self.read_event();
        self.broken |= event.is_err();
        event
    }

    fn read_event(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.engine.poll_event()? {
                return Ok(Some(event));
            }
            match self.pipe.read(self.engine.space())? {
                0 if self.pipe.eof() => self.engine.closed(),
                0 => return Ok(None),
                n => {
                    self.received += n as u64;
                    self.engine.filled(n);
                }
            }
        }
    }

    /// Moves what is to be sent to the pipe; says what to wait for.
    fn fill_pipe(&mut self) -> Result<Want> {
        while !self.engine.output().is_empty() {
            match self.pipe.write(self.engine.output())? {
                0 => return Ok(Want::Room(Pipe::CAPACITY / 2)),
                n => self.engine.wrote(n),
            }
        }
        Ok(Want::Input)
    }
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("state", self.engine.state())
            .finish_non_exhaustive()
    }
}

/// Refuses what a command of the user's own cannot do by itself.
fn may_be_given(effect: &Effect) -> Result<()> {
    let why = match effect {
        Effect::StartTls => {
            "STARTTLS is for Builder::security: after a bare one all would go out in clear"
        }
        Effect::Idle => "IDLE is for Client::idle, which knows how to end it",
        _ => return Ok(()),
    };
    Err(InvalidArgument::new("command", why).into())
}
