//! Parts of servers that run on loopback inside a test: they know no protocol above TLS.
//!
//! - [`Listener`] accepts connections and runs a handler for each of them in a thread of its own;
//! - [`Connection`] is the server's end of one, plain or with TLS;
//! - [`Gate`] holds a thread until a test lets it go on, [`Wake`] ends the wait of a connection;
//! - [`Authority`], [`Certificate`] and [`Identity`] are certificates made on the spot;
//! - [`TemporaryFile`] hands their PEM to programs that read files.
//!
//! The embedded server (`imapclient-server`) and the scripted peers (`imapclient-testkit`) are built from
//! them.
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
//! All of it is for tests: what a test sets up wrongly panics.

mod certs;
mod connection;
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
