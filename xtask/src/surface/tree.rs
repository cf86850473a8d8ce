//! The modules of a crate with their items, in which macros are expanded.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use syn::{
    File, ImplItem, Item, ItemImpl, ItemMacro, ItemUse, Macro as Call, TraitItem, UseTree,
    Visibility,
};

use super::{
    cfg::{Conditions, Marks},
    expand::Macro,
};
use crate::failure::{Doing as _, Failure, Result};

/// Macros that define nothing public.
const OPAQUE: [&str; 2] = ["thread_local", "compile_error"];

/// The index of a module in a [`Tree`].
pub(super) type ModuleId = usize;
/// The index of a definition in a [`Tree`].
pub(super) type DefinitionId = usize;

/// A crate. Its first module is the root.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
    pub(super) definitions: Vec<Definition>,
    pub(super) blocks: Vec<Block>,
}

#[derive(Default)]
pub(super) struct Module {
    pub(super) parent: Option<ModuleId>,
    pub(super) children: Vec<Child>,
    pub(super) definitions: Vec<DefinitionId>,
    pub(super) imports: Vec<Import>,
    macros: BTreeMap<String, Macro>,
}

/// A module in another one.
pub(super) struct Child {
    pub(super) name: String,
    pub(super) module: ModuleId,
    pub(super) is_public: bool,
    pub(super) marks: Marks,
}

/// An item with a name, except for modules.
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) module: ModuleId,
    pub(super) is_public: bool,
    /// Its conditions include those of its module.
    pub(super) marks: Marks,
    pub(super) item: Item,
}

/// One name of a `use`.
pub(super) struct Import {
    /// `None` for a glob.
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
    pub(super) is_public: bool,
    pub(super) marks: Marks,
}

/// An `impl` block.
pub(super) struct Block {
    pub(super) module: ModuleId,
    /// Its conditions include those of its module.
    pub(super) marks: Marks,
    pub(super) item: ItemImpl,
}

/// Reads a file of a crate by its path.
pub(super) type Read<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

impl Tree {
    /// Reads the crate whose root is `root`, with all files that it declares.
    pub(super) fn load(root: &Path, read: Read<'_>) -> Result<Self> {
        let mut tree = Self::default();
        tree.modules.push(Module::default());
        let folder = root.parent().unwrap_or(root).to_owned();
        let mut loader = Loader { tree, read };
        let place = Place {
            module: 0,
            file: root.to_owned(),
            folder,
            under: Conditions::new(),
        };
        loader.file(&place)?;
        Ok(loader.tree)
    }
}

struct Loader<'a> {
    tree: Tree,
    read: Read<'a>,
}

/// The place of the items that are being read.
struct Place {
    module: ModuleId,
    file: PathBuf,
    /// The folder of the modules in this one.
    folder: PathBuf,
    under: Conditions,
}

impl Place {
    fn wrong(&self, what: impl std::fmt::Display) -> Failure {
        Failure::new(format!("{}: {what}", self.file.display()))
    }

    /// Reads attributes, and adds the conditions of this place.
    fn marks(&self, attributes: &[syn::Attribute]) -> Option<Marks> {
        let mut marks = Marks::read(attributes)?;
        marks.conditions.extend(self.under.iter().cloned());
        Some(marks)
    }
}

impl Loader<'_> {
    fn file(&mut self, place: &Place) -> Result<()> {
        let text = (self.read)(&place.file).doing(|| format!("read {:?}", place.file))?;
        let file = syn::parse_file(&text).map_err(|error| place.wrong(error))?;
        let marks = Marks::read(&file.attrs);
        if marks.is_none_or(|marks| marks.is_hidden || !marks.conditions.is_empty()) {
            return Err(place.wrong("write its condition, or `doc(hidden)`, before its `mod`"));
        }
        self.items(file.items, place)
    }

    fn items(&mut self, items: Vec<Item>, place: &Place) -> Result<()> {
        items
            .into_iter()
            .try_for_each(|item| self.item(item, place))
    }

    fn item(&mut self, mut item: Item, place: &Place) -> Result<()> {
        let Some((attributes, visibility)) = parts(&item) else {
            return Ok(());
        };
        let Some(marks) = place.marks(attributes) else {
            return Ok(());
        };
        let mut is_public = matches!(visibility, Some(Visibility::Public(_)));
        let name = match &item {
            Item::Mod(_) => return self.module(item, is_public, marks, place),
            Item::Use(import) => {
                self.import(import, is_public, &marks, place);
                return Ok(());
            }
            Item::Impl(block) => {
                let mut block = block.clone();
                self.expand_in(&mut block.items, place)?;
                self.tree.blocks.push(Block {
                    module: place.module,
                    marks,
                    item: block,
                });
                return Ok(());
            }
            Item::Macro(ItemMacro { ident, mac, .. }) => match ident {
                Some(name) if mac.path.is_ident("macro_rules") => {
                    let parsed =
                        Macro::parse(mac.tokens.clone()).map_err(|error| place.wrong(error))?;
                    let name = name.to_string();
                    self.tree.modules[place.module]
                        .macros
                        .insert(name.clone(), parsed);
                    if !marks.is_exported {
                        return Ok(());
                    }
                    is_public = true;
                    name
                }
                _ => {
                    let Some(tokens) = self.expand(mac, place)? else {
                        return Ok(());
                    };
                    let file: File = syn::parse2(tokens).map_err(|error| place.wrong(error))?;
                    return self.items(file.items, place);
                }
            },
            Item::Const(item) => item.ident.to_string(),
            Item::Enum(item) => item.ident.to_string(),
            Item::Fn(item) => item.sig.ident.to_string(),
            Item::Static(item) => item.ident.to_string(),
            Item::Struct(item) => item.ident.to_string(),
            Item::Trait(item) => item.ident.to_string(),
            Item::Type(item) => item.ident.to_string(),
            Item::Union(item) => item.ident.to_string(),
            _ => return Err(place.wrong("there is an item of a kind that the listing lacks")),
        };
        if let Item::Trait(item) = &mut item
            && item
                .items
                .iter()
                .any(|item| matches!(item, TraitItem::Macro(_)))
        {
            return Err(place.wrong(format!("the trait {name} calls a macro")));
        }
        // Exported macros are at the root.
        let module = if marks.is_exported { 0 } else { place.module };
        let id = self.tree.definitions.len();
        self.tree.modules[module].definitions.push(id);
        self.tree.definitions.push(Definition {
            name,
            module,
            is_public,
            marks,
            item,
        });
        Ok(())
    }

    fn module(&mut self, item: Item, is_public: bool, marks: Marks, place: &Place) -> Result<()> {
        let Item::Mod(item) = item else {
            return Ok(());
        };
        let name = item.ident.to_string();
        let module = self.tree.modules.len();
        self.tree.modules.push(Module {
            parent: Some(place.module),
            ..Module::default()
        });
        let mut inner = Place {
            module,
            file: place.file.clone(),
            folder: place.folder.join(&name),
            under: marks.conditions.clone(),
        };
        self.tree.modules[place.module].children.push(Child {
            name: name.clone(),
            module,
            is_public,
            marks,
        });
        let macro_use = |attribute: &syn::Attribute| attribute.path().is_ident("macro_use");
        let shares_macros = item.attrs.iter().any(macro_use);
        if let Some((_, items)) = item.content {
            self.items(items, &inner)?;
            self.share_macros(shares_macros, module, place);
            return Ok(());
        }
        if item
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("path"))
        {
            return Err(place.wrong(format!("the module {name} has a path of its own")));
        }
        inner.file = place.folder.join(format!("{name}.rs"));
        self.file(&inner)?;
        self.share_macros(shares_macros, module, place);
        Ok(())
    }

    /// Makes the macros of a module with `#[macro_use]` known in the rest of its parent.
    fn share_macros(&mut self, is_shared: bool, module: ModuleId, place: &Place) {
        if is_shared {
            let macros = std::mem::take(&mut self.tree.modules[module].macros);
            self.tree.modules[place.module].macros.extend(macros);
        }
    }

    fn import(&mut self, item: &ItemUse, is_public: bool, marks: &Marks, place: &Place) {
        let mut found = Vec::new();
        names(&item.tree, &mut Vec::new(), &mut found);
        let imports = &mut self.tree.modules[place.module].imports;
        imports.extend(found.into_iter().map(|(name, path)| Import {
            name,
            path,
            is_public,
            marks: marks.clone(),
        }));
    }

    fn expand_in(&self, items: &mut Vec<ImplItem>, place: &Place) -> Result<()> {
        let mut expanded = Vec::new();
        for item in items.drain(..) {
            let ImplItem::Macro(call) = item else {
                expanded.push(item);
                continue;
            };
            if let Some(tokens) = self.expand(&call.mac, place)? {
                let block = syn::parse2::<ItemImpl>(quote::quote!(impl X { #tokens }));
                let mut block = block.map_err(|error| place.wrong(error))?;
                self.expand_in(&mut block.items, place)?;
                expanded.append(&mut block.items);
            }
        }
        *items = expanded;
        Ok(())
    }

    /// Expands a call of a macro of this crate. Returns `None` for one that defines nothing public.
    fn expand(&self, call: &Call, place: &Place) -> Result<Option<proc_macro2::TokenStream>> {
        let name = call.path.segments.last().map(|last| last.ident.to_string());
        let name = name.unwrap_or_default();
        if OPAQUE.contains(&&*name) {
            return Ok(None);
        }
        let mut module = Some(place.module);
        while let Some(id) = module {
            if let Some(found) = self.tree.modules[id].macros.get(&name) {
                let tokens = found.expand(&call.tokens);
                return tokens
                    .map(Some)
                    .map_err(|error| place.wrong(format!("{name}!: {error}")));
            }
            module = self.tree.modules[id].parent;
        }
        Err(place.wrong(format!("the macro {name} is not one of this crate")))
    }
}

/// Returns the attributes and the visibility of an item, if it can be public.
fn parts(item: &Item) -> Option<(&[syn::Attribute], Option<&Visibility>)> {
    Some(match item {
        Item::Const(item) if item.ident == "_" => return None,
        Item::Const(item) => (&item.attrs, Some(&item.vis)),
        Item::Enum(item) => (&item.attrs, Some(&item.vis)),
        Item::Fn(item) => (&item.attrs, Some(&item.vis)),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(item) => (&item.attrs, None),
        Item::Mod(item) => (&item.attrs, Some(&item.vis)),
        Item::Static(item) => (&item.attrs, Some(&item.vis)),
        Item::Struct(item) => (&item.attrs, Some(&item.vis)),
        Item::Trait(item) => (&item.attrs, Some(&item.vis)),
        Item::Type(item) => (&item.attrs, Some(&item.vis)),
        Item::Union(item) => (&item.attrs, Some(&item.vis)),
        Item::Use(item) => (&item.attrs, Some(&item.vis)),
        _ => (&[], None),
    })
}

/// Adds the names that a `use` introduces, with their paths.
fn names(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<(Option<String>, Vec<String>)>) {
    let with = |path: &[String], last: String| {
        let mut whole = path.to_vec();
        // `use a::{self}` is `use a`.
        if last != "self" || whole.is_empty() {
            whole.push(last);
        }
        whole
    };
    match tree {
        UseTree::Path(tree) => {
            path.push(tree.ident.to_string());
            names(&tree.tree, path, found);
            path.pop();
        }
        UseTree::Name(tree) => {
            let whole = with(path, tree.ident.to_string());
            found.push((whole.last().cloned(), whole));
        }
        UseTree::Rename(tree) => {
            let whole = with(path, tree.ident.to_string());
            found.push((Some(tree.rename.to_string()), whole));
        }
        UseTree::Glob(_) => found.push((None, path.clone())),
        UseTree::Group(tree) => {
            for tree in &tree.items {
                names(tree, path, found);
            }
        }
    }
}
