//! The whole live suite, both faces, on the embedded server with each profile, and the tests of the
//! program that take too long for `cargo xtask test`.

use super::cargo_test;
use crate::{failure::Result, live_test, signals::Signals, totals::Totals};

/// The arguments of cargo that select the suite, as in `cargo xtask live-test`.
const SELECTION: [&str; 2] = ["--package", "imapclient-tests-live"];
/// The arguments of cargo for the program's tests on all profiles that are ignored otherwise.
const PROGRAM: [&str; 7] = [
    "--package",
    "imapclient-shell",
    "--test",
    "program",
    "--",
    "--ignored",
    "profiles::",
];

pub(super) fn run(signals: &Signals) -> Result<String> {
    let mut totals = Totals::default();
    // Both run, even if the first one fails.
    let suite = live_test::profiles::run(&[], &SELECTION, &mut totals, signals);
    let program = cargo_test(&PROGRAM, &mut totals, signals);
    suite.and(program)?;
    Ok(totals.to_string())
}
