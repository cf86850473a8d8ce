//! The system allocator with counters, which are off unless the environment switches them on, so
//! that a measured run has only the cost of reading a flag.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    env,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

/// The environment variable that switches the counters on.
pub const VARIABLE: &str = "BENCH_ALLOCATIONS";

static ON: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
static HELD: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

/// The allocator.
pub struct Counting;

/// Switches the counters on if the environment says so.
pub(crate) fn start_if_asked() {
    ON.store(env::var_os(VARIABLE).is_some(), Relaxed);
}

pub(crate) fn is_on() -> bool {
    ON.load(Relaxed)
}

/// Returns the number of allocations, their bytes, and the most bytes that were held at once.
pub(crate) fn counts() -> (u64, u64, u64) {
    (COUNT.load(Relaxed), BYTES.load(Relaxed), PEAK.load(Relaxed))
}

fn take(bytes: usize) {
    if is_on() {
        let bytes = bytes as u64;
        COUNT.fetch_add(1, Relaxed);
        BYTES.fetch_add(bytes, Relaxed);
        let held = HELD.fetch_add(bytes, Relaxed) + bytes;
        PEAK.fetch_max(held, Relaxed);
    }
}

fn give(bytes: usize) {
    if is_on() {
        // Memory from before the counters were on may be given back.
        let less = |held: u64| Some(held.saturating_sub(bytes as u64));
        let _ = HELD.fetch_update(Relaxed, Relaxed, less);
    }
}

// SAFETY: every call is forwarded to the system allocator unchanged.
#[allow(unsafe_code, reason = "no allocator can be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        give(layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        take(size);
        give(layout.size());
        unsafe { System.realloc(pointer, layout, size) }
    }
}
