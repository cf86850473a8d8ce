//! The state of a fetch of messages one at a time.

use std::{mem, time::Duration};

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
    /// The message of which the response has begun, if `has_message` is true.
    arriving: Arriving,
    has_message: bool,
    /// The messages that were received with their UID, and those without.
    pub(super) names: Names,
}

impl Reader {
    /// Returns whether a command is under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.reading.is_some()
    }

    /// Returns the message of which the response has begun.
    pub(super) fn message(&self) -> Option<&Arriving> {
        self.has_message.then_some(&self.arriving)
    }

    /// Does the same, to change it.
    pub(super) fn message_mut(&mut self) -> Option<&mut Arriving> {
        self.has_message.then_some(&mut self.arriving)
    }

    /// Returns the message of which the response has begun, or begins now.
    fn begun_message(&mut self) -> &mut Arriving {
        self.has_message = true;
        &mut self.arriving
    }

    /// Forgets the message.
    fn end_message(&mut self) {
        if mem::take(&mut self.has_message) {
            self.arriving.clear();
        }
    }

    /// Records that a command was sent, which may take this time in all.
    pub(super) fn begin(&mut self, reading: Reading, timeout: Option<Duration>) {
        self.reading = Some(reading);
        self.left = timeout;
    }

    /// Skips the rest of the current message.
    pub(super) async fn skip<S: Socket>(&mut self, connection: &mut Connection<S>) -> Result<()> {
        while self.message().is_some_and(Arriving::is_incomplete) {
            // Nobody wants to know what was wrong with this message.
            self.step(connection).await?;
        }
        self.end_message();
        Ok(())
    }

    /// Waits until a message begins. Returns `false` if the command is complete.
    pub(super) async fn begin_message<S: Socket>(
        &mut self,
        connection: &mut Connection<S>,
    ) -> Result<bool> {
        while !self.has_message && self.is_under_way() {
            self.step(connection).await?.map_or(Ok(()), Err)?;
        }
        Ok(self.has_message)
    }

    /// Waits for the end of the current message.
    pub(super) async fn finish<S: Socket>(
        &mut self,
        connection: &mut Connection<S>,
    ) -> Result<Fetch> {
        loop {
            if let Some(fetch) = self.message_mut().and_then(Arriving::take) {
                self.end_message();
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
            match self.message_mut().map(Arriving::next_body) {
                Some(Some(is_there)) => return Ok(is_there),
                _ => self.read_on(connection).await?,
            }
        }
    }

    /// Waits for bytes of the current body. Returns `false` at its end.
    pub(super) async fn fill<S: Socket>(&mut self, connection: &mut Connection<S>) -> Result<bool> {
        loop {
            let message = self.message();
            match message.map(|message| message.has_bytes(connection.chunk())) {
                Some(Some(is_there)) => return Ok(is_there),
                _ => self.read_on(connection).await?,
            }
        }
    }

    /// Waits for the next part of the current message.
    async fn read_on<S: Socket>(&mut self, connection: &mut Connection<S>) -> Result<()> {
        if !self.has_message {
            // An earlier call has returned the reason.
            return Err(Error::GivenUp);
        }
        self.step(connection).await?.map_or(Ok(()), Err)
    }

    /// Waits for the next part of the answer. Returns the error that concerns one message.
    async fn step<S: Socket>(&mut self, connection: &mut Connection<S>) -> Result<Option<Error>> {
        let part = loop {
            let Some(reading) = &mut self.reading else {
                return Err(Error::GivenUp);
            };
            let waited = match connection.poll_part(reading, &mut self.names) {
                Ok(Some(part)) => break part,
                Ok(None) => self.wait(connection).await,
                Err(error) => Err(error),
            };
            waited.map_err(|error| self.failed(error))?;
        };
        match part {
            Part::Message(fetch) => self.begun_message().complete(fetch),
            Part::Body { head, size } => self.begun_message().begin_body(head, size),
            Part::Chunk => {
                if let Some(message) = self.message_mut() {
                    message.receive(connection.chunk().len());
                }
            }
            Part::BodyEnd => {
                if let Some(message) = self.message_mut() {
                    message.end_body();
                }
            }
            Part::Failed(error) => {
                self.end_message();
                return Ok(Some(error));
            }
            Part::Done => self.reading = None,
        }
        Ok(None)
    }

    /// Waits until more of the answer has arrived.
    async fn wait<S: Socket>(&mut self, connection: &mut Connection<S>) -> Result<()> {
        let Some(reading) = &self.reading else {
            return Err(Error::GivenUp);
        };
        let mut wait = connection.wait();
        let begun = self.left.map(|_| S::now());
        if let (Some(begun), Some(left)) = (begun, self.left) {
            wait.until = earlier(wait.until, begun.checked_add(left));
        }
        let waited = connection.read_more(reading, wait).await;
        if let (Some(begun), Some(left)) = (begun, &mut self.left) {
            *left = left.saturating_sub(S::now().saturating_duration_since(begun));
        }
        waited
    }

    /// Records an error of the command, and adds the body of which a part is missing.
    fn failed(&mut self, error: Error) -> Error {
        // After these the server still has to answer, or the connection is gone.
        if !matches!(error, Error::Timeout { .. } | Error::Interrupted) {
            self.reading = None;
        }
        match self.message().and_then(Arriving::partial) {
            Some(body) => error.within(body),
            None => error,
        }
    }
}
