//! Carries bytes to and from a mail server: TCP, TLS and child processes, blocking and on tokio.
//!
//! ```text
//!   the user of the connection          Pipe                        Socket
//!   write(plaintext) ────────▶ outgoing ─▶ TLS seals ─▶ transmit ────▶ peer
//!   read(plaintext)  ◀──────── TLS opens ◀─ incoming ◀── receive ◀──── peer
//!   Sink  ◀────────────────────────────────────── without TLS ◀─────── peer
//! ```
//!
//! A [`Pipe`] buffers the bytes, and handles TLS once it is started, but does no I/O. Once
//! [compression](Pipe::start_compression) is started, the plaintext is compressed before it is
//! buffered or sealed. A [`Socket`]
//! moves the bytes of a pipe and waits; it keeps none of them. So TLS is the same for all sockets,
//! and dropping a [`Socket::exchange`] loses nothing. Neither knows any protocol.
//!
//! | socket | feature | how it waits |
//! | --- | --- | --- |
//! | [`StdSocket`] | | blocks the thread in `poll`; its futures are ready at their first poll |
//! | `TokioSocket` | `tokio` | as a tokio task |
//!
//! | feature | what | default |
//! | --- | --- | --- |
//! | `ring` | TLS with the cryptography of ring | yes |
//! | `aws-lc-rs` | TLS with the cryptography of aws-lc-rs; ring wins if both are on | no |
//! | `native-certs` | trusts the certificate authorities of the operating system | yes |
//! | `tokio` | `TokioSocket` | no |
//!
//! ```no_run
//! use imapclient_transport::{Endpoint, Error, Pipe, Socket, StdSocket, TlsOptions, Wait, Want};
//! use std::time::Duration;
//!
//! async fn greeting(host: &str) -> Result<Vec<u8>, Error> {
//!     let limit = Duration::from_secs(30);
//!     let mut socket = StdSocket::connect(&Endpoint::tcp(host, 993), Some(limit)).await?;
//!     let mut pipe = Pipe::plain();
//!     pipe.start_tls(&TlsOptions::new().build()?, host)?;
//!     socket.exchange(&mut pipe, Want::Input, Wait::idle(limit)).await?;
//!     let mut bytes = vec![0; 1024];
//!     let length = pipe.read(&mut bytes)?;
//!     bytes.truncate(length);
//!     Ok(bytes)
//! }
//! ```

mod buffer;
mod certificate;
#[cfg(unix)]
mod child;
mod deflate;
mod dial;
mod error;
mod exchange;
mod handshake;
mod now;
mod pipe;
mod roots;
mod socket;
mod std_io;
mod tls;
#[cfg(feature = "tokio")]
mod tokio_io;
mod verify;
mod wake;

pub use certificate::CertificateProblem;
pub use error::{Error, Waiting};
pub use handshake::Handshake;
pub use now::now;
pub use pipe::{Pipe, Received};
pub use socket::{Endpoint, First, Other, Sink, Socket, Wait, Want};
pub use std_io::StdSocket;
pub use tls::{TlsConfig, TlsOptions};
#[cfg(feature = "tokio")]
pub use tokio_io::TokioSocket;
pub use wake::Interrupter;
