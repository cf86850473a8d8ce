//! The command line: names of data sets, and `--rounds N`.

use super::{
    data::{self, Data},
    rounds::{Arrival, Count, Way, run},
    table::Table,
};

/// The number of page faults in a round from which it is not comparable: they take about a
/// millisecond.
const FAULTS: u64 = 500;

/// The quantities to measure.
#[allow(dead_code, reason = "each benchmark measures in one way")]
#[derive(Debug, Clone, Copy)]
pub(crate) enum Measure {
    /// CPU time.
    Time,
    /// Allocations.
    Allocations(Count),
    /// Both.
    Both(Count),
}

/// Runs the benchmarks that the command line asks for and prints the table. The first of `ways` is
/// the framing, the second one is this crate.
///
/// # Panics
/// Panics if the command line is invalid, or if a reader cannot read its data.
pub(crate) fn main(mut ways: Vec<Box<dyn Way>>, measure: Measure) {
    let mut rounds = if cfg!(debug_assertions) { 1 } else { 7 };
    let mut names = Vec::new();
    let mut benchmarking = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Cargo passes it to benchmarks; without it, this runs as a test, and there is nothing
            // to test.
            "--bench" => benchmarking = true,
            "--rounds" => {
                rounds = arguments
                    .next()
                    .and_then(|rounds| rounds.parse().ok())
                    .expect("a number of rounds");
            }
            name => names.push(name.to_owned()),
        }
    }
    if !benchmarking {
        return;
    }
    let mut all = data::all();
    all.retain(|data| names.is_empty() || names.iter().any(|name| name == data.name));
    assert!(!all.is_empty(), "there are no data sets {names:?}");
    let (rounds, count) = match measure {
        Measure::Time => (rounds, None),
        Measure::Allocations(count) => (0, Some(count)),
        Measure::Both(count) => (rounds, Some(count)),
    };
    print(&all, &mut ways, rounds, count);
}

fn print(all: &[Data], ways: &mut [Box<dyn Way>], rounds: usize, count: Option<Count>) {
    let names: Vec<_> = ways.iter().map(|way| way.name()).collect();
    let table = Table {
        names: &names,
        times: rounds > 0,
    };
    if rounds > 0 {
        println!("CPU time of one thread, median of {rounds} rounds in turns.");
    }
    if count.is_some() {
        println!("How often memory was allocated (and how much).");
    }
    println!("All values own what they hold, and are kept.\n");
    println!("{}", table.legend(all));
    println!("{}", table.heading());
    let mut unfair = Vec::new();
    for data in all {
        for arrival in [Arrival::Whole, Arrival::Pieces] {
            let results = run(data, arrival, ways, rounds, count);
            println!("{}", table.row(data, arrival, &results));
            for (name, result) in names.iter().zip(&results) {
                if result.page_faults > FAULTS {
                    let faults = result.page_faults;
                    let row = (data.name, arrival);
                    unfair.push(format!("{row:?}: {faults} for {name}"));
                }
            }
        }
    }
    if !unfair.is_empty() {
        println!(
            "\nPage faults, which double the time of a copy. They depend on whether the allocator \
             has given the memory of the reader before back to the system, so that the ratios of \
             these rows say little:\n{}",
            unfair.join("\n")
        );
    }
}
