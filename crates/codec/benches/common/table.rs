//! The results as one table in Markdown.

use std::fmt::Write as _;

use super::{
    data::Data,
    rounds::{Arrival, Result},
};

/// The column of this crate, with which the others are compared. The framing is before it.
const OURS: usize = 1;

/// The layout of the table.
pub(crate) struct Table<'a> {
    /// The readers.
    pub(crate) names: &'a [&'static str],
    /// True if times were measured.
    pub(crate) times: bool,
}

impl Table<'_> {
    /// Returns the descriptions of the rows.
    pub(crate) fn legend(&self, all: &[Data]) -> String {
        let mut legend = String::new();
        for data in all {
            let per = if data.in_all { "all" } else { "response" };
            let _ = writeln!(
                legend,
                "{:>3}: {}, {:.1} MB, per {per}",
                data.name,
                data.what,
                data.bytes.len() as f64 / 1e6
            );
        }
        legend
    }

    /// Returns the heading.
    pub(crate) fn heading(&self) -> String {
        let mut head = "| data | arrival |".to_owned();
        let mut line = "| --- | --- |".to_owned();
        for name in self.names {
            let _ = write!(head, " {name} |");
            line.push_str(" ---: |");
        }
        for name in self.compared(self.names) {
            let _ = write!(head, " x {name} |");
            line.push_str(" ---: |");
        }
        format!("{head}\n{line}")
    }

    /// Returns the measurements of each reader, and the ratio of the others to this crate.
    pub(crate) fn row(&self, data: &Data, arrival: Arrival, results: &[Result]) -> String {
        let arrival = match arrival {
            Arrival::Whole => "whole",
            Arrival::Pieces => "16 KiB",
        };
        let mut row = format!("| {} | {arrival} |", data.name);
        for result in results {
            let _ = write!(row, " {} |", self.cell(data, result));
        }
        let own = results
            .get(OURS)
            .map_or(f64::NAN, |own| own.time.as_secs_f64());
        for other in self.compared(results) {
            let _ = write!(row, " {:.1} |", other.time.as_secs_f64() / own);
        }
        row
    }

    fn cell(&self, data: &Data, result: &Result) -> String {
        let parts = if data.in_all { 1 } else { data.responses } as f64;
        let mut cell = Vec::new();
        if self.times {
            let nanos = result.time.as_secs_f64() * 1e9 / parts;
            cell.push(match nanos {
                ..10_000.0 => format!("{nanos:.1} ns"),
                ..10_000_000.0 => format!("{:.1} µs", nanos / 1e3),
                _ => format!("{:.1} ms", nanos / 1e6),
            });
        }
        if let Some(allocations) = result.allocations {
            cell.push(format!(
                "{:.1} ({:.0} B)",
                allocations.count as f64 / parts,
                allocations.bytes as f64 / parts
            ));
        }
        cell.join(", ")
    }

    fn compared<'a, T>(&self, all: &'a [T]) -> impl Iterator<Item = &'a T> + use<'a, T> {
        let skipped = if self.times { OURS + 1 } else { all.len() };
        all.iter().skip(skipped)
    }
}
