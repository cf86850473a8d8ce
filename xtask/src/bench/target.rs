//! The figures that our client is expected to reach.

use super::report::{CaseReport, Row};

/// A value that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Metric {
    /// Seconds of the clock.
    Wall,
    /// Seconds of the processor, of the whole process.
    Cpu,
}

/// An expectation, which both faces must meet.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// At least so many times as fast as the best peer.
    TimesBestPeer(Metric, f64),
    /// At most so many times what the null client needs.
    TimesNull(Metric, f64),
    /// At most so many bytes of resident memory.
    Peak(u64),
    /// At most so many bytes of the heap at once.
    Heap(u64),
    /// At most so many bytes for each connection, and fewer than any peer.
    PerConnection(u64),
    /// At most so many round trips after the mailbox was opened.
    RoundTrips(u64),
    /// No more round trips than any peer.
    FewestRoundTrips,
    /// Time in proportion to the case before, which has a fraction of the data: at most a quarter
    /// more than so many times.
    Linear(f64),
}

/// The result of a comparison with a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) text: String,
    /// `None` if there is nothing to compare with.
    pub(super) met: Option<bool>,
}

impl Metric {
    fn of(self, row: &Row) -> Option<f64> {
        let run = row.median()?;
        Some(match self {
            Self::Wall => run.wall,
            Self::Cpu => run.cpu,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Wall => "time",
            Self::Cpu => "CPU time",
        }
    }
}

impl Target {
    /// Compares the rows of a case, and those of the case before it.
    pub(super) fn judge(self, case: &CaseReport, before: Option<&CaseReport>) -> Verdict {
        let ours: Vec<&Row> = case.ours().collect();
        let worst =
            |value: fn(&Row) -> Option<f64>| fold(ours.iter().map(|row| value(row)), f64::max);
        let (text, reached, limit, at_most) = match self {
            Self::TimesBestPeer(metric, times) => {
                let best = case.peers().filter_map(|row| metric.of(row));
                let best = best.reduce(f64::min);
                let own = fold(ours.iter().map(|row| metric.of(row)), f64::max);
                let reached = best.zip(own).map(|(best, own)| best / own);
                let text = format!("{} of the best peer divided by ours", metric.name());
                (text, reached, times, false)
            }
            Self::TimesNull(metric, times) => {
                let null = case.null().and_then(|row| metric.of(row));
                let own = fold(ours.iter().map(|row| metric.of(row)), f64::max);
                let reached = own.zip(null).map(|(own, null)| own / null);
                let text = format!("our {} divided by that of the null client", metric.name());
                (text, reached, times, true)
            }
            Self::Peak(bytes) => {
                let reached = worst(|row| Some(row.median()?.peak as f64));
                return in_mebibytes("resident memory", reached, bytes);
            }
            Self::Heap(bytes) => {
                let reached = worst(|row| Some(row.heap? as f64));
                return in_mebibytes("heap", reached, bytes);
            }
            Self::PerConnection(bytes) => {
                let reached = worst(Row::per_connection);
                let peers = case
                    .peers()
                    .filter_map(Row::per_connection)
                    .reduce(f64::min);
                let limit = peers.map_or(bytes as f64, |peer| peer.min(bytes as f64));
                let text = "KiB for each connection, and fewer than any peer".to_owned();
                let kibibytes = |bytes: f64| bytes / 1024.0;
                (text, reached.map(kibibytes), kibibytes(limit), true)
            }
            Self::RoundTrips(count) => {
                let reached = worst(|row| row.round_trips_of_work().map(|count| count as f64));
                (
                    "round trips after the mailbox was opened".into(),
                    reached,
                    count as f64,
                    true,
                )
            }
            Self::FewestRoundTrips => {
                let reached = worst(|row| row.last_round_trips().map(|count| count as f64));
                let peers = case.peers().filter_map(Row::last_round_trips).min();
                let text = "round trips of the last connection, and of the best peer".to_owned();
                let Some(peers) = peers else {
                    return Verdict::open(&text);
                };
                (text, reached, peers as f64, true)
            }
            Self::Linear(times) => {
                let own = worst(|row| Some(row.median()?.cpu));
                let less = before.and_then(|case| {
                    fold(case.ours().map(|row| Some(row.median()?.cpu)), f64::min)
                });
                let reached = own.zip(less).map(|(own, less)| own / less);
                let text = "CPU time divided by that of the case before".to_owned();
                (text, reached, times * 1.25, true)
            }
        };
        Verdict::compare(&text, reached, limit, at_most, "")
    }
}

impl Verdict {
    fn open(text: &str) -> Self {
        Self {
            text: format!("{text}: not measured"),
            met: None,
        }
    }

    fn compare(text: &str, reached: Option<f64>, limit: f64, at_most: bool, unit: &str) -> Self {
        let Some(reached) = reached else {
            return Self::open(text);
        };
        let (word, met) = match at_most {
            true => ("at most", reached <= limit),
            false => ("at least", reached >= limit),
        };
        Self {
            text: format!("{text}: {reached:.2}{unit}, {word} {limit:.2}{unit} wanted"),
            met: Some(met),
        }
    }
}

fn in_mebibytes(text: &str, reached: Option<f64>, limit: u64) -> Verdict {
    let mebibytes = |bytes: f64| bytes / (1024.0 * 1024.0);
    let limit = mebibytes(limit as f64);
    Verdict::compare(text, reached.map(mebibytes), limit, true, " MiB")
}

/// Combines values, all of which must be known.
fn fold(values: impl Iterator<Item = Option<f64>>, combine: fn(f64, f64) -> f64) -> Option<f64> {
    let values: Option<Vec<f64>> = values.collect();
    values?.into_iter().reduce(combine)
}
