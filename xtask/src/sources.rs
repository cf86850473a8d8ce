//! The Rust sources of the workspace that are written by hand.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Stands in the first lines of files that a program writes.
pub(crate) const MARKER: &str = "// @generated";

/// A hand-written file: its path below the root, and its text.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// Reads the hand-written `.rs` files below `root`, sorted by path. Hidden folders and those of
/// builds are left out.
pub(crate) fn read(root: &Path) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            let name = entry.file_name();
            if kind.is_dir() {
                let is_built = name == "target" || path.join("CACHEDIR.TAG").is_file();
                if !is_built && !name.as_encoded_bytes().starts_with(b".") {
                    folders.push(path);
                }
            } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "rs")
            {
                let text = fs::read_to_string(&path)?;
                let generated = text.lines().take(5).any(|line| line.starts_with(MARKER));
                if !generated {
                    let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
                    sources.push(Source { path, text });
                }
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_what_no_hand_wrote() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("src/late.rs", format!("\n\n\n\n\n\n{MARKER}")),
            ("src/made.rs", format!("{MARKER} by a program\n")),
            ("src/plain.rs", "\n".to_owned()),
            ("src/text.txt", "\n".to_owned()),
            ("target/plain.rs", "\n".to_owned()),
            (".git/plain.rs", "\n".to_owned()),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let found = read(root.path()).unwrap();
        let paths: Vec<_> = found.iter().map(|source| source.path.as_path()).collect();
        assert_eq!(paths, [Path::new("src/late.rs"), Path::new("src/plain.rs")]);
    }
}
