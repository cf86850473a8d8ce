//! Tests of the program as its users see it.

mod contents;
mod doctor;
mod endless;
mod flood;
mod generated;
mod hostile;
mod lacking;
mod oauth2;
mod profiles;
mod pty;
mod refusals;
mod rotated;
mod running;
mod session;
mod start;
mod terminal;
mod tokens;
mod tour;
mod transcripts;
mod workarounds;
