use imapclient_loopback::{Connection, Listener};
use rustls::ServerConfig;
use std::{fmt, io, net::SocketAddr, sync::Arc};

/// A server on a free port of 127.0.0.1 that does with each connection what a test says, each in a thread of its own.
///
/// Dropping it closes all connections and ends all threads. What went wrong in them, [`finish`](Self::finish) tells.
pub struct Peer {
    listener: Listener,
}

impl Peer {
    /// Starts a server that hands each connection to `handler`.
    pub fn start(handler: impl Fn(Connection) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self {
            listener: Listener::start(move |stream| handler(Connection::new(stream)?)),
        }
    }

    /// As [`start`](Self::start), with TLS from the first byte.
    pub fn start_tls(
        config: Arc<ServerConfig>,
        handler: impl Fn(Connection) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::start(move |mut connection| {
            connection.start_tls(Arc::clone(&config))?;
            handler(connection)
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }

    /// The port where it listens.
    pub fn port(&self) -> u16 {
        self.addr().port()
    }

    /// Takes no more connections and waits for the handlers to end by themselves.
    ///
    /// # Errors
    ///
    /// What the handlers failed or panicked with, one a line.
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
