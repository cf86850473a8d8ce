//! Checks the length of all hand-written files.

use crate::{
    failure::{Doing as _, Failure, Result},
    sources::{self, Source},
    workspace,
};

const LIMIT: usize = 600;

/// Fails with the names of all files that are too long.
pub(crate) fn check() -> Result<()> {
    let root = workspace::root();
    let sources = sources::read(&root).doing(|| format!("read the sources in {root:?}"))?;
    let long = too_long(&sources, LIMIT);
    if long.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "over {LIMIT} lines: {}",
        long.join(", ")
    )))
}

/// Returns the files with more than `limit` lines, each with its number of lines.
fn too_long(sources: &[Source], limit: usize) -> Vec<String> {
    sources
        .iter()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > limit)
        .map(|(source, lines)| format!("{} ({lines})", source.path.display()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_long_files() {
        let sources = ["fits", "long"].map(|name| Source {
            path: format!("src/{name}.rs").into(),
            text: "\n".repeat(name.len() - if name == "fits" { 1 } else { 0 }),
        });
        assert_eq!(too_long(&sources, 3), ["src/long.rs (4)"]);
    }
}
