//! What tests of IMAP clients need, on loopback and with nothing installed:
//!
//! - [`Server`]: an IMAP server in memory that does what it should, or what a [`Rule`] says instead, or as a provider does of whom there is a
//!   [`Profile`];
//! - [`Peer`] and [`Script`]: a server that says exactly these lines;
//! - [`Mishap`]: what can go wrong with one command, and `World`: what another client sees afterwards (with the feature `client`);
//! - [`Proxy`]: what breaks the connection between any client and any server;
//! - [`OAuthProvider`]: an OAuth 2.0 provider, over HTTP and HTTPS;
//! - [`Gate`]: what lets a test decide when they go on;
//! - [`Authority`], [`Certificate`], [`Identity`]: certificates made on the spot.
//!
//! With the feature `client`, `Server::builder_for` gives a client of the crate `imapclient` that is ready to connect. It is for integration
//! tests and examples: within the unit tests of that crate itself its types would be others.
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

#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
mod readme {}

mod certs;
mod connection;
#[cfg(feature = "client")]
pub mod example;
mod gate;
mod listener;
mod mishap;
mod oauth;
mod peer;
mod proxy;
mod script;
mod server;
mod temporary;
mod wake;
#[cfg(feature = "client")]
mod world;

pub use certs::{Authority, Certificate, Identity};
pub use connection::Connection;
pub use gate::Gate;
pub use mishap::{AnswerSize, Measured, Mishap};
pub use oauth::{OAuthControl, OAuthCounts, OAuthFault, OAuthProvider};
pub use peer::Peer;
pub use proxy::{Fault, Proxy};
pub use script::Script;
pub use server::{
    Builder, Mail, MailboxBuilder, Profile, Received, Rule, Server, SpecialUse, Stored, Trouble,
    UnknownProfile,
};
#[cfg(feature = "client")]
pub use world::{Seen, World};
