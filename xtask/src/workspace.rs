//! The folders of the workspace, and its cargo.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

/// Returns the folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
    let own = PathBuf::from(own);
    own.parent().map_or_else(|| own.clone(), Path::to_path_buf)
}

/// Returns the target folder of cargo.
pub(crate) fn target() -> PathBuf {
    let named = env::var_os("CARGO_TARGET_DIR").filter(|name| !name.is_empty());
    root().join(named.unwrap_or_else(|| "target".into()))
}

/// Returns a command that runs cargo in the workspace: the one that runs this program.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Returns whether this runs in CI, where no one reads warnings: the variable `CI` is set to a true
/// value.
pub(crate) fn is_ci() -> bool {
    means_yes(env::var_os("CI"))
}

fn means_yes(value: Option<OsString>) -> bool {
    value.is_some_and(|value| {
        !value.is_empty() && value != "0" && !value.eq_ignore_ascii_case("false")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_means_yes_unless_it_says_no() {
        for (value, expected) in [
            (None, false),
            (Some(""), false),
            (Some("0"), false),
            (Some("False"), false),
        ] {
            assert_eq!(means_yes(value.map(Into::into)), expected, "{value:?}");
        }
        for value in ["true", "1", "yes"] {
            assert!(means_yes(Some(value.into())), "{value}");
        }
    }

    #[test]
    fn the_root_has_the_workspace() {
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
    }
}
