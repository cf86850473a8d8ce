//! The whole live suite, both faces, on the embedded server with the ways of each provider.

use crate::{failure::Result, live_test, signals::Signals};

/// How the suite is built, as `cargo xtask live-test` does.
const SELECTION: [&str; 2] = ["--package", "imapclient-tests-live"];

pub(super) fn run(signals: &Signals) -> Result<String> {
    let totals = live_test::profiles::run(&[], &SELECTION, signals)?;
    Ok(totals.to_string())
}
