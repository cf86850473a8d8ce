//! Tests of `imapclient doctor` with healthy servers and all kinds of faulty ones.

mod asking;
mod common;
mod connecting;
mod healthy;
mod hostile;
mod logging_in;
mod trusting;
