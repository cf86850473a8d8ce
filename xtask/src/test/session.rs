//! The interactive session against the servers that the live suite runs on.

use std::{io, process::Command};

use crate::{
    failure::{Failure, Result},
    process,
    servers::{self, Recipe},
    signals::Signals,
    workspace,
};

/// What anybody types first.
const COMMANDS: &str = "select INBOX; search; logout";
/// What SELECT tells, and so the program has to.
const TOLD: [&str; 7] = [
    "EXISTS",
    "RECENT",
    "FLAGS",
    "PERMANENTFLAGS",
    "READ-WRITE",
    "UIDNEXT",
    "UIDVALIDITY",
];

/// Opens the mailbox of a throwaway server with the program; `selection` tells cargo what it was
/// built with already.
pub(super) fn check(recipe: &dyn Recipe, selection: &[&str], signals: &Signals) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo
        .args(["build", "--quiet", "--bin", "imapclient"])
        .args(selection);
    let status = process::run(&mut cargo, signals)?;
    super::finish(&cargo, process::status_code(status))?;
    let (status, output) = servers::on(recipe, signals, |conf| {
        let mut program = Command::new(workspace::target().join("debug").join("imapclient"));
        program.arg("-f").arg(conf).args(["-c", COMMANDS]);
        process::capture(&mut program, signals, io::sink())
    })?;
    let output = String::from_utf8_lossy(&output);
    let first = |line: &'_ str| line.split(' ').next().unwrap_or_default().to_owned();
    let told: Vec<String> = output.lines().map(first).collect();
    let missing: Vec<&str> = TOLD
        .into_iter()
        .filter(|name| !told.iter().any(|told| told == name))
        .collect();
    if status.success() && missing.is_empty() {
        println!("the session: {COMMANDS}: ok");
        return Ok(());
    }
    Err(Failure::new(format!(
        "the session `{COMMANDS}` on {} ended with {}, without {missing:?}, and printed:\n{output}",
        recipe.name(),
        process::status_code(status)
    )))
}
