//! The results of cases, and their form in JSON.

use serde_json::{Value, json};

use super::{
    case::Case,
    target::{Target, Verdict},
};

/// The resources that one run of a client has used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Run {
    /// Seconds of the clock.
    pub(super) wall: f64,
    /// Seconds of the processor.
    pub(super) cpu: f64,
    /// The peak of the resident memory in bytes.
    pub(super) peak: u64,
}

/// The part that a client plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Ours,
    Null,
    Peer,
}

/// The results of a client.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) version: String,
    pub(super) part: Part,
    pub(super) runs: Vec<Run>,
    /// The reason why the client has no result.
    pub(super) error: Option<String>,
    /// The sum that the client printed.
    pub(super) sum: Option<u64>,
    /// The number of allocations, their bytes, and the most bytes at once.
    pub(super) allocations: Option<(u64, u64)>,
    pub(super) heap: Option<u64>,
    /// The resident memory before and after connections were opened, and their number.
    pub(super) resident: Option<(u64, u64, u64)>,
    /// The round trips of each connection of the last run.
    pub(super) round_trips: Vec<u64>,
    /// The round trips of a session without any work.
    pub(super) idle_round_trips: Option<u64>,
}

/// The results of a case.
#[derive(Clone, Debug)]
pub(super) struct CaseReport {
    pub(super) case: Case,
    pub(super) rows: Vec<Row>,
}

impl Row {
    pub(super) fn new(name: &'static str, version: String, part: Part) -> Self {
        Self {
            name,
            version,
            part,
            runs: Vec::new(),
            error: None,
            sum: None,
            allocations: None,
            heap: None,
            resident: None,
            round_trips: Vec::new(),
            idle_round_trips: None,
        }
    }

    /// Returns the median of each value, or `None` after an error.
    pub(super) fn median(&self) -> Option<Run> {
        if self.runs.is_empty() || self.error.is_some() {
            return None;
        }
        Some(Run {
            wall: median(self.runs.iter().map(|run| run.wall)),
            cpu: median(self.runs.iter().map(|run| run.cpu)),
            peak: median(self.runs.iter().map(|run| run.peak as f64)) as u64,
        })
    }

    /// Returns the bytes of resident memory for each connection.
    pub(super) fn per_connection(&self) -> Option<f64> {
        let (before, after, count) = self.resident?;
        Some(after.saturating_sub(before) as f64 / count.max(1) as f64)
    }

    /// Returns the round trips of the work itself, without those of a session that does nothing.
    pub(super) fn round_trips_of_work(&self) -> Option<u64> {
        let all = self.last_round_trips()?;
        Some(all.saturating_sub(self.idle_round_trips?))
    }

    /// Returns the round trips of the last connection.
    pub(super) fn last_round_trips(&self) -> Option<u64> {
        match self.error {
            None => self.round_trips.last().copied(),
            Some(_) => None,
        }
    }

    fn json(&self) -> Value {
        let runs = self.runs.iter();
        let runs: Vec<_> = runs
            .map(|run| json!({ "wall": run.wall, "cpu": run.cpu, "peak": run.peak }))
            .collect();
        let median = self.median();
        json!({
            "client": self.name,
            "version": self.version,
            "wall": median.map(|run| run.wall),
            "cpu": median.map(|run| run.cpu),
            "peak": median.map(|run| run.peak),
            "runs": runs,
            "error": self.error,
            "allocations": self.allocations.map(|(count, _)| count),
            "allocated": self.allocations.map(|(_, bytes)| bytes),
            "heap": self.heap,
            "per_connection": self.per_connection(),
            "round_trips": self.round_trips,
            "round_trips_of_work": self.round_trips_of_work(),
        })
    }
}

impl CaseReport {
    pub(super) fn ours(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.part == Part::Ours)
    }

    pub(super) fn peers(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.part == Part::Peer)
    }

    pub(super) fn null(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.part == Part::Null)
    }

    /// Judges the targets. `before` is the case before this one.
    pub(super) fn verdicts(&self, before: Option<&Self>) -> Vec<Verdict> {
        let judge = |target: &Target| target.judge(self, before);
        self.case.targets.iter().map(judge).collect()
    }

    fn json(&self, before: Option<&Self>) -> Value {
        let verdicts = self.verdicts(before).into_iter();
        let verdicts: Vec<_> = verdicts
            .map(|verdict| json!({ "target": verdict.text, "met": verdict.met }))
            .collect();
        json!({
            "id": self.case.id,
            "title": self.case.title,
            "clients": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "targets": verdicts,
        })
    }
}

/// Returns all results as JSON.
pub(super) fn json(reports: &[CaseReport], machine: &str, quick: bool) -> Value {
    let before = std::iter::once(None).chain(reports.iter().map(Some));
    let cases = reports
        .iter()
        .zip(before)
        .map(|(report, before)| report.json(before));
    json!({
        "machine": machine,
        "quick": quick,
        "cases": cases.collect::<Vec<_>>(),
    })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 0 => (values[middle - 1] + values[middle]) / 2.0,
        _ => values[middle],
    }
}
