//! Conditions of compilation, and other attributes that decide whether an item is public.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{
    Attribute, Meta, MetaList, Path, Token,
    parse::{Parse as _, Parser as _},
    punctuated::Punctuated,
};

use super::text;

/// The conditions under which an item exists, such as `feature = "tokio"`.
pub(super) type Conditions = BTreeSet<String>;

/// The meaning of the attributes of an item for its place in the public API.
#[derive(Clone, Default)]
pub(super) struct Marks {
    pub(super) conditions: Conditions,
    pub(super) is_hidden: bool,
    pub(super) is_non_exhaustive: bool,
    pub(super) is_deprecated: bool,
    pub(super) is_exported: bool,
    /// The derived traits, with their own conditions.
    pub(super) derives: Vec<(Path, Conditions)>,
}

impl Marks {
    /// Reads attributes. Returns `None` for an item that exists in tests or documentation only.
    pub(super) fn read(attributes: &[Attribute]) -> Option<Self> {
        let mut marks = Self::default();
        let mut exists = true;
        for attribute in attributes {
            marks.add(&attribute.meta, &Conditions::new(), &mut exists);
        }
        exists.then_some(marks)
    }

    fn add(&mut self, meta: &Meta, under: &Conditions, exists: &mut bool) {
        let list = |meta: &Meta| match meta {
            Meta::List(MetaList { tokens, .. }) => tokens.clone(),
            _ => TokenStream::new(),
        };
        let path = meta.path();
        if path.is_ident("cfg") {
            match known(&list(meta)) {
                Some(true) => {}
                Some(false) => *exists = false,
                None => {
                    self.conditions.insert(text::condition(&list(meta)));
                }
            }
        } else if path.is_ident("cfg_attr") {
            let Some(inner) = metas(list(meta)) else {
                return;
            };
            let mut inner = inner.into_iter();
            let Some(condition) = inner.next().map(|meta| meta.to_token_stream()) else {
                return;
            };
            let mut under = under.clone();
            match known(&condition) {
                Some(false) => return,
                Some(true) => {}
                None => {
                    under.insert(text::condition(&condition));
                }
            }
            inner.for_each(|meta| self.add(&meta, &under, exists));
        } else if path.is_ident("doc") {
            let names = metas(list(meta)).into_iter().flatten();
            self.is_hidden |= names.into_iter().any(|meta| meta.path().is_ident("hidden"));
        } else if path.is_ident("derive") {
            let paths = Punctuated::<Path, Token![,]>::parse_terminated;
            let paths = paths.parse2(list(meta)).into_iter().flatten();
            self.derives.extend(paths.map(|path| (path, under.clone())));
        }
        self.is_non_exhaustive |= path.is_ident("non_exhaustive");
        self.is_deprecated |= path.is_ident("deprecated");
        self.is_exported |= path.is_ident("macro_export");
    }
}

fn metas(tokens: TokenStream) -> Option<Punctuated<Meta, Token![,]>> {
    Punctuated::parse_terminated.parse2(tokens).ok()
}

/// Returns whether a condition holds in a library that is neither tested nor documented; `None` if
/// this depends on features or on the platform.
fn known(condition: &TokenStream) -> Option<bool> {
    let meta = Meta::parse.parse2(condition.clone()).ok()?;
    let path = meta.path();
    let each = |meta: &Meta| -> Vec<Option<bool>> {
        let Meta::List(list) = meta else {
            return Vec::new();
        };
        let inner = metas(list.tokens.clone()).into_iter().flatten();
        inner.map(|meta| known(&meta.to_token_stream())).collect()
    };
    if ["test", "doctest", "doc"]
        .iter()
        .any(|name| path.is_ident(name))
    {
        return Some(false);
    }
    if path.is_ident("not") {
        return each(&meta).first().copied().flatten().map(|holds| !holds);
    }
    // One `false` decides `all`, one `true` decides `any`.
    let decisive = match () {
        () if path.is_ident("all") => false,
        () if path.is_ident("any") => true,
        () => return None,
    };
    let each = each(&meta);
    if each.contains(&Some(decisive)) {
        Some(decisive)
    } else {
        each.iter().all(Option::is_some).then_some(!decisive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_tests_compile_does_not_exist() {
        for (condition, expected) in [
            ("test", Some(false)),
            ("not(test)", Some(true)),
            ("all(doctest, feature = \"x\")", Some(false)),
            ("any(test, feature = \"x\")", None),
            ("any(not(test), unix)", Some(true)),
            ("all(not(doc))", Some(true)),
            ("not(unix)", None),
        ] {
            assert_eq!(known(&condition.parse().unwrap()), expected, "{condition}");
        }
    }

    #[test]
    fn attributes_are_read_below_their_conditions() {
        let item: syn::ItemStruct = syn::parse_str(
            "#[cfg(feature = \"a\")]
             #[derive(Clone, serde::Serialize)]
             #[cfg_attr(feature = \"b\", derive(Hash), non_exhaustive)]
             #[cfg_attr(test, derive(Default))]
             #[cfg(not(test))]
             /// Hidden.
             #[doc(alias = \"x\", hidden)]
             struct X;",
        )
        .unwrap();
        let marks = Marks::read(&item.attrs).unwrap();
        assert_eq!(marks.conditions, ["feature = \"a\"".to_owned()].into());
        assert!(marks.is_hidden && marks.is_non_exhaustive && !marks.is_deprecated);
        let derives: Vec<_> = marks
            .derives
            .iter()
            .map(|(path, under)| (text::of(path), under.len()))
            .collect();
        let expected = [("Clone", 0), ("serde::Serialize", 0), ("Hash", 1)];
        assert_eq!(derives, expected.map(|(name, n)| (name.to_owned(), n)));
        let item: syn::ItemStruct = syn::parse_str("#[cfg(test)] struct X;").unwrap();
        assert!(Marks::read(&item.attrs).is_none());
    }
}
