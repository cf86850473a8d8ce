//! A source file of the async face.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{
    GenericParam, ImplItem, Item, ItemImpl, Lifetime, Type, TypeParamBound, Visibility,
    WherePredicate, spanned::Spanned as _,
};

use super::{
    FACES, docs, imports,
    method::{Method, mentions},
};
use crate::failure::{Failure, Result};

/// The comment that excludes a method from the blocking face.
const SKIP: &str = "// codegen: skip";

/// A parsed file.
pub(super) struct Source {
    /// Its module, such as `crate::api::mailbox`.
    pub(super) module: String,
    /// The path of each name that the file imports or defines.
    pub(super) names: BTreeMap<String, String>,
    pub(super) blocks: Vec<Block>,
}

/// An `impl` block of a face, with the methods for the blocking face.
pub(super) struct Block {
    face: String,
    attributes: Vec<syn::Attribute>,
    /// The generics without the socket.
    generics: Vec<GenericParam>,
    predicates: Vec<WherePredicate>,
    lifetimes: Vec<Lifetime>,
    pub(super) methods: Vec<Method>,
}

impl Source {
    pub(super) fn parse(module: &str, text: &str) -> Result<Self> {
        let file = syn::parse_file(text).map_err(|error| {
            Failure::new(format!(
                "{module}, line {}: {error}",
                error.span().start().line
            ))
        })?;
        let names = imports::names(module, &file)?;
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        let mut blocks = Vec::new();
        for item in &file.items {
            if let Item::Impl(block) = item
                && let Some(block) = Block::parse(module, block, &lines)?
            {
                blocks.push(block);
            }
        }
        Ok(Self {
            module: module.into(),
            names,
            blocks,
        })
    }
}

impl Block {
    /// Parses a block. Returns `None` if it is not a block of a face, or has no method for the
    /// blocking face.
    fn parse(module: &str, block: &ItemImpl, lines: &[&str]) -> Result<Option<Self>> {
        let Type::Path(path) = &*block.self_ty else {
            return Ok(None);
        };
        let Some(segment) = path.path.segments.last() else {
            return Ok(None);
        };
        let face = segment.ident.to_string();
        let (None, true, Some(socket)) =
            (&block.trait_, FACES.contains(&face.as_str()), socket(block))
        else {
            return Ok(None);
        };

        let mut methods = Vec::new();
        let mut before = block.brace_token.span.open().start().line;
        for item in &block.items {
            let end = item.span().end().line;
            if let ImplItem::Fn(function) = item
                && matches!(function.vis, Visibility::Public(_))
            {
                // The lines between the previous item and this `fn`.
                let own = lines
                    .get(before..function.sig.span().start().line - 1)
                    .unwrap_or_default();
                if !own.iter().any(|line| line.starts_with(SKIP))
                    && !docs::is_hidden(&function.attrs)
                {
                    methods.push(Method::parse(module, &face, &socket, function)?);
                }
            }
            before = end;
        }
        if methods.is_empty() {
            return Ok(None);
        }

        let is_socket = |param: &GenericParam| match param {
            GenericParam::Type(param) => param.ident == socket,
            _ => false,
        };
        let generics = block
            .generics
            .params
            .iter()
            .filter(|param| !is_socket(param))
            .cloned()
            .collect();
        let predicates = block
            .generics
            .where_clause
            .iter()
            .flat_map(|clause| &clause.predicates);
        let predicates = predicates
            .filter(|predicate| !mentions(predicate, &socket))
            .cloned()
            .collect();
        Ok(Some(Self {
            face,
            attributes: docs::carried(&block.attrs),
            generics,
            predicates,
            lifetimes: lifetimes_of(&segment.arguments),
            methods,
        }))
    }

    /// Returns the name of its type.
    pub(super) fn face(&self) -> &str {
        &self.face
    }

    /// Returns the block of the blocking face. `complete` adds the necessary link targets to the
    /// documentation of a method.
    pub(super) fn write(&self, complete: impl Fn(&str) -> String) -> TokenStream {
        let face = syn::Ident::new(&self.face, proc_macro2::Span::call_site());
        let used = |lifetime: &Lifetime| {
            self.methods
                .iter()
                .any(|method| method.names_lifetime(lifetime))
        };
        let generics: Vec<_> = self
            .generics
            .iter()
            .filter(
                |param| !matches!(param, GenericParam::Lifetime(param) if !used(&param.lifetime)),
            )
            .collect();
        let lifetimes = self.lifetimes.iter().map(|lifetime| {
            if used(lifetime) {
                lifetime.to_token_stream()
            } else {
                quote!('_)
            }
        });
        let generics = (!generics.is_empty()).then(|| quote!(<#(#generics),*>));
        let arguments = (!self.lifetimes.is_empty()).then(|| quote!(<#(#lifetimes),*>));
        let clause = (!self.predicates.is_empty()).then(|| {
            let predicates = &self.predicates;
            quote!(where #(#predicates),*)
        });
        let attributes = &self.attributes;
        let methods = self.methods.iter().map(|method| method.write(&complete));
        quote! {
            #(#attributes)*
            impl #generics #face #arguments #clause {
                #(#methods)*
            }
        }
    }
}

/// Returns the name of the type parameter that is a socket.
fn socket(block: &ItemImpl) -> Option<String> {
    let is_socket = |bounds: &syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>| {
        bounds.iter().any(|bound| match bound {
            TypeParamBound::Trait(bound) => bound
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident == "Socket"),
            _ => false,
        })
    };
    let inline = block
        .generics
        .type_params()
        .find(|param| is_socket(&param.bounds))
        .map(|param| param.ident.to_string());
    let predicates = block
        .generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let mut in_clause = predicates.filter_map(|predicate| match predicate {
        WherePredicate::Type(predicate) if is_socket(&predicate.bounds) => {
            Some(predicate.bounded_ty.to_token_stream().to_string())
        }
        _ => None,
    });
    inline.or_else(|| in_clause.next())
}

fn lifetimes_of(arguments: &syn::PathArguments) -> Vec<Lifetime> {
    let syn::PathArguments::AngleBracketed(arguments) = arguments else {
        return Vec::new();
    };
    let lifetimes = arguments.args.iter().filter_map(|argument| match argument {
        syn::GenericArgument::Lifetime(lifetime) => Some(lifetime.clone()),
        _ => None,
    });
    lifetimes.collect()
}
