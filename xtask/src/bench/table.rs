//! The results as text.

use std::fmt::Write as _;

use super::report::{CaseReport, Part, Row};

/// Returns the table of a case, and its targets.
pub(super) fn case(report: &CaseReport, before: Option<&CaseReport>) -> String {
    let case = &report.case;
    let mut text = format!("\n{}: {}\n", case.id, case.title);
    text += "  client                      wall s     CPU s  peak MiB  \
             x wall   x CPU   allocations  trips  KiB/conn\n";
    let first = report.ours().next().and_then(Row::median);
    for row in &report.rows {
        let name = match row.version.as_str() {
            "" => row.name.to_owned(),
            version => format!("{} {version}", row.name),
        };
        write!(text, "  {name:24}").expect("memory");
        let Some(run) = row.median() else {
            let error = row.error.as_deref().unwrap_or("not run");
            writeln!(text, "  -  {error}").expect("memory");
            continue;
        };
        let mebibytes = run.peak as f64 / (1024.0 * 1024.0);
        write!(text, "{:10.3}{:10.3}{mebibytes:10.1}", run.wall, run.cpu).expect("memory");
        // The ratio to the value of ours.
        let (wall, cpu) = match first {
            Some(ours) => (run.wall / ours.wall, run.cpu / ours.cpu),
            None => (f64::NAN, f64::NAN),
        };
        write!(text, "{wall:8.2}{cpu:8.2}").expect("memory");
        text += &cell(row.allocations.map(|(count, _)| count.to_string()), 14);
        let trips = row.round_trips_of_work().or_else(|| row.last_round_trips());
        text += &cell(trips.map(|count| count.to_string()), 7);
        text += &cell(
            row.per_connection()
                .map(|bytes| format!("{:.1}", bytes / 1024.0)),
            10,
        );
        text = text.trim_end().to_owned();
        text.push('\n');
    }
    for verdict in report.verdicts(before) {
        let word = match verdict.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "-",
        };
        writeln!(text, "  {word:6}  {}", verdict.text).expect("memory");
    }
    text
}

fn cell(value: Option<String>, width: usize) -> String {
    format!("{:>width$}", value.unwrap_or_default())
}

/// Returns what stands below all tables.
pub(super) fn end(reports: &[CaseReport], notes: &[String], machine: &str) -> String {
    let mut text = format!("\n{machine}. The columns with x are relative to the first row.\n");
    let mut before = None;
    let (mut met, mut missed) = (0, 0);
    for report in reports {
        for verdict in report.verdicts(before) {
            match verdict.met {
                Some(true) => met += 1,
                Some(false) => missed += 1,
                None => {}
            }
        }
        before = Some(report);
    }
    writeln!(text, "targets: {met} met, {missed} missed").expect("memory");
    let failed = |row: &&Row| row.error.is_some() && row.part != Part::Peer;
    for report in reports {
        for row in report.rows.iter().filter(failed) {
            let error = row.error.as_deref().unwrap_or_default();
            writeln!(text, "FAILED: {}: {}: {error}", report.case.id, row.name).expect("memory");
        }
    }
    for note in notes {
        writeln!(text, "{note}").expect("memory");
    }
    text
}
