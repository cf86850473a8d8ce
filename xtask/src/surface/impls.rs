//! Lists `impl` blocks and derived traits.

use std::collections::BTreeSet;

use syn::{
    Attribute, Fields, GenericParam, Generics, ImplItem, Item, ItemImpl, Path, PathArguments, Type,
    Visibility, parse_quote, visit_mut::VisitMut,
};

use super::{
    cfg::Marks,
    list::{Lister, Rank, conditions, prefix},
    names::{self, Paths},
    public::Place,
    scope::Entity,
    text::{self, NAME},
    tree::{Block, Definition, DefinitionId, ModuleId},
};
use crate::failure::{Failure, Result};

/// The traits of the standard library that can be derived.
const STD: [&str; 9] = [
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
];

impl Lister<'_> {
    pub(super) fn derives(&mut self) -> Result<()> {
        let tree = self.scope.tree;
        for (id, place) in self.public.definitions.clone() {
            let definition = &tree.definitions[id];
            for (path, under) in &definition.marks.derives {
                for name in self.derived(definition, path)? {
                    if under.is_subset(&place.conditions) {
                        self.traits.entry(id).or_default().insert(name);
                    } else {
                        let to = place.path.join("::");
                        let text = format!("{}impl {name} for {to}", conditions(under));
                        self.line(&place.path, Rank::Impl, text);
                    }
                }
            }
            self.sources(definition, &place)?;
        }
        Ok(())
    }

    /// Returns the traits that a derive macro implements.
    fn derived(&mut self, definition: &Definition, path: &Path) -> Result<Vec<String>> {
        let path = names::segments(path);
        let found = self.scope.resolve(definition.module, &path);
        let whole = found.iter().find_map(|entity| match entity {
            Entity::Outside(path) => Some(path.join("::")),
            _ => None,
        });
        let last = path.last().map(|last| &**last).unwrap_or_default();
        let traits: &[&str] = match whole.as_deref() {
            Some("thiserror::Error") => &["Display", "Error"],
            Some("serde::Serialize") => {
                let line = format!("derive({last}) for {}", definition.name);
                self.check(definition.module, &[], &line, |paths| {
                    paths.0.push(path.clone());
                })?;
                &["Serialize"]
            }
            None if STD.contains(&last) => &[last],
            _ => {
                return Err(Failure::new(format!(
                    "{} derives {}, whose traits are not known to xtask/src/surface/impls.rs",
                    definition.name,
                    path.join("::")
                )));
            }
        };
        Ok(traits.iter().map(|&name| name.to_owned()).collect())
    }

    /// Lists the conversions from fields with `#[from]`, which thiserror implements.
    fn sources(&mut self, definition: &Definition, place: &Place) -> Result<()> {
        let fields: Vec<&Fields> = match &definition.item {
            Item::Enum(item) => item
                .variants
                .iter()
                .map(|variant| &variant.fields)
                .collect(),
            Item::Struct(item) => vec![&item.fields],
            _ => return Ok(()),
        };
        let is_from = |attribute: &Attribute| attribute.path().is_ident("from");
        for field in fields.into_iter().flatten() {
            if field.attrs.iter().any(is_from) {
                let to = place.path.join("::");
                let text = format!("impl From<{}> for {to}", text::of(&field.ty));
                self.check(definition.module, &[], &text, |paths| {
                    paths.visit_type_mut(&mut field.ty.clone());
                })?;
                self.line(&place.path, Rank::Impl, text);
            }
        }
        Ok(())
    }

    pub(super) fn blocks(&mut self) -> Result<()> {
        let tree = self.scope.tree;
        for block in tree.blocks.iter().filter(|block| !block.marks.is_hidden) {
            match &block.item.trait_ {
                Some((_, path, _)) => self.implementation(block, path)?,
                None => self.inherent(block)?,
            }
        }
        Ok(())
    }

    /// Lists the methods and constants of a public type.
    fn inherent(&mut self, block: &Block) -> Result<()> {
        let item = &block.item;
        let Some(place) = self.definition_of(block.module, &item.self_ty)? else {
            return Ok(());
        };
        let path = place.path.join("::");
        let to = named(&item.self_ty, &path);
        for member in &item.items {
            let (rank, attributes, visibility, own) = match member {
                ImplItem::Const(m) => (Rank::Constant, &m.attrs, &m.vis, &m.generics),
                ImplItem::Fn(m) => (Rank::Function, &m.attrs, &m.vis, &m.sig.generics),
                _ => return Err(Failure::new(format!("{to} has an item of an unknown kind"))),
            };
            let marks = Marks::read(attributes).filter(|marks| !marks.is_hidden);
            let Some(marks) = marks.filter(|_| matches!(visibility, Visibility::Public(_))) else {
                continue;
            };
            let mut bounded = own.clone();
            bound(&mut bounded, &item.generics);
            let text = match member {
                ImplItem::Const(member) => {
                    format!("const {to}::{}: {}", member.ident, text::of(&member.ty))
                }
                ImplItem::Fn(member) => {
                    let mut signature = member.sig.clone();
                    let name = format!("{to}::{}", signature.ident);
                    signature.ident = parse_quote!(__Name);
                    signature.generics = bounded;
                    text::signature(&signature).replacen(NAME, &name, 1)
                }
                _ => continue,
            };
            let mut under = block.marks.conditions.clone();
            under.extend(marks.conditions.iter().cloned());
            let under = &under - &place.conditions;
            let text = prefix(&under, &marks) + &text;
            let generics = [&item.generics, own];
            self.check(block.module, &generics, &text, |paths| {
                match member.clone() {
                    ImplItem::Const(mut member) => paths.visit_type_mut(&mut member.ty),
                    mut member => paths.visit_impl_item_mut(&mut member),
                }
            })?;
            let mut head = item.clone();
            head.items.clear();
            self.check(block.module, &generics, &text, |paths| {
                paths.visit_item_impl_mut(&mut head);
            })?;
            self.line(&place.path, rank, text);
        }
        Ok(())
    }

    /// Lists the implementation of a trait if both the trait and the type are public.
    fn implementation(&mut self, block: &Block, path: &Path) -> Result<()> {
        let item = &block.item;
        let mut paths = Paths::default();
        paths.visit_type_mut(&mut (*item.self_ty).clone());
        let types = paths.0.len();
        paths.visit_path_mut(&mut path.clone());
        let parameters = names::parameters(&item.generics);
        let mut homes = Vec::new();
        for (number, path) in paths.0.iter().enumerate() {
            if path
                .first()
                .is_none_or(|first| first == "Self" || parameters.contains(first))
            {
                continue;
            }
            for entity in self.known(block.module, path)? {
                if let Entity::Definition(id) = entity {
                    match self.public.definitions.get(&id) {
                        Some(place) => homes.push((number < types, id, place.clone())),
                        // The length of an array.
                        None if self.is_value(id) => {}
                        None if self.scope.alias(id).is_some() => {
                            let text = text::of(&item.self_ty);
                            return Err(Failure::new(format!(
                                "an implementation for `{text}` names a private alias"
                            )));
                        }
                        // A private type or trait.
                        None => return Ok(()),
                    }
                }
            }
        }
        // Below the type, or else below the trait, or below a type in its arguments.
        let Some((is_type, id, place)) = homes.first().cloned() else {
            return Ok(());
        };
        let name = path.segments.last().map(|last| last.ident.to_string());
        let name = name.unwrap_or_default();
        let is_bare = path
            .segments
            .last()
            .is_some_and(|last| last.arguments.is_empty());
        let types = associated(item);
        let under = &block.marks.conditions - &place.conditions;
        let is_of_type = is_type && matches!(&*item.self_ty, Type::Path(_));
        if is_of_type && is_bare && types.is_empty() && under.is_empty() && !is_bounded(item) {
            let text = format!("impl {name} for {}", place.path.join("::"));
            self.check_block(block, &text)?;
            self.traits.entry(id).or_default().insert(name);
            return Ok(());
        }
        let mut head = item.clone();
        head.items.clear();
        head.attrs.clear();
        if let Some((_, path, _)) = &mut head.trait_ {
            shorten(path, &types);
        }
        if is_of_type {
            let to = named(&item.self_ty, NAME);
            head.self_ty = syn::parse_str(&to).map_or(head.self_ty, Box::new);
        }
        let text = text::item(Item::Impl(head)).replacen(NAME, &place.path.join("::"), 1);
        let text = conditions(&under) + &text;
        self.check_block(block, &text)?;
        self.line(&place.path, Rank::Impl, text);
        Ok(())
    }

    fn check_block(&mut self, block: &Block, text: &str) -> Result<()> {
        let mut head = block.item.clone();
        head.items.retain(|item| matches!(item, ImplItem::Type(_)));
        let generics = [&block.item.generics];
        self.check(block.module, &generics, text, |paths| {
            paths.visit_item_impl_mut(&mut head);
        })
    }

    fn is_value(&self, id: DefinitionId) -> bool {
        let item = &self.scope.tree.definitions[id].item;
        matches!(item, Item::Const(_) | Item::Fn(_) | Item::Static(_))
    }

    /// Returns the place of the public type for which a block is written, perhaps by an alias.
    fn definition_of(&self, module: ModuleId, ty: &Type) -> Result<Option<Place>> {
        let Type::Path(path) = ty else {
            return Ok(None);
        };
        for entity in self.known(module, &names::segments(&path.path))? {
            if let Entity::Definition(id) = entity {
                if let Some(place) = self.public.definitions.get(&id) {
                    return Ok(Some(place.clone()));
                }
                if let Some((module, alias)) = self.scope.alias(id) {
                    return self.definition_of(module, &alias.ty);
                }
            }
        }
        Ok(None)
    }

    /// Resolves a path in the first line of a block. Fails if it is not known.
    fn known(&self, module: ModuleId, path: &[String]) -> Result<BTreeSet<Entity>> {
        let found = self.scope.resolve(module, path);
        if found.is_empty() {
            let path = path.join("::");
            return Err(Failure::new(format!(
                "cannot tell what {path} is in an `impl`"
            )));
        }
        Ok(found)
    }
}

/// Returns a type with another name, but with its arguments.
fn named(ty: &Type, name: &str) -> String {
    let Type::Path(path) = ty else {
        return name.to_owned();
    };
    match path.path.segments.last().map(|last| &last.arguments) {
        Some(arguments @ PathArguments::AngleBracketed(_)) => {
            let ty: syn::Result<Type> = syn::parse2(quote::quote!(__Name #arguments));
            ty.map_or_else(
                |_| name.to_owned(),
                |ty| text::of(&ty).replacen(NAME, name, 1),
            )
        }
        _ => name.to_owned(),
    }
}

/// Returns the types that an implementation defines, with their values.
fn associated(item: &ItemImpl) -> Vec<(syn::Ident, Type)> {
    let types = item.items.iter().filter_map(|item| match item {
        ImplItem::Type(item) => Some((item.ident.clone(), item.ty.clone())),
        _ => None,
    });
    types.collect()
}

/// Removes what is before the name of a trait, and adds its associated types.
fn shorten(path: &mut Path, types: &[(syn::Ident, Type)]) {
    let Some(last) = path.segments.last().cloned() else {
        return;
    };
    let name = &last.ident;
    let arguments = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().cloned().collect(),
        _ => Vec::new(),
    };
    let types = types.iter().map(|(name, ty)| quote::quote!(#name = #ty));
    let all: Vec<_> = arguments
        .iter()
        .map(quote::ToTokens::to_token_stream)
        .chain(types)
        .collect();
    *path = if all.is_empty() {
        parse_quote!(#name)
    } else {
        parse_quote!(#name<#(#all),*>)
    };
}

/// Returns whether an implementation holds for some arguments only.
fn is_bounded(item: &ItemImpl) -> bool {
    item.generics.where_clause.is_some()
        || item
            .generics
            .params
            .iter()
            .any(|parameter| match parameter {
                GenericParam::Type(ty) => !ty.bounds.is_empty(),
                GenericParam::Lifetime(lifetime) => !lifetime.bounds.is_empty(),
                GenericParam::Const(_) => false,
            })
}

/// Adds the bounds of a block to the `where` clause of a method.
fn bound(generics: &mut Generics, block: &Generics) {
    for parameter in &block.params {
        if let GenericParam::Type(ty) = parameter
            && !ty.bounds.is_empty()
        {
            let (name, bounds) = (&ty.ident, &ty.bounds);
            let clause = generics.make_where_clause();
            clause.predicates.push(parse_quote!(#name: #bounds));
        }
    }
    if let Some(clause) = &block.where_clause {
        let predicates = clause.predicates.iter().cloned();
        generics.make_where_clause().predicates.extend(predicates);
    }
}
