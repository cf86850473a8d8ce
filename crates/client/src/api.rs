//! The methods of [`Client`](crate::Client), by topic. `cargo xtask codegen` writes the blocking
//! ones from them.

mod access;
mod append;
mod connection;
mod data;
mod each;
mod mailboxes;
mod many;
mod messages;
mod resync;
mod search;
mod session;
