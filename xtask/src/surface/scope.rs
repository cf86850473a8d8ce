//! Finds what a path stands for.

use std::collections::BTreeSet;

use syn::{Item, ItemType};

use super::tree::{DefinitionId, ModuleId, Tree};

/// Names that are known everywhere.
const PRELUDE: [&str; 55] = [
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
    "bool",
    "char",
    "f32",
    "f64",
    "i128",
    "isize",
    "str",
    "u128",
    "usize",
    "vec",
];
const INTEGERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];
/// The crates of the standard library.
const STD: [&str; 3] = ["std", "core", "alloc"];

/// The meaning of a name. A name may have several, such as a module and a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entity {
    Module(ModuleId),
    Definition(DefinitionId),
    /// Something in the standard library.
    Std,
    /// Something in another crate, by its path.
    Outside(Vec<String>),
}

/// Resolves paths in a crate.
pub(super) struct Scope<'a> {
    pub(super) tree: &'a Tree,
    /// The names of the crates that the manifest lists.
    pub(super) crates: &'a BTreeSet<String>,
}

type Visited = BTreeSet<(ModuleId, String)>;

impl Scope<'_> {
    /// Returns everything that a path stands for in a module; nothing if it is not known.
    pub(super) fn resolve(&self, module: ModuleId, path: &[String]) -> BTreeSet<Entity> {
        self.path(module, path, &mut Visited::new())
    }

    /// Returns the alias that a definition is, and the module in which it is written.
    pub(super) fn alias(&self, id: DefinitionId) -> Option<(ModuleId, &ItemType)> {
        let definition = &self.tree.definitions[id];
        match &definition.item {
            Item::Type(item) => Some((definition.module, item)),
            _ => None,
        }
    }

    fn path(&self, module: ModuleId, path: &[String], visited: &mut Visited) -> BTreeSet<Entity> {
        let Some((first, mut rest)) = path.split_first() else {
            return BTreeSet::new();
        };
        let mut found = match &**first {
            "crate" => [Entity::Module(0)].into(),
            "self" => [Entity::Module(module)].into(),
            "super" => match self.tree.modules[module].parent {
                Some(parent) => [Entity::Module(parent)].into(),
                None => return BTreeSet::new(),
            },
            name => self.first(module, name, visited),
        };
        while let Some((name, more)) = rest.split_first() {
            let mut next = BTreeSet::new();
            for entity in found {
                match entity {
                    Entity::Module(id) if name == "super" => {
                        next.extend(self.tree.modules[id].parent.map(Entity::Module));
                    }
                    Entity::Module(id) => next.extend(self.member(id, name, visited)),
                    Entity::Outside(mut path) => {
                        path.push(name.clone());
                        next.insert(Entity::Outside(path));
                    }
                    // A variant, or an associated item.
                    entity @ (Entity::Definition(_) | Entity::Std) => {
                        next.insert(entity);
                    }
                }
            }
            (found, rest) = (next, more);
        }
        found
    }

    /// Finds the first name of a path.
    fn first(&self, module: ModuleId, name: &str, visited: &mut Visited) -> BTreeSet<Entity> {
        let found = self.member(module, name, visited);
        if !found.is_empty() {
            return found;
        }
        if STD.contains(&name) {
            return [Entity::Std].into();
        }
        if self.crates.contains(name) {
            return [Entity::Outside(vec![name.to_owned()])].into();
        }
        let imports = &self.tree.modules[module].imports;
        let mut globs = imports.iter().filter(|import| import.name.is_none());
        // Own definitions come first, names of other crates last, as those cannot be listed.
        let outside = globs.find_map(|glob| {
            let found = self.path(module, &glob.path, &mut visited.clone());
            found.into_iter().find_map(|entity| match entity {
                Entity::Outside(mut path) => {
                    path.push(name.to_owned());
                    Some(Entity::Outside(path))
                }
                _ => None,
            })
        });
        if PRELUDE.contains(&name) || INTEGERS.contains(&name) {
            return [Entity::Std].into();
        }
        outside.into_iter().collect()
    }

    /// Finds a name in a module: what it defines, what it imports, and what its globs bring.
    fn member(&self, id: ModuleId, name: &str, visited: &mut Visited) -> BTreeSet<Entity> {
        if !visited.insert((id, name.to_owned())) {
            return BTreeSet::new();
        }
        let module = &self.tree.modules[id];
        let mut found = BTreeSet::new();
        let definitions = module.definitions.iter();
        let own = definitions.filter(|&&id| self.tree.definitions[id].name == name);
        found.extend(own.map(|&id| Entity::Definition(id)));
        let children = module.children.iter().filter(|child| child.name == name);
        found.extend(children.map(|child| Entity::Module(child.module)));
        for import in &module.imports {
            if import.name.as_deref() == Some(name) {
                found.extend(self.path(id, &import.path, visited));
            }
        }
        if found.is_empty() {
            for import in module.imports.iter().filter(|import| import.name.is_none()) {
                for entity in self.path(id, &import.path, &mut visited.clone()) {
                    if let Entity::Module(from) = entity {
                        found.extend(self.member(from, name, visited));
                    }
                }
            }
        }
        visited.remove(&(id, name.to_owned()));
        found
    }
}
