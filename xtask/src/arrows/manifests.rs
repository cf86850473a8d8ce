//! Reads the dependencies of the workspace crates on each other, as cargo understands them.

use std::path::Path;

use serde_json::Value;

use super::Uses;
use crate::{
    failure::{Doing as _, Failure, Result},
    workspace,
};

/// The workspace crates that a crate uses.
pub(super) struct Manifest {
    /// The folder of the crate below the root, without `crates/`.
    pub(super) name: String,
    /// Dependencies, and those of its build script.
    pub(super) uses: Uses,
    /// Dependencies of its tests only.
    pub(super) tests: Uses,
}

/// Reads the manifests of all crates in the workspace.
pub(super) fn read(root: &Path) -> Result<Vec<Manifest>> {
    let mut cargo = workspace::cargo();
    cargo.args(["metadata", "--quiet", "--no-deps", "--format-version", "1"]);
    let output = cargo.output().doing(|| "run `cargo metadata`".to_owned())?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("`cargo metadata` failed: {words}")));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::new(format!("`cargo metadata` wrote no JSON: {error}")))?;
    let packages = metadata["packages"].as_array();
    let manifests: Option<Vec<_>> =
        packages.and_then(|all| all.iter().map(|package| manifest(package, root)).collect());
    manifests
        .filter(|all| !all.is_empty())
        .ok_or_else(|| Failure::new("`cargo metadata` wrote something else than packages"))
}

fn manifest(package: &Value, root: &Path) -> Option<Manifest> {
    let folder = Path::new(package["manifest_path"].as_str()?).parent()?;
    let mut manifest = Manifest {
        name: name(folder, root)?,
        uses: Uses::new(),
        tests: Uses::new(),
    };
    for dependency in package["dependencies"].as_array()? {
        let Some(path) = dependency["path"].as_str() else {
            continue;
        };
        let used = name(Path::new(path), root)?;
        match dependency["kind"].as_str() {
            Some("dev") if used == manifest.name => {}
            Some("dev") => {
                manifest.tests.insert(used, false);
            }
            _ => {
                manifest.uses.insert(used, dependency["optional"] == true);
            }
        }
    }
    // A test that uses more features of it adds no arrow.
    let Manifest { uses, tests, .. } = &mut manifest;
    tests.retain(|used, _| !uses.contains_key(used));
    Some(manifest)
}

fn name(folder: &Path, root: &Path) -> Option<String> {
    let below = folder.strip_prefix(root).ok()?.to_str()?;
    let below = below.replace('\\', "/");
    Some(below.strip_prefix("crates/").unwrap_or(&below).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_read_with_what_only_its_tests_use() {
        let package = serde_json::json!({
            "manifest_path": "/x/crates/auth/Cargo.toml",
            "dependencies": [
                { "path": "/x/crates/echo", "kind": null, "optional": true },
                { "path": "/x/crates/echo", "kind": "dev", "optional": false },
                { "path": "/x/crates/auth", "kind": "dev", "optional": false },
                { "path": "/x/tests-live/macros", "kind": "dev", "optional": false },
                { "path": null, "kind": null, "optional": false },
            ],
        });
        let manifest = manifest(&package, Path::new("/x")).unwrap();
        assert_eq!(manifest.name, "auth");
        assert_eq!(manifest.uses, [("echo".to_owned(), true)].into());
        let tests = [("tests-live/macros".to_owned(), false)];
        assert_eq!(manifest.tests, tests.into());
    }
}
