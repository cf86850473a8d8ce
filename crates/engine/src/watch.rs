//! Limits on the time and the data that a server may take: unsolicited responses, and responses
//! that arrive too slowly or do not end.
//!
//! There is no clock here. Time is what the caller reports to have waited, so that time in which
//! the caller does not wait is not counted.

use std::{mem, time::Duration};

use crate::error::Excess;

/// Bounds on a server that sends data without completing any command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "written with `..Default::default()`, so that new fields break nothing"
)]
pub struct Tolerance {
    /// The average number of bytes per second that are required while a response is incomplete. 0
    /// for no limit. Default: 1024.
    pub min_speed: u64,
    /// The time over which the average is computed. Default: 60 seconds.
    pub speed_window: Duration,
    /// The number of unsolicited responses that are accepted between the beginning of a command and
    /// its end. An untagged `OK` is not counted if no other came in the second before, since
    /// servers send these to show that they are working. Default: 100,000.
    pub unsolicited: u64,
    /// The number of bytes that the unsolicited responses may have together. Default: 64 MiB.
    pub unsolicited_bytes: u64,
    /// The number of bytes within which a response must end that is too big to be kept. Default:
    /// 1 GiB. It is raised where a response that may be kept can have more.
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

/// Untagged `OK` lines show that the server is working if they are no more frequent than this.
const PULSE: Duration = Duration::from_secs(1);

/// Counts the data of the server that are not answers.
#[derive(Debug)]
pub(crate) struct Watch {
    tolerance: Tolerance,
    /// The total time waited.
    clock: Duration,
    /// The time of the last line that showed the server to be working.
    pulse: Option<Duration>,
    /// The number of unsolicited responses, and of their bytes.
    responses: u64,
    bytes: u64,
    /// The bytes of answers to commands for which no caller waits.
    orphaned: u64,
    /// The position in the stream at which the incomplete response began.
    begun: u64,
    /// The position at which the average was last computed, or the response began.
    since: u64,
    /// The time and the bytes since then.
    pace: Pace,
    /// The pace of the last complete response.
    last: Pace,
}

/// The bytes that were received during the time spent waiting for the rest of a response.
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

    /// Resets the counts because a command begins.
    pub(crate) fn command(&mut self) {
        self.responses = 0;
        self.bytes = 0;
        self.orphaned = 0;
    }

    /// Records that positions in the stream are counted from 0 again.
    pub(crate) fn restart(&mut self) {
        self.begun = 0;
        self.since = 0;
    }

    /// Returns how long to wait at most until the pace can be judged; `None` for no limit.
    pub(crate) fn patience(&self) -> Option<Duration> {
        (self.tolerance.min_speed > 0)
            .then(|| self.tolerance.speed_window.saturating_sub(self.pace.waited))
    }

    /// Records the time that the caller has waited, and whether a response was incomplete
    /// meanwhile.
    pub(crate) fn waited(&mut self, time: Duration, incomplete: bool) {
        self.clock = self.clock.saturating_add(time);
        if incomplete {
            self.pace.waited = self.pace.waited.saturating_add(time);
        }
    }

    /// Records that a response ended at `position` in the stream, and returns its size.
    pub(crate) fn complete(&mut self, position: u64) -> u64 {
        let size = position.saturating_sub(self.begun);
        self.pace.bytes += position.saturating_sub(self.since);
        self.last = mem::take(&mut self.pace);
        self.begun = position;
        self.since = position;
        size
    }

    /// Records that `bytes` of the incomplete response were handed on. They are not part of its
    /// size.
    pub(crate) fn streamed(&mut self, bytes: usize) {
        self.begun = self.begun.saturating_add(bytes as u64);
    }

    /// Records that a response is incomplete, with the stream received up to `received`. Fails if
    /// it has more than `most` bytes or arrives too slowly.
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

    /// Counts the last complete response as unsolicited.
    pub(crate) fn unsolicited(&mut self, size: u64, is_ok: bool) -> Result<(), Excess> {
        if is_ok && self.is_pulse() {
            return Ok(());
        }
        // Completing such a response slowly is not progress.
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

    /// Counts the last complete response as the answer to a command for which no caller waits.
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

/// The bytes that are counted for each response in addition to its own.
const OVERHEAD: u64 = 128;

fn is_slow(bytes: u64, waited: Duration, min_speed: u64) -> bool {
    u128::from(bytes) * 1000 < u128::from(min_speed) * waited.as_millis()
}
