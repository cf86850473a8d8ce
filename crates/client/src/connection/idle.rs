//! The part of IDLE and of polling that uses the connection.

use imapclient_codec::{Outgoing, Response, Status, Tag, command};
use imapclient_engine::Event;
use imapclient_transport::{Socket, Wait};

use super::Connection;
use crate::error::Result;

/// An event while changes are awaited. Responses have become updates by then.
pub(crate) enum Heard {
    /// The server has begun to report changes.
    Begun,
    /// A command was answered.
    Done(Tag, Status),
    /// An update was added, or nothing of interest happened.
    News,
}

impl<S: Socket> Connection<S> {
    /// Sends IDLE. It ends by [`end_idle`](Self::end_idle), or when it is abandoned.
    pub(crate) fn begin_idle(&mut self) -> Result<Tag> {
        self.send_bare(command::idle())
    }

    /// Sends DONE, at once or as soon as the IDLE has begun.
    pub(crate) fn end_idle(&mut self) {
        self.engine.finish_idle();
    }

    /// Sends NOOP. [`hear`](Self::hear) waits for its answer.
    pub(crate) fn begin_poll(&mut self) -> Result<Tag> {
        self.send_bare(command::noop())
    }

    /// Waits for the next event.
    pub(crate) async fn hear(&mut self, wait: Wait) -> Result<Heard> {
        Ok(match self.next_event(wait).await? {
            Event::Idling(_) => Heard::Begun,
            Event::Done { tag, status, .. } => Heard::Done(tag, status),
            Event::Response(response) => self.heard(response)?,
            Event::Oversize(lost) => self.heard(lost.into_malformed())?,
            _ => Heard::News,
        })
    }

    fn heard(&mut self, response: Response) -> Result<Heard> {
        self.news(response)?;
        Ok(Heard::News)
    }

    fn send_bare(&mut self, outgoing: Outgoing) -> Result<Tag> {
        Ok(self.engine.submit(outgoing)?)
    }
}
