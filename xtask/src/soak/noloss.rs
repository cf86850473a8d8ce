//! Moves and removals whose exchange is cut at every byte, or disturbed in another way: no message
//! is lost.

use super::client_test;
use crate::{failure::Result, signals::Signals};

pub(super) fn run(signals: &Signals) -> Result<String> {
    client_test("noloss", signals)
}
