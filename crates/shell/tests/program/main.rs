//! The program as its users see it.

mod hostile;
mod oauth2;
mod running;
mod session;
mod start;
mod tokens;
mod transcripts;
