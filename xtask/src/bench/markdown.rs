//! The results as tables in Markdown, for the documentation.

use std::fmt::Write as _;

use super::report::{CaseReport, Row};

const MIB: f64 = 1024.0 * 1024.0;

/// Returns a table with a row for each case and a column for each client, and the list of targets.
pub(super) fn write(reports: &[CaseReport], notes: &[String], machine: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for row in reports.iter().flat_map(|report| &report.rows) {
        if !names.contains(&row.name) {
            names.push(row.name);
        }
    }
    let mut text = format!("Machine: {machine}.\n\n| | workload |");
    names
        .iter()
        .for_each(|name| write!(text, " {name} |").expect("memory"));
    writeln!(text, "\n| --- | --- |{}", " --- |".repeat(names.len())).expect("memory");
    for report in reports {
        write!(text, "| {} | {} |", report.case.id, report.case.title).expect("memory");
        for name in &names {
            let row = report.rows.iter().find(|row| row.name == *name);
            write!(
                text,
                " {} |",
                row.map_or_else(String::new, |row| cell(report, row))
            )
            .expect("memory");
        }
        text.push('\n');
    }
    text += "\n| | workload | target | met |\n| --- | --- | --- | --- |\n";
    let before = std::iter::once(None).chain(reports.iter().map(Some));
    for (report, before) in reports.iter().zip(before) {
        for verdict in report.verdicts(before) {
            let met = match verdict.met {
                Some(true) => "yes",
                Some(false) => "**no**",
                None => "",
            };
            let (id, title) = (report.case.id, report.case.title);
            writeln!(text, "| {id} | {title} | {} | {met} |", verdict.text).expect("memory");
        }
    }
    notes
        .iter()
        .for_each(|note| write!(text, "\n{note}\n").expect("memory"));
    text
}

/// Returns the values that matter most in a case.
fn cell(report: &CaseReport, row: &Row) -> String {
    let Some(run) = row.median() else {
        return row
            .error
            .as_ref()
            .map_or_else(String::new, |_| "fails".into());
    };
    if let Some(bytes) = row.per_connection() {
        return format!("{:.1} KiB", bytes / 1024.0);
    }
    let trips = row.round_trips_of_work().or_else(|| row.last_round_trips());
    match trips {
        Some(trips) if report.case.delay > 0 => format!("{:.2} s, {trips} trips", run.wall),
        _ => format!("{:.3} s, {:.1} MiB", run.cpu, run.peak as f64 / MIB),
    }
}
