//! The program as its users see it.

mod generated;
mod hostile;
mod oauth2;
mod running;
mod session;
mod start;
mod tokens;
mod transcripts;
