//! The CPU time of this thread, which other processes affect less than wall-clock time.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Returns the CPU time that `work` took.
pub(crate) fn measure(work: impl FnOnce()) -> Duration {
    let before = now();
    work();
    now().saturating_sub(before)
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Neither part of this clock is ever negative.
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}
