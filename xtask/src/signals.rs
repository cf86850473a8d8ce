//! Ctrl-C, SIGTERM and SIGHUP as events that the main thread waits for, so that it can clean up.

use std::{
    cell::Cell,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    time::Duration,
};

use crate::failure::{Failure, Result};

/// The requests to stop.
pub(crate) struct Signals {
    events: Receiver<()>,
    raised: Cell<bool>,
}

impl Signals {
    /// Installs the handler, after which the signals no longer end the process.
    pub(crate) fn install() -> Result<Self> {
        let (sender, signals) = Self::channel();
        let raise = move || {
            // The receiver is gone only when the process is about to end.
            let _ = sender.send(());
        };
        ctrlc::set_handler(raise)
            .map_err(|error| Failure::set_up(format!("cannot handle signals: {error}")))?;
        Ok(signals)
    }

    /// Returns signals that the returned sender raises.
    pub(crate) fn channel() -> (Sender<()>, Self) {
        let (sender, events) = mpsc::channel();
        (
            sender,
            Self {
                events,
                raised: Cell::new(false),
            },
        )
    }

    /// Waits at most `limit` for the next request. Returns whether there was one.
    pub(crate) fn within(&self, limit: Duration) -> bool {
        match self.events.recv_timeout(limit) {
            Ok(()) => self.raised.set(true),
            Err(RecvTimeoutError::Timeout) => return false,
            // No sender is left, so this is a plain wait.
            Err(RecvTimeoutError::Disconnected) => {
                std::thread::sleep(limit);
                return false;
            }
        }
        true
    }

    /// Waits for a request, or returns at once if there has been one.
    pub(crate) fn wait(&self) {
        if !self.raised.get() && self.events.recv().is_ok() {
            self.raised.set(true);
        }
    }

    /// Fails if there has been a request.
    pub(crate) fn check(&self) -> Result<()> {
        if self.raised.get() || self.within(Duration::ZERO) {
            Err(Failure::interrupted())
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_remembered() {
        let (sender, signals) = Signals::channel();
        assert!(signals.check().is_ok());
        sender.send(()).unwrap();
        signals.wait();
        signals.wait();
        assert_eq!(signals.check().unwrap_err().status(), 130);
    }
}
