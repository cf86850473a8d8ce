//! Debian packages, without starting the services that come with them.

use std::{io, path::Path, process::Command};

use super::{find_program, policy::Policy, user::is_root};
use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    signals::Signals,
};

/// Whether this is root on a Debian-like system.
pub(crate) fn may_install() -> bool {
    is_root() && find_program("apt-get").is_some()
}

/// One line for those who have to install `packages` for `name` themselves.
pub(crate) fn how_to(name: &str, packages: &[&str]) -> String {
    format!(
        "{name} is not installed; as root on Debian: apt-get install --no-install-recommends {}",
        packages.join(" ")
    )
}

/// Installs `packages`. Says so on standard error, as standard output belongs to the task.
pub(crate) fn install(packages: &[&str], signals: &Signals) -> Result<()> {
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

/// Puts the file of `package` into `folder` and installs nothing.
pub(super) fn download(package: &str, folder: &Path, signals: &Signals) -> Result<()> {
    let mut command = apt_get(&["download", "-q=2", package])?;
    // Else apt would want the folder to be its own user's.
    command.args(["-o", "APT::Sandbox::User=root"]);
    if process::run(command.current_dir(folder), signals)?.success() {
        return Ok(());
    }
    Err(Failure::set_up(format!(
        "apt-get download {package} failed"
    )))
}

/// The version of a package that is installed.
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
