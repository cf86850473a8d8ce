//! Reads events, and turns unsolicited responses into updates.

use imapclient_codec::{Effect, Response, Status, Tag};
use imapclient_engine::Event;
use imapclient_transport::{Socket, Wait};

use super::Connection;
use crate::error::Result;

impl<S: Socket> Connection<S> {
    /// Waits for the next event. The effect of an answer on the connection has taken place by then.
    pub(super) async fn next_event(&mut self, wait: Wait) -> Result<Event> {
        loop {
            match self.poll_event()? {
                Some(event) => return Ok(event),
                None => self.exchange(wait).await?,
            }
        }
    }

    /// Returns the next event; `None` if more input is needed. An error is final: the connection is
    /// given up.
    pub(super) fn poll_event(&mut self) -> Result<Option<Event>> {
        let mut event = self.read_event();
        if let Ok(Some(Event::Done {
            tag,
            status,
            effect,
        })) = &event
            && let Err(error) = self.done(tag, status, effect)
        {
            event = Err(error);
        }
        if event.is_err() {
            self.give_up();
        }
        event
    }

    /// Applies the effect of an answer on the connection.
    fn done(&mut self, tag: &Tag, status: &Status, effect: &Effect) -> Result<()> {
        self.answered(tag, status);
        self.updates.alert(status);
        self.apply(effect, status)?;
        if !self.engine.is_busy() {
            self.pipe.release();
        }
        Ok(())
    }

    /// Offers a response to the commands under way by `accept`, and adds an update if it is
    /// returned.
    ///
    /// # Errors
    /// Fails if there are too many unsolicited responses. The connection is given up.
    pub(super) fn route(
        &mut self,
        response: Response,
        accept: impl FnOnce(Response) -> Option<Response>,
    ) -> Result<()> {
        self.note(&response);
        let Some(rest) = accept(response) else {
            return Ok(());
        };
        self.updates.push(rest, self.engine.response_memory());
        let counted = self.engine.unsolicited();
        if counted.is_err() {
            self.give_up();
        }
        Ok(counted?)
    }

    /// Turns a response that belongs to no command into an update.
    pub(super) fn news(&mut self, response: Response) -> Result<()> {
        self.route(response, Some)
    }
}
