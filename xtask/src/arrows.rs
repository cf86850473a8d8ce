//! Checks that the dependencies in ARCHITECTURE.md are those of the code: both ways, so that page
//! and code cannot part.

mod manifests;
mod names;
mod page;

use std::{collections::BTreeMap, fs};

use crate::{
    failure::{Doing as _, Failure, Result},
    sources, workspace,
};

use page::Page;

const PAGE: &str = "ARCHITECTURE.md";

/// The workspace crates that a crate uses, by folder; `true` for those that a feature turns on.
type Uses = BTreeMap<String, bool>;

/// Fails with all differences between the page and the code.
pub(crate) fn check() -> Result<()> {
    let root = workspace::root();
    let path = root.join(PAGE);
    let text = fs::read_to_string(&path).doing(|| format!("read {path:?}"))?;
    let page = Page::parse(&text)
        .map_err(|why| Failure::new(format!("the layers in {PAGE} cannot be read: {why}")))?;
    let sources = sources::read(&root).doing(|| format!("read the sources in {root:?}"))?;
    let mut wrong = upward(&page);
    wrong.extend(differences(&page, &manifests::read(&root)?));
    wrong.extend(names::check(&page.rules, &sources));
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::new(wrong.join("\n")))
}

/// Arrows to a crate that the page does not list below the one that uses it. Tests may use what is
/// above their crate.
fn upward(page: &Page) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, arrow) in page.arrows.iter().enumerate() {
        let below = &page.arrows[at + 1..];
        for used in arrow.uses.keys() {
            if !below.iter().any(|lower| lower.from == *used) {
                wrong.push(format!(
                    "{PAGE}: {} ─▶ {used} does not point down",
                    arrow.from
                ));
            }
        }
    }
    wrong
}

/// Arrows that only the page has, and those that only the manifests have.
fn differences(page: &Page, manifests: &[manifests::Manifest]) -> Vec<String> {
    let mut wrong = Vec::new();
    for manifest in manifests {
        let name = &manifest.name;
        match page.arrows.iter().find(|arrow| arrow.from == *name) {
            Some(arrow) => compare(name, &arrow.uses, &manifest.uses, &mut wrong),
            None => wrong.push(format!("{PAGE} has no line for {name}")),
        }
        let tests = page.tests.iter().find(|arrow| arrow.from == *name);
        let none = Uses::new();
        let uses = tests.map_or(&none, |arrow| &arrow.uses);
        compare(
            &format!("tests of {name}"),
            uses,
            &manifest.tests,
            &mut wrong,
        );
    }
    for arrow in page.arrows.iter().chain(&page.tests) {
        if !manifests.iter().any(|manifest| manifest.name == arrow.from) {
            wrong.push(format!("{PAGE}: there is no crate {}", arrow.from));
        }
    }
    wrong
}

fn compare(from: &str, page: &Uses, code: &Uses, wrong: &mut Vec<String>) {
    let mark = |optional: bool| if optional { "?" } else { "" };
    for (used, &optional) in code {
        if page.get(used) != Some(&optional) {
            let mark = mark(optional);
            wrong.push(format!(
                "{PAGE} lacks {from} ─▶ {used}{mark}, which its manifest has"
            ));
        }
    }
    for (used, &optional) in page {
        if code.get(used) != Some(&optional) {
            let mark = mark(optional);
            wrong.push(format!(
                "{PAGE} has {from} ─▶ {used}{mark}, which its manifest lacks"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYERS: &str = "\
## Layers

```text
 top    ─▶ middle, bottom?
 middle ─▶ bottom
 bottom ─▶

 tests of bottom ─▶ top
```

| sources | do not name | except in |
| --- | --- | --- |
| `crates/bottom/src` | `std::net` | |
";

    fn manifest(name: &str, uses: &[(&str, bool)], tests: &[&str]) -> manifests::Manifest {
        manifests::Manifest {
            name: name.to_owned(),
            uses: uses
                .iter()
                .map(|&(used, optional)| (used.to_owned(), optional))
                .collect(),
            tests: tests.iter().map(|&used| (used.to_owned(), false)).collect(),
        }
    }

    fn code() -> Vec<manifests::Manifest> {
        vec![
            manifest("top", &[("middle", false), ("bottom", true)], &[]),
            manifest("middle", &[("bottom", false)], &[]),
            manifest("bottom", &[], &["top"]),
        ]
    }

    #[test]
    fn page_and_code_agree() {
        let page = Page::parse(LAYERS).unwrap();
        assert_eq!(upward(&page), [""; 0]);
        assert_eq!(differences(&page, &code()), [""; 0]);
    }

    #[test]
    fn every_difference_is_named() {
        let page = Page::parse(LAYERS).unwrap();
        let mut manifests = code();
        manifests[0].uses.insert("bottom".to_owned(), false);
        manifests[1].uses.clear();
        manifests[1].tests.insert("top".to_owned(), false);
        manifests[2].name = "cellar".to_owned();
        assert_eq!(
            differences(&page, &manifests),
            [
                "ARCHITECTURE.md lacks top ─▶ bottom, which its manifest has",
                "ARCHITECTURE.md has top ─▶ bottom?, which its manifest lacks",
                "ARCHITECTURE.md has middle ─▶ bottom, which its manifest lacks",
                "ARCHITECTURE.md lacks tests of middle ─▶ top, which its manifest has",
                "ARCHITECTURE.md has no line for cellar",
                "ARCHITECTURE.md lacks tests of cellar ─▶ top, which its manifest has",
                "ARCHITECTURE.md: there is no crate bottom",
                "ARCHITECTURE.md: there is no crate bottom",
            ]
        );
    }

    #[test]
    fn arrows_point_down() {
        let text = LAYERS.replace(" bottom ─▶\n", " bottom ─▶ middle\n");
        let page = Page::parse(&text).unwrap();
        let expected = ["ARCHITECTURE.md: bottom ─▶ middle does not point down"];
        assert_eq!(upward(&page), expected);
    }

    #[test]
    fn the_code_is_as_the_page_says() {
        check().unwrap();
    }
}
