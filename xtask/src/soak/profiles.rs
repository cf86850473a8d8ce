//! The whole live suite, both faces, on the embedded server with the ways of each provider; and the
//! program's tests that take too long for every day.

use super::cargo_test;
use crate::{failure::Result, live_test, signals::Signals, totals::Totals};

/// How the suite is built, as `cargo xtask live-test` does.
const SELECTION: [&str; 2] = ["--package", "imapclient-tests-live"];
/// The program's tests on all profiles that are ignored otherwise.
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
    // Neither keeps the other from running.
    let suite = live_test::profiles::run(&[], &SELECTION, &mut totals, signals);
    let program = cargo_test(&PROGRAM, &mut totals, signals);
    suite.and(program)?;
    Ok(totals.to_string())
}
