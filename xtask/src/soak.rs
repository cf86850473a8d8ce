//! Tests that take too long, or install too much, to be part of `cargo xtask test`.

mod clients;
mod cuts;
mod faults;
mod noloss;
mod profiles;

pub(crate) use clients::IMAPFLOW;

use std::{
    io::{self, Write as _},
    time::Instant,
};

use clap::Args;

use crate::{
    failure::{Failure, Result},
    process,
    signals::Signals,
    totals::Totals,
    workspace,
};

/// The arguments of `cargo xtask soak`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Soak {
    /// The test; `list` prints their names [default: all, one after the other]
    name: Option<String>,
}

/// A test.
struct Test {
    /// The name on the command line.
    name: &'static str,
    /// A short description.
    about: &'static str,
    /// Runs the test. Returns a line that sums up the work done.
    run: fn(&Signals) -> Result<String>,
}

const TESTS: &[Test] = &[
    Test {
        name: "clients",
        about: "foreign mail programs on the embedded server",
        run: clients::run,
    },
    Test {
        name: "cuts",
        about: "a session whose connection is cut at every byte",
        run: cuts::run,
    },
    Test {
        name: "faults",
        about: "changes whose response is cut at up to a hundred places",
        run: faults::run,
    },
    Test {
        name: "noloss",
        about: "moves and removals that are cut at every byte, judged by the messages",
        run: noloss::run,
    },
    Test {
        name: "profiles",
        about: "the live suite, both faces, and messages of 100 MiB on each profile",
        run: profiles::run,
    },
];

/// The name that prints the tests instead of running them.
const LIST: &str = "list";

/// Runs one test, or all of them. A failure does not prevent the other tests from running.
pub(crate) fn run(args: &Soak, signals: &Signals) -> Result<()> {
    match args.name.as_deref() {
        // An error means that the reader has closed standard output, and is ignored. Standard
        // output is not locked while a test runs, since another thread copies the output of its
        // children there.
        Some(LIST) => {
            let _ = io::stdout().write_all(list(TESTS).as_bytes());
            Ok(())
        }
        Some(name) => run_all(&[find(TESTS, name)?], signals),
        None => run_all(&TESTS.iter().collect::<Vec<_>>(), signals),
    }
}

/// Runs `cargo test` with these arguments, and adds its results to `totals`.
fn cargo_test(arguments: &[&str], totals: &mut Totals, signals: &Signals) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.arg("test").args(arguments);
    let (status, output) = process::capture(&mut cargo, signals, io::stdout())?;
    totals.add(&String::from_utf8_lossy(&output));
    match status.success() {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "cargo test {} failed",
            arguments.join(" ")
        ))),
    }
}

/// Runs a test binary of the client, with these options, whose tests are ignored otherwise. Returns
/// the total.
fn client_test(name: &str, options: &[&str], signals: &Signals) -> Result<String> {
    let package = ["--package", "imapclient", "--all-features", "--test", name];
    let arguments = [&package[..], &["--", "--ignored", "--nocapture"], options].concat();
    let mut totals = Totals::default();
    cargo_test(&arguments, &mut totals, signals)?;
    Ok(totals.to_string())
}

fn find<'a>(tests: &'a [Test], name: &str) -> Result<&'a Test> {
    tests.iter().find(|test| test.name == name).ok_or_else(|| {
        let known = list(tests);
        Failure::set_up(format!("there is no soak {name:?}; there is:\n{known}"))
    })
}

fn list(tests: &[Test]) -> String {
    let line = |test: &Test| format!("{:10} {}\n", test.name, test.about);
    tests.iter().map(line).collect()
}

fn run_all(tests: &[&Test], signals: &Signals) -> Result<()> {
    let mut failed = Vec::new();
    for test in tests {
        signals.check()?;
        println!("== {}: {}", test.name, test.about);
        let started = Instant::now();
        let result = (test.run)(signals);
        // A child that was asked to stop fails like any other, but the request is the reason.
        signals.check()?;
        let seconds = started.elapsed().as_secs_f64();
        match result {
            Ok(done) => println!("== {}: ok, {done} ({seconds:.1} s)", test.name),
            Err(failure) => {
                println!("== {}: failed ({seconds:.1} s)\n{failure}", test.name);
                failed.push(test.name);
            }
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("failed: {}", failed.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[Test] = &[
        Test {
            name: "bad",
            about: "fails",
            run: |_| Err(Failure::new("no")),
        },
        Test {
            name: "good",
            about: "asks to stop",
            run: |signals| {
                signals.check()?;
                Ok("1 step".into())
            },
        },
    ];

    #[test]
    fn an_unknown_name_tells_which_there_are() {
        let failure = find(TWO, "ugly").err().unwrap();
        assert_eq!(failure.status(), 2);
        assert_eq!(
            failure.to_string(),
            "there is no soak \"ugly\"; there is:\nbad        fails\ngood       asks to stop\n"
        );
        assert_eq!(find(TWO, "good").ok().unwrap().about, "asks to stop");
    }

    #[test]
    fn a_failure_is_told_after_all_have_run() {
        let (_sender, signals) = Signals::channel();
        let all: Vec<_> = TWO.iter().collect();
        let failure = run_all(&all, &signals).unwrap_err();
        assert_eq!(
            (failure.to_string(), failure.status()),
            ("failed: bad".into(), 1)
        );
        assert!(run_all(&all[1..], &signals).is_ok());
    }

    #[test]
    fn a_request_to_stop_ends_it() {
        let (sender, signals) = Signals::channel();
        sender.send(()).unwrap();
        let all: Vec<_> = TWO.iter().collect();
        assert_eq!(run_all(&all, &signals).unwrap_err().status(), 130);
    }

    #[test]
    fn names_are_unique_and_none_is_the_word_for_the_list() {
        let mut names: Vec<_> = TESTS.iter().map(|test| test.name).collect();
        names.push(LIST);
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
