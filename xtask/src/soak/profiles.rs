//! The whole live suite, both faces, on the embedded server with the ways of each provider; and the
//! program's tests that take too long for every day.

use std::io;

use crate::{
    failure::{Failure, Result},
    live_test, process,
    signals::Signals,
    totals::Totals,
    workspace,
};

/// How the suite is built, as `cargo xtask live-test` does.
const SELECTION: [&str; 2] = ["--package", "imapclient-tests-live"];
/// The program's tests on all profiles that are ignored otherwise.
const PROGRAM: [&str; 8] = [
    "test",
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
    let program = program(&mut totals, signals);
    suite.and(program)?;
    Ok(totals.to_string())
}

fn program(totals: &mut Totals, signals: &Signals) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(PROGRAM);
    let (status, output) = process::capture(&mut cargo, signals, io::stdout())?;
    totals.add(&String::from_utf8_lossy(&output));
    match status.success() {
        true => Ok(()),
        false => Err(Failure::new("the program failed on some of the profiles")),
    }
}
