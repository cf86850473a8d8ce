//! Sends the same commands to two servers and compares the responses.
//!
//! ```text
//!  script.txt ──▶ Script ──▶ talk to one ──▶ normal form ──┐
//!                   └──────▶ talk to the other ─▶ normal ──┴─▶ differences, without those in differences.json
//! ```

mod normal;
mod script;
mod talk;

use std::fmt::Write as _;

use serde_json::Value;

use crate::{
    failure::{Failure, Result},
    servers::{self, Recipe},
    signals::Signals,
};
use script::{Script, Step};

const SCRIPT: &str = include_str!("compare/script.txt");
const DIFFERENCES: &str = include_str!("compare/differences.json");
/// The user name of an unused account.
const USER: &str = "user2";
const PASSWORD: &str = "pass";

/// The responses of a server to one step, in normal form.
type Answer = Vec<String>;

/// A justified difference.
#[derive(Debug, PartialEq, Eq)]
struct Difference {
    /// The command as in the script.
    command: String,
    embedded: Answer,
    other: Answer,
}

/// Runs the script on the embedded server and on another. Fails if there are differences that are
/// not justified.
pub(crate) fn run(other: &str, signals: &Signals) -> Result<()> {
    let script = Script::parse(SCRIPT).map_err(Failure::new)?;
    // The embedded server is lenient, since it then accepts the same deviations as Dovecot.
    let embedded = answers(&script, servers::lenient(), signals)?;
    let theirs = answers(&script, servers::recipe(other)?, signals)?;
    let equal = embedded.iter().zip(&theirs).filter(|(a, b)| a == b).count();
    let (found, report) = compare(&script, &embedded, &theirs, &known(other)?);
    println!(
        "{} commands, {equal} equal answers, {found} justified differences",
        script.steps.len(),
    );
    if report.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "embedded and {other} differ:\n{report}"
    )))
}

/// Returns the responses of a throwaway server to each step.
fn answers(script: &Script, recipe: &dyn Recipe, signals: &Signals) -> Result<Vec<Answer>> {
    servers::ensure_installed(recipe, signals)?;
    let server = recipe.start(signals)?;
    let said = talk::run(script, server.plain_port(), signals);
    server.stop()?;
    said.map_err(|failure| Failure::new(format!("{}: {failure}", recipe.name())))
}

/// Returns the number of known differences that occur, and a report of all others.
fn compare(
    script: &Script,
    embedded: &[Answer],
    other: &[Answer],
    known: &[Difference],
) -> (usize, String) {
    let mut unused: Vec<&Difference> = known.iter().collect();
    let mut found = 0;
    let mut report = String::new();
    for (step, (ours, theirs)) in script.steps.iter().zip(embedded.iter().zip(other)) {
        if ours == theirs {
            continue;
        }
        let is_this = |known: &&Difference| {
            known.command == step.text && known.embedded == *ours && known.other == *theirs
        };
        if let Some(at) = unused.iter().position(is_this) {
            unused.remove(at);
            found += 1;
            continue;
        }
        tell(&mut report, step, ours, theirs);
    }
    for difference in unused {
        // Writing to a String does not fail.
        let _ = writeln!(report, "a known difference is gone: {}", difference.command);
    }
    (found, report)
}

fn tell(report: &mut String, step: &Step, ours: &[String], theirs: &[String]) {
    let _ = writeln!(report, "line {}: {}", step.line, step.text);
    for (who, answer) in [("embedded", ours), ("other", theirs)] {
        let _ = writeln!(report, "  {who}: {}", serde_json::json!(answer));
    }
}

/// Reads the justified differences for this server.
fn known(other: &str) -> Result<Vec<Difference>> {
    let broken = || Failure::new("differences.json has an entry with a missing or invalid field");
    let all: Value = serde_json::from_str(DIFFERENCES)
        .map_err(|error| Failure::new(format!("differences.json: {error}")))?;
    let answer = |value: &Value| -> Option<Answer> {
        let lines = value.as_array()?.iter();
        lines.map(|line| line.as_str().map(Into::into)).collect()
    };
    let list = all.get(other).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|value| {
            // A reason is required.
            value["why"].as_str().filter(|why| !why.is_empty())?;
            Some(Difference {
                command: value["command"].as_str()?.into(),
                embedded: answer(&value["embedded"])?,
                other: answer(&value["other"])?,
            })
        })
        .map(|difference| difference.ok_or_else(broken))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_long_and_each_known_difference_is_in_it() {
        let script = Script::parse(SCRIPT).unwrap();
        assert!(script.steps.len() >= 200, "{} steps", script.steps.len());
        for difference in known("dovecot").unwrap() {
            let command = &difference.command;
            assert!(
                script.steps.iter().any(|step| step.text == *command),
                "{command}"
            );
        }
    }

    #[test]
    fn what_is_neither_equal_nor_known_is_told() {
        let script = Script::parse("A NOOP\nA CHECK\nA EXPUNGE\n").unwrap();
        let answers = |words: [&str; 3]| words.map(|word| vec![word.to_owned()]);
        let known = |command: &str, ours: &str, theirs: &str| Difference {
            command: command.into(),
            embedded: vec![ours.into()],
            other: vec![theirs.into()],
        };
        let (ours, theirs) = (answers(["1", "2", "3"]), answers(["1", "x", "y"]));
        let list = [known("A CHECK", "2", "x"), known("A EXPUNGE", "3", "z")];
        let (found, report) = compare(&script, &ours, &theirs, &list);
        assert_eq!(found, 1);
        assert_eq!(
            report,
            "line 3: A EXPUNGE\n  embedded: [\"3\"]\n  other: [\"y\"]\n\
             a known difference is gone: A EXPUNGE\n"
        );
    }
}
