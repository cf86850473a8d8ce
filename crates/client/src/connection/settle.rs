//! Completes commands that dropped futures and interrupted calls have left under way.

use std::time::Instant;

use imapclient_engine::Event;
use imapclient_transport::Socket;

use super::{Connection, earlier};
use crate::error::{Error, Result};

impl<S: Socket> Connection<S> {
    /// Waits for the end of the abandoned commands, reading at most `most` bytes. Returns whether
    /// they have ended.
    pub(crate) async fn settle(&mut self, most: u64, until: Option<Instant>) -> Result<bool> {
        if self.engine.is_busy() && !self.engine.orphan_all() {
            self.give_up();
        }
        if !self.is_usable() {
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
            match self.poll_event()? {
                Some(Event::Response(response)) => self.news(response)?,
                Some(Event::Oversize(lost)) => self.news(lost.into_malformed())?,
                Some(_) => {}
                None => self.exchange(wait).await?,
            }
        }
        self.settle_login()?;
        Ok(true)
    }
}
