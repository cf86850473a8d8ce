//! An IMAP server in memory.
//!
//! ```text
//!  Server ──▶ session ──▶ store ──▶ message
//!  (handle)   │  │          ▲
//!             │  └──▶ search, sort, thread, list
//!             └──▶ request
//! ```
//!
//! What is below `session` knows no socket.

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
pub use mail::{Mail, Stored};
pub use profile::{Profile, Trouble, UnknownProfile};
pub use record::Received;
pub use rule::Rule;
pub use store::SpecialUse;
