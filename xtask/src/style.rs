//! Checks the rules of style that a program can check (CONTRIBUTING.md lists them).

use std::collections::BTreeSet;

use crate::{
    failure::{Doing as _, Failure, Result},
    sources::{self, Source},
    workspace,
};

/// The length of the longest line of a comment, in characters.
const WIDTH: usize = 100;

/// Fails with the places of all violations.
pub(crate) fn check() -> Result<()> {
    let root = workspace::root();
    let sources = sources::read(&root).doing(|| format!("read the sources in {root:?}"))?;
    let mut wrong = Vec::new();
    for source in &sources {
        violations(source, &mut wrong);
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::new(wrong.join("\n")))
}

/// Adds the violations of one file.
fn violations(source: &Source, wrong: &mut Vec<String>) {
    let path = source.path.display();
    let lines: Vec<_> = source.text.lines().collect();
    let is_module = source.path.file_name().is_some_and(|name| name == "mod.rs");
    if is_module
        && source
            .path
            .components()
            .any(|part| part.as_os_str() == "src")
    {
        wrong.push(format!(
            "{path}: call it after its module, beside its folder"
        ));
    }
    if !source.text.starts_with("//!") {
        wrong.push(format!("{path}: begin with `//!`, what the file is for"));
    }
    let mut fenced = false;
    for (number, line) in (1..).zip(&lines) {
        let text = line.trim_start().trim_start_matches(['/', '!']);
        let is_fence = text.trim_start().starts_with("```");
        fenced ^= is_fence;
        if fenced || is_fence {
            continue;
        }
        if let Some(why) = fault_of(line, lines.get(number)) {
            wrong.push(format!("{path}:{number}: {why}"));
        }
    }
    for number in misplaced_imports(&lines) {
        wrong.push(format!(
            "{path}:{number}: import first std, then other crates, then this one, with a blank \
             line in between"
        ));
    }
}

/// Returns what is wrong with a line of prose in a comment, `None` for code.
fn fault_of(line: &str, next: Option<&&str>) -> Option<&'static str> {
    let text = line.trim_start().strip_prefix("//")?;
    let next = next.map_or("", |next| next.trim_start());
    // A link and a table cannot be broken.
    let whole = ["](", "://", "| "].iter().any(|mark| text.contains(mark));
    let heading = ["/ # Errors", "/ # Panics"].contains(&text);
    let words: Vec<_> = text
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let section = words.windows(3).any(|words| {
        let [rfc, number, section] = words else {
            return false;
        };
        rfc.ends_with("RFC")
            && number.starts_with(|digit: char| digit.is_ascii_digit())
            && section.starts_with("section")
    });
    if line.chars().count() > WIDTH && !whole {
        Some("break the comment after 100 characters")
    } else if heading && next.trim_end() == "///" {
        Some("leave out the blank line after the heading")
    } else if section {
        Some("write `RFC 9051 §6.1`")
    } else {
        None
    }
}

/// Returns the lines of imports at the top level that stand in the wrong order, or directly below
/// one of another kind.
fn misplaced_imports(lines: &[&str]) -> Vec<usize> {
    let modules: BTreeSet<_> = lines.iter().filter_map(|line| module(line)).collect();
    let mut wrong = Vec::new();
    let mut before: Option<Kind> = None;
    let mut apart = false;
    let mut within = false;
    for (number, line) in (1..).zip(lines) {
        if within {
            within = !line.ends_with(';');
        } else if let Some(import) = line.strip_prefix("use ") {
            let kind = Kind::of(import, &modules);
            let fits = match before {
                Some(before) => kind == before || (kind > before && apart),
                None => true,
            };
            if !fits {
                wrong.push(number);
            }
            (before, apart) = (Some(kind), false);
            within = !line.ends_with(';');
        } else if line.is_empty() {
            apart = true;
        } else if !line.starts_with("#[") && !line.starts_with("// ") {
            before = None;
        }
    }
    wrong
}

/// The origin of an import, in the order in which imports stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Std,
    Other,
    Own,
}

impl Kind {
    fn of(import: &str, modules: &BTreeSet<&str>) -> Self {
        let import = import.trim_start_matches("::");
        let end = import.find([':', ';', ' ']).unwrap_or(import.len());
        match &import[..end] {
            "std" | "core" | "alloc" => Self::Std,
            "crate" | "self" | "super" => Self::Own,
            name if modules.contains(name) => Self::Own,
            _ => Self::Other,
        }
    }
}

/// Returns the name of the module that a line declares.
fn module(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("mod ")?;
    rest.strip_suffix(';').or_else(|| rest.strip_suffix(" {"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Vec<String> {
        let source = Source {
            path: path.into(),
            text: text.to_owned(),
        };
        let mut wrong = Vec::new();
        violations(&source, &mut wrong);
        wrong
    }

    #[test]
    fn a_file_in_style_passes() {
        let text = format!(
            "//! Something.\n\nuse std::{{\n    fmt,\n    io,\n}};\n\n// Why.\n#[cfg(unix)]\nuse \
             libc::x;\nuse syn::y;\n\nuse crate::z;\n\nmod own;\n\nuse own::Thing;\n\n/// RFC 9051 \
             §6.1.\n///\n/// ```\n/// {}\n/// ```\n///\n/// # Errors\n/// None.\n/// [{}](x)\nfn f() {{}}\n",
            "x".repeat(WIDTH),
            "x".repeat(WIDTH)
        );
        assert_eq!(of("src/x.rs", &text), [""; 0]);
    }

    #[test]
    fn each_rule_finds_its_violation() {
        let long = format!("//! {}\n", "ü".repeat(WIDTH - 3));
        for (path, text, place) in [
            ("src/a/mod.rs", "//! X.\n", "src/a/mod.rs: call"),
            ("src/a.rs", "mod x;\n", "src/a.rs: begin"),
            ("src/a.rs", &*long, "src/a.rs:1: break"),
            (
                "src/a.rs",
                "//! X.\n/// # Errors\n///\n/// None.\n",
                "src/a.rs:2: leave",
            ),
            (
                "src/a.rs",
                "//! By (RFC 3501, section 6).\n",
                "src/a.rs:1: write",
            ),
            (
                "src/a.rs",
                "//! X.\nuse crate::x;\n\nuse std::fmt;\n",
                "src/a.rs:4: import",
            ),
            (
                "src/a.rs",
                "//! X.\nuse std::fmt;\nuse syn::x;\n",
                "src/a.rs:3: import",
            ),
            (
                "src/a.rs",
                "//! X.\nuse y::{\n  a,\n};\n\nuse syn::x;\nmod y;\n",
                "src/a.rs:6: import",
            ),
        ] {
            let wrong = of(path, text);
            assert_eq!(wrong.len(), 1, "{wrong:?}");
            assert!(wrong[0].starts_with(place), "{wrong:?}");
        }
        // Tests may share a module, which must not be a program of its own.
        assert_eq!(of("tests/common/mod.rs", "//! X.\n"), [""; 0]);
    }

    #[test]
    fn the_sources_are_in_style() {
        check().unwrap();
    }
}
