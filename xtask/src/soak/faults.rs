//! Every call that changes something, with the answer cut after each of its bytes.

use super::cargo_test;
use crate::{failure::Result, signals::Signals, totals::Totals};

/// The client's tests of it that are ignored otherwise.
const CLIENT: [&str; 8] = [
    "--package",
    "imapclient",
    "--all-features",
    "--test",
    "faults",
    "--",
    "--ignored",
    "--nocapture",
];

pub(super) fn run(signals: &Signals) -> Result<String> {
    let mut totals = Totals::default();
    cargo_test(&CLIENT, &mut totals, signals)?;
    Ok(totals.to_string())
}
