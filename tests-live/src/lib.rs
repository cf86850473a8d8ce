//! The framework of the live suite, whose trials are in `tests/live`.
//!
//! ```text
//!            Conf (INI file) ──▶ trials ──▶ select ──▶ Target (one login) ──▶ Lab
//!  start ──────┤                              │          │                     │ clean mailboxes
//!              └── 2 ◀── one line on stderr ◀─┴──────────┘                     ▼
//!                     Verdict (0, 1, 2) ◀── Report ◀── Outcome ◀── a trial with a Context
//! ```
//!
//! [`run`] selects trials, runs them one by one and reports each; it does not depend on IMAP.
//! [`start`] calls it with the account of an INI file. `differences.rs` lists the violations of the
//! throwaway servers. A trial opens a [`Session`] of its face.
//!
//! ```
//! use imapclient_tests_live::{Args, Outcome, Trial, Verdict, run};
//!
//! let args = Args::try_parse_from(["live", "--format", "json", "adds"]).unwrap();
//! let trials = vec![Trial::new("adds", |base: &u32| match base + 1 {
//!     3 => Outcome::Passed,
//!     other => Outcome::Failed(format!("2 + 1 is {other}")),
//! })];
//! let (mut out, mut err) = (Vec::new(), Vec::new());
//! let verdict = run(&args, trials, || Ok::<_, String>(2), &mut out, &mut err).unwrap();
//! assert_eq!(verdict, Verdict::Passed);
//! assert!(String::from_utf8(out).unwrap().starts_with(r#"{"type":"test","name":"adds","event":"ok""#));
//! ```

#![allow(
    clippy::exhaustive_enums,
    reason = "it is not published: only its own trials use it"
)]

mod args;
pub mod by;
mod conf;
mod differences;
mod keeper;
mod lab;
mod outcome;
mod panics;
mod patience;
mod report;
mod runner;
mod session;
mod start;
mod target;

pub use args::{Args, CONF_VARIABLE, Format};
pub use conf::{Alternate, Conf};
pub use lab::{Context, Lab};
pub use outcome::{Outcome, Stop, one_line};
pub use runner::{Trial, Verdict, run};
pub use session::{Face, Session};
pub use start::start;
pub use target::Target;
