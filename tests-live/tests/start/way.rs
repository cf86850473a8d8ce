//! Runs `start` on the text of an INI file.

use std::{fs, path::Path};

use imapclient_tests_live::{Args, Lab, Trial, Verdict, start};

use crate::server::PASSWORD;

/// The result and the output of a run.
pub(crate) struct Ran {
    pub(crate) verdict: Verdict,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs these trials on the account of an INI file.
pub(crate) fn run(ini: &str, trials: Vec<Trial<Lab>>) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("conf.ini");
    fs::write(&path, ini).expect("a file");
    keep_to_ourselves(&path);
    run_file(&path, trials)
}

/// Removes the read permission of other users, which would cause a warning.
#[cfg(unix)]
fn keep_to_ourselves(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(path, mode).expect("a file of our own");
}

#[cfg(not(unix))]
fn keep_to_ourselves(_: &Path) {}

/// Runs these trials on the account of this file, which need not exist.
pub(crate) fn run_file(path: &Path, trials: Vec<Trial<Lab>>) -> Ran {
    let words = ["live", "-f", path.to_str().expect("a plain name")];
    let args = Args::try_parse_from(words).expect("good arguments");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let verdict = start(&args, |_| trials, &mut out, &mut err).expect("writes to memory");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let ran = Ran {
        verdict,
        out: text(out),
        err: text(err),
    };
    for text in [&ran.out, &ran.err] {
        assert!(!text.contains(PASSWORD), "the password is in {text}");
        let control = |c: char| c.is_control() && c != '\n';
        assert!(!text.contains(control), "control characters in {text:?}");
    }
    ran
}

/// Asserts that nothing runs on this account, and that one line of error contains these parts, in
/// order.
#[track_caller]
pub(crate) fn assert_set_up_fails(ini: &str, parts: &[&str]) {
    assert_refused(run(ini, vec![never()]), parts);
}

/// Returns a trial that must not run.
pub(crate) fn never() -> Trial<Lab> {
    Trial::new("never", |_: &Lab| -> () { panic!("a trial has run") })
}

/// Asserts that nothing ran, and that the one line of error contains these parts, in order.
#[track_caller]
pub(crate) fn assert_refused(ran: Ran, parts: &[&str]) {
    assert_eq!(ran.verdict, Verdict::NothingRan, "{}{}", ran.out, ran.err);
    assert_eq!(ran.out, "");
    let line = ran.err.strip_suffix('\n').unwrap_or(&ran.err);
    assert!(line.starts_with("error: "), "{line}");
    assert!(!line.contains('\n'), "more than one line: {line}");
    assert!(!line.contains("panicked"), "{line}");
    let mut rest = line;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("{part:?} is missing, or out of place, in: {line}")
        };
        rest = after;
    }
}
