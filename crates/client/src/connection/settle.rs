//! Completes commands that nobody waits for: those that dropped futures and interrupted calls have
//! left under way, and one that was sent off.

use std::time::Instant;

use imapclient_codec::{Effect, Outgoing};
use imapclient_engine::Event;
use imapclient_transport::Socket;

use super::{Connection, earlier};
use crate::error::{Error, Result, check};

/// The result of [`Client::drain`](crate::Client::drain).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "either all is read, or more is left"
)]
pub enum Drained {
    /// No answer to an abandoned command is left.
    All,
    /// There is more than the given number of bytes. The next call of any method reads on.
    More,
}

impl<S: Socket> Connection<S> {
    /// Waits for the end of the abandoned commands, reading at most `most` bytes, and ends an
    /// abandoned NOTIFY, whose reports could be taken for answers to other commands.
    pub(crate) async fn settle(&mut self, most: u64, until: Option<Instant>) -> Result<Drained> {
        match self.settle_orphans(most, until).await? {
            Drained::All if self.end_notify()? => self.settle_orphans(most, until).await,
            drained => Ok(drained),
        }
    }

    /// Waits for the end of the abandoned commands, reading at most `most` bytes. A NOTIFY stays in
    /// force.
    pub(crate) async fn settle_orphans(
        &mut self,
        most: u64,
        until: Option<Instant>,
    ) -> Result<Drained> {
        self.is_sent_off = false;
        self.may_notify = false;
        if self.engine.is_busy() && !self.engine.orphan_all() {
            self.give_up();
        }
        self.check_usable()?;
        self.engine.limit_answer(self.answer_limit);
        let before = self.received;
        let mut wait = self.wait();
        wait.until = earlier(wait.until, until);
        while self.engine.has_orphans() {
            if self.received - before > most {
                return Ok(Drained::More);
            }
            match self.poll_event()? {
                Some(Event::Response(response)) => self.news(response)?,
                Some(Event::Oversize(lost)) => self.news(lost.into_malformed())?,
                Some(Event::Done {
                    effect: Effect::Notify { usual: true },
                    status,
                    ..
                }) => drop(check("NOTIFY", status)?),
                Some(_) => {}
                None => self.exchange(wait).await?,
            }
        }
        self.settle_login()?;
        Ok(Drained::All)
    }

    /// Sends a command whose answer nobody waits for but the next command, when no other is under
    /// way. Its data are dropped, and its refusal is not an error.
    pub(crate) async fn send_off(&mut self, outgoing: Outgoing) -> Result<()> {
        self.engine.submit(outgoing)?;
        self.engine.orphan_all();
        self.is_sent_off = true;
        self.fill_pipe()?;
        self.flush().await
    }

    /// Does the same as [`settle`](Self::settle), but does not wait for the answer to a command that
    /// was [sent off](Self::send_off).
    pub(crate) async fn settle_behind(&mut self, until: Option<Instant>) -> Result<()> {
        if std::mem::take(&mut self.is_sent_off) {
            return self.check_usable();
        }
        self.settle(u64::MAX, until).await.map(drop)
    }
}

impl<S> Connection<S> {
    /// Fails if the connection cannot be used any more.
    pub(super) fn check_usable(&self) -> Result<()> {
        match self.state().bye() {
            _ if self.is_usable() => Ok(()),
            Some(_) => Err(self.closed()),
            None => Err(Error::GivenUp),
        }
    }
}
