//! The client, async and blocking, against peers that follow scripts exactly.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod access;
mod ahead;
mod append;
mod append_each;
mod auth;
mod big_messages;
#[cfg(feature = "tokio")]
mod cancel;
mod common;
mod compress;
mod connect;
mod doubtful_searches;
mod each;
mod effects;
mod endless;
mod further;
mod idle;
mod imapclient_bugs;
mod initial_response;
mod introducing;
mod lists;
mod login;
mod mailboxes;
mod messages;
mod moving;
mod needs;
mod nonsense;
mod numbers;
mod outcomes;
mod pipelines;
mod polling;
mod pressure;
mod reconnecting;
mod runtime;
mod searching;
mod security;
#[cfg(feature = "serde")]
mod serialized;
mod session;
mod sets;
mod silence;
mod special;
mod state;
mod stepped;
mod storing;
mod timeouts;
mod truth;
mod unnamed;
mod unread;
mod updates;
mod upload;
mod validity;
mod watch;
mod workarounds;
