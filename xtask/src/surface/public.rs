//! Finds the paths at which the items of a crate are public.
//!
//! An item is listed once: where it is defined if its module is public, otherwise at its first
//! re-export. Further re-exports, and those of other crates, are listed as such.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    cfg::{Conditions, Marks},
    scope::{Entity, Scope},
    tree::{DefinitionId, ModuleId},
};
use crate::failure::{Failure, Result};

/// The public paths of a crate, below its root.
#[derive(Default)]
pub(super) struct Public {
    pub(super) modules: BTreeMap<ModuleId, Place>,
    pub(super) definitions: BTreeMap<DefinitionId, Place>,
    pub(super) reexports: Vec<Reexport>,
}

/// A public path, and the conditions under which it exists.
#[derive(Clone, Default)]
pub(super) struct Place {
    pub(super) path: Vec<String>,
    pub(super) conditions: Conditions,
}

/// A second path of an item, or one of an item in another crate.
pub(super) struct Reexport {
    pub(super) place: Place,
    /// The path of the item, which begins with `crate` or with the name of its crate.
    pub(super) of: Vec<String>,
}

/// A name that a module exports.
struct Export {
    name: String,
    entity: Entity,
    marks: Marks,
    /// The module defines it.
    is_own: bool,
}

impl Public {
    pub(super) fn find(scope: &Scope<'_>) -> Result<Self> {
        let mut public = Self::default();
        public.claim(scope, 0, Place::default());
        // A re-exported module may re-export others.
        loop {
            let known = public.modules.clone();
            for (&module, place) in &known {
                for export in exports(scope, module)? {
                    if let Entity::Module(inner) = export.entity {
                        public.claim(scope, inner, place.with(&export));
                    }
                }
            }
            if public.modules.len() == known.len() {
                break;
            }
        }
        for is_own in [true, false] {
            for (&module, place) in &public.modules.clone() {
                for export in exports(scope, module)? {
                    if export.is_own == is_own {
                        public.add(scope, export, place);
                    }
                }
            }
        }
        Ok(public)
    }

    /// Makes a module public at a path, with the public modules in it, unless it has a path.
    fn claim(&mut self, scope: &Scope<'_>, module: ModuleId, place: Place) {
        if self.modules.contains_key(&module) {
            return;
        }
        self.modules.insert(module, place.clone());
        for child in &scope.tree.modules[module].children {
            if child.is_public && !child.marks.is_hidden {
                let mut inner = place.clone();
                inner.path.push(child.name.clone());
                inner.conditions.extend(child.marks.conditions.clone());
                self.claim(scope, child.module, inner);
            }
        }
    }

    fn add(&mut self, scope: &Scope<'_>, export: Export, module: &Place) {
        let mut place = module.with(&export);
        let of = match export.entity {
            Entity::Std => vec!["std".to_owned(), export.name],
            Entity::Outside(path) => path,
            Entity::Module(id) => match self.modules.get(&id) {
                Some(known) if known.path != place.path => known.whole(),
                _ => return,
            },
            Entity::Definition(id) => match self.definitions.get(&id) {
                Some(known) if known.path != place.path => known.whole(),
                Some(_) => return,
                None => {
                    let marks = &scope.tree.definitions[id].marks;
                    if !marks.is_hidden {
                        place.conditions.extend(marks.conditions.clone());
                        self.definitions.insert(id, place);
                    }
                    return;
                }
            },
        };
        self.reexports.push(Reexport { place, of });
    }
}

impl Place {
    fn with(&self, export: &Export) -> Self {
        let mut place = self.clone();
        place.path.push(export.name.clone());
        place.conditions.extend(export.marks.conditions.clone());
        place
    }

    fn whole(&self) -> Vec<String> {
        let root = std::iter::once("crate".to_owned());
        root.chain(self.path.iter().cloned()).collect()
    }
}

/// Returns the names that a module exports. Fails if it exports something unknown.
fn exports(scope: &Scope<'_>, module: ModuleId) -> Result<Vec<Export>> {
    let mut found = Vec::new();
    collect(scope, module, &mut BTreeSet::new(), &mut found)?;
    Ok(found)
}

fn collect(
    scope: &Scope<'_>,
    id: ModuleId,
    visited: &mut BTreeSet<ModuleId>,
    found: &mut Vec<Export>,
) -> Result<()> {
    if !visited.insert(id) {
        return Ok(());
    }
    let module = &scope.tree.modules[id];
    for &id in &module.definitions {
        let definition = &scope.tree.definitions[id];
        if definition.is_public && !definition.marks.is_hidden {
            found.push(Export {
                name: definition.name.clone(),
                entity: Entity::Definition(id),
                marks: definition.marks.clone(),
                is_own: true,
            });
        }
    }
    for child in &module.children {
        if child.is_public && !child.marks.is_hidden {
            found.push(Export {
                name: child.name.clone(),
                entity: Entity::Module(child.module),
                marks: child.marks.clone(),
                is_own: true,
            });
        }
    }
    for import in &module.imports {
        if !import.is_public || import.marks.is_hidden {
            continue;
        }
        let entities = scope.resolve(id, &import.path);
        if entities.is_empty() {
            let path = import.path.join("::");
            return Err(Failure::new(format!(
                "cannot tell what `pub use {path}` exports"
            )));
        }
        for entity in entities {
            match (&import.name, entity) {
                (Some(name), entity) => found.push(Export {
                    name: name.clone(),
                    entity,
                    marks: import.marks.clone(),
                    is_own: false,
                }),
                (None, Entity::Module(from)) => {
                    let mut inner = Vec::new();
                    collect(scope, from, visited, &mut inner)?;
                    for mut export in inner {
                        export.is_own = false;
                        let conditions = import.marks.conditions.clone();
                        export.marks.conditions.extend(conditions);
                        found.push(export);
                    }
                }
                (None, entity) => found.push(Export {
                    name: "*".to_owned(),
                    entity,
                    marks: import.marks.clone(),
                    is_own: false,
                }),
            }
        }
    }
    Ok(())
}
