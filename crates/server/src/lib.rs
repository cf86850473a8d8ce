//! An in-memory IMAP server for testing and trying out mail programs.
//!
//! [`Server`] follows the RFCs, except where a [`Rule`] or the [`Profile`] of a provider changes
//! its behaviour. It needs no installation, and listens on free ports of 127.0.0.1.
//!
//! ```
//! use imapclient_server::Server;
//! use std::{io::{BufRead, BufReader}, net::TcpStream};
//!
//! let server = Server::builder().user("bob", "sekret").sample().start();
//! let mut greeting = String::new();
//! BufReader::new(TcpStream::connect(server.addr())?).read_line(&mut greeting)?;
//! assert!(greeting.starts_with("* OK [CAPABILITY "));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The crate is for tests: invalid arguments cause a panic.
//!
//! # Inside
//!
//! ```text
//!  Server ──▶ session ──▶ store ──▶ message
//!  (handle)   │  │          ▲
//!             │  └──▶ search, sort, thread, list
//!             └──▶ request
//! ```
//!
//! Only `handle` and `session` use sockets. The server parses commands with imap-codec, and does
//! not depend on the codec of `imapclient`, which it judges.

mod builder;
mod capabilities;
mod casemap;
mod framer;
mod handle;
mod list;
mod mail;
mod message;
mod output;
mod profile;
mod record;
mod reply;
mod request;
mod rule;
mod sample;
mod search;
mod session;
mod shared;
mod sort;
mod store;
mod thread;
mod wire;

pub use builder::{Builder, MailboxBuilder};
pub use handle::Server;
pub use imapclient_loopback::Gate;
pub use mail::{Mail, Stored};
pub use profile::{Profile, Trouble, UnknownProfile};
pub use record::Received;
pub use rule::Rule;
pub use store::SpecialUse;
