//! Adds up the results of tests.

use std::{fmt, ops::AddAssign};

use serde_json::Value;

/// The numbers of tests for each result, over all test programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Totals {
    /// Adds up the lines `test result: ok. 1 passed; 0 failed; 2 ignored; ..` of `output`, and the
    /// objects for a suite in JSON.
    pub(crate) fn add(&mut self, output: &str) {
        for line in output.lines() {
            if line.starts_with(r#"{"type":"suite""#) {
                self.add_suite(&serde_json::from_str(line).unwrap_or_default());
            }
            let Some((_, counts)) = line
                .strip_prefix("test result: ")
                .and_then(|rest| rest.split_once(". "))
            else {
                continue;
            };
            for count in counts.split("; ") {
                let Some((number, what)) = count.split_once(' ') else {
                    continue;
                };
                let Ok(number) = number.parse::<u64>() else {
                    continue;
                };
                match what {
                    "passed" => self.passed += number,
                    "failed" => self.failed += number,
                    "ignored" => self.skipped += number,
                    _ => {}
                }
            }
        }
    }

    fn add_suite(&mut self, suite: &Value) {
        let count = |what: &str| suite[what].as_u64().unwrap_or(0);
        *self += Self {
            passed: count("passed"),
            failed: count("failed"),
            skipped: count("ignored"),
        };
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_the_results_of_all_programs() {
        let mut totals = Totals::default();
        totals.add(
            "running 2 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 5 filtered out; finished in 0.00s
     Running tests/x.rs
test result: FAILED. 10 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s
",
        );
        totals.add("test result: ok. 50 passed; 0 failed; 4 ignored; 0 filtered out; finished in 9.00s\n\n50 passed, 0 failed, 4 skipped\n");
        assert_eq!(
            totals,
            Totals {
                passed: 62,
                failed: 3,
                skipped: 5
            }
        );
        assert_eq!(totals.to_string(), "62 passed, 3 failed, 5 skipped");
    }

    #[test]
    fn adds_up_suites_in_json() {
        let mut totals = Totals::default();
        totals.add(
            r#"{"type":"test","name":"a","event":"ok","reason":null,"exec_time":0.1}
{"type":"suite","event":"failed","passed":7,"failed":1,"ignored":2,"exec_time":1.5}
"#,
        );
        assert_eq!(totals.to_string(), "7 passed, 1 failed, 2 skipped");
    }
}
