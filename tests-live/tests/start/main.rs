//! What `start` does with accounts, good and bad, against servers made of a few lines.

mod bad_account;
mod bad_file;
mod clean;
mod server;
mod way;
