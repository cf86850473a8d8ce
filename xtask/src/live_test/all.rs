//! Runs the live suite on all servers.

use std::{
    io::{self, Write as _},
    path::Path,
    process::ExitStatus,
    time::Instant,
};

use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    servers::{self, Recipe},
    signals::Signals,
    totals::Totals,
};

/// Runs the suite on each server, then prints a line for each and one for all. Returns the exit
/// status. A failure on one server does not prevent the runs on the others.
pub(super) fn run(
    recipes: &[&dyn Recipe],
    format: Option<&str>,
    signals: &Signals,
    suite: impl Fn(&Path) -> Result<(ExitStatus, Vec<u8>)>,
) -> Result<u8> {
    let mut closing = Closing::default();
    for recipe in recipes {
        // Standard output is reserved for the reports.
        eprintln!("== {}", recipe.name());
        let started = Instant::now();
        let ended = servers::on(*recipe, signals, &suite);
        signals.check()?;
        let ended = ended.map(|(status, output)| {
            let mut totals = Totals::default();
            totals.add(&String::from_utf8_lossy(&output));
            (process::status_code(status), totals)
        });
        closing.add(recipe.name(), ended, started.elapsed().as_secs_f64());
    }
    let text = closing.text();
    if format == Some("json") {
        eprint!("{text}");
    } else {
        io::stdout()
            .write_all(text.as_bytes())
            .doing(|| "write the totals".into())?;
    }
    Ok(closing.status())
}

/// The summary at the end.
#[derive(Default)]
pub(super) struct Closing {
    lines: String,
    sum: Totals,
    seconds: f64,
    /// `true` if a suite ended with status 1.
    failed: bool,
    /// `true` if a suite did not run, or ended with a status greater than 1.
    not_run: bool,
}

impl Closing {
    pub(super) fn add(&mut self, name: &str, ended: Result<(u8, Totals), Failure>, seconds: f64) {
        let what = match &ended {
            Ok((0 | 1, totals)) => totals.to_string(),
            Ok((status, totals)) => format!("{totals}, ended with {status}"),
            Err(failure) => format!("error: {failure}"),
        };
        self.lines
            .push_str(&format!("{name:10} {what} ({seconds:.1} s)\n"));
        self.seconds += seconds;
        match ended {
            Ok((status, totals)) => {
                self.sum += totals;
                self.failed |= status == 1;
                self.not_run |= status > 1;
            }
            Err(_) => self.not_run = true,
        }
    }

    pub(super) fn text(&self) -> String {
        let Self {
            lines,
            sum,
            seconds,
            ..
        } = self;
        format!("\n{lines}{:10} {sum} ({seconds:.1} s)\n", "all")
    }

    /// Returns the totals of all suites.
    pub(super) fn sum(&self) -> Totals {
        self.sum
    }

    /// Returns the exit status, as for one server: 1 if trials failed, 2 if they could not run.
    pub(super) fn status(&self) -> u8 {
        match (self.failed, self.not_run) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(passed: u64, failed: u64, skipped: u64) -> Totals {
        let mut totals = Totals::default();
        totals.add(&format!(
            "test result: x. {passed} passed; {failed} failed; {skipped} ignored; 0 filtered out"
        ));
        totals
    }

    #[test]
    fn one_line_for_each_and_the_sum() {
        let mut closing = Closing::default();
        closing.add("embedded", Ok((0, totals(7, 0, 1))), 1.0);
        assert_eq!(closing.status(), 0);
        closing.add("cyrus", Err(Failure::set_up("cyrus needs root")), 0.0);
        assert_eq!(closing.status(), 2);
        closing.add("pymap", Ok((1, totals(5, 2, 1))), 2.25);
        assert_eq!(closing.status(), 1);
        let expected = "
embedded   7 passed, 0 failed, 1 skipped (1.0 s)
cyrus      error: cyrus needs root (0.0 s)
pymap      5 passed, 2 failed, 1 skipped (2.2 s)
all        12 passed, 2 failed, 2 skipped (3.2 s)
";
        assert_eq!(closing.text(), expected);
    }

    #[test]
    fn a_suite_of_which_nothing_ran_is_told() {
        let mut closing = Closing::default();
        closing.add("dovecot", Ok((2, totals(0, 0, 3))), 1.0);
        assert_eq!(closing.status(), 2);
        assert!(closing.text().contains("3 skipped, ended with 2 (1.0 s)"));
    }
}
