//! Every call that changes something, with the connection cut at up to a hundred places of the
//! response.

use super::cargo_test;
use crate::{failure::Result, signals::Signals, totals::Totals};

/// The arguments of cargo for these tests of the client, which are ignored otherwise.
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
