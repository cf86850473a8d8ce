//! The program as its users see it.

mod hostile;
mod session;
mod start;
mod transcripts;
