//! The page about providers, and the tests that it names.

use std::path::PathBuf;

use super::{File, guide};

pub(super) const PAGE: &str = "docs/providers.md";
/// The profiles of the embedded server.
pub(super) const PROFILES: &str = "crates/server/src/profile/table.rs";

/// Returns the paths of the test files to which the page links.
pub(super) fn files(page: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = links(page).map(|(path, _)| path).collect();
    files.sort();
    files.dedup();
    files
}

/// Returns the profiles without a heading on the page, and the tests that it names but that do not
/// exist.
pub(super) fn lacks(page: &str, profiles: &str, files: &[File]) -> Vec<String> {
    let names: Vec<_> = profiles
        .lines()
        .filter_map(|line| line.trim().strip_prefix("name: \"")?.strip_suffix("\","))
        .collect();
    let mut lacking = Vec::new();
    if names.is_empty() {
        lacking.push(format!("{PROFILES} has no profiles"));
    }
    for name in names {
        let heading = format!("## `{name}`: ");
        if !page.lines().any(|line| line.starts_with(&heading)) {
            lacking.push(format!("{PAGE} has no heading for `{name}`"));
        }
    }
    for (path, name) in links(page) {
        let mut texts = files.iter().filter(|file| file.path == path);
        if !texts.any(|file| defines(&file.text, &name)) {
            let path = path.display();
            lacking.push(format!(
                "{PAGE} names the test {name}, which {path} does not have"
            ));
        }
    }
    lacking
}

fn links(page: &str) -> impl Iterator<Item = (PathBuf, String)> {
    page.lines().flat_map(guide::tests)
}

/// Returns whether a text has a function of this name, or a quirk, which a macro turns into a test.
fn defines(text: &str, name: &str) -> bool {
    let (function, quirk) = (format!("fn {name}("), format!("{name}:"));
    text.lines()
        .any(|line| line.contains(&function) || line.trim() == quirk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_lacks_is_told() {
        let profiles = "name: \"gmail\",\n name: \"uw\",\n";
        let file = File {
            path: "crates/x/tests/a.rs".into(),
            text: "async fn there() {}\n    quirk:\n// fn gone".to_owned(),
        };
        let page = |tests: &[&str]| {
            let links = tests
                .iter()
                .map(|name| format!("[`{name}`](../crates/x/tests/a.rs)"));
            let links: Vec<_> = links.collect();
            format!("## `gmail`: Gmail\n| {} |\n## `uw`: UW\n", links.join(", "))
        };
        let whole = page(&["there", "quirk"]);
        assert_eq!(files(&whole), std::slice::from_ref(&file.path));
        let all = [file];
        assert_eq!(lacks(&whole, profiles, &all), [""; 0]);
        assert_eq!(
            lacks(&page(&["there", "gone"]), profiles, &all),
            [format!(
                "{PAGE} names the test gone, which crates/x/tests/a.rs does not have"
            )]
        );
        let lacking = lacks("", profiles, &all);
        assert_eq!(lacking.len(), 2, "{lacking:?}");
        assert_eq!(lacks("", "", &all).len(), 1);
    }
}
