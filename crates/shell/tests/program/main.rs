//! The program as its users see it.

mod start;
mod transcripts;
