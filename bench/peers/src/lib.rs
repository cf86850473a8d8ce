//! The connections of clients that leave them to their users: blocking, and on tokio.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
};

use imapclient_bench_task::{Result, Task, tls};
use rustls::{ClientConnection, StreamOwned};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// The settings of TLS, so that later connections resume the session of the first.
pub type Settings = Option<std::sync::Arc<rustls::ClientConfig>>;

/// A blocking connection.
pub enum Stream {
    /// Without TLS.
    Plain(TcpStream),
    /// With TLS.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// A connection on tokio.
pub enum TokioStream {
    /// Without TLS.
    Plain(tokio::net::TcpStream),
    /// With TLS.
    Tls(Box<TlsStream<tokio::net::TcpStream>>),
}

/// Returns the settings of TLS that a task needs.
pub fn settings(task: &Task) -> Result<Settings> {
    task.ca.as_deref().map(tls::config).transpose()
}

/// Connects to the server.
pub fn connect(task: &Task, settings: &Settings, number: usize) -> Result<Stream> {
    let socket = TcpStream::connect(task.addr(number))?;
    socket.set_nodelay(true)?;
    Ok(match settings {
        None => Stream::Plain(socket),
        Some(settings) => {
            let connection = ClientConnection::new(settings.clone(), tls::name())?;
            Stream::Tls(Box::new(StreamOwned::new(connection, socket)))
        }
    })
}

/// Connects to the server on tokio.
pub async fn connect_on_tokio(
    task: &Task,
    settings: &Settings,
    number: usize,
) -> Result<TokioStream> {
    let socket = tokio::net::TcpStream::connect(task.addr(number)).await?;
    socket.set_nodelay(true)?;
    Ok(match settings {
        None => TokioStream::Plain(socket),
        Some(settings) => {
            let connector = TlsConnector::from(settings.clone());
            let stream = connector.connect(tls::name(), socket).await?;
            TokioStream::Tls(Box::new(stream))
        }
    })
}

/// Runs a workload on one thread.
pub fn block_on<F: Future>(future: F) -> Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(future))
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
