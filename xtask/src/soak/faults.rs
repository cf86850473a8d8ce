//! Every call that changes something, with the connection cut at up to a hundred places of the
//! response.

use super::client_test;
use crate::{failure::Result, signals::Signals};

pub(super) fn run(signals: &Signals) -> Result<String> {
    client_test("faults", &[], signals)
}
