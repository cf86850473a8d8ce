//! Packages from npm, each installed in a folder of its own.

use std::{
    fs, io,
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

/// The file that names the installed versions. It is written last, so that an incomplete
/// installation does not count.
const RECEIPT: &str = "installed.txt";
/// The Debian packages of Node and npm.
const PACKAGES: &[&str] = &["nodejs", "npm"];

/// A folder with one package and all of its dependencies.
pub(crate) struct Npm {
    name: &'static str,
    version: &'static str,
    /// A date; later releases of dependencies are not used, so that runs at different times use the
    /// same versions.
    before: &'static str,
}

impl Npm {
    pub(crate) const fn new(
        name: &'static str,
        version: &'static str,
        before: &'static str,
    ) -> Self {
        Self {
            name,
            version,
            before,
        }
    }

    /// Returns the version, if the package is installed.
    pub(crate) fn version(&self) -> Option<&'static str> {
        let installed = fs::read_to_string(self.folder().join(RECEIPT)).ok()?;
        (installed == self.receipt()).then_some(self.version)
    }

    /// Returns the reason why the package cannot be installed, or `None` if it can.
    pub(crate) fn obstacle(&self) -> Option<String> {
        let there = find_program("node").is_some() && find_program("npm").is_some();
        let possible = there || apt::may_install();
        (!possible).then(|| {
            let what = format!("npm, which {} needs,", self.name);
            apt::how_to(&what, PACKAGES)
        })
    }

    /// Installs the package, and removes a previous installation.
    pub(crate) fn install(&self, signals: &Signals) -> Result<()> {
        if find_program("npm").is_none() {
            apt::install(PACKAGES, signals)?;
        }
        let npm = find_program("npm").ok_or_else(|| Failure::set_up("npm is missing"))?;
        let folder = self.folder();
        eprintln!("installing {} into {}", self.name, folder.display());
        remove(&folder).doing(|| format!("remove {}", folder.display()))?;
        fs::create_dir_all(&folder).doing(|| format!("make {}", folder.display()))?;
        let mut command = Command::new(npm);
        command
            .args(["install", "--no-audit", "--no-fund", "--ignore-scripts"])
            .arg(format!("--before={}", self.before))
            .arg("--prefix")
            .arg(&folder)
            .arg(format!("{}@{}", self.name, self.version))
            .stdin(Stdio::null())
            // Standard output is reserved for the output of the task.
            .stdout(io::stderr());
        if !process::run(&mut command, signals)?.success() {
            let what = self.receipt();
            return Err(Failure::set_up(format!("npm install {what} failed")));
        }
        let receipt = folder.join(RECEIPT);
        fs::write(&receipt, self.receipt()).doing(|| format!("write {receipt:?}"))
    }

    /// Writes a script into the folder, where it finds the package, and returns a command that runs
    /// it.
    pub(crate) fn script(&self, name: &str, text: &str) -> Result<Command> {
        let node = find_program("node").ok_or_else(|| Failure::set_up("node is missing"))?;
        let script = self.folder().join(name);
        fs::write(&script, text).doing(|| format!("write {script:?}"))?;
        let mut command = Command::new(node);
        command.arg(script);
        Ok(command)
    }

    fn receipt(&self) -> String {
        format!("{}@{} before {}", self.name, self.version, self.before)
    }

    fn folder(&self) -> PathBuf {
        workspace::target().join("servers").join(self.name)
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
