//! The guide for users of IMAPClient.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::{GUIDE, Line, calls::Tests};

/// The heading above the tables of methods.
const METHODS: &str = "## Methods";
/// The heading above the list of bugs that this library does not have.
const BUGS: &str = "## What works here";

/// The contents of the guide.
#[derive(Default)]
pub(super) struct Guide {
    /// The row of each method of IMAPClient, without its first cell.
    rows: BTreeMap<String, String>,
    /// The tests that the guide names: the path of the file and the name.
    tests: BTreeSet<(PathBuf, String)>,
    /// The bugs for which the guide names no test.
    unproven: Vec<String>,
    has_bugs: bool,
}

impl Guide {
    pub(super) fn parse(text: &str) -> Self {
        let mut guide = Self::default();
        let mut heading = "";
        for line in text.lines() {
            if line.starts_with("## ") {
                heading = line;
            }
            if heading == METHODS
                && let Some((first, rest)) =
                    line.strip_prefix('|').and_then(|row| row.split_once('|'))
            {
                for theirs in code(first) {
                    let theirs = theirs.split('(').next().unwrap_or(theirs);
                    guide.rows.insert(theirs.to_owned(), rest.to_owned());
                }
            }
            let tests = tests(line);
            if heading == BUGS && line.starts_with("* ") {
                guide.has_bugs = true;
                if tests.is_empty() {
                    guide.unproven.push(line.to_owned());
                }
            }
            guide.tests.extend(tests);
        }
        guide
    }

    /// Returns the errors of the guide about a method.
    pub(super) fn lacks(&self, line: &Line<'_>) -> Vec<String> {
        let theirs = line.theirs;
        let Some(row) = self.rows.get(theirs) else {
            return vec![format!("{GUIDE} has no row for `{theirs}`")];
        };
        let own = |path: &&str| path.rsplit("::").next().unwrap_or(path).to_owned();
        let names = line.ours.iter().map(own);
        let named = |name: &String| {
            let calls = code(row).map(|code| code.split('(').next().unwrap_or(code));
            let mut called = calls.map(|call| call.rsplit("::").next().unwrap_or(call));
            called.any(|call| call == name)
        };
        let lacking = names.filter(|name| !named(name));
        lacking
            .map(|name| format!("{GUIDE}: the row for `{theirs}` does not name `{name}`"))
            .collect()
    }

    /// Returns the tests that the guide names but that do not exist, and the bugs for which it
    /// names no test.
    pub(super) fn lacks_tests(&self, tests: &Tests) -> Vec<String> {
        let wrong = self
            .tests
            .iter()
            .filter(|(path, name)| !tests.has(path, name));
        let mut lacking: Vec<_> = wrong
            .map(|(path, name)| {
                format!(
                    "{GUIDE} names the test {name}, which {} does not have",
                    path.display()
                )
            })
            .collect();
        let unproven = self.unproven.iter();
        lacking.extend(unproven.map(|bug| format!("{GUIDE} names no test for {bug:?}")));
        if !self.has_bugs {
            lacking.push(format!("{GUIDE} has no list below {BUGS:?}"));
        }
        lacking
    }
}

/// Returns the texts in backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Returns the links to tests: ``[`name`](../crates/client/tests/client/idle.rs)``.
pub(super) fn tests(line: &str) -> Vec<(PathBuf, String)> {
    let links = line.split("[`").skip(1);
    let tests = links.filter_map(|link| {
        let (name, rest) = link.split_once("`](")?;
        let (target, _) = rest.split_once(')')?;
        let path = target.strip_prefix("../")?;
        let is_test = path.contains("tests/") && path.ends_with(".rs");
        is_test.then(|| (Path::new(path).to_owned(), name.to_owned()))
    });
    tests.collect()
}
