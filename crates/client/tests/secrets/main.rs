//! Secrets are in nothing that is shown or logged. A program of its own, since all of its threads
//! write one log.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

#[path = "../client/common.rs"]
#[allow(dead_code, reason = "made for more tests than these")]
mod common;
mod echoes;
mod log;
mod mechanisms;
mod passwords;
#[cfg(feature = "oauth2")]
mod tokens;
mod ways;
