//! Debian packages, without starting the services that come with them.

use std::{io, path::Path, process::Command};

use super::{find_program, policy::Policy};
use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    signals::Signals,
};

/// Whether this is root on a Debian-like system.
pub(super) fn may_install() -> bool {
    rustix::process::geteuid().is_root() && find_program("apt-get").is_some()
}

/// Installs `packages`. Says so on standard error, as standard output belongs to the task.
pub(super) fn install(packages: &[&str], signals: &Signals) -> Result<()> {
    eprintln!("installing {}", packages.join(" "));
    let policy = Policy::deny(Path::new("/usr/sbin/policy-rc.d"))
        .doing(|| "keep services from starting".into())?;

    // A third party's broken source fails the update; whether it matters shows in the installation.
    let updated = process::run(&mut apt_get(&["update", "-q=2"])?, signals)?;
    if !updated.success() {
        eprintln!("warning: apt-get update failed; trying with the package lists that are there");
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
