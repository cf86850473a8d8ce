//! Tests of the runner with trials that pass, fail, panic and are skipped.

use std::{cell::RefCell, rc::Rc};

use serde_json::Value;

use super::*;
use crate::Stop;

type Log = RefCell<Vec<&'static str>>;

struct Ran {
    verdict: Verdict,
    out: String,
    err: String,
}

fn start(
    words: &[&str],
    trials: Vec<Trial<Log>>,
    set_up: impl FnOnce() -> Result<Log, String>,
) -> Ran {
    let args = Args::try_parse_from(std::iter::once(&"live").chain(words)).expect("good arguments");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let verdict = run(&args, trials, set_up, &mut out, &mut err).expect("writes to memory");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran {
        verdict,
        out: text(out),
        err: text(err),
    }
}

fn passing(name: &'static str) -> Trial<Log> {
    Trial::new(name, move |log: &Log| log.borrow_mut().push(name))
}

fn skipped(name: &str) -> Trial<Log> {
    Trial::new(name, |_: &Log| {
        Err::<(), _>(Stop::ignored("the server lacks it"))
    })
}

#[test]
fn all_passed_is_0_and_trials_run_in_order_on_one_context() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let last = {
        let seen = Rc::clone(&seen);
        Trial::new("c", move |log: &Log| {
            seen.borrow_mut().extend_from_slice(&log.borrow());
        })
    };
    let ran = start(&[], vec![passing("a"), passing("b"), last], || {
        Ok(Log::default())
    });
    assert_eq!(ran.verdict, Verdict::Passed);
    assert_eq!(*seen.borrow(), ["a", "b"]);
    assert_eq!(ran.err, "");
    assert!(
        ran.out.ends_with("\n3 passed, 0 failed, 0 skipped\n"),
        "{}",
        ran.out
    );
}

#[test]
fn a_failure_is_1_and_the_rest_still_runs() {
    let bad = Trial::new("bad", |_: &Log| {
        Outcome::Failed("C: A1 LOGIN [redacted]".into())
    });
    let ran = start(&[], vec![bad, passing("good"), skipped("none")], || {
        Ok(Log::default())
    });
    assert_eq!(ran.verdict, Verdict::Failed);
    assert!(
        ran.out.contains("---- bad ----\nC: A1 LOGIN [redacted]\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.ends_with("\n1 passed, 1 failed, 1 skipped\n"),
        "{}",
        ran.out
    );
}

#[test]
fn a_panic_is_a_failure_of_its_trial_alone() {
    let bad = Trial::new("bad", |_: &Log| -> Outcome { panic!("seven is not eight") });
    let ran = start(&["--format", "json"], vec![bad, passing("good")], || {
        Ok(Log::default())
    });
    assert_eq!(ran.verdict, Verdict::Failed);
    assert_eq!(ran.err, "");
    let lines: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["event"], "failed");
    let reason = lines[0]["reason"].as_str().expect("a text");
    assert!(
        reason.starts_with("panicked at ") && reason.ends_with(": seven is not eight"),
        "{reason}"
    );
    assert_eq!(lines[1]["event"], "ok");
    assert_eq!(lines[2]["event"], "failed");
}

#[test]
fn a_failed_set_up_is_2_with_one_line_and_runs_nothing() {
    let ran = start(&["--format", "json"], vec![passing("a")], || {
        Err("no account\nin \"x.ini\"".into())
    });
    assert_eq!(ran.verdict, Verdict::NothingRan);
    assert_eq!(ran.out, "");
    assert_eq!(ran.err, "error: no account\\nin \"x.ini\"\n");
}

#[test]
fn a_panicking_set_up_is_2_with_one_line() {
    let ran = start(&[], vec![passing("a")], || panic!("oh"));
    assert_eq!(ran.verdict, Verdict::NothingRan);
    assert_eq!(ran.out, "");
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn a_filter_that_matches_nothing_is_2_before_the_set_up() {
    let ran = start(&["zzz"], vec![passing("a")], || panic!("not to be called"));
    assert_eq!(ran.verdict, Verdict::NothingRan);
    assert_eq!(ran.out, "");
    assert_eq!(
        ran.err,
        "error: nothing to run: no trial matches (of 1; see --list)\n"
    );
}

#[test]
fn all_skipped_is_2() {
    let ran = start(&[], vec![skipped("a"), skipped("b")], || Ok(Log::default()));
    assert_eq!(ran.verdict, Verdict::NothingRan);
    assert!(
        ran.out.ends_with("\n0 passed, 0 failed, 2 skipped\n"),
        "{}",
        ran.out
    );
    assert_eq!(ran.err, "error: nothing ran: all 2 trials were skipped\n");
}

#[test]
fn a_list_needs_no_set_up() {
    let ran = start(
        &["--list", "a", "--skip", "a2"],
        vec![passing("a1"), passing("a2"), passing("b")],
        || panic!("not to be called"),
    );
    assert_eq!(ran.verdict, Verdict::Passed);
    assert_eq!(ran.out, "a1: test\n\n1 test\n");
}
