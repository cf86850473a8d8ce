//! Checks that the lock files of the folders outside the workspace fit their manifests, and those
//! of our crates.
//!
//! Nothing else in the tests builds these folders. The lock file of the workspace is checked by
//! `.ci/run`, since cargo has already updated it when this program runs.

use std::process::Command;

use crate::{
    failure::{Doing as _, Failure, Result},
    workspace,
};

/// The folders outside the workspace, as its manifest excludes them.
const FOLDERS: [&str; 2] = ["bench", "fuzz"];

/// Fails with the folders whose lock files cargo would change.
pub(crate) fn check() -> Result<()> {
    let mut wrong = Vec::new();
    for folder in FOLDERS {
        // It uses the network only for packages that have not been downloaded, as a build does.
        let output = command(folder)
            .output()
            .doing(|| "run `cargo metadata`".to_owned())?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            wrong.push(format!(
                "{folder}/Cargo.lock (`cargo update --workspace --manifest-path \
                 {folder}/Cargo.toml` updates it): {}",
                words.trim_end()
            ));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::new(wrong.join("\n")))
}

fn command(folder: &str) -> Command {
    let mut cargo = workspace::cargo();
    cargo
        .args(["metadata", "--quiet", "--locked", "--format-version", "1"])
        .arg("--manifest-path")
        .arg(workspace::root().join(folder).join("Cargo.toml"));
    cargo
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn all_folders_outside_the_workspace_are_checked() {
        let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).unwrap();
        let excluded = FOLDERS.map(|name| format!("{name:?}")).join(", ");
        assert!(manifest.contains(&format!("\nexclude = [{excluded}]\n")));
    }

    #[test]
    fn a_lock_file_that_lacks_a_dependency_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let package = |name: &str| format!("[package]\nname = {name:?}\nversion = \"1.0.0\"\n");
        let dependency = "[dependencies]\nlower = { path = \"lower\" }\n[workspace]\n";
        write("Cargo.toml", &(package("upper") + dependency));
        write("src/lib.rs", "");
        write("lower/Cargo.toml", &package("lower"));
        write("lower/src/lib.rs", "");
        let lock = "version = 4\n\n[[package]]\nname = \"upper\"\nversion = \"1.0.0\"\n";
        let path = folder.path().to_str().unwrap();
        for (lock, fits) in [
            (lock.to_owned(), false),
            (
                format!(
                    "version = 4\n\n[[package]]\nname = \"lower\"\nversion = \"1.0.0\"\n\n{}",
                    lock.replace("version = 4\n\n", "") + "dependencies = [\n \"lower\",\n]\n"
                ),
                true,
            ),
        ] {
            write("Cargo.lock", &lock);
            let output = command(path).output().unwrap();
            let words = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.success(), fits, "{words}");
        }
    }
}
