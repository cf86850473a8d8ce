//! Bytes, in both directions. Nothing else in the client waits for the network.

use imapclient_engine::Event;
use imapclient_transport::{self as transport, Pipe, Socket, Wait, Want};

use super::Connection;
use crate::error::{Error, Result};

impl<S: Socket> Connection<S> {
    /// Moves what is to be sent, and waits for what is to be read.
    pub(super) async fn exchange(&mut self, wait: Wait) -> Result<()> {
        let want = self.fill_pipe()?;
        let wait = self.patient(want, wait);
        match self.socket.exchange(&mut self.pipe, want, wait).await {
            Ok(waited) => {
                self.engine.waited(waited);
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

    /// Makes an error of a failed transport, with the last words of a server that is gone.
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

    /// Tells a TLS peer that nothing more comes, unless the connection is given up.
    pub(crate) async fn hang_up(&mut self) {
        if !self.is_usable() {
            return;
        }
        self.pipe.close();
        // A peer that has hung up first needs no word from us.
        if let Err(error) = self.flush().await {
            tracing::debug!(%error, "the server closed first");
        }
    }

    /// Waits until all that was written has left, and a TLS handshake is over.
    pub(crate) async fn flush(&mut self) -> Result<()> {
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

    /// Moves what has arrived to the engine, and asks it what that is.
    pub(super) fn read_event(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.engine.poll_event()? {
                return Ok(Some(event));
            }
            match self.pipe.read(self.engine.space())? {
                0 if self.pipe.eof() => self.engine.closed(),
                0 => return Ok(None),
                n => {
                    self.received += n as u64;
                    self.engine.filled(n);
                }
            }
        }
    }

    /// Moves what is to be sent to the pipe, and returns what to wait for.
    fn fill_pipe(&mut self) -> Result<Want> {
        while !self.engine.output().is_empty() {
            match self.pipe.write(self.engine.output())? {
                0 => return Ok(Want::Room(Pipe::CAPACITY / 2)),
                n => self.engine.wrote(n),
            }
        }
        Ok(Want::Input)
    }
}
