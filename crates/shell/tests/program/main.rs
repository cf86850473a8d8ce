//! Tests of the program as its users see it.

mod contents;
mod doctor;
mod endless;
mod faults;
mod flood;
mod generated;
mod hostile;
#[cfg(unix)]
mod interrupted;
mod kept;
mod lacking;
#[cfg(target_os = "linux")]
mod many;
mod oauth2;
mod profiles;
mod pty;
mod refusals;
mod rotated;
mod running;
mod session;
mod start;
mod streamed;
mod terminal;
mod tokens;
mod tour;
mod transcripts;
mod uploads;
mod watch;
mod workarounds;
#[path = "../../../client/tests/faults/world.rs"]
mod world;
