//! Completes commands that dropped futures and interrupted calls have left under way.

use std::time::Instant;

use imapclient_engine::Event;
use imapclient_transport::Socket;

use super::{Connection, earlier};
use crate::error::{Error, Result};

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
    /// Waits for the end of the abandoned commands, reading at most `most` bytes.
    pub(crate) async fn settle(&mut self, most: u64, until: Option<Instant>) -> Result<Drained> {
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
                Some(_) => {}
                None => self.exchange(wait).await?,
            }
        }
        self.settle_login()?;
        Ok(Drained::All)
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
