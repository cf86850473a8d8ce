//! Certificates and scripted peers for testing IMAP clients.
//!
//! ```
//! use imapclient_testkit::{Peer, Script};
//! use std::{io::{BufRead, BufReader, Write}, net::TcpStream};
//!
//! let script = Script::parse(
//!     "S: * OK hello
//!      C: <tag> LOGOUT
//!      S: * BYE
//!      S: <tag> OK bye",
//! );
//! let peer = Peer::start(move |connection| script.run(connection));
//!
//! let mut client = TcpStream::connect(peer.addr())?;
//! client.write_all(b"A1 LOGOUT\r\n")?;
//! let lines: Vec<String> = BufReader::new(client).lines().collect::<Result<_, _>>()?;
//! assert_eq!(lines, ["* OK hello", "* BYE", "A1 OK bye"]);
//! peer.finish().unwrap();
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! All of it is for tests: what a test sets up wrongly panics.

mod certs;
mod connection;
mod peer;
mod script;

pub use certs::{Authority, Certificate, Identity};
pub use connection::Connection;
pub use peer::Peer;
pub use script::Script;
