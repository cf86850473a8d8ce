//! Tools for testing IMAP clients, on loopback and without any installation:
//!
//! - [`Server`], from the crate `imapclient-server`: an in-memory IMAP server, which follows the
//!   RFCs, except where a [`Rule`] or the [`Profile`] of a provider changes its behaviour;
//! - [`Peer`] and [`Script`]: a server that sends exactly the lines of a script;
//! - [`Mishap`]: the faults of a command that changes data;
//! - [`Proxy`]: disturbs the connection between any client and any server;
//! - [`OAuthProvider`]: an OAuth 2.0 provider, over HTTP and HTTPS;
//! - [`Gate`]: lets a test decide when one of them continues;
//! - [`Authority`], [`Certificate`], [`Identity`]: generated certificates.
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
//! The crate is for tests: invalid arguments cause a panic.

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
