//! Compares the listing of a crate with the items in its documentation.
//!
//! Only the names of the items are compared, which are the targets of the links on the page with
//! all items.

use std::collections::BTreeSet;

use super::list::Listed;

/// The beginnings of the names of pages.
const KINDS: [&str; 12] = [
    "attr",
    "constant",
    "derive",
    "enum",
    "fn",
    "macro",
    "static",
    "struct",
    "trait",
    "traitalias",
    "type",
    "union",
];

/// Returns the paths of all items on a page `all.html`.
pub(super) fn items(html: &str) -> BTreeSet<String> {
    let links = html.split("href=\"").skip(1);
    let links = links.filter_map(|rest| rest.split('"').next());
    links.filter_map(path).collect()
}

/// Converts `command/struct.Append.html` to `command::Append`.
fn path(link: &str) -> Option<String> {
    let link = link.strip_suffix(".html")?;
    let (folder, page) = match link.rsplit_once('/') {
        Some((folder, page)) => (Some(folder), page),
        None => (None, link),
    };
    let (kind, name) = page.split_once('.')?;
    if !KINDS.contains(&kind) {
        return None;
    }
    Some(match folder {
        Some(folder) => format!("{}::{name}", folder.replace('/', "::")),
        None => name.to_owned(),
    })
}

/// Returns what only the documentation or only the listing has. An item that depends on more than
/// features may be missing in the documentation.
pub(super) fn differences(documented: &BTreeSet<String>, listed: &[Listed]) -> Vec<String> {
    let known: BTreeSet<_> = listed.iter().map(|item| &*item.path).collect();
    let lacking = documented.iter().filter(|path| !known.contains(&***path));
    let mut wrong: Vec<_> = lacking
        .map(|path| format!("the listing lacks {path}, which is documented"))
        .collect();
    let own = listed.iter().filter(|item| !item.is_reexport);
    let certain = own.filter(|item| {
        let mut conditions = item.conditions.iter();
        conditions.all(|condition| condition.starts_with("feature = "))
    });
    let invented = certain.filter(|item| !documented.contains(&item.path));
    wrong.extend(
        invented.map(|item| format!("the listing has {}, which is not documented", item.path)),
    );
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(path: &str, conditions: &[&str], is_reexport: bool) -> Listed {
        Listed {
            path: path.to_owned(),
            conditions: conditions.iter().map(|&text| text.to_owned()).collect(),
            is_reexport,
        }
    }

    #[test]
    fn links_of_items_are_read() {
        let html = r#"<link href="../static.files/x.css"><a href="index.html">crate</a><ul>
            <li><a href="struct.Fetch.html">Fetch</a></li>
            <li><a href="command/fn.append.html">command::append</a></li></ul>
            <a href="https://example.com/x.html">"#;
        let expected = ["Fetch", "command::append"].map(str::to_owned);
        assert_eq!(items(html), expected.into());
    }

    #[test]
    fn every_difference_is_named() {
        let documented = ["A", "b::B", "again::A"].map(str::to_owned).into();
        let mut all = vec![
            listed("A", &[], false),
            listed("b::B", &["feature = \"x\""], false),
            listed("again::A", &[], true),
            listed("theirs::C", &[], true),
            listed("Windows", &["windows"], false),
        ];
        assert_eq!(differences(&documented, &all), [""; 0]);
        all.remove(0);
        all.push(listed("D", &["feature = \"x\""], false));
        assert_eq!(
            differences(&documented, &all),
            [
                "the listing lacks A, which is documented",
                "the listing has D, which is not documented",
            ]
        );
    }
}
