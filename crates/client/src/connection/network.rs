//! Moves bytes in both directions. No other module of the client waits for the network.

use imapclient_engine::{Engine, Event};
use imapclient_transport::{self as transport, Pipe, Sink, Socket, Wait, Want};

use super::Connection;
use crate::error::{Error, Result};

impl<S: Socket> Connection<S> {
    /// Writes pending output, and waits for input.
    pub(super) async fn exchange(&mut self, wait: Wait) -> Result<()> {
        let want = self.fill_pipe()?;
        self.exchange_for(want, wait).await
    }

    /// Moves bytes until `want` is met, or there is input.
    pub(super) async fn exchange_for(&mut self, want: Want, wait: Wait) -> Result<()> {
        let wait = self.patient(want, wait);
        let mut input = Input {
            engine: &mut self.engine,
            received: &mut self.received,
        };
        let exchange = self
            .socket
            .exchange_into(&mut self.pipe, &mut input, want, wait);
        match exchange.await {
            Ok(waited) => {
                self.engine.waited(waited);
                Ok(())
            }
            Err(error) if self.is_end(&error) => {
                self.engine.closed();
                Ok(())
            }
            Err(error) if error.is_timeout() && self.state().bye().is_some() => {
                tracing::debug!("the server said BYE and does not close the connection");
                self.engine.closed();
                Ok(())
            }
            Err(error) => Err(self.lost(error, wait)),
        }
    }

    /// Returns whether an error is the end of the connection: some servers end their compressed
    /// data after BYE, before they close it.
    fn is_end(&self, error: &transport::Error) -> bool {
        matches!(error, transport::Error::CompressionEnded) && self.state().bye().is_some()
    }

    /// Converts an error of the transport, and adds the last words of a server that is gone.
    pub(super) fn lost(&mut self, error: transport::Error, wait: Wait) -> Error {
        let reached = self.clock.reached(&error, wait);
        let mut error = Error::from(error).at(reached);
        if error.is_closed() {
            self.give_up();
        }
        if let Error::Closed { end, .. } = &mut error {
            **end = self.engine.last_words();
        }
        error
    }

    /// Closes TLS properly, unless the connection is given up.
    pub(crate) async fn hang_up(&mut self) {
        if !self.is_usable() {
            return;
        }
        self.pipe.close();
        // This may fail because the server has closed the connection first.
        if let Err(error) = self.flush().await {
            tracing::debug!(%error, "the server closed first");
        }
    }

    /// Waits until all output was written and a TLS handshake is complete.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        self.pipe.flush()?;
        let wait = self.patient(Want::Flushed, self.wait());
        match self
            .socket
            .exchange(&mut self.pipe, Want::Flushed, wait)
            .await
        {
            Ok(_) => Ok(()),
            Err(error) => Err(self.lost(error, wait)),
        }
    }

    /// Returns the number of bytes of commands that wait to be written.
    pub(crate) fn unsent(&self) -> u64 {
        self.engine.unsent()
    }

    /// Passes the bytes that have arrived to the engine, and returns the next event.
    pub(super) fn read_event(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.engine.poll_event()? {
                return Ok(Some(event));
            }
            if self.pipe.eof() {
                self.engine.closed();
                continue;
            }
            // Without input there may be an error to read, which takes no room.
            let room = match self.pipe.has_input() {
                true => self.engine.space(),
                false => &mut [0],
            };
            match self.pipe.read(room) {
                Ok(0) => return Ok(None),
                Ok(n) => {
                    self.received += n as u64;
                    self.engine.filled(n);
                }
                Err(error) if self.is_end(&error) => self.engine.closed(),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Moves output to the pipe, and returns what to wait for.
    pub(super) fn fill_pipe(&mut self) -> Result<Want> {
        while !self.engine.output().is_empty() {
            match self.pipe.write(self.engine.output())? {
                0 => return Ok(Want::Room(Pipe::CAPACITY / 2)),
                n => self.engine.wrote(n),
            }
        }
        self.pipe.flush()?;
        Ok(Want::Input)
    }
}

/// The engine as the reader of a socket.
struct Input<'a> {
    engine: &'a mut Engine,
    /// The number of bytes received from the server.
    received: &'a mut u64,
}

impl Sink for Input<'_> {
    fn space(&mut self) -> &mut [u8] {
        self.engine.space()
    }

    fn filled(&mut self, count: usize) {
        *self.received += count as u64;
        self.engine.filled(count);
    }

    fn rest(&mut self) {
        self.engine.release();
    }
}
