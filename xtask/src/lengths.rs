//! No hand-written file is longer than a reader's patience.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    failure::{Doing as _, Failure, Result},
    workspace,
};

const LIMIT: usize = 600;
/// Stands in the first lines of files that a program writes.
pub(crate) const MARKER: &str = "// @generated";

/// Fails with the names of all files that are too long.
pub(crate) fn check() -> Result<()> {
    let root = workspace::root();
    let long = too_long(&root, LIMIT).doing(|| format!("read the sources in {root:?}"))?;
    if long.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = long
        .iter()
        .map(|(path, lines)| format!("{} ({lines})", path.display()))
        .collect();
    Err(Failure::new(format!(
        "over {LIMIT} lines: {}",
        names.join(", ")
    )))
}

/// The hand-written `.rs` files below `root` with more than `limit` lines, and how many they have.
fn too_long(root: &Path, limit: usize) -> io::Result<Vec<(PathBuf, usize)>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            let name = entry.file_name();
            if kind.is_dir() {
                if name != "target" && !name.as_encoded_bytes().starts_with(b".") {
                    folders.push(path);
                }
            } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "rs")
            {
                let text = fs::read_to_string(&path)?;
                let lines = text.lines().count();
                let generated = text.lines().take(5).any(|line| line.starts_with(MARKER));
                if lines > limit && !generated {
                    found.push((path.strip_prefix(root).unwrap_or(&path).to_owned(), lines));
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_long_files_that_hands_wrote() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("src/fits.rs", "\n\n\n".to_owned()),
            ("src/long.rs", "\n\n\n\n".to_owned()),
            ("src/made.rs", format!("{MARKER} by a program\n\n\n\n\n")),
            ("src/late.rs", format!("\n\n\n\n\n\n{MARKER}")),
            ("src/long.txt", "\n\n\n\n".to_owned()),
            ("target/long.rs", "\n\n\n\n".to_owned()),
            (".git/long.rs", "\n\n\n\n".to_owned()),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let expected = [("src/late.rs".into(), 7), ("src/long.rs".into(), 4)];
        assert_eq!(too_long(root.path(), 3).unwrap(), expected);
    }
}
