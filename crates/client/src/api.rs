//! The methods of [`Client`](crate::Client), by topic. `cargo xtask codegen` writes the blocking
//! ones from them.

mod mailboxes;
mod messages;
mod session;
