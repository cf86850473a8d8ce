//! Checks that secrets are not shown or logged. The tests have their own program, because all of
//! its threads share one log.
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
