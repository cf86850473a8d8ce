//! How long a server may go on: what nobody asked for, and responses that come too slowly or do not
//! end.
//!
//! There is no clock here. Time is what the caller says that it has waited, so that time in which
//! nobody waits counts for nothing.

use std::{mem, time::Duration};

use crate::error::Excess;

/// The bounds on a server that brings the commands under way no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// Bytes a second that have to come, on average, while a response is incomplete. 0 for no
    /// limit. Default: 1024.
    pub min_speed: u64,
    /// The time over which the average is taken. Default: 60 seconds.
    pub speed_window: Duration,
    /// Responses that nothing had asked for, between the beginning of a command and its end.
    /// Untagged `OK` lines are not counted if no other came in the second before, since servers
    /// send them to show that they are at work. Default: 100,000.
    pub unsolicited: u64,
    /// The bytes that these responses may have together. Default: 64 MiB.
    pub unsolicited_bytes: u64,
    /// Bytes within which a response has to end that is too big to be kept. Default: 1 GiB. One
    /// that may be kept has room for that in any case.
    pub response: u64,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            min_speed: 1024,
            speed_window: Duration::from_secs(60),
            unsolicited: 100_000,
            unsolicited_bytes: 64 * 1024 * 1024,
            response: 1024 * 1024 * 1024,
        }
    }
}

/// Untagged `OK` lines show that the server is at work if they are no more frequent than this.
const PULSE: Duration = Duration::from_secs(1);

/// Keeps count of what the server does besides answering.
#[derive(Debug)]
pub(crate) struct Watch {
    tolerance: Tolerance,
    /// All the time that was waited.
    clock: Duration,
    /// The time of the last line that showed the server to be at work.
    pulse: Option<Duration>,
    /// Responses and bytes that nothing had asked for.
    responses: u64,
    bytes: u64,
    /// Bytes of answers to commands that nobody waits for.
    orphaned: u64,
    /// The position in the stream at which the incomplete response began.
    begun: u64,
    /// The position at which the average was last taken, or the response began.
    since: u64,
    /// The time and the bytes since then.
    pace: Pace,
    /// The pace of the last complete response.
    last: Pace,
}

/// The bytes that came in the time that was waited for the rest of a response.
#[derive(Debug, Default, Clone, Copy)]
struct Pace {
    waited: Duration,
    bytes: u64,
}

impl Watch {
    pub(crate) fn new(tolerance: Tolerance) -> Self {
        Self {
            tolerance,
            clock: Duration::ZERO,
            pulse: None,
            responses: 0,
            bytes: 0,
            orphaned: 0,
            begun: 0,
            since: 0,
            pace: Pace::default(),
            last: Pace::default(),
        }
    }

    /// A command begins.
    pub(crate) fn command(&mut self) {
        self.responses = 0;
        self.bytes = 0;
        self.orphaned = 0;
    }

    /// The stream is counted from 0 again.
    pub(crate) fn restart(&mut self) {
        self.begun = 0;
        self.since = 0;
    }

    /// Returns how long to wait at most until the pace can be judged; `None` for any time.
    pub(crate) fn patience(&self) -> Option<Duration> {
        (self.tolerance.min_speed > 0)
            .then(|| self.tolerance.speed_window.saturating_sub(self.pace.waited))
    }

    /// The caller has waited, while a response was incomplete or not.
    pub(crate) fn waited(&mut self, time: Duration, incomplete: bool) {
        self.clock = self.clock.saturating_add(time);
        if incomplete {
            self.pace.waited = self.pace.waited.saturating_add(time);
        }
    }

    /// A response is complete, and the stream has come to its end.
    pub(crate) fn complete(&mut self, position: u64) -> u64 {
        let size = position.saturating_sub(self.begun);
        self.pace.bytes += position.saturating_sub(self.since);
        self.last = mem::take(&mut self.pace);
        self.begun = position;
        self.since = position;
        size
    }

    /// A response is incomplete, of which the stream has come so far.
    pub(crate) fn incomplete(&mut self, received: u64, most: u64) -> Result<(), Excess> {
        if received.saturating_sub(self.begun) > most {
            return Err(Excess::Endless { most });
        }
        let Tolerance {
            min_speed,
            speed_window,
            ..
        } = self.tolerance;
        if min_speed == 0 || self.pace.waited < speed_window {
            return Ok(());
        }
        let bytes = self.pace.bytes + received.saturating_sub(self.since);
        if is_slow(bytes, self.pace.waited, min_speed) {
            return Err(Excess::Slow {
                bytes,
                waited: self.pace.waited,
                min_speed,
            });
        }
        self.pace = Pace::default();
        self.since = received;
        Ok(())
    }

    /// Nothing had asked for the last complete response.
    pub(crate) fn unsolicited(&mut self, size: u64, is_ok: bool) -> Result<(), Excess> {
        if is_ok && self.is_pulse() {
            return Ok(());
        }
        // A server that sends such responses at leisure makes no progress by ending one.
        let last = mem::take(&mut self.last);
        if last.waited >= PULSE && is_slow(last.bytes, last.waited, self.tolerance.min_speed) {
            self.pace.waited = self.pace.waited.saturating_add(last.waited);
            self.pace.bytes += last.bytes;
        }
        self.responses += 1;
        self.bytes = self.bytes.saturating_add(size);
        let Tolerance {
            unsolicited,
            unsolicited_bytes,
            ..
        } = self.tolerance;
        if self.responses > unsolicited {
            return Err(Excess::Responses { most: unsolicited });
        }
        if self.bytes > unsolicited_bytes {
            return Err(Excess::Bytes {
                most: unsolicited_bytes,
            });
        }
        Ok(())
    }

    /// The last complete response is due to a command that nobody waits for.
    pub(crate) fn orphaned(&mut self, size: u64, most: u64) -> Result<(), Excess> {
        self.orphaned = self.orphaned.saturating_add(size + OVERHEAD);
        match self.orphaned > most {
            true => Err(Excess::Answer { most }),
            false => Ok(()),
        }
    }

    fn is_pulse(&mut self) -> bool {
        let due = self.pulse.map(|last| last.saturating_add(PULSE));
        if due.is_some_and(|due| self.clock < due) {
            return false;
        }
        self.pulse = Some(self.clock);
        true
    }
}

/// The bytes that a response counts for besides its own.
const OVERHEAD: u64 = 128;

fn is_slow(bytes: u64, waited: Duration, min_speed: u64) -> bool {
    u128::from(bytes) * 1000 < u128::from(min_speed) * waited.as_millis()
}
