//! Between the engine and its watch over endless servers.

use std::time::Duration;

use imapclient_codec::{Response, StatusKind};

use super::Engine;
use crate::{error::Error, inflight::InFlight};

impl Engine {
    /// Returns whether a response has begun and not ended.
    #[must_use]
    pub fn is_within_response(&self) -> bool {
        self.framer.has_input()
    }

    /// Returns how long to wait at most for more of a response that has begun; `None` for any time.
    /// The caller then says by [`waited`](Self::waited) how long it was, and asks
    /// [`poll_event`](Self::poll_event), which fails if the response comes too slowly.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        self.watch.patience()
    }

    /// Says how long the caller has waited for input. Time in which it did anything else does not
    /// count. To be called before the input is handed over.
    pub fn waited(&mut self, time: Duration) {
        self.watch.waited(time, self.framer.has_input());
    }

    /// Says that nothing had asked for the response that came last. While an IDLE is running such
    /// responses are what was asked for, and are not counted.
    ///
    /// # Errors
    /// [`Error::Limit`] if there are too many of them. The connection is of no more use.
    pub fn unsolicited(&mut self) -> Result<(), Error> {
        let oldest = self.commands.oldest();
        if oldest.is_some_and(InFlight::is_idling) {
            return Ok(());
        }
        // What it had asked for is not known any more.
        if oldest.is_some_and(|command| command.orphan) {
            return self.orphaned();
        }
        let counted = self.watch.unsolicited(self.wire_size, self.was_ok);
        counted.map_err(|excess| self.overrun(excess))
    }

    /// The last response is due to an orphan.
    pub(super) fn orphaned(&mut self) -> Result<(), Error> {
        let most = self.options.body_limit;
        let most = most.unwrap_or(self.options.tolerance.response);
        let counted = self.watch.orphaned(self.wire_size, most);
        counted.map_err(|excess| self.overrun(excess))
    }

    /// There is no complete response. One that has begun has to go on and to end.
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

/// Whether a response is an untagged OK, by which a server may show that it is at work (RFC 9585
/// has the code `INPROGRESS` for it).
pub(super) fn is_ok(response: &Response) -> bool {
    matches!(response, Response::Status(status) if status.kind == StatusKind::Ok)
}
