//! Waiting for what the server has to tell.

use std::time::{Duration, Instant};

use imapclient_codec::{Tag, command};
use imapclient_engine::Event;
use imapclient_transport::{Socket, Wait};

use crate::{
    client::Client,
    command::need_login,
    deadline::earlier,
    error::{Error, Result, check},
    updates::Update,
    workaround::Workaround,
};

/// An IDLE under way (RFC 2177), made by [`Client::idle`].
///
/// It borrows the client: nothing else can be sent meanwhile. Dropping it is fine; the next
/// command ends it first. It is begun anew every 9 minutes
/// ([`Builder::idle_renewal`](crate::Builder::idle_renewal)) as long as it is waited for, so that
/// nothing on the way takes the connection for dead and a dead one is noticed.
#[derive(Debug)]
pub struct Idle<'a, S> {
    client: &'a mut Client<S>,
    stage: Stage,
    /// Since when.
    since: Instant,
    /// NOOP is sent this often in place of IDLE, which the server does not have.
    poll: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
enum Stage {
    /// Nothing is under way.
    Off,
    /// IDLE is sent, the server has not said `+` yet.
    Asked(Tag),
    /// The server tells what happens.
    On(Tag),
    /// DONE is sent, the server has not answered yet.
    Ending(Tag),
    /// Between two NOOPs.
    Resting,
    /// A NOOP is sent, the server has not answered yet.
    Polling,
}

impl<S: Socket> Client<S> {
    /// Lets the server tell what happens, as it happens. `IDLE`, RFC 2177.
    ///
    /// Needs a login, a selected mailbox to be of any use, and the capability `IDLE`.
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
        self.ready("IDLE", need_login).await?;
        self.require("IDLE").await?;
        let mut idle = Idle::off(self, None);
        idle.begin().await?;
        Ok(idle)
    }

    /// As [`idle`](Self::idle) where the server has it; where it has not, or refuses it, it is
    /// asked for news by NOOP, at once and then in this interval.
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
        self.ready("IDLE", need_login).await?;
        if self.works_around(Workaround::IdleRefused) || !self.capabilities().await?.offers("IDLE")
        {
            return Ok(Idle::off(self, Some(interval)));
        }
        let mut idle = Idle::off(self, None);
        match idle.begin().await {
            Ok(()) => Ok(idle),
            Err(error) if error.is_unsupported() => {
                idle.client.note(Workaround::IdleRefused);
                Ok(Idle::off(idle.client, Some(interval)))
            }
            Err(error) => Err(error),
        }
    }
}

impl<'a, S: Socket> Idle<'a, S> {
    /// Nothing is under way yet.
    fn off(client: &'a mut Client<S>, poll: Option<Duration>) -> Self {
        Self {
            client,
            stage: Stage::Off,
            since: S::now(),
            poll,
        }
    }

    /// Waits until the server tells what happens.
    async fn begin(&mut self) -> Result<()> {
        while !matches!(self.stage, Stage::On(_)) {
            self.step(None).await?;
        }
        Ok(())
    }

    /// The next thing the server tells, however long it takes.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut idle = client.idle().await?;
    /// println!("{:?}", idle.next().await?);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of the connection, one that died quietly included; [`Error::Refused`] if the server
    /// wants no IDLE any more.
    #[doc(alias = "idle_check")]
    pub async fn next(&mut self) -> Result<Update> {
        loop {
            if let Some(update) = self.client.updates.pop() {
                return Ok(update);
            }
            self.step(None).await?;
        }
    }

    /// The next thing the server tells, or `None` if nothing comes within this time.
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
    /// Those of [`next`](Self::next).
    #[doc(alias = "idle_check")]
    pub async fn next_timeout(&mut self, timeout: Duration) -> Result<Option<Update>> {
        let until = Client::<S>::from_now(timeout);
        loop {
            if let Some(update) = self.client.updates.pop() {
                return Ok(Some(update));
            }
            if !self.step(until).await? {
                return Ok(None);
            }
        }
    }

    /// Ends it. What the server told last is in [`Client::updates`].
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let idle = client.idle().await?;
    /// idle.done().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of the connection.
    #[doc(alias = "idle_done")]
    pub async fn done(mut self) -> Result<()> {
        self.end();
        while !matches!(self.stage, Stage::Off | Stage::Resting) {
            self.step(None).await?;
        }
        Ok(())
    }

    /// Waits for one thing to happen; `false` if nothing did until then. Everything it knows is
    /// in `self`, so that it may be dropped at any point and called again.
    async fn step(&mut self, until: Option<Instant>) -> Result<bool> {
        let client = &mut *self.client;
        let wait = match &self.stage {
            Stage::Off if self.poll.is_some() => return self.ask_for_news(),
            Stage::Off => {
                let tag = client.engine.submit(command::idle())?;
                self.turn(Stage::Asked(tag));
                return Ok(true);
            }
            Stage::Resting => {
                let due = self
                    .poll
                    .and_then(|interval| self.since.checked_add(interval));
                if due.is_some_and(|due| S::now() >= due) {
                    return self.ask_for_news();
                }
                Wait {
                    until: earlier(until, due),
                    ..Wait::default()
                }
            }
            Stage::On(_) => {
                let renewal = self.since.checked_add(client.idle_renewal);
                if renewal.is_some_and(|renewal| S::now() >= renewal) {
                    self.end();
                    return Ok(true);
                }
                // While the server has nothing to tell, it is silent and rightly so.
                Wait {
                    until: earlier(until, renewal),
                    ..Wait::default()
                }
            }
            Stage::Asked(_) | Stage::Ending(_) | Stage::Polling => Wait {
                until: earlier(until, self.answer_due()),
                ..Wait::default()
            },
        };
        let client = &mut *self.client;
        let event = match client.next_event(wait).await {
            Err(error) if error.is_timeout() => return self.timed_out(until, error),
            other => other?,
        };
        match event {
            Event::Idling(_) => {
                if let Stage::Asked(tag) = &self.stage {
                    self.turn(Stage::On(tag.clone()));
                }
            }
            Event::Done { status, .. } if self.poll.is_some() => {
                self.client.updates.alert(&status);
                self.turn(Stage::Resting);
                check("NOOP", status)?;
            }
            Event::Done { status, .. } => {
                self.client.updates.alert(&status);
                // Some servers end it by themselves with OK; then it is begun anew.
                let begun = !matches!(self.stage, Stage::Asked(_));
                self.turn(Stage::Off);
                check("IDLE", status)?;
                if !begun {
                    // Not this one: it would end every IDLE like that.
                    return Err(Error::NoAnswer { command: "IDLE" });
                }
            }
            Event::Response(response) => client.news(response)?,
            Event::Oversize(lost) => client.news(lost.into_malformed())?,
            _ => {}
        }
        Ok(true)
    }

    /// Nothing came in time. Whose time it was decides what that means.
    fn timed_out(&mut self, until: Option<Instant>, error: Error) -> Result<bool> {
        let now = S::now();
        let silent = match &self.stage {
            Stage::Asked(_) | Stage::Ending(_) | Stage::Polling => {
                self.answer_due().is_some_and(|due| now >= due)
            }
            Stage::On(_) | Stage::Off | Stage::Resting => false,
        };
        if silent {
            // A server that does not even answer DONE is not there any more.
            self.client.broken = true;
            return Err(error);
        }
        Ok(until.is_none_or(|until| now < until))
    }

    /// When the server has to have answered what was sent last.
    fn answer_due(&self) -> Option<Instant> {
        self.since.checked_add(self.client.timeout?)
    }

    fn ask_for_news(&mut self) -> Result<bool> {
        self.client.engine.submit(command::noop())?;
        self.turn(Stage::Polling);
        Ok(true)
    }

    fn end(&mut self) {
        self.client.engine.finish_idle();
        if let Stage::On(tag) | Stage::Asked(tag) = &self.stage {
            self.turn(Stage::Ending(tag.clone()));
        }
    }

    fn turn(&mut self, stage: Stage) {
        self.stage = stage;
        self.since = S::now();
    }
}
