//! Moves and removals whose exchange is cut at every byte, or disturbed in another way: no message
//! is lost.

use super::client_test;
use crate::{failure::Result, signals::Signals};

pub(super) fn run(signals: &Signals) -> Result<String> {
    // The system keeps the ports of a connection for a minute after its end. Two tests at a time
    // open so many connections that no ports are left.
    client_test("noloss", &["--test-threads=1"], signals)
}
