//! The interactive session against the servers of the live suite.

use std::{io, process::Command};

use crate::{
    failure::{Failure, Result},
    process,
    servers::{self, Recipe},
    signals::Signals,
    workspace,
};

/// The commands of the session.
const COMMANDS: &str = "select INBOX; search; logout";
/// The data that SELECT returns and that the program must print.
const TOLD: [&str; 7] = [
    "EXISTS",
    "RECENT",
    "FLAGS",
    "PERMANENTFLAGS",
    "READ-WRITE",
    "UIDNEXT",
    "UIDVALIDITY",
];

/// Selects the mailbox of a throwaway server with the program. `selection` are the arguments of
/// cargo with which the program was already built.
pub(super) fn check(recipe: &dyn Recipe, selection: &[&str], signals: &Signals) -> Result<()> {
    let mut cargo = workspace::cargo();
    // Not `build --bin imapclient`: without the features that only tests need, all is built again.
    cargo
        .args(["test", "--quiet", "--no-run", "--test", "program"])
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
