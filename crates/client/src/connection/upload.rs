//! Sends a command with a literal whose bytes the caller gives in pieces.

use imapclient_codec::{Outgoing, Status, Tag};
use imapclient_engine::Event;
use imapclient_transport::{Pipe, Socket, Wait, Want};

use super::Connection;
use crate::error::Result;

/// The end of a [`supply`](Connection::supply).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// The literal may be sent.
    Due,
    /// All bytes are on their way.
    Given,
    /// The server has answered the command.
    Answered,
}

impl<S: Socket> Connection<S> {
    /// Sends a command up to its literal, whose bytes [`supply`](Self::supply) sends.
    ///
    /// # Errors
    /// Fails if the command cannot be sent. Nothing of it is sent then.
    pub(crate) fn begin_upload(&mut self, outgoing: Outgoing) -> Result<Tag> {
        self.begin_command();
        let name = outgoing.name();
        let tag = self.engine.submit(outgoing)?;
        self.begun(&tag, &name);
        Ok(tag)
    }

    /// Sends the next bytes of the literal, which must not be more than are missing, and removes
    /// those from `bytes` that are on their way. Waits as long as `until` says. Returns the status
    /// of the command if the server answers it meanwhile.
    pub(crate) async fn supply(
        &mut self,
        tag: &Tag,
        bytes: &mut &[u8],
        until: Until,
        wait: Wait,
    ) -> Result<Option<Status>> {
        loop {
            while let Some(event) = self.poll_event()? {
                match event {
                    Event::Done {
                        tag: done, status, ..
                    } if done == *tag => return Ok(Some(status)),
                    Event::Response(response) => self.news(response)?,
                    Event::Oversize(lost) => self.news(lost.into_malformed())?,
                    _ => {}
                }
            }
            let want = self.fill_pipe_with(bytes)?;
            let is_over = match until {
                Until::Due => self.engine.literal_due() > 0,
                Until::Given => bytes.is_empty(),
                Until::Answered => false,
            };
            if is_over {
                return Ok(None);
            }
            self.exchange_for(want, wait).await?;
        }
    }

    /// Returns whether bytes of a literal that has begun are missing, so that the server takes
    /// whatever is sent next for a part of it.
    pub(crate) fn is_within_literal(&self) -> bool {
        self.engine.literal_due() > 0
    }

    /// Moves output and bytes of the literal to the pipe, and returns what to wait for.
    fn fill_pipe_with(&mut self, bytes: &mut &[u8]) -> Result<Want> {
        if let full @ Want::Room(_) = self.fill_pipe()? {
            return Ok(full);
        }
        loop {
            let due = usize::try_from(self.engine.literal_due()).unwrap_or(usize::MAX);
            let (now, _) = bytes.split_at(due.min(bytes.len()));
            if now.is_empty() {
                return Ok(Want::Input);
            }
            match self.pipe.write(now)? {
                0 => return Ok(Want::Room(Pipe::CAPACITY / 2)),
                n => {
                    self.engine.wrote_literal(n as u64);
                    *bytes = bytes.get(n..).unwrap_or_default();
                }
            }
        }
    }
}
