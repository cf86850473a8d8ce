//! Counts the lines of comments that begin with a bare clause ("What the server says.") instead of
//! being sentences.

use crate::{
    failure::{Doing as _, Failure, Result},
    sources::{self, Source},
    workspace,
};

/// The words with which a bare clause begins.
const CLAUSES: [&str; 10] = [
    "What", "Whatever", "Whether", "How", "Who", "Whom", "Whose", "Whoever", "That", "Which",
];

/// Upper bounds on the lines of documentation, and of other comments, that begin with a clause.
/// These numbers may only be lowered.
const LEFT: (usize, usize) = (0, 0);

/// Fails, with the places of all bare clauses, if there are more than [`LEFT`]. Otherwise returns a
/// summary of the count.
pub(crate) fn check() -> Result<String> {
    let root = workspace::root();
    let sources = sources::read(&root).doing(|| format!("read the sources in {root:?}"))?;
    let count = Count::of(&sources);
    if count.passes() {
        return Ok(count.summary());
    }
    Err(Failure::new(format!(
        "{}; write sentences (\"Returns whether ..\"):\n{}",
        count.summary(),
        count.places.join("\n")
    )))
}

#[derive(Default)]
struct Count {
    /// Lines of documentation that begin with a bare clause.
    documentation: usize,
    /// Lines of other comments that begin with a bare clause.
    others: usize,
    /// All lines of comments that are not documentation.
    comments: usize,
    places: Vec<String>,
}

impl Count {
    fn of(sources: &[Source]) -> Self {
        let mut count = Self::default();
        for source in sources {
            for (number, line) in (1..).zip(source.text.lines()) {
                count.add(source, number, line.trim_start());
            }
        }
        count
    }

    fn add(&mut self, source: &Source, number: usize, line: &str) {
        let Some((documents, text)) = comment(line) else {
            return;
        };
        self.comments += usize::from(!documents);
        if !is_bare_clause(text) {
            return;
        }
        if documents {
            self.documentation += 1;
        } else {
            self.others += 1;
        }
        let place = format!("{}:{number}: {line}", source.path.display());
        self.places.push(place);
    }

    fn passes(&self) -> bool {
        self.documentation <= LEFT.0 && self.others <= LEFT.1
    }

    fn summary(&self) -> String {
        format!(
            "bare clauses: {} lines of documentation, {} of {} other lines of comments",
            self.documentation, self.others, self.comments
        )
    }
}

/// Returns whether a comment is documentation, and its text; `None` for a line without comment.
fn comment(line: &str) -> Option<(bool, &str)> {
    let text = line.strip_prefix("//")?;
    match text.strip_prefix(['/', '!']) {
        // A line of slashes is not a comment.
        Some(text) if text.starts_with('/') => None,
        Some(text) => Some((true, text)),
        None => Some((false, text)),
    }
}

fn is_bare_clause(text: &str) -> bool {
    let text = text.trim_start();
    let text = text.strip_prefix(['-', '*']).unwrap_or(text).trim_start();
    let word = text.split(|c: char| !c.is_alphabetic()).next();
    word.is_some_and(|word| CLAUSES.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> (usize, usize, usize) {
        let source = Source {
            path: "src/lib.rs".into(),
            text: text.to_owned(),
        };
        let count = Count::of(&[source]);
        (count.documentation, count.others, count.comments)
    }

    #[test]
    fn finds_bare_clauses() {
        assert_eq!(count("//! What it says.\n"), (1, 0, 0));
        assert_eq!(count("    /// * Whether it is so.\n"), (1, 0, 0));
        assert_eq!(count("// Who waits.\n// Fine.\n"), (0, 1, 2));
    }

    #[test]
    fn takes_sentences() {
        assert_eq!(count("/// Returns whether it is so.\n"), (0, 0, 0));
        assert_eq!(count("/// Whichever, Thatcher, however.\n"), (0, 0, 0));
        assert_eq!(count("let what = \"/// What\";\n/////// What\n"), (0, 0, 0));
    }
}
