//! A session whose connection is cut at every byte of both directions.

use super::client_test;
use crate::{failure::Result, signals::Signals};

pub(super) fn run(signals: &Signals) -> Result<String> {
    client_test("cuts", &[], signals)
}
