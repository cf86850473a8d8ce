//! `imapclient doctor` against servers that are well, and all kinds that are not.

mod asking;
mod common;
mod connecting;
mod healthy;
mod hostile;
mod logging_in;
mod trusting;
