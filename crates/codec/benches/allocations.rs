//! Counts the allocations of reading responses. A separate program, since counting takes time.

mod common;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use common::{
    line::{self, Measure},
    readers::{Framing, ImapCodec, Ours},
    rounds::{Allocations, way},
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let ways = vec![
        way(Framing),
        way(Ours::default()),
        way(ImapCodec::default()),
    ];
    line::main(ways, Measure::Allocations(count));
}

fn count(work: &mut dyn FnMut()) -> Allocations {
    let region = Region::new(ALLOCATOR);
    work();
    let change = region.change();
    Allocations {
        count: (change.allocations + change.reallocations) as u64,
        bytes: change.bytes_allocated as u64,
    }
}
