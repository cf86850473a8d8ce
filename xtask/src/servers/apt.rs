//! Installs Debian packages without starting their services.

use std::{io, path::Path, process::Command};

use super::{find_program, policy::Policy, user::is_root};
use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    signals::Signals,
};

/// Returns whether this process runs as root on a Debian-like system.
pub(crate) fn may_install() -> bool {
    is_root() && find_program("apt-get").is_some()
}

/// Returns one line that tells the user how to install `packages` for `name`.
pub(crate) fn how_to(name: &str, packages: &[&str]) -> String {
    format!(
        "{name} is not installed; as root on Debian: apt-get install --no-install-recommends {}",
        packages.join(" ")
    )
}

/// Installs `packages`. Prints on standard error, since standard output is reserved for the task.
pub(crate) fn install(packages: &[&str], signals: &Signals) -> Result<()> {
    eprintln!("installing {}", packages.join(" "));
    let policy = Policy::deny(Path::new("/usr/sbin/policy-rc.d"))
        .doing(|| "keep services from starting".into())?;

    // A broken package source of a third party fails the update, but may not affect the
    // installation.
    let updated = process::run(&mut apt_get(&["update", "-q=2"])?, signals)?;
    if !updated.success() {
        eprintln!("warning: apt-get update failed; continuing with the present package lists");
    }
    signals.check()?;
    let mut arguments = vec!["install", "-q=2", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    let installed = process::run(&mut apt_get(&arguments)?, signals)?;

    policy
        .restore()
        .doing(|| "restore /usr/sbin/policy-rc.d".into())?;
    if installed.success() {
        return Ok(());
    }
    Err(Failure::set_up(format!(
        "apt-get install {} failed",
        packages.join(" ")
    )))
}

/// Downloads the file of `package` into `folder` without installing it.
pub(super) fn download(package: &str, folder: &Path, signals: &Signals) -> Result<()> {
    let mut command = apt_get(&["download", "-q=2", package])?;
    // Otherwise apt requires that the folder belongs to its own user.
    command.args(["-o", "APT::Sandbox::User=root"]);
    if process::run(command.current_dir(folder), signals)?.success() {
        return Ok(());
    }
    Err(Failure::set_up(format!(
        "apt-get download {package} failed"
    )))
}

/// Returns the version of a package, if it is installed.
pub(crate) fn version(package: &str) -> Option<String> {
    let output = Command::new(find_program("dpkg-query")?)
        .args([
            "--show",
            "--showformat=${db:Status-Status} ${Version}",
            package,
        ])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.strip_prefix("installed ").map(Into::into)
}

fn apt_get(arguments: &[&str]) -> Result<Command> {
    let program = find_program("apt-get").ok_or_else(|| Failure::set_up("apt-get is missing"))?;
    let mut command = Command::new(program);
    command
        .args(["-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(std::process::Stdio::null())
        .stdout(io::stderr());
    Ok(command)
}
