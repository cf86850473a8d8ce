//! Everything that tests of IMAP clients need, on loopback and with nothing installed:
//!
//! - [`Server`], of the crate `imapclient-server`: an IMAP server in memory, which behaves as the RFCs
//!   say, as a [`Rule`] says, or as a provider of which there is a [`Profile`];
//! - [`Peer`] and [`Script`]: a server that says exactly the lines of a script;
//! - [`Mishap`]: what can go wrong with one command that changes something;
//! - [`Proxy`]: breaks the connection between any client and any server;
//! - [`OAuthProvider`]: an OAuth 2.0 provider, over HTTP and HTTPS;
//! - [`Gate`]: lets a test decide when they go on;
//! - [`Authority`], [`Certificate`], [`Identity`]: certificates made on the spot.
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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod mishap;
mod oauth;
mod peer;
mod proxy;
mod script;

pub use imapclient_loopback::{Authority, Certificate, Connection, Gate, Identity};
pub use imapclient_server::{
    Builder, Mail, MailboxBuilder, Profile, Received, Rule, Server, SpecialUse, Stored, Trouble,
    UnknownProfile,
};
pub use mishap::{AnswerSize, Measured, Mishap};
pub use oauth::{OAuthControl, OAuthCounts, OAuthFault, OAuthProvider};
pub use peer::Peer;
pub use proxy::{Fault, Proxy};
pub use script::Script;
