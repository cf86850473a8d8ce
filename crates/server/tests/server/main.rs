//! Tests of the embedded server with clients.

mod acl;
mod append;
mod auth;
mod behaviour;
mod binary;
mod client;
mod commands;
mod garbage;
mod gmail;
mod lenience;
mod list;
mod literals;
mod metadata;
mod notify;
mod profile;
mod python;
mod qresync;
mod quota;
mod random;
mod rules;
mod search;
mod sharing;
mod tls;
mod utf8;
