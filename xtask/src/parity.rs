//! Checks that both faces, the guide and the tests cover all methods of IMAPClient.
//!
//! ```text
//!  methods.txt ─┐
//!  the sources ─┼─▶ Workspace ──▶ checks ──▶ everything that is missing
//!  the guide   ─┤
//!  the tests   ─┘
//! ```

mod calls;
mod faces;
mod guide;
mod providers;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    codegen,
    failure::{Doing as _, Failure, Result},
    workspace,
};
use calls::Tests;
use faces::Face;
use guide::Guide;

const METHODS: &str = include_str!("parity/methods.txt");
const GUIDE: &str = "docs/coming-from-imapclient.md";
const ASYNC: [&str; 10] = [
    "crates/client/src/api",
    "crates/client/src/append_each.rs",
    "crates/client/src/each",
    "crates/client/src/each.rs",
    "crates/client/src/idle.rs",
    "crates/client/src/pipeline.rs",
    "crates/client/src/upload.rs",
    "crates/client/src/watch.rs",
    "crates/client/src/client.rs",
    "crates/client/src/tokio.rs",
];
const BLOCKING: [&str; 2] = [
    "crates/client/src/blocking.rs",
    "crates/client/src/blocking",
];
const BUILDER: &str = "crates/client/src/builder.rs";
/// The tests that call the client.
const CALLERS: [&str; 2] = ["crates/client/tests", "tests-live/tests/live"];
/// Other tests that the guide may name.
const OTHER_TESTS: [&str; 3] = [
    "crates/codec/tests",
    "crates/config/tests",
    "crates/transport/tests",
];
/// The tests that pass hostile texts to all arguments, in rows of method and argument.
const ARGUMENTS: &str = "crates/client/tests/injection";

/// Methods that only one face has, each with the reason.
const ONE_FACE: [(&str, &str); 6] = [
    ("Body::into_reader", "the blocking body is a reader"),
    (
        "Client::interrupter",
        "an async wait ends when its future is dropped",
    ),
    ("Idle::iter", "an iterator cannot wait without blocking"),
    (
        "Idle::timeout_iter",
        "an iterator cannot wait without blocking",
    ),
    ("Watch::iter", "an iterator cannot wait without blocking"),
    (
        "Watch::timeout_iter",
        "an iterator cannot wait without blocking",
    ),
];
/// Arguments that cannot contain text.
const WITHOUT_TEXT: [(&str, &str); 19] = [
    // Bytes of the server are written to it, and nothing is sent.
    ("copy_to", "progress"),
    ("copy_to", "to"),
    ("drain", "most"),
    ("fetch_one", "message"),
    ("idle_or_poll", "interval"),
    ("list_status", "items"),
    // This method sends nothing.
    ("login_mechanism", "login"),
    ("next_timeout", "timeout"),
    ("pieces_from", "size"),
    // Sets of numbers.
    ("resync", "known"),
    // The codec writes the command, and its tests cover all arguments.
    ("run", "command"),
    ("select_with", "options"),
    ("set_acl", "change"),
    ("set_timeout", "timeout"),
    ("sort", "by"),
    ("sort_seq", "by"),
    ("status", "items"),
    ("status_all", "items"),
    ("timeout_iter", "timeout"),
];

/// Fails with a list of everything that is missing.
pub(crate) fn run() -> Result<()> {
    codegen::check()?;
    let mut missing = Workspace::read()?.missing()?;
    missing.extend(providers()?);
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} things are missing:\n  {}",
        missing.len(),
        missing.join("\n  ")
    )))
}

/// Returns what is missing on the page about providers.
fn providers() -> Result<Vec<String>> {
    let page = read_file(Path::new(providers::PAGE))?.text;
    let profiles = read_file(Path::new(providers::PROFILES))?.text;
    let paths = providers::files(&page);
    let files: Vec<File> = paths
        .iter()
        .map(|path| read_file(path))
        .collect::<Result<_>>()?;
    Ok(providers::lacks(&page, &profiles, &files))
}

/// All texts that are checked.
struct Workspace {
    methods: String,
    async_face: Vec<File>,
    blocking_face: Vec<File>,
    builder: Vec<File>,
    guide: String,
    tests: Vec<File>,
}

/// A file of the workspace.
struct File {
    /// The path below the root of the workspace.
    path: PathBuf,
    text: String,
}

/// A line of `methods.txt`: a method of IMAPClient, and our methods that replace it.
struct Line<'a> {
    theirs: &'a str,
    ours: Vec<&'a str>,
}

impl Workspace {
    fn read() -> Result<Self> {
        Ok(Self {
            methods: METHODS.to_owned(),
            async_face: read(&ASYNC)?,
            blocking_face: read(&BLOCKING)?,
            builder: read(&[BUILDER])?,
            guide: read_file(Path::new(GUIDE))?.text,
            tests: [read(&CALLERS)?, read(&OTHER_TESTS)?]
                .into_iter()
                .flatten()
                .collect(),
        })
    }

    /// Returns what is missing, one line each.
    fn missing(&self) -> Result<Vec<String>> {
        let faces = [
            ("async", Face::parse(&self.async_face)?),
            ("blocking", Face::parse(&self.blocking_face)?),
        ];
        let builder = Face::parse(&self.builder)?;
        let guide = Guide::parse(&self.guide);
        let tests = Tests::parse(&self.tests)?;
        let lines = lines(&self.methods)?;

        let mut missing = Vec::new();
        for line in &lines {
            missing.extend(guide.lacks(line));
            for ours in &line.ours {
                if ours.starts_with("Builder::") {
                    missing.extend(builder.lacks(line.theirs, ours, "connection's"));
                    continue;
                }
                for (name, face) in &faces {
                    if *name == "blocking" || !is_of_one_face(ours) {
                        missing.extend(face.lacks(line.theirs, ours, name));
                    }
                }
            }
        }
        missing.extend(differences(&faces));
        for (name, face) in &faces {
            missing.extend(tests.lack_calls(name, face));
        }
        missing.extend(without_example(&faces));
        missing.extend(tests.lack_arguments(&faces[1].1));
        missing.extend(guide.lacks_tests(&tests));
        Ok(missing)
    }
}

/// Returns the methods that only one of the faces has.
fn differences(faces: &[(&str, Face); 2]) -> Vec<String> {
    let [(one, a), (other, b)] = faces;
    let lacking = |from: &Face, to: &Face, name: &str| -> Vec<String> {
        let names = from
            .methods
            .keys()
            .filter(|method| !to.methods.contains_key(*method));
        let names = names.filter(|method| !is_of_one_face(method));
        names
            .map(|method| format!("the {name} face has no {method}"))
            .collect()
    };
    [lacking(a, b, other), lacking(b, a, one)].concat()
}

/// Returns the methods without an example that runs in the documentation of either face.
fn without_example(faces: &[(&str, Face); 2]) -> Vec<String> {
    let all: BTreeSet<&String> = faces
        .iter()
        .flat_map(|(_, face)| face.methods.keys())
        .collect();
    let shown = |name: &String| {
        faces.iter().any(|(_, face)| {
            face.methods
                .get(name)
                .is_some_and(|method| method.has_example)
        })
    };
    let lacking = all.into_iter().filter(|name| !shown(name));
    lacking
        .map(|name| format!("{name} has no example that runs and calls it"))
        .collect()
}

fn is_of_one_face(method: &str) -> bool {
    ONE_FACE.iter().any(|(name, _)| *name == method)
}

fn lines(list: &str) -> Result<Vec<Line<'_>>> {
    let lines = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            match (words.next(), words.collect::<Vec<_>>()) {
                (Some(theirs), ours) if !ours.is_empty() => Ok(Line { theirs, ours }),
                _ => Err(Failure::new(format!(
                    "the list of methods has {line:?}, with no method of ours"
                ))),
            }
        })
        .collect()
}

/// Reads the Rust files at and below these paths.
fn read(paths: &[&str]) -> Result<Vec<File>> {
    let root = workspace::root();
    let mut found = Vec::new();
    for path in paths {
        codegen::find(&root.join(path), &mut found)?;
    }
    let relative = found
        .iter()
        .map(|path| path.strip_prefix(&root).unwrap_or(path));
    relative.map(read_file).collect()
}

fn read_file(path: &Path) -> Result<File> {
    let text =
        fs::read_to_string(workspace::root().join(path)).doing(|| format!("read {path:?}"))?;
    Ok(File {
        path: path.to_owned(),
        text,
    })
}

impl File {
    fn wrong(&self, error: &impl std::fmt::Display) -> Failure {
        Failure::new(format!("{}: {error}", self.path.display()))
    }
}
