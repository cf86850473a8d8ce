//! Repeats what a server need not show at once.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::Stop;

/// The largest number of attempts.
const TIMES: u32 = 50;
/// The longest time for all attempts together.
const LIMIT: Duration = Duration::from_secs(30);
/// The longest pause between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

/// The pauses of a trial that polls for a response which the server may delay, and their limits.
#[derive(Debug)]
pub(crate) struct Patience {
    started: Instant,
    times: u32,
    pause: Duration,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            times: 0,
            pause: Duration::ZERO,
        }
    }

    /// Waits before the next attempt to see `what`: not at all at first, then longer each time,
    /// since a server that checks its files once a second does not need more.
    ///
    /// # Errors
    /// [`Stop::Failed`] if the limit on attempts or on time is reached.
    pub(crate) fn pause(&mut self, what: &str) -> Result<(), Stop> {
        let (times, elapsed) = (self.times, self.started.elapsed());
        if times == TIMES || elapsed > LIMIT {
            return Err(Stop::failed(format_args!(
                "the server did not report {what} after {times} NOOPs in {} s",
                elapsed.as_secs()
            )));
        }
        // Blocking is fine even in async trials, whose task is the only one on its thread.
        thread::sleep(self.pause);
        self.times += 1;
        self.pause = (self.pause * 2).clamp(Duration::from_millis(1), PAUSE);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pause_is_none_and_later_ones_grow() {
        let mut patience = Patience::new();
        let mut pauses = Vec::new();
        for _ in 0..4 {
            pauses.push(patience.pause.as_millis());
            patience.pause("it").unwrap();
        }
        assert_eq!(pauses, [0, 1, 2, 4]);
    }

    #[test]
    fn it_ends_by_number_and_by_time() {
        for (times, ago, expected) in [
            (
                TIMES,
                Duration::ZERO,
                "the server did not report it after 50 NOOPs in 0 s",
            ),
            (
                7,
                Duration::from_secs(31),
                "the server did not report it after 7 NOOPs in 31 s",
            ),
        ] {
            let started = Instant::now().checked_sub(ago).unwrap();
            let pause = Duration::ZERO;
            let mut patience = Patience {
                started,
                times,
                pause,
            };
            assert_eq!(patience.pause("it"), Err(Stop::failed(expected)));
        }
    }
}
