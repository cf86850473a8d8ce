//! The program as its users see it.

mod hostile;
mod start;
mod transcripts;
