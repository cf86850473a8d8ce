//! The CPU time of this thread, which other processes affect less than wall-clock time, and the
//! page faults in it.

use std::{fs, time::Duration};

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

/// Returns the number of pages that the system has given to this thread so far; 0 if the system
/// does not say.
pub(crate) fn page_faults() -> u64 {
    let stat = fs::read_to_string("/proc/thread-self/stat").unwrap_or_default();
    // The name of the thread, in parentheses, may contain spaces.
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let faults = fields.split(' ').nth(7);
    faults
        .and_then(|faults| faults.parse().ok())
        .unwrap_or_default()
}
