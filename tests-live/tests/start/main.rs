//! Tests of `start` with usable and unusable accounts, against minimal scripted servers.

mod bad_account;
mod bad_file;
mod clean;
mod server;
mod way;
