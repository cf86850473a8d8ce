//! Connects the engine to its [`Watch`](crate::watch::Watch) over endless servers.

use std::time::Duration;

use imapclient_codec::{Response, StatusKind};

use super::Engine;
use crate::{error::Error, inflight::InFlight};

impl Engine {
    /// Returns whether the beginning of a response was received, but not its end.
    #[must_use]
    pub fn is_within_response(&self) -> bool {
        self.framer.has_input()
    }

    /// Returns how long to wait at most for more of a response that has begun; `None` for no limit.
    /// The caller then reports the time by [`waited`](Self::waited) and calls
    /// [`poll_event`](Self::poll_event), which fails if the response arrives too slowly.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        self.watch.patience()
    }

    /// Records the time that the caller has waited for input, excluding time in which it did
    /// anything else. Call this before handing over the input.
    pub fn waited(&mut self, time: Duration) {
        self.watch.waited(time, self.framer.has_input());
    }

    /// Counts the last response as unsolicited. While an IDLE is running, such responses were asked
    /// for and are not counted.
    ///
    /// # Errors
    /// Returns [`Error::Limit`] if there were too many. The connection can no longer be used.
    pub fn unsolicited(&mut self) -> Result<(), Error> {
        let oldest = self.commands.oldest();
        if oldest.is_some_and(InFlight::is_idling) {
            return Ok(());
        }
        // It is no longer known what the orphan had asked for.
        if oldest.is_some_and(|command| command.orphan) {
            return self.orphaned();
        }
        let counted = self.watch.unsolicited(self.wire_size, self.was_ok);
        counted.map_err(|excess| self.overrun(excess))
    }

    /// Counts the last response as the answer to an orphan.
    pub(super) fn orphaned(&mut self) -> Result<(), Error> {
        let most = self.options.body_limit;
        let most = most.unwrap_or(self.options.tolerance.response);
        let counted = self.watch.orphaned(self.wire_size, most);
        counted.map_err(|excess| self.overrun(excess))
    }

    /// Checks an incomplete response, if there is one, against the limits on its speed and size.
    pub(super) fn wait_for_rest(&mut self) -> Result<(), Error> {
        if !self.framer.has_input() {
            return Ok(());
        }
        let limits = &self.options.limits;
        let most = (self.options.tolerance.response)
            .max(self.options.body_limit.unwrap_or(0))
            .max(limits.literal)
            .saturating_add(limits.line.max(limits.search_line) as u64);
        let counted = self.watch.incomplete(self.framer.received(), most);
        counted.map_err(|excess| self.overrun(excess))
    }
}

/// Returns whether a response is an untagged OK, by which a server may show that it is working (RFC
/// 9585 has the code `INPROGRESS` for this).
pub(super) fn is_ok(response: &Response) -> bool {
    matches!(response, Response::Status(status) if status.kind == StatusKind::Ok)
}
