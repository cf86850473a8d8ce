//! Waits for changes that the server reports, by IDLE or by polling.

use std::time::{Duration, Instant};

use imapclient_codec::{Needs, Status, Tag, command};
use imapclient_transport::{Socket, Wait};

use crate::{
    client::Client,
    connection::{Connection, Heard, earlier},
    error::{Error, Result, check},
    updates::Update,
    workaround::Workaround,
};

/// An IDLE under way (RFC 2177), created by [`Client::idle`].
///
/// It borrows the client, so no other command can be sent meanwhile. It can be dropped at any time;
/// the next command first ends the IDLE. While a caller waits for updates, it is restarted every 9
/// minutes ([`Builder::idle_renewal`](crate::Builder::idle_renewal)), so that no device on the
/// network path takes the connection for dead, and a dead connection is noticed.
#[derive(Debug)]
pub struct Idle<'a, S> {
    client: &'a mut Client<S>,
    mode: Mode,
    /// The tag of the last command.
    tag: Option<Tag>,
    /// The moment at which the stage began.
    since: Instant,
}

/// The two ways of waiting for changes.
#[derive(Debug, Clone, Copy)]
enum Mode {
    /// By IDLE.
    Push(Push),
    /// By NOOP in this interval, because the server does not support IDLE.
    Poll(Poll, Duration),
}

/// The stages of an IDLE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Push {
    /// Nothing is under way.
    Off,
    /// IDLE was sent, and the server has not sent its continuation request.
    Asked,
    /// The server reports changes.
    On,
    /// DONE was sent, and the server has not answered.
    Ending,
}

/// The stages of polling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Poll {
    /// The first NOOP must be sent.
    Due,
    /// The server has answered; the next NOOP follows after the interval.
    Resting,
    /// A NOOP was sent, and the server has not answered.
    Asked,
}

impl<S: Socket> Client<S> {
    /// Lets the server report changes as they happen. `IDLE`, RFC 2177.
    ///
    /// Needs a login and the capability `IDLE`. Most servers only report changes of the selected
    /// mailbox, so select one first.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Update;
    ///
    /// let mut idle = client.idle().await?;
    /// match idle.next().await? {
    ///     Update::Exists(n) => println!("{n} messages now"),
    ///     other => println!("{other:?}"),
    /// }
    /// idle.done().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    #[doc(alias = "idle_check")]
    pub async fn idle(&mut self) -> Result<Idle<'_, S>> {
        self.meet("IDLE", command::idle().needs()).await?;
        let mut idle = Idle::new(self, Mode::Push(Push::Off));
        idle.begin().await?;
        Ok(idle)
    }

    /// Does the same as [`idle`](Self::idle) if the server supports it. If the server does not, or
    /// refuses it, asks for changes by NOOP, at once and then in this interval.
    ///
    /// Needs a login.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use std::time::Duration;
    ///
    /// let mut idle = client.idle_or_poll(Duration::from_secs(60)).await?;
    /// println!("{:?}", idle.next().await?);
    /// idle.done().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), and those of the connection.
    pub async fn idle_or_poll(&mut self, interval: Duration) -> Result<Idle<'_, S>> {
        self.meet("IDLE", &Needs::login()).await?;
        if self.works_around(Workaround::IdleRefused) || !self.capabilities().await?.has("IDLE") {
            return Ok(Idle::new(self, Mode::Poll(Poll::Due, interval)));
        }
        let mut idle = Idle::new(self, Mode::Push(Push::Off));
        match idle.begin().await {
            Ok(()) => Ok(idle),
            Err(error) if error.is_unsupported() => {
                idle.client.note(Workaround::IdleRefused);
                Ok(Idle::new(idle.client, Mode::Poll(Poll::Due, interval)))
            }
            Err(error) => Err(error),
        }
    }
}

impl<'a, S: Socket> Idle<'a, S> {
    /// Creates an IDLE that the first step begins, or polls at the interval of its renewal if the
    /// server does not support it: for a server that reports changes in any case.
    pub(crate) fn beside_notify(client: &'a mut Client<S>) -> Self {
        let pushes = client.state().has("IDLE") && !client.works_around(Workaround::IdleRefused);
        let mut idle = Self::new(client, Mode::Push(Push::Off));
        if !pushes {
            idle.poll_beside_notify();
        }
        idle
    }

    /// Does without IDLE after a step with this error, if it is the server's refusal of IDLE.
    ///
    /// # Errors
    /// Returns any other error.
    pub(crate) fn fall_back(&mut self, error: Error) -> Result<()> {
        if !matches!(self.mode, Mode::Push(_)) || !error.is_unsupported() {
            return Err(error);
        }
        self.client.note(Workaround::IdleRefused);
        self.poll_beside_notify();
        Ok(())
    }

    fn poll_beside_notify(&mut self) {
        let interval = self.connection().clock().idle_renewal;
        self.turn(Mode::Poll(Poll::Resting, interval));
    }

    fn new(client: &'a mut Client<S>, mode: Mode) -> Self {
        Self {
            client,
            mode,
            tag: None,
            since: S::now(),
        }
    }

    /// Waits until the server has begun to report changes.
    async fn begin(&mut self) -> Result<()> {
        while !matches!(self.mode, Mode::Push(Push::On)) {
            self.step(None).await?;
        }
        Ok(())
    }

    /// Waits for the next update, without a time limit.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut idle = client.idle().await?;
    /// println!("{:?}", idle.next().await?);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the connection, also if it died without notice; [`Error::Refused`] if
    /// the server no longer accepts IDLE.
    #[doc(alias = "idle_check")]
    pub async fn next(&mut self) -> Result<Update> {
        loop {
            if let Some(update) = self.connection().next_update() {
                return Ok(update);
            }
            self.step(None).await?;
        }
    }

    /// Waits for the next update. Returns `None` if there is none within this time.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use std::time::Duration;
    ///
    /// let mut idle = client.idle().await?;
    /// if let Some(update) = idle.next_timeout(Duration::from_secs(60)).await? {
    ///     println!("{update:?}");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`next`](Self::next).
    #[doc(alias = "idle_check")]
    pub async fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Update>> {
        let until = Connection::<S>::from_now(timeout);
        loop {
            if let Some(update) = self.connection().next_update() {
                return Ok(Some(update));
            }
            if !self.step(until).await? {
                return Ok(None);
            }
        }
    }

    /// Ends the IDLE. Its last updates are in [`Client::updates`].
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let idle = client.idle().await?;
    /// idle.done().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the connection.
    #[doc(alias = "idle_done")]
    pub async fn done(mut self) -> Result<()> {
        self.finish().await
    }

    /// Waits until nothing is under way.
    pub(crate) async fn finish(&mut self) -> Result<()> {
        self.end();
        while !matches!(
            self.mode,
            Mode::Push(Push::Off) | Mode::Poll(Poll::Due | Poll::Resting, _)
        ) {
            self.step(None).await?;
        }
        Ok(())
    }

    /// Waits for one thing to happen. Returns `false` if nothing did before `until`. All state is
    /// in `self`, so the future may be dropped at any point and the method called again.
    pub(crate) async fn step(&mut self, until: Option<Instant>) -> Result<bool> {
        match self.mode {
            Mode::Push(stage) => self.push(stage, until).await,
            Mode::Poll(stage, interval) => self.poll(stage, interval, until).await,
        }
    }

    /// Makes one step of an IDLE.
    async fn push(&mut self, stage: Push, until: Option<Instant>) -> Result<bool> {
        let due = match stage {
            Push::Off => {
                self.settle().await?;
                self.tag = Some(self.connection().begin_idle()?);
                self.turn(Mode::Push(Push::Asked));
                return Ok(true);
            }
            // A server without changes to report may be silent.
            Push::On => {
                let renewal = self.connection().clock().idle_renewal;
                let renewal = self.since.checked_add(renewal);
                if renewal.is_some_and(|renewal| S::now() >= renewal) {
                    self.end();
                    return Ok(true);
                }
                renewal
            }
            Push::Asked | Push::Ending => self.answer_due(),
        };
        match self.hear(until, due, stage != Push::On).await? {
            None => return Ok(self.is_left(until)),
            Some(Heard::Begun) if stage == Push::Asked => self.turn(Mode::Push(Push::On)),
            Some(Heard::Begun | Heard::News) => {}
            Some(Heard::Done(_, status)) => {
                self.turn(Mode::Push(Push::Off));
                if !self.is_accepted("IDLE", status).await? {
                    return Ok(true);
                }
                // Some servers end an IDLE with OK, after which it is restarted. But a server that
                // does so before it has begun would end every IDLE like that.
                if stage == Push::Asked {
                    return Err(Error::NoAnswer { command: "IDLE" });
                }
            }
        }
        Ok(true)
    }

    /// Makes one step of polling.
    async fn poll(
        &mut self,
        stage: Poll,
        interval: Duration,
        until: Option<Instant>,
    ) -> Result<bool> {
        let due = match stage {
            Poll::Due => {
                self.settle().await?;
                return self.ask_for_news(interval);
            }
            Poll::Resting => {
                let due = self.since.checked_add(interval);
                if due.is_some_and(|due| S::now() >= due) {
                    return self.ask_for_news(interval);
                }
                due
            }
            Poll::Asked => self.answer_due(),
        };
        match self.hear(until, due, stage == Poll::Asked).await? {
            None => return Ok(self.is_left(until)),
            Some(Heard::Done(_, status)) => {
                self.turn(Mode::Poll(Poll::Resting, interval));
                if !self.is_accepted("NOOP", status).await? {
                    self.turn(Mode::Poll(Poll::Due, interval));
                }
            }
            Some(Heard::Begun | Heard::News) => {}
        }
        Ok(true)
    }

    /// Waits until something happens, until `until`, or until `due`. If `asked` is true, the server
    /// must answer before `due`: a server that does not even answer DONE is gone.
    async fn hear(
        &mut self,
        until: Option<Instant>,
        due: Option<Instant>,
        asked: bool,
    ) -> Result<Option<Heard>> {
        let wait = Wait {
            until: earlier(until, due),
            ..Wait::default()
        };
        match self.connection().hear(wait).await {
            Err(error) if error.is_timeout() => {
                if asked && due.is_some_and(|due| S::now() >= due) {
                    self.connection().give_up();
                    let silence = self.connection().clock().silence();
                    return Err(error.at(silence));
                }
                Ok(None)
            }
            // The answer to an earlier command does not end this one.
            Ok(Heard::Done(tag, _)) if self.tag.as_ref() != Some(&tag) => Ok(Some(Heard::News)),
            heard => heard.map(Some),
        }
    }

    /// Waits for the end of an ID whose sending was interrupted: no other command may be under way
    /// when an IDLE begins. A NOTIFY in force is the one whose reports are waited for.
    async fn settle(&mut self) -> Result<()> {
        let limit = self.connection().command_limit();
        self.connection()
            .settle_orphans(u64::MAX, limit)
            .await
            .map(drop)
    }

    /// Returns whether the server has accepted a command. If it refused the command because it
    /// requires ID, sends ID and returns `false`: the command may then be sent again.
    async fn is_accepted(&mut self, command: &str, status: Status) -> Result<bool> {
        match check(command, status) {
            Ok(_) => Ok(true),
            Err(Error::Refused(refused)) if self.client.may_introduce(&refused) => {
                let limit = self.connection().command_limit();
                self.client.introduce_after(refused, limit).await?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Returns whether there is time left.
    fn is_left(&self, until: Option<Instant>) -> bool {
        until.is_none_or(|until| S::now() < until)
    }

    /// Returns the moment by which the server has to have answered.
    fn answer_due(&mut self) -> Option<Instant> {
        let timeout = self.connection().clock().timeout?;
        self.since.checked_add(timeout)
    }

    fn ask_for_news(&mut self, interval: Duration) -> Result<bool> {
        self.tag = Some(self.connection().begin_poll()?);
        self.turn(Mode::Poll(Poll::Asked, interval));
        Ok(true)
    }

    fn end(&mut self) {
        self.connection().end_idle();
        if let Mode::Push(Push::On | Push::Asked) = self.mode {
            self.turn(Mode::Push(Push::Ending));
        }
    }

    pub(crate) fn connection(&mut self) -> &mut Connection<S> {
        self.client.connection_mut()
    }

    fn turn(&mut self, mode: Mode) {
        self.mode = mode;
        self.since = S::now();
    }
}
