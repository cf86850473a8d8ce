//! The output of the runner. Control characters are escaped, since texts of trials contain server
//! data.

use std::{
    io::{self, Write},
    time::Duration,
};

use crate::{Format, Outcome};

/// Prints trials as they end and the totals at the end.
pub(crate) struct Report<'a> {
    out: &'a mut dyn Write,
    format: Format,
    counts: Counts,
    failures: Vec<(String, String)>,
}

/// The number of trials for each result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) ignored: usize,
    /// Trials that did not run because the filters excluded them.
    pub(crate) filtered_out: usize,
}

impl<'a> Report<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, format: Format, filtered_out: usize) -> Self {
        let counts = Counts {
            filtered_out,
            ..Counts::default()
        };
        Self {
            out,
            format,
            counts,
            failures: Vec::new(),
        }
    }

    pub(crate) fn list(&mut self, names: &[&str]) -> io::Result<()> {
        for name in names {
            match self.format {
                Format::Pretty => writeln!(self.out, "{}: test", escape(name))?,
                Format::Json => {
                    writeln!(
                        self.out,
                        r#"{{"type":"test","name":{},"event":"discovered"}}"#,
                        json(name)
                    )?;
                }
            }
        }
        if self.format == Format::Pretty {
            writeln!(self.out, "\n{}", counted(names.len(), "test"))?;
        }
        self.out.flush()
    }

    pub(crate) fn begin(&mut self, trials: usize) -> io::Result<()> {
        if self.format == Format::Pretty {
            writeln!(self.out, "\nrunning {}", counted(trials, "test"))?;
        }
        self.out.flush()
    }

    /// Prints the name of a trial before it runs, so that a trial that hangs can be identified.
    pub(crate) fn starts(&mut self, name: &str) -> io::Result<()> {
        if self.format == Format::Pretty {
            write!(self.out, "test {} ... ", escape(name))?;
        }
        self.out.flush()
    }

    pub(crate) fn ended(&mut self, name: &str, outcome: Outcome, time: Duration) -> io::Result<()> {
        match self.format {
            Format::Pretty => match &outcome {
                Outcome::Passed => writeln!(self.out, "ok")?,
                Outcome::Failed(_) => writeln!(self.out, "FAILED")?,
                Outcome::Ignored(why) => writeln!(self.out, "ignored, {}", escape(why))?,
            },
            Format::Json => {
                let (event, reason) = match &outcome {
                    Outcome::Passed => ("ok", "null".into()),
                    Outcome::Failed(why) => ("failed", json(why)),
                    Outcome::Ignored(why) => ("ignored", json(why)),
                };
                writeln!(
                    self.out,
                    r#"{{"type":"test","name":{},"event":"{event}","reason":{reason},"exec_time":{:.6}}}"#,
                    json(name),
                    time.as_secs_f64()
                )?;
            }
        }
        match outcome {
            Outcome::Passed => self.counts.passed += 1,
            Outcome::Ignored(_) => self.counts.ignored += 1,
            Outcome::Failed(why) => {
                self.counts.failed += 1;
                self.failures.push((name.into(), why));
            }
        }
        self.out.flush()
    }

    pub(crate) fn end(self, time: Duration) -> io::Result<Counts> {
        let Counts {
            passed,
            failed,
            ignored,
            filtered_out,
        } = self.counts;
        let seconds = time.as_secs_f64();
        match self.format {
            Format::Pretty => {
                if !self.failures.is_empty() {
                    writeln!(self.out, "\nfailures:")?;
                    for (name, why) in &self.failures {
                        writeln!(
                            self.out,
                            "\n---- {} ----\n{}",
                            escape(name),
                            escape_lines(why)
                        )?;
                    }
                    writeln!(self.out, "\nfailures:")?;
                    for (name, _) in &self.failures {
                        writeln!(self.out, "    {}", escape(name))?;
                    }
                }
                let result = if failed == 0 { "ok" } else { "FAILED" };
                writeln!(
                    self.out,
                    "\ntest result: {result}. {passed} passed; {failed} failed; {ignored} ignored; \
                     {filtered_out} filtered out; finished in {seconds:.2}s"
                )?;
                writeln!(
                    self.out,
                    "\n{passed} passed, {failed} failed, {ignored} skipped"
                )?;
            }
            Format::Json => {
                let event = if failed == 0 { "ok" } else { "failed" };
                writeln!(
                    self.out,
                    r#"{{"type":"suite","event":"{event}","passed":{passed},"failed":{failed},"ignored":{ignored},"exec_time":{seconds:.6}}}"#
                )?;
            }
        }
        self.out.flush()?;
        Ok(self.counts)
    }
}

/// Returns `text` on one line, with control characters escaped.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() {
            escaped.extend(char.escape_default());
        } else {
            escaped.push(char);
        }
    }
    escaped
}

fn escape_lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("\n")
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn report(format: Format) -> String {
        let mut out = Vec::new();
        let mut report = Report::new(&mut out, format, 4);
        report.begin(3).unwrap();
        for (name, outcome) in [
            ("a::good", Outcome::Passed),
            (
                "a::bad",
                Outcome::Failed("wanted \"x\"\nS: * OK \u{1b}[31m\u{7}\r".into()),
            ),
            ("a::none", Outcome::Ignored("the server lacks\nIDLE".into())),
        ] {
            report.starts(name).unwrap();
            report.ended(name, outcome, SECOND / 4).unwrap();
        }
        let counts = report.end(SECOND).unwrap();
        assert_eq!(
            counts,
            Counts {
                passed: 1,
                failed: 1,
                ignored: 1,
                filtered_out: 4
            }
        );
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_is_one_object_per_trial_and_one_for_the_suite() {
        let text = report(Format::Json);
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let expected = serde_json::json!([
            {"type": "test", "name": "a::good", "event": "ok", "reason": null, "exec_time": 0.25},
            {"type": "test", "name": "a::bad", "event": "failed",
             "reason": "wanted \"x\"\nS: * OK \u{1b}[31m\u{7}\r", "exec_time": 0.25},
            {"type": "test", "name": "a::none", "event": "ignored",
             "reason": "the server lacks\nIDLE", "exec_time": 0.25},
            {"type": "suite", "event": "failed", "passed": 1, "failed": 1, "ignored": 1, "exec_time": 1.0},
        ]);
        assert_eq!(Value::from(lines), expected);
        assert!(
            !text.contains('\u{1b}'),
            "control characters stay escaped in the text: {text:?}"
        );
    }

    #[test]
    fn pretty_reads_like_the_usual_test_runner_and_closes_with_the_totals() {
        let expected = "
running 3 tests
test a::good ... ok
test a::bad ... FAILED
test a::none ... ignored, the server lacks\\nIDLE

failures:

---- a::bad ----
wanted \"x\"
S: * OK \\u{1b}[31m\\u{7}\\r

failures:
    a::bad

test result: FAILED. 1 passed; 1 failed; 1 ignored; 4 filtered out; finished in 1.00s

1 passed, 1 failed, 1 skipped
";
        assert_eq!(report(Format::Pretty), expected);
    }

    #[test]
    fn lists_in_both_formats() {
        let list = |format| {
            let mut out = Vec::new();
            Report::new(&mut out, format, 0).list(&["a", "b"]).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(list(Format::Pretty), "a: test\nb: test\n\n2 tests\n");
        assert_eq!(
            list(Format::Json),
            "{\"type\":\"test\",\"name\":\"a\",\"event\":\"discovered\"}\n\
             {\"type\":\"test\",\"name\":\"b\",\"event\":\"discovered\"}\n"
        );
    }
}
