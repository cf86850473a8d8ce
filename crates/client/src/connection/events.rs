//! The next thing that happens, and what of it is news.

use imapclient_codec::Response;
use imapclient_engine::Event;
use imapclient_transport::{Socket, Wait};

use super::Connection;
use crate::error::Result;

impl<S: Socket> Connection<S> {
    /// Waits for the next thing that the server does. What the answer to a command means for the
    /// connection is done by then.
    pub(super) async fn next_event(&mut self, wait: Wait) -> Result<Event> {
        loop {
            match self.poll_event()? {
                Some(event) => return Ok(event),
                None => self.exchange(wait).await?,
            }
        }
    }

    /// Returns the next thing that the server did; `None` if it takes more bytes to tell.
    ///
    /// An error is final: the connection is given up.
    pub(super) fn poll_event(&mut self) -> Result<Option<Event>> {
        let event = self.read_event().and_then(|event| {
            if let Some(Event::Done {
                tag,
                status,
                effect,
            }) = &event
            {
                self.answered(tag, status);
                self.updates.alert(status);
                self.apply(effect, status)?;
            }
            Ok(event)
        });
        if event.is_err() {
            self.give_up();
        }
        event
    }

    /// Offers a response to whoever may be waiting for it. One that `accept` hands back becomes an
    /// update.
    ///
    /// # Errors
    /// If there are too many that nothing had asked for. The connection is given up.
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

    /// Takes a response that nobody waits for.
    pub(super) fn news(&mut self, response: Response) -> Result<()> {
        self.route(response, Some)
    }
}
