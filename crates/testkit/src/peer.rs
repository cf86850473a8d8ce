//! Servers whose connections a test handles itself.

use std::{fmt, io, net::SocketAddr, sync::Arc};

use imapclient_loopback::{Connection, Listener};
use rustls::ServerConfig;

/// A server on a free port of 127.0.0.1 that runs a handler of a test for each connection, in a
/// separate thread.
///
/// Dropping it closes all connections and ends all threads. [`finish`](Self::finish) returns the
/// errors of the handlers.
pub struct Peer {
    listener: Listener,
}

impl Peer {
    /// Starts a server that passes each connection to `handler`.
    pub fn start(handler: impl Fn(Connection) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self {
            listener: Listener::start(move |stream| handler(Connection::new(stream)?)),
        }
    }

    /// Starts a server with implicit TLS that passes each connection to a handler.
    pub fn start_tls(
        config: Arc<ServerConfig>,
        handler: impl Fn(Connection) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::start(move |mut connection| {
            connection.start_tls(Arc::clone(&config))?;
            handler(connection)
        })
    }

    /// Returns the address of the server.
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// Returns the port of the server.
    pub fn port(&self) -> u16 {
        self.addr().port()
    }

    /// Stops accepting connections, and waits until all handlers have returned.
    ///
    /// # Errors
    /// Fails with the errors and panics of the handlers, one per line.
    pub fn finish(mut self) -> Result<(), String> {
        self.listener.stop(false);
        let faults = self.listener.take_faults();
        if faults.is_empty() {
            return Ok(());
        }
        Err(faults.join("\n"))
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("addr", &self.addr()).finish()
    }
}
