//! A chart of the results as SVG.

use std::fmt::Write as _;

use super::report::{CaseReport, Part, Row};

/// The height of a bar with its gap.
const BAR: f64 = 18.0;
/// The height of a title.
const TITLE: f64 = 30.0;
/// The width of the names, and of the longest bar.
const NAMES: f64 = 190.0;
const LONGEST: f64 = 520.0;
const WIDTH: f64 = NAMES + LONGEST + 110.0;
/// A bar is cut if it is so many times as long as our longest.
const CUT: f64 = 12.0;

/// Draws the processor time of each case, or its time if the network is slow. Shorter is better.
pub(super) fn draw(reports: &[CaseReport]) -> String {
    let mut body = String::new();
    let mut y = 10.0;
    for report in reports {
        panel(&mut body, &mut y, report);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

fn panel(body: &mut String, y: &mut f64, report: &CaseReport) {
    let case = &report.case;
    let slow = case.delay > 0;
    let (unit, what) = match (case.workload, slow) {
        ("idle", _) => ("KiB", "memory for each connection"),
        (_, true) => ("s", "time"),
        (_, false) => ("s", "processor time"),
    };
    let value = |row: &Row| match (case.workload, slow) {
        ("idle", _) => row.per_connection().map(|bytes| bytes / 1024.0),
        (_, true) => row.median().map(|run| run.wall),
        (_, false) => row.median().map(|run| run.cpu),
    };
    let ours = report.ours().filter_map(value).fold(0.0, f64::max);
    let most = report.rows.iter().filter_map(value).fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let scale = LONGEST
        / if ours > 0.0 {
            most.min(ours * CUT)
        } else {
            most
        };
    text(
        body,
        10.0,
        *y + 18.0,
        "font-weight=\"bold\"",
        &format!("{}: {}, {what}", case.id, case.title),
    );
    *y += TITLE;
    for row in &report.rows {
        let Some(value) = value(row) else { continue };
        let colour = match row.part {
            Part::Ours => "#2266aa",
            Part::Null => "#bbbbbb",
            Part::Peer => "#dd9944",
        };
        let (length, cut) = match value * scale {
            length if length > LONGEST => (LONGEST, " (cut)"),
            length => (length, ""),
        };
        let middle = *y + BAR * 0.65;
        text(body, NAMES - 8.0, middle, "text-anchor=\"end\"", row.name);
        writeln!(
            body,
            "<rect x=\"{NAMES}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
            *y, BAR - 4.0
        )
        .expect("memory");
        text(
            body,
            NAMES + length + 6.0,
            middle,
            "",
            &format!("{value:.3} {unit}{cut}"),
        );
        *y += BAR;
    }
    *y += 12.0;
}

fn text(body: &mut String, x: f64, y: f64, attributes: &str, text: &str) {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let space = if attributes.is_empty() { "" } else { " " };
    writeln!(
        body,
        "<text x=\"{x:.1}\" y=\"{y:.1}\"{space}{attributes}>{text}</text>"
    )
    .expect("memory");
}
