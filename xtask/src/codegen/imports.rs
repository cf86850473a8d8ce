//! The `use` lines of the generated file, for the names in its signatures.

use std::collections::{BTreeMap, BTreeSet};

use syn::{File, Item, ItemUse, UseTree, Visibility};

use super::{
    FACES, docs,
    source::{Block, Source},
};
use crate::failure::{Failure, Result};

/// The imports of the generated file.
pub(super) struct Imports {
    /// The path of each name in the signatures.
    needed: BTreeMap<String, String>,
    /// The imports from the parent module: the faces and `now`.
    own: BTreeSet<String>,
}

impl Imports {
    pub(super) fn new(blocks: &[(&Source, &Block)]) -> Result<Self> {
        let mut needed: BTreeMap<String, String> = BTreeMap::new();
        let mut own = BTreeSet::new();
        for (source, block) in blocks {
            own.insert(block.face().to_owned());
            for method in &block.methods {
                own.extend(method.waits.then(|| "now".to_owned()));
                own.extend(method.wraps.clone());
                for name in method.names() {
                    let Some(path) = source
                        .names
                        .get(&name)
                        .filter(|_| !FACES.contains(&name.as_str()))
                    else {
                        continue;
                    };
                    let known = needed.entry(name.clone()).or_insert_with(|| path.clone());
                    if known != path {
                        return Err(Failure::new(format!(
                            "{}: `{name}` is {path}, elsewhere {known}; import it from one place",
                            source.module
                        )));
                    }
                }
            }
        }
        Ok(Self { needed, own })
    }

    pub(super) fn items(&self) -> Vec<ItemUse> {
        let own: Vec<_> = self.own.iter().map(String::as_str).collect();
        let mut lines = vec![format!("use super::{{{}}};", own.join(", "))];
        // One line for each module, so that rustfmt sorts its names.
        let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, path) in &self.needed {
            let (place, last) = path.rsplit_once("::").unwrap_or(("", path));
            let entry = if last == name {
                name.clone()
            } else {
                format!("{last} as {name}")
            };
            places.entry(place).or_default().push(entry);
        }
        for (place, names) in places {
            lines.push(match (place, &names[..]) {
                ("", names) => format!("use {{{}}};", names.join(", ")),
                (place, [name]) => format!("use {place}::{name};"),
                (place, names) => format!("use {place}::{{{}}};", names.join(", ")),
            });
        }
        lines
            .iter()
            .map(|line| syn::parse_str(line).expect("names and paths come from parsed imports"))
            .collect()
    }

    /// Returns `docs` with targets for the links to names that the generated file does not import.
    pub(super) fn complete(&self, source: &Source, docs: &str) -> String {
        let mut targets = BTreeSet::new();
        for link in docs::links(docs) {
            let path = link.trim_end_matches("()");
            let (first, rest) = path
                .split_once("::")
                .map_or((path, ""), |(first, rest)| (first, rest));
            if self.needed.contains_key(first) || self.own.contains(first) {
                continue;
            }
            if FACES.contains(&first) {
                let target = if rest.is_empty() {
                    format!("super::{first}")
                } else {
                    format!("super::{first}::{rest}")
                };
                targets.insert(format!("[`{link}`]: {target}"));
            } else if let Some(target) = source.names.get(first) {
                let target = if rest.is_empty() {
                    target.clone()
                } else {
                    format!("{target}::{rest}")
                };
                targets.insert(format!("[`{link}`]: {target}"));
            }
        }
        let mut docs = docs.to_owned();
        for (number, target) in targets.iter().enumerate() {
            docs.push_str(if number == 0 { "\n\n " } else { "\n " });
            docs.push_str(target);
        }
        docs
    }
}

/// Returns the paths of the names that `file` imports or defines at its top level.
pub(super) fn names(module: &str, file: &File) -> Result<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for item in &file.items {
        let defined = match item {
            Item::Use(line) => {
                let start = if line.leading_colon.is_some() {
                    "::".to_owned()
                } else {
                    String::new()
                };
                flatten(module, &start, &line.tree, &mut names)?;
                continue;
            }
            Item::Struct(item) => (&item.ident, &item.vis),
            Item::Enum(item) => (&item.ident, &item.vis),
            Item::Type(item) => (&item.ident, &item.vis),
            Item::Trait(item) => (&item.ident, &item.vis),
            _ => continue,
        };
        if !matches!(defined.1, Visibility::Inherited) {
            names.insert(defined.0.to_string(), format!("{module}::{}", defined.0));
        }
    }
    Ok(names)
}

fn flatten(
    module: &str,
    before: &str,
    tree: &UseTree,
    names: &mut BTreeMap<String, String>,
) -> Result<()> {
    let join = |name: &str| absolute(module, before, name);
    match tree {
        UseTree::Path(path) => flatten(module, &join(&path.ident.to_string()), &path.tree, names)?,
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(module, before, tree, names)?;
            }
        }
        UseTree::Name(name) if name.ident == "self" => {
            let name = before.rsplit("::").next().unwrap_or(before);
            names.insert(name.into(), before.into());
        }
        UseTree::Name(name) => {
            names.insert(name.ident.to_string(), join(&name.ident.to_string()));
        }
        UseTree::Rename(name) if name.rename == "_" => {}
        UseTree::Rename(name) if name.ident == "self" => {
            names.insert(name.rename.to_string(), before.into());
        }
        UseTree::Rename(name) => {
            names.insert(name.rename.to_string(), join(&name.ident.to_string()));
        }
        UseTree::Glob(_) => {
            return Err(Failure::new(format!(
                "{module}: `use {before}::*` hides where the names come from; list them"
            )));
        }
    }
    Ok(())
}

/// Returns `before::name`, with `self` and `super` at the start replaced by their meaning in
/// `module`.
fn absolute(module: &str, before: &str, name: &str) -> String {
    let parent = |module: &str| {
        module
            .rsplit_once("::")
            .map_or("crate", |(parent, _)| parent)
            .to_owned()
    };
    match (before, name) {
        ("", "self") => module.into(),
        ("", "super") => parent(module),
        ("", name) => name.into(),
        // Only another `super` may precede it.
        (before, "super") => parent(before),
        ("::", name) => format!("::{name}"),
        (before, name) => format!("{before}::{name}"),
    }
}
