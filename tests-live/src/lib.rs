//! The runner of the live suite: it picks trials, runs them one by one and reports each.
//!
//! ```text
//!  Args ──▶ select ──▶ set_up() ──▶ Trial::run(&context) ──▶ Outcome ──▶ Report ──▶ stdout
//!              │           │                                               │
//!              └── 2 ◀─────┘ one line on stderr                            └──▶ Verdict (0, 1, 2)
//! ```
//!
//! It knows nothing of IMAP: what the trials share is a context of the caller's type, made once and
//! only when at least one trial will run. `tests/live` wires it to the cases.
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

mod args;
mod outcome;
mod panics;
mod report;
mod runner;

pub use args::{Args, CONF_VARIABLE, Format};
pub use outcome::{Outcome, Stop};
pub use runner::{Trial, Verdict, run};
