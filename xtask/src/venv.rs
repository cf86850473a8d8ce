//! Packages from the Python package index, installed in virtual environments.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    failure::{Doing as _, Failure, Result},
    process,
    servers::{apt, find_program},
    signals::Signals,
    workspace,
};

/// The file that names the installed packages. It is written last, so that an incomplete
/// installation does not count.
const RECEIPT: &str = "installed.txt";
/// The Debian packages that are necessary to create environments.
const PACKAGES: &[&str] = &["python3", "python3-venv"];

/// A virtual environment with some packages.
pub(crate) struct Venv {
    name: &'static str,
    /// The packages and all of their dependencies, so that runs at different times use the same
    /// versions.
    requirements: &'static [&'static str],
}

impl Venv {
    pub(crate) const fn new(name: &'static str, requirements: &'static [&'static str]) -> Self {
        Self { name, requirements }
    }

    /// Returns the version of the first package, if the environment is installed.
    pub(crate) fn version(&self) -> Option<String> {
        let installed = fs::read_to_string(self.folder().join(RECEIPT)).ok()?;
        let version = self.requirements.first()?.rsplit("==").next()?;
        (installed == self.requirements.join("\n")).then(|| version.into())
    }

    /// Returns the reason why the environment cannot be installed, or `None` if it can.
    pub(crate) fn obstacle(&self) -> Option<String> {
        let possible = self.version().is_some() || python().is_some() || apt::may_install();
        (!possible).then(|| {
            let what = format!("Python's venv, which {} needs,", self.name);
            apt::how_to(&what, PACKAGES)
        })
    }

    /// Installs the environment, and removes a previous one.
    pub(crate) fn install(&self, signals: &Signals) -> Result<()> {
        if python().is_none() {
            apt::install(PACKAGES, signals)?;
        }
        let python = python().ok_or_else(|| Failure::set_up("python3 has no module venv"))?;
        let folder = self.folder();
        eprintln!("installing {} into {}", self.name, folder.display());
        let mut make = Command::new(python);
        make.args(["-m", "venv", "--clear"]).arg(&folder);
        if !process::run(quiet(&mut make), signals)?.success() {
            return Err(Failure::set_up("python3 -m venv failed"));
        }
        let mut pip = Command::new(self.program("python"));
        pip.args(["-m", "pip", "install", "--quiet"])
            .arg("--disable-pip-version-check")
            .args(self.requirements);
        if !process::run(quiet(&mut pip), signals)?.success() {
            let what = self.requirements.join(" ");
            return Err(Failure::set_up(format!("pip install {what} failed")));
        }
        let receipt = folder.join(RECEIPT);
        fs::write(&receipt, self.requirements.join("\n")).doing(|| format!("write {receipt:?}"))
    }

    /// Returns the path of a program in the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder().join("bin").join(name)
    }

    fn folder(&self) -> PathBuf {
        workspace::target().join("servers").join(self.name)
    }
}

/// Returns the path of a Python that can create environments.
fn python() -> Option<PathBuf> {
    let program = find_program("python3")?;
    can_make_environments(&program).then_some(program)
}

fn can_make_environments(python: &Path) -> bool {
    quiet(Command::new(python).args(["-c", "import ensurepip, venv"]))
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Redirects standard output to standard error, since the former is reserved for the task.
fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(std::io::stderr())
}
