//! Writes a line for each public item of a crate.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens as _;
use syn::{Field, Fields, Generics, Item, TraitItem, Visibility, parse_quote, visit_mut::VisitMut};

use super::{
    cfg::{Conditions, Marks},
    names::{self, Paths},
    public::{Place, Public},
    scope::{Entity, Scope},
    text::{self, NAME},
    tree::{Definition, DefinitionId, ModuleId},
};
use crate::failure::{Failure, Result};

/// The public API of a crate.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) lines: Vec<String>,
    /// The types of other crates that it names, with the first line that does.
    pub(super) outside: BTreeMap<String, String>,
    pub(super) items: Vec<Listed>,
}

/// A public item, as documentation lists it.
pub(super) struct Listed {
    pub(super) path: String,
    pub(super) conditions: Conditions,
    /// The item has another path, or is in another crate.
    pub(super) is_reexport: bool,
}

/// The place of a line among the others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Item,
    Field,
    Variant,
    Constant,
    Type,
    Function,
    Impl,
}

pub(super) struct Lister<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) public: Public,
    lines: BTreeSet<(Vec<String>, Rank, String)>,
    outside: BTreeMap<String, String>,
    /// The traits of a type that are written after its name.
    pub(super) traits: BTreeMap<DefinitionId, BTreeSet<String>>,
}

/// Lists the public API of a crate.
pub(super) fn list(scope: Scope<'_>) -> Result<Listing> {
    let public = Public::find(&scope)?;
    let mut lister = Lister {
        scope,
        public,
        lines: BTreeSet::new(),
        outside: BTreeMap::new(),
        traits: BTreeMap::new(),
    };
    lister.reexports();
    lister.derives()?;
    lister.blocks()?;
    let definitions = lister.public.definitions.clone();
    for (&id, place) in &definitions {
        lister.definition(id, place)?;
    }
    let listed = |place: &Place, is_reexport| Listed {
        path: place.path.join("::"),
        conditions: place.conditions.clone(),
        is_reexport,
    };
    let reexports = lister.public.reexports.iter();
    let reexports = reexports.map(|reexport| listed(&reexport.place, true));
    let items = definitions.values().map(|place| listed(place, false));
    let items = items.chain(reexports).collect();
    Ok(Listing {
        lines: lister.lines.into_iter().map(|(_, _, text)| text).collect(),
        outside: lister.outside,
        items,
    })
}

impl Lister<'_> {
    /// Adds a line below the item at `path`.
    pub(super) fn line(&mut self, path: &[String], rank: Rank, text: String) {
        self.lines.insert((path.to_vec(), rank, text));
    }

    /// Notes the types of other crates in a declaration. Fails if it names something unknown.
    pub(super) fn check(
        &mut self,
        module: ModuleId,
        generics: &[&Generics],
        line: &str,
        visit: impl FnOnce(&mut Paths),
    ) -> Result<()> {
        let mut paths = Paths::default();
        visit(&mut paths);
        let known: Vec<_> = generics.iter().flat_map(|g| names::parameters(g)).collect();
        let mut paths: Vec<_> = paths.0.into_iter().map(|path| (module, path)).collect();
        let mut aliases = BTreeSet::new();
        while let Some((module, path)) = paths.pop() {
            if path
                .first()
                .is_none_or(|first| first == "Self" || known.contains(first))
            {
                continue;
            }
            let found = self.scope.resolve(module, &path);
            if found.is_empty() {
                let path = path.join("::");
                return Err(Failure::new(format!(
                    "cannot tell what {path} is in `{line}`"
                )));
            }
            let is_outside = found
                .iter()
                .all(|entity| matches!(entity, Entity::Outside(_)));
            for entity in found {
                match entity {
                    Entity::Outside(path) if is_outside => {
                        let known = self.outside.entry(path.join("::"));
                        known.or_insert_with(|| line.to_owned());
                    }
                    // The type behind a private alias is as public as one that is written out.
                    Entity::Definition(id) if !self.public.definitions.contains_key(&id) => {
                        if let Some((module, alias)) = self.scope.alias(id)
                            && aliases.insert(id)
                        {
                            let mut inner = Paths::default();
                            inner.visit_type_mut(&mut (*alias.ty).clone());
                            let own = names::parameters(&alias.generics);
                            let inner = inner.0.into_iter();
                            let inner = inner.filter(|path| !own.contains(&path[0]));
                            paths.extend(inner.map(|path| (module, path)));
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn reexports(&mut self) {
        let modules = self.public.modules.clone();
        for place in modules.values().filter(|place| !place.path.is_empty()) {
            let text = format!(
                "{}mod {}",
                conditions(&place.conditions),
                place.path.join("::")
            );
            self.line(&place.path, Rank::Item, text);
        }
        for index in 0..self.public.reexports.len() {
            let reexport = &self.public.reexports[index];
            let path = reexport.place.path.clone();
            let of = reexport.of.join("::");
            let text = format!(
                "{}use {} = {of}",
                conditions(&reexport.place.conditions),
                path.join("::")
            );
            if reexport.of[0] != "crate" && reexport.of[0] != "std" {
                self.outside.entry(of).or_insert_with(|| text.clone());
            }
            self.line(&path, Rank::Item, text);
        }
    }

    fn definition(&mut self, id: DefinitionId, place: &Place) -> Result<()> {
        let tree = self.scope.tree;
        let Definition {
            item,
            module,
            marks,
            ..
        } = &tree.definitions[id];
        let path = place.path.join("::");
        let traits = self.traits.remove(&id).unwrap_or_default();
        let traits = Vec::from_iter(traits).join(" + ");
        let traits = match &*traits {
            "" => String::new(),
            traits => format!(": {traits}"),
        };
        let prefix = prefix(&place.conditions, marks);
        let generics = generics_of(item);
        let text = match item {
            Item::Const(item) => {
                let (ty, name) = (text::of(&item.ty), &path);
                format!("{prefix}const {name}: {ty}")
            }
            Item::Static(item) => format!("{prefix}static {path}: {}", text::of(&item.ty)),
            Item::Fn(item) => {
                let mut signature = item.sig.clone();
                signature.ident = parse_quote!(__Name);
                let text = text::signature(&signature).replacen(NAME, &path, 1);
                format!("{prefix}{text}")
            }
            Item::Macro(_) => format!("{prefix}macro {path}!"),
            Item::Type(item) => {
                let (generics, ty) = (&item.generics, text::of(&item.ty));
                format!("{prefix}type {} = {ty}", text::generic(&path, generics))
            }
            Item::Struct(item) => {
                let head = text::generic(&path, &item.generics);
                let clause = text::clause(&item.generics.where_clause);
                let fields = fields(&item.fields);
                format!("{prefix}struct {head}{clause}{fields}{traits}")
            }
            Item::Enum(item) => {
                let head = text::generic(&path, &item.generics);
                let clause = text::clause(&item.generics.where_clause);
                format!("{prefix}enum {head}{clause}{traits}")
            }
            Item::Trait(item) => {
                let mut bare = item.clone();
                bare.attrs.clear();
                bare.items.clear();
                bare.vis = Visibility::Inherited;
                bare.ident = parse_quote!(__Name);
                let text = text::item(Item::Trait(bare)).replacen(NAME, &path, 1);
                format!("{prefix}{text}")
            }
            _ => {
                return Err(Failure::new(format!(
                    "{path} is an item that cannot be listed"
                )));
            }
        };
        self.check(*module, &generics, &text, |paths| declared(item, paths))?;
        self.line(&place.path, Rank::Item, text);
        match item {
            Item::Struct(item) => self.fields(&item.fields, *module, &generics, place)?,
            Item::Enum(_) => self.variants(item, *module, &generics, place)?,
            Item::Trait(_) => self.trait_items(item, *module, &generics, place)?,
            _ => {}
        }
        Ok(())
    }

    /// Lists the public fields with names. Those of tuples are part of the item's line.
    fn fields(
        &mut self,
        fields: &Fields,
        module: ModuleId,
        generics: &[&Generics],
        place: &Place,
    ) -> Result<()> {
        let path = place.path.join("::");
        for (number, field) in fields
            .iter()
            .enumerate()
            .filter(|(_, field)| is_public(field))
        {
            let Some(marks) = Marks::read(&field.attrs).filter(|marks| !marks.is_hidden) else {
                continue;
            };
            let name = field
                .ident
                .as_ref()
                .map_or_else(|| number.to_string(), ToString::to_string);
            let ty = text::of(&field.ty);
            let text = format!(
                "{}field {path}::{name}: {ty}",
                prefix(&marks.conditions, &marks)
            );
            self.check(module, generics, &text, |paths| {
                paths.visit_type_mut(&mut field.ty.clone());
            })?;
            if field.ident.is_some() {
                self.line(&place.path, Rank::Field, text);
            }
        }
        Ok(())
    }

    fn variants(
        &mut self,
        item: &Item,
        module: ModuleId,
        generics: &[&Generics],
        place: &Place,
    ) -> Result<()> {
        let Item::Enum(item) = item else {
            return Ok(());
        };
        let path = place.path.join("::");
        for variant in &item.variants {
            let Some(marks) = Marks::read(&variant.attrs).filter(|marks| !marks.is_hidden) else {
                continue;
            };
            let each = variant.fields.iter().map(|field| match &field.ident {
                Some(name) => format!("{name}: {}", text::of(&field.ty)),
                None => text::of(&field.ty),
            });
            let each = each.collect::<Vec<_>>().join(", ");
            let fields = match variant.fields {
                Fields::Named(_) => format!(" {{ {each} }}"),
                Fields::Unnamed(_) => format!("({each})"),
                Fields::Unit => String::new(),
            };
            let value = variant.discriminant.as_ref();
            let value = value.map(|(_, value)| format!(" = {}", value.to_token_stream()));
            let text = format!(
                "{}variant {path}::{}{fields}{}",
                prefix(&marks.conditions, &marks),
                variant.ident,
                value.unwrap_or_default()
            );
            self.check(module, generics, &text, |paths| {
                paths.visit_fields_mut(&mut variant.fields.clone());
            })?;
            self.line(&place.path, Rank::Variant, text);
        }
        Ok(())
    }

    fn trait_items(
        &mut self,
        item: &Item,
        module: ModuleId,
        generics: &[&Generics],
        place: &Place,
    ) -> Result<()> {
        let Item::Trait(item) = item else {
            return Ok(());
        };
        let path = place.path.join("::");
        for member in &item.items {
            let (rank, attributes, own) = match member {
                TraitItem::Const(member) => (Rank::Constant, &member.attrs, &member.generics),
                TraitItem::Fn(member) => (Rank::Function, &member.attrs, &member.sig.generics),
                TraitItem::Type(member) => (Rank::Type, &member.attrs, &member.generics),
                _ => {
                    return Err(Failure::new(format!(
                        "{path} has an item of an unknown kind"
                    )));
                }
            };
            let Some(marks) = Marks::read(attributes).filter(|marks| !marks.is_hidden) else {
                continue;
            };
            let text = match member {
                TraitItem::Const(member) => {
                    let value = if member.default.is_some() {
                        " = .."
                    } else {
                        ""
                    };
                    format!(
                        "const {path}::{}: {}{value}",
                        member.ident,
                        text::of(&member.ty)
                    )
                }
                TraitItem::Fn(member) => {
                    let mut signature = member.sig.clone();
                    let name = format!("{path}::{}", signature.ident);
                    signature.ident = parse_quote!(__Name);
                    let text = text::signature(&signature).replacen(NAME, &name, 1);
                    // An implementation may leave it out.
                    let body = if member.default.is_some() {
                        " { .. }"
                    } else {
                        ""
                    };
                    text + body
                }
                TraitItem::Type(member) => {
                    let mut bare = member.clone();
                    bare.attrs.clear();
                    let name = format!("{path}::{}", bare.ident);
                    bare.ident = parse_quote!(__Name);
                    let text = text::trait_type(&bare);
                    text.replacen(NAME, &name, 1)
                }
                _ => continue,
            };
            let text = prefix(&marks.conditions, &marks) + &text;
            let mut generics = generics.to_vec();
            generics.push(own);
            self.check(module, &generics, &text, |paths| match member.clone() {
                TraitItem::Const(mut member) => paths.visit_type_mut(&mut member.ty),
                mut member => paths.visit_trait_item_mut(&mut member),
            })?;
            self.line(&place.path, rank, text);
        }
        Ok(())
    }
}

/// Returns the attributes that stand before a declaration.
pub(super) fn prefix(under: &Conditions, marks: &Marks) -> String {
    let mut text = conditions(under);
    if marks.is_deprecated {
        text += "#[deprecated] ";
    }
    if marks.is_non_exhaustive {
        text += "#[non_exhaustive] ";
    }
    text
}

pub(super) fn conditions(under: &Conditions) -> String {
    under
        .iter()
        .map(|condition| format!("#[cfg({condition})] "))
        .collect()
}

fn is_public(field: &Field) -> bool {
    matches!(field.vis, Visibility::Public(_))
}

/// Returns the fields of a struct as far as they are part of its line: `{ .. }` stands for private
/// ones.
fn fields(fields: &Fields) -> String {
    match fields {
        Fields::Named(named) if named.named.iter().all(is_public) => " {}".to_owned(),
        Fields::Named(_) => " { .. }".to_owned(),
        Fields::Unnamed(tuple) => {
            let each = tuple.unnamed.iter().map(|field| match is_public(field) {
                true => text::of(&field.ty),
                false => "_".to_owned(),
            });
            format!("({})", each.collect::<Vec<_>>().join(", "))
        }
        Fields::Unit => String::new(),
    }
}

fn generics_of(item: &Item) -> Vec<&Generics> {
    match item {
        Item::Enum(item) => vec![&item.generics],
        Item::Fn(item) => vec![&item.sig.generics],
        Item::Struct(item) => vec![&item.generics],
        Item::Trait(item) => vec![&item.generics],
        Item::Type(item) => vec![&item.generics],
        _ => Vec::new(),
    }
}

/// Visits what the line of an item declares; its members have their own lines.
fn declared(item: &Item, paths: &mut Paths) {
    match item.clone() {
        Item::Const(mut item) => paths.visit_type_mut(&mut item.ty),
        Item::Static(mut item) => paths.visit_type_mut(&mut item.ty),
        Item::Fn(mut item) => paths.visit_signature_mut(&mut item.sig),
        Item::Enum(mut item) => paths.visit_generics_mut(&mut item.generics),
        Item::Struct(mut item) => paths.visit_generics_mut(&mut item.generics),
        Item::Trait(mut item) => {
            item.items.clear();
            paths.visit_item_trait_mut(&mut item);
        }
        Item::Type(mut item) => paths.visit_item_type_mut(&mut item),
        _ => {}
    }
}
