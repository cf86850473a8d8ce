//! Builds the programs in `bench/`.

use std::path::PathBuf;

use crate::{
    failure::{Failure, Result},
    process,
    signals::Signals,
    workspace,
};

/// The profile of whole clients.
const PROFILE: &str = "session";

/// Returns the path of the manifest.
pub(super) fn manifest() -> PathBuf {
    workspace::root().join("bench").join("Cargo.toml")
}

/// Returns the target folder.
pub(super) fn target() -> PathBuf {
    workspace::target().join("bench")
}

/// Returns the path of a program.
pub(super) fn program(name: &str) -> PathBuf {
    target().join(PROFILE).join(name)
}

/// Builds all programs for whole clients.
pub(super) fn build(signals: &Signals) -> Result<()> {
    eprintln!("building the clients; the first time takes minutes");
    let mut cargo = workspace::cargo();
    cargo
        .args([
            "build",
            "--quiet",
            "--workspace",
            "--exclude",
            "imapclient-bench",
        ])
        .args(["--profile", PROFILE, "--manifest-path"])
        .arg(manifest())
        .arg("--target-dir")
        .arg(target());
    if process::run(&mut cargo, signals)?.success() {
        return Ok(());
    }
    signals.check()?;
    Err(Failure::set_up("the clients cannot be built"))
}
