//! The user under which a server runs.

use std::{path::PathBuf, process::Command};

use super::find_program;
use crate::failure::{Doing as _, Failure, Result};

/// The user under which a server runs.
pub(super) struct User {
    pub(super) name: String,
    pub(super) group: String,
    /// The numbers of the user and of the group.
    pub(super) ids: (u32, u32),
}

impl User {
    /// Returns the user of this process.
    pub(super) fn current() -> Result<Self> {
        Self::look_up(&[])
    }

    /// Returns the user with this name.
    pub(super) fn named(name: &str) -> Result<Self> {
        Self::look_up(&[name])
    }

    fn look_up(whom: &[&str]) -> Result<Self> {
        let about = |flag: &'static str| id(&[&[flag], whom].concat());
        let number = |flag| {
            let text = about(flag)?;
            text.parse()
                .map_err(|error| Failure::set_up(format!("id {flag} printed {text:?}: {error}")))
        };
        Ok(Self {
            name: about("-un")?,
            group: about("-gn")?,
            ids: (number("-u")?, number("-g")?),
        })
    }
}

/// Returns whether this process runs as root.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn id(arguments: &[&str]) -> Result<String> {
    let program = find_program("id").unwrap_or_else(|| PathBuf::from("id"));
    let output = Command::new(program)
        .args(arguments)
        .output()
        .doing(|| "run id".into())?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !text.is_empty() {
        return Ok(text);
    }
    let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::set_up(format!(
        "id {} failed: {error}",
        arguments.join(" ")
    )))
}
