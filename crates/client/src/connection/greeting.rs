//! The greeting, and ports that expect TLS instead of sending one.

use std::time::Duration;

use imapclient_codec::Status;
use imapclient_engine::{Event, Phase};
use imapclient_transport::{
    self as transport, Endpoint, First, Other, Pipe, Socket, TlsOptions, Wait, Want,
};

use super::Connection;
use crate::error::{Awaited, Error, Result};

/// The longest silence of a port without TLS before a second connection tries TLS. A server sends
/// its greeting at once, unless it is slow or expects TLS.
const PATIENCE: Duration = Duration::from_secs(3);

impl<S: Socket> Connection<S> {
    /// Waits for the greeting. If `port` is given and silent, a second connection tries TLS.
    pub(crate) async fn greeting(&mut self, port: Option<Endpoint>) -> Result<Status> {
        let event = match port {
            None => self.next_event(self.wait()).await,
            Some(port) => match self.next_event(self.first_wait()).await {
                Err(Error::Timeout { .. }) if self.received == 0 => {
                    self.ask_for_tls(&port).await?;
                    self.next_event(self.wait()).await
                }
                Err(Error::Timeout { .. }) => self.next_event(self.wait()).await,
                other => other,
            },
        };
        let event = event.map_err(|error| error.waiting_for(|| Awaited::Greeting))?;
        match (event, self.state().phase()) {
            (Event::Greeting(status), phase) if phase != Phase::Logout => {
                self.updates.alert(&status);
                Ok(status)
            }
            _ => Err(self.closed()),
        }
    }

    /// Returns the limits of waiting for a greeting without TLS, before TLS is tried.
    fn first_wait(&self) -> Wait {
        let wait = self.wait();
        let now = S::now();
        // With little time left, wait for half of it: the second connection takes time as well.
        let left = wait.until.map(|until| until.saturating_duration_since(now));
        let left = [left, wait.idle].into_iter().flatten().min();
        let patience = left.map_or(PATIENCE, |left| PATIENCE.min(left / 2));
        Wait {
            until: now.checked_add(patience),
            ..wait
        }
    }

    /// Checks by a second connection whether the port expects TLS from the first byte, and fails if
    /// so. Any other result of that connection is ignored: this one continues, and is read from
    /// meanwhile.
    async fn ask_for_tls(&mut self, port: &Endpoint) -> Result<()> {
        let Endpoint::Tcp { host, .. } = port else {
            return Ok(());
        };
        // No data are sent after the handshake, so the server need not be verified.
        let anybody = TlsOptions::new()
            .dangerous_accept_invalid_certs(true)
            .dangerous_accept_invalid_hostname(true)
            .build();
        let mut pipe = Pipe::plain();
        let begun = anybody.and_then(|anybody| pipe.start_tls(&anybody, host));
        if let Err(error) = begun {
            tracing::debug!(%error, "TLS cannot be asked for");
            return Ok(());
        }
        let limit = self.first_wait().until;
        let limit = limit.map(|until| until.saturating_duration_since(S::now()));
        let mut socket = match S::connect(port, limit).await {
            Ok(socket) => socket,
            Err(error) => {
                tracing::debug!(%error, "no second connection to ask for TLS");
                return Ok(());
            }
        };
        let other = Other {
            socket: &mut socket,
            pipe: &mut pipe,
            want: Want::Flushed,
        };
        let wait = self.wait();
        let first = self
            .socket
            .exchange_either(&mut self.pipe, Want::Input, other, wait);
        match first.await {
            First::This(Ok(_)) => Ok(()),
            First::This(Err(error)) => {
                let error = self.lost(error, wait);
                Err(error.waiting_for(|| Awaited::Greeting))
            }
            First::Other(_) if pipe.peer_speaks_tls() => {
                self.give_up();
                let host = host.clone();
                Err(transport::Error::ExpectsTls { host }.into())
            }
            First::Other(_) => Ok(()),
        }
    }
}
