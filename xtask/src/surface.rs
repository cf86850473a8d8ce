//! Lists the public API of each published crate in its `api.txt`, so that each change of it is a
//! change of a line.
//!
//! ```text
//!  src/*.rs ──▶ tree (expand, cfg) ──▶ public (scope) ──▶ list, impls (text) ──▶ api.txt
//! ```
//!
//! The listing is made from the sources: it is the same with every compiler, on every platform and
//! with all features, and has the conditions of each item. The documentation of the compiler, in
//! which macros are expanded and names are resolved, proves that no item is missing (`documented`).
//! Automatic traits such as `Send` are not listed.

mod allowed;
mod cfg;
mod documented;
mod expand;
mod impls;
mod list;
mod names;
mod public;
mod scope;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    failure::{Doing as _, Failure, Result},
    workspace,
};
use list::Listing;
use scope::Scope;
use tree::Tree;

const FILE: &str = "api.txt";
const COMMAND: &str = "cargo xtask surface --write";
/// The number of changed lines that an error shows.
const SHOWN: usize = 40;

/// A published library.
struct Library {
    /// Its name in Rust.
    name: String,
    folder: PathBuf,
    /// The names of the crates that it uses.
    uses: BTreeSet<String>,
}

/// Writes the listings.
pub(crate) fn write() -> Result<()> {
    for (library, listing) in listings()? {
        let path = library.folder.join(FILE);
        let text = file(&library, &listing);
        if fs::read_to_string(&path).is_ok_and(|present| present == text) {
            continue;
        }
        fs::write(&path, text).doing(|| format!("write {path:?}"))?;
        println!("wrote {}", shown(&path));
    }
    Ok(())
}

/// Fails if a listing differs from the sources.
pub(crate) fn check() -> Result<()> {
    let mut wrong = Vec::new();
    let mut lines = 0;
    for (library, listing) in listings()? {
        let path = library.folder.join(FILE);
        let text = file(&library, &listing);
        let present = fs::read_to_string(&path).doing(|| format!("read {path:?}"))?;
        lines += listing.lines.len();
        let changed = changes(&present, &text);
        if !changed.is_empty() {
            wrong.push(format!("{}:", shown(&path)));
            wrong.extend(changed);
        }
    }
    if wrong.is_empty() {
        println!("{lines} lines");
        return Ok(());
    }
    let left = wrong.len().saturating_sub(SHOWN);
    wrong.truncate(SHOWN);
    if left > 0 {
        wrong.push(format!("and {left} more lines"));
    }
    let wrong = wrong.join("\n");
    Err(Failure::new(format!(
        "the public API has changed; if this is intended, run `{COMMAND}`\n{wrong}"
    )))
}

/// Fails if the listings lack an item of the documentation, which must have been built with all
/// features, or if they have an item that it lacks.
pub(crate) fn check_documented() -> Result<()> {
    let mut wrong = Vec::new();
    for (library, listing) in listings()? {
        let page = workspace::target()
            .join("doc")
            .join(&library.name)
            .join("all.html");
        let html = fs::read_to_string(&page).doing(|| format!("read {page:?}"))?;
        let documented = documented::items(&html);
        if documented.is_empty() {
            return Err(Failure::new(format!(
                "{page:?} has no list of items that can be read"
            )));
        }
        let differences = documented::differences(&documented, &listing.items);
        wrong.extend(
            differences
                .iter()
                .map(|what| format!("{}: {what}", library.name)),
        );
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::new(wrong.join("\n")))
}

fn shown(path: &Path) -> String {
    let below = path.strip_prefix(workspace::root());
    below.unwrap_or(path).display().to_string()
}

fn file(library: &Library, listing: &Listing) -> String {
    format!(
        "# The public API of {}, written by `{COMMAND}`.\n{}\n",
        library.name,
        listing.lines.join("\n")
    )
}

/// Returns the lines that only one of two texts has, in their order.
fn changes(present: &str, expected: &str) -> Vec<String> {
    let (old, new): (BTreeSet<_>, BTreeSet<_>) =
        (present.lines().collect(), expected.lines().collect());
    let removed = present.lines().filter(|line| !new.contains(line));
    let added = expected.lines().filter(|line| !old.contains(line));
    let mut changes: Vec<_> = removed.map(|line| format!("- {line}")).collect();
    changes.extend(added.map(|line| format!("+ {line}")));
    if changes.is_empty() && present != expected {
        changes.push("the order of the lines, or their ends".to_owned());
    }
    changes
}

/// Lists all published libraries. Fails for types of other crates that are not allowed.
fn listings() -> Result<Vec<(Library, Listing)>> {
    let (libraries, own) = libraries()?;
    let mut listings = Vec::new();
    let mut wrong = Vec::new();
    for library in libraries {
        let root = library.folder.join("src/lib.rs");
        let tree = Tree::load(&root, &|path| fs::read_to_string(path))?;
        let scope = Scope {
            tree: &tree,
            crates: &library.uses,
        };
        let listing = list::list(scope)
            .map_err(|failure| Failure::new(format!("{}: {failure}", library.name)))?;
        let is_own = |name: &str| own.contains(name);
        wrong.extend(allowed::violations(&library.name, &listing, is_own));
        listings.push((library, listing));
    }
    if wrong.is_empty() {
        return Ok(listings);
    }
    Err(Failure::new(wrong.join("\n")))
}

/// Returns the published libraries, and the names of all libraries in the workspace.
fn libraries() -> Result<(Vec<Library>, BTreeSet<String>)> {
    let mut cargo = workspace::cargo();
    cargo.args(["metadata", "--quiet", "--no-deps", "--format-version", "1"]);
    let output = cargo.output().doing(|| "run `cargo metadata`".to_owned())?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("`cargo metadata` failed: {words}")));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::new(format!("`cargo metadata` wrote no JSON: {error}")))?;
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let own = packages
        .iter()
        .filter_map(|package| package["name"].as_str());
    let own = own.map(|name| name.replace('-', "_")).collect();
    let libraries: Vec<_> = packages.iter().filter_map(library).collect();
    if libraries.is_empty() {
        return Err(Failure::new("`cargo metadata` wrote no published library"));
    }
    Ok((libraries, own))
}

/// Reads a package. Returns `None` for a program, and for one that is not published.
fn library(package: &Value) -> Option<Library> {
    let is_library = |target: &Value| {
        let kinds = target["kind"].as_array();
        kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "lib"))
    };
    if !package["publish"].is_null() || !package["targets"].as_array()?.iter().any(is_library) {
        return None;
    }
    let uses = package["dependencies"].as_array()?.iter();
    let uses = uses.filter(|dependency| dependency["kind"].is_null());
    let uses = uses.filter_map(|dependency| {
        let name = dependency["rename"]
            .as_str()
            .or_else(|| dependency["name"].as_str())?;
        Some(name.replace('-', "_"))
    });
    Some(Library {
        name: package["name"].as_str()?.replace('-', "_"),
        folder: Path::new(package["manifest_path"].as_str()?)
            .parent()?
            .to_owned(),
        uses: uses.collect(),
    })
}
