//! Parses the section "Layers" of ARCHITECTURE.md.

use super::Uses;

/// The dependencies and rules that the section lists.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The lines of the drawing, from top to bottom.
    pub(super) arrows: Vec<Arrow>,
    /// The lines for tests (`tests of client ─▶ testkit`).
    pub(super) tests: Vec<Arrow>,
    pub(super) rules: Vec<Rule>,
}

/// A line of the drawing.
#[derive(Debug)]
pub(super) struct Arrow {
    pub(super) from: String,
    pub(super) uses: Uses,
}

/// A row of the table of names that some sources do not mention.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// The folders below which it holds.
    pub(super) folders: Vec<String>,
    /// Paths such as `std::net`, and crates such as `tokio`.
    pub(super) names: Vec<String>,
    pub(super) exceptions: Vec<Exception>,
}

/// A file that may mention the names of a [`Rule`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exception {
    pub(super) file: String,
    /// The feature without which the file is not compiled.
    pub(super) feature: Option<String>,
}

impl Page {
    /// Parses the text of the page. Fails with a reason.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (_, section) = text
            .split_once("\n## Layers\n")
            .or_else(|| text.split_once("## Layers\n"))
            .ok_or("there is no section \"Layers\"")?;
        let section = section.split("\n## ").next().unwrap_or(section);
        let mut page = Self::default();
        for line in section.lines().filter(|line| line.contains('─')) {
            page.arrow(line)?;
        }
        let mut rows = section
            .lines()
            .skip_while(|line| !line.starts_with("| sources |"));
        for line in rows.by_ref().skip(2) {
            if !line.starts_with('|') {
                break;
            }
            page.rules.push(Rule::parse(line)?);
        }
        if page.arrows.is_empty() || page.rules.is_empty() {
            return Err("the drawing or the table of sources is not there".to_owned());
        }
        Ok(page)
    }

    fn arrow(&mut self, line: &str) -> Result<(), String> {
        let (from, to) = line
            .split_once("─▶")
            .ok_or_else(|| format!("{line:?} has no ─▶"))?;
        let uses = to.split(',').map(str::trim).filter(|used| !used.is_empty());
        let uses = uses.map(|used| match used.strip_suffix('?') {
            Some(used) => (used.to_owned(), true),
            None => (used.to_owned(), false),
        });
        let from = from.trim();
        let (list, from) = match from.strip_prefix("tests of ") {
            Some(from) => (&mut self.tests, from.trim()),
            None => (&mut self.arrows, from),
        };
        list.push(Arrow {
            from: from.to_owned(),
            uses: uses.collect(),
        });
        Ok(())
    }
}

impl Rule {
    /// Parses a row: `| folders | names | exceptions |`.
    fn parse(row: &str) -> Result<Self, String> {
        let cells: Vec<_> = row.trim().trim_matches('|').split('|').collect();
        let [folders, names, exceptions] = cells.as_slice() else {
            return Err(format!("{row:?} has not three cells"));
        };
        let (folders, names) = (quoted(folders), quoted(names));
        if folders.is_empty() || names.is_empty() {
            return Err(format!("{row:?} names no sources, or nothing"));
        }
        let exceptions = exceptions.split(',').map(quoted);
        let exceptions = exceptions.filter(|words| !words.is_empty());
        Ok(Self {
            folders,
            names,
            exceptions: exceptions.map(Exception::new).collect(),
        })
    }
}

impl Exception {
    /// The words of `` `file` (feature `name`) ``.
    fn new(words: Vec<String>) -> Self {
        let mut words = words.into_iter();
        Self {
            file: words.next().unwrap_or_default(),
            feature: words.next(),
        }
    }
}

/// Returns what stands between backquotes.
fn quoted(cell: &str) -> Vec<String> {
    let words = cell.split('`').skip(1).step_by(2);
    words.map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_with_its_exceptions() {
        let row =
            "| `a/src`, `b/src` | `std::net`, `tokio` | `a/src/x.rs` (feature `x`), `b/y.rs` |";
        let exception = |file: &str, feature: Option<&str>| Exception {
            file: file.to_owned(),
            feature: feature.map(ToOwned::to_owned),
        };
        let expected = Rule {
            folders: vec!["a/src".to_owned(), "b/src".to_owned()],
            names: vec!["std::net".to_owned(), "tokio".to_owned()],
            exceptions: vec![
                exception("a/src/x.rs", Some("x")),
                exception("b/y.rs", None),
            ],
        };
        assert_eq!(Rule::parse(row), Ok(expected));
    }

    #[test]
    fn a_page_without_layers_is_an_error() {
        for text in [
            "",
            "## Layers\n",
            "## Layers\n a ─▶ b\n",
            "## Layers\n| sources |\n|-|\n| `a` | `b` | |\n",
            "## Layers\n a ── b\n",
            "## Layers\n a ─▶ b\n| sources |\n|-|\n| `a` | b | |\n",
        ] {
            assert!(Page::parse(text).is_err(), "{text:?}");
        }
    }
}
