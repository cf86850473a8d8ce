//! The state of a fetch of messages one at a time.

use std::time::Duration;

use imapclient_codec::Fetch;
use imapclient_transport::Socket;

use super::{Arriving, Names};
use crate::{
    connection::{Connection, Part, Reading, earlier},
    error::{Error, Result},
};

/// The state of a fetch of messages one at a time. All of it is here, so that futures can be
/// dropped at any point and their methods called again.
#[derive(Default)]
pub(crate) struct Reader {
    /// The command under way.
    reading: Option<Reading>,
    /// The rest of the time that it may take, without the time in which nobody waits for it.
    left: Option<Duration>,
    /// The message of which the response has begun.
    pub(super) message: Option<Arriving>,
    /// The messages that were received with their UID, and those without.
    pub(super) names: Names,
}

impl Reader {
    /// Returns whether a command is under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.reading.is_some()
    }

    /// Records that a command was sent, which may take this time in all.
    pub(super) fn begin(&mut self, reading: Reading, timeout: Option<Duration>) {
        self.reading = Some(reading);
        self.left = timeout;
    }

    /// Skips the rest of the current message.
    pub(super) async fn skip<S: Socket>(&mut self, connection: &mut Connection<S>) -> Result<()> {
        while self.message.as_ref().is_some_and(Arriving::is_incomplete) {
            // Nobody wants to know what was wrong with this message.
            self.step(connection).await?;
        }
        self.message = None;
        Ok(())
    }

    /// Waits until a message begins. Returns `false` if the command is complete.
    pub(super) async fn begin_message<S: Socket>(
        &mut self,
        connection: &mut Connection<S>,
    ) -> Result<bool> {
        while self.message.is_none() && self.is_under_way() {
            self.step(connection).await?.map_or(Ok(()), Err)?;
        }
        Ok(self.message.is_some())
    }

    /// Waits for the end of the current message.
    pub(super) async fn finish<S: Socket>(
        &mut self,
        connection: &mut Connection<S>,
    ) -> Result<Fetch> {
        loop {
            if let Some(fetch) = self.message.as_mut().and_then(Arriving::take) {
                self.message = None;
                return Ok(fetch);
            }
            self.read_on(connection).await?;
        }
    }

    /// Waits for the next body of the current message. Returns `false` if there are no more.
    pub(super) async fn next_body<S: Socket>(
        &mut self,
        connection: &mut Connection<S>,
    ) -> Result<bool> {
        loop {
            match self.message.as_mut().map(Arriving::next_body) {
                Some(Some(is_there)) => return Ok(is_there),
                _ => self.read_on(connection).await?,
            }
        }
    }

    /// Waits for bytes of the current body. Returns `false` at its end.
    pub(super) async fn fill<S: Socket>(&mut self, connection: &mut Connection<S>) -> Result<bool> {
        loop {
            let message = self.message.as_mut();
            match message.map(|message| message.has_bytes(connection.chunk())) {
                Some(Some(is_there)) => return Ok(is_there),
                _ => self.read_on(connection).await?,
            }
        }
    }

    /// Waits for the next part of the current message.
    async fn read_on<S: Socket>(&mut self, connection: &mut Connection<S>) -> Result<()> {
        if self.message.is_none() {
            // An earlier call has returned the reason.
            return Err(Error::GivenUp);
        }
        self.step(connection).await?.map_or(Ok(()), Err)
    }

    /// Waits for the next part of the answer. Returns the error that concerns one message.
    async fn step<S: Socket>(&mut self, connection: &mut Connection<S>) -> Result<Option<Error>> {
        let Some(reading) = &mut self.reading else {
            return Err(Error::GivenUp);
        };
        let mut wait = connection.wait();
        let begun = self.left.map(|_| S::now());
        if let (Some(begun), Some(left)) = (begun, self.left) {
            wait.until = earlier(wait.until, begun.checked_add(left));
        }
        let part = connection.read_on(reading, &mut self.names, wait).await;
        if let (Some(begun), Some(left)) = (begun, &mut self.left) {
            *left = left.saturating_sub(S::now().saturating_duration_since(begun));
        }
        match part {
            Ok(Part::Message(fetch)) => match &mut self.message {
                Some(message) => message.complete(fetch),
                None => self.message = Some(Arriving::whole(fetch)),
            },
            Ok(Part::Body { head, size }) => {
                let message = self.message.get_or_insert_default();
                message.begin_body(head, size);
            }
            Ok(Part::Chunk) => {
                if let Some(message) = &mut self.message {
                    message.receive(connection.chunk().len());
                }
            }
            Ok(Part::BodyEnd) => {
                if let Some(message) = &mut self.message {
                    message.end_body();
                }
            }
            Ok(Part::Failed(error)) => {
                self.message = None;
                return Ok(Some(error));
            }
            Ok(Part::Done) => self.reading = None,
            Err(error) => {
                // After these the server still has to answer, or the connection is gone.
                if !matches!(error, Error::Timeout { .. } | Error::Interrupted) {
                    self.reading = None;
                }
                let body = self.message.as_ref().and_then(Arriving::partial);
                return Err(match body {
                    Some(body) => error.within(body),
                    None => error,
                });
            }
        }
        Ok(None)
    }
}
