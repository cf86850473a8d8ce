//! Runs every reader on every data set in turns, so that disturbances affect all of them.

use std::{hint::black_box, time::Duration};

use super::{clock, data::Data, readers::Reader};

/// The way in which the input arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// In one piece.
    Whole,
    /// In pieces of 16 KiB.
    Pieces,
}

/// A reader together with the values that it has read.
pub(crate) trait Way {
    /// The reader's name.
    fn name(&self) -> &'static str;
    /// Reads all of `data`, and keeps the values until `forget`.
    fn read(&mut self, data: &Data, arrival: Arrival);
    /// Drops the values but not the list that held them.
    fn forget(&mut self);
}

/// Creates a way to read with `reader`.
pub(crate) fn way<R: Reader + 'static>(reader: R) -> Box<dyn Way> {
    Box::new(Keeping {
        reader,
        kept: Vec::new(),
    })
}

struct Keeping<R: Reader> {
    reader: R,
    kept: Vec<R::Value>,
}

impl<R: Reader> Way for Keeping<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn read(&mut self, data: &Data, arrival: Arrival) {
        match arrival {
            Arrival::Whole => self.reader.whole(&data.bytes, &mut self.kept),
            Arrival::Pieces => self.reader.pieces(&data.bytes, &mut self.kept),
        }
        assert_eq!(self.kept.len(), data.responses, "{}", R::NAME);
    }

    fn forget(&mut self) {
        self.kept.clear();
        // Allocators defer the cleanup after many small allocations to the next large one, which
        // must not be that of the next reader.
        black_box(Vec::<u8>::with_capacity(100 * 1024));
    }
}

/// The number and the total size of allocations.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Allocations {
    /// The number of allocations; each growth of a list counts.
    pub(crate) count: u64,
    /// The total number of bytes, whether freed or not.
    pub(crate) bytes: u64,
}

/// Counts the allocations during the call of a closure.
pub(crate) type Count = fn(&mut dyn FnMut()) -> Allocations;

/// The measurements of one reader on one data set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Result {
    /// The CPU time for all of it; the median of all rounds.
    pub(crate) time: Duration,
    /// The most page faults in a round.
    pub(crate) page_faults: u64,
    /// The allocations for all of it, if they were counted.
    pub(crate) allocations: Option<Allocations>,
}

/// Reads `data` with each of `ways` in `rounds` rounds.
pub(crate) fn run(
    data: &Data,
    arrival: Arrival,
    ways: &mut [Box<dyn Way>],
    rounds: usize,
    count: Option<Count>,
) -> Vec<Result> {
    let mut times = vec![Vec::with_capacity(rounds); ways.len()];
    let mut page_faults = vec![0; ways.len()];
    let mut allocations = Vec::with_capacity(ways.len());
    for way in ways.iter_mut() {
        // Grows the list to its size, so that this is neither counted nor timed.
        way.read(data, arrival);
        way.forget();
        allocations.push(count.map(|count| count(&mut || way.read(data, arrival))));
        way.forget();
    }
    for _ in 0..rounds {
        for ((way, times), most) in ways.iter_mut().zip(&mut times).zip(&mut page_faults) {
            let before = clock::page_faults();
            times.push(clock::measure(|| way.read(data, arrival)));
            *most = (clock::page_faults() - before).max(*most);
            way.forget();
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    times
        .into_iter()
        .zip(page_faults)
        .zip(allocations)
        .map(|((times, page_faults), allocations)| Result {
            time: median(times),
            page_faults,
            allocations,
        })
        .collect()
}
