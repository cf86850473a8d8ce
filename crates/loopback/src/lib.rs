//! Components of servers that run on loopback inside a test, independent of protocols above TLS.
//!
//! - [`Listener`] accepts connections, and runs a handler for each of them in a separate thread;
//! - [`Connection`] is the server's end of a connection, plain or with TLS, and compressed if a
//!   handler asks for it;
//! - [`Gate`] holds a thread until a test lets it continue, [`Wake`] ends the wait of a connection;
//! - [`Authority`], [`Certificate`] and [`Identity`] are generated certificates;
//! - [`TemporaryFile`] passes their PEM to programs that read files.
//!
//! The embedded server (`imapclient-server`) and the scripted peers (`imapclient-testkit`) consist
//! of them.
//!
//! ```
//! use imapclient_loopback::{Connection, Listener};
//! use std::{io::Read as _, net::TcpStream};
//!
//! let listener = Listener::start(|stream| Connection::new(stream)?.send("hello"));
//! let mut text = String::new();
//! TcpStream::connect(listener.addr())?.read_to_string(&mut text)?;
//! assert_eq!(text, "hello\r\n");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The crate is for tests: invalid arguments cause a panic.

mod certs;
mod connection;
mod deflate;
mod gate;
mod listener;
mod temporary;
mod wake;

pub use certs::{Authority, Certificate, Identity};
pub use connection::{Connection, Ready};
pub use gate::Gate;
pub use listener::{Listener, lock};
pub use temporary::TemporaryFile;
pub use wake::Wake;
