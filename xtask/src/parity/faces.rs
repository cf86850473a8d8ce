//! The public methods of a face.

use std::collections::{BTreeMap, BTreeSet};

use syn::{
    Attribute, Expr, ExprLit, FnArg, ImplItem, ImplItemFn, Item, ItemImpl, Lit, Meta, Pat, Type,
    Visibility, punctuated::Punctuated, token::Comma,
};

use super::File;
use crate::{codegen::docs, failure::Result};

/// The types whose methods count.
const TYPES: [&str; 9] = [
    "AppendEach",
    "Body",
    "Builder",
    "Client",
    "Idle",
    "Message",
    "Messages",
    "Upload",
    "Watch",
];
/// Attributes of code blocks that do not run.
const IDLE_MARKS: [&str; 4] = ["no_run", "ignore", "compile_fail", "text"];

/// The methods of a face by their name, such as `Client::fetch`.
pub(super) struct Face {
    pub(super) methods: BTreeMap<String, Method>,
}

pub(super) struct Method {
    /// The arguments after `self`; empty if there is no `self`.
    pub(super) arguments: Vec<String>,
    pub(super) is_async: bool,
    aliases: BTreeSet<String>,
    /// `true` if an example that runs calls the method.
    pub(super) has_example: bool,
}

impl Face {
    pub(super) fn parse(files: &[File]) -> Result<Self> {
        let mut methods = BTreeMap::new();
        for file in files {
            let parsed = syn::parse_file(&file.text).map_err(|error| file.wrong(&error))?;
            for item in &parsed.items {
                if let Item::Impl(block) = item
                    && let Some(name) = type_of(block)
                {
                    let found = block.items.iter().filter_map(Method::parse);
                    methods.extend(found.map(|(method, what)| (format!("{name}::{method}"), what)));
                }
            }
        }
        Ok(Self { methods })
    }

    /// Returns the error of our method for the method `theirs` of IMAPClient, if there is one.
    pub(super) fn lacks(&self, theirs: &str, ours: &str, face: &str) -> Option<String> {
        let Some(method) = self.methods.get(ours) else {
            return Some(format!(
                "the {face} face has no {ours}, for IMAPClient's {theirs}"
            ));
        };
        let same = ours.rsplit("::").next() == Some(theirs);
        (!same && !method.aliases.contains(theirs))
            .then(|| format!("the {face} face's {ours} has no #[doc(alias = \"{theirs}\")]"))
    }
}

impl Method {
    fn parse(item: &ImplItem) -> Option<(String, Self)> {
        let ImplItem::Fn(function) = item else {
            return None;
        };
        if !matches!(function.vis, Visibility::Public(_)) || docs::is_hidden(&function.attrs) {
            return None;
        }
        let name = function.sig.ident.to_string();
        let method = Self {
            arguments: arguments(function),
            is_async: function.sig.asyncness.is_some(),
            aliases: function.attrs.iter().filter_map(alias).collect(),
            has_example: runs(&docs::text(&function.attrs), &name),
        };
        Some((name, method))
    }
}

/// Returns the name of the type, if the block does not implement a trait and its methods count.
fn type_of(block: &ItemImpl) -> Option<String> {
    let Type::Path(path) = &*block.self_ty else {
        return None;
    };
    let name = path.path.segments.last()?.ident.to_string();
    (block.trait_.is_none() && TYPES.contains(&name.as_str())).then_some(name)
}

fn arguments(function: &ImplItemFn) -> Vec<String> {
    if function.sig.receiver().is_none() {
        return Vec::new();
    }
    let names = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(pattern) => Some(pattern.ident.to_string()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    names.collect()
}

/// Returns `theirs` of `#[doc(alias = "theirs")]`.
fn alias(attribute: &Attribute) -> Option<String> {
    let Meta::List(list) = &attribute.meta else {
        return None;
    };
    if !list.path.is_ident("doc") {
        return None;
    }
    let pairs = list
        .parse_args_with(Punctuated::<Meta, Comma>::parse_terminated)
        .ok()?;
    pairs.iter().find_map(|pair| match pair {
        Meta::NameValue(pair) if pair.path.is_ident("alias") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Returns whether the documentation has an example that runs and calls the method.
fn runs(text: &str, method: &str) -> bool {
    let mut running = None;
    let calls = [format!(".{method}("), format!("::{method}(")];
    text.lines().any(|line| {
        let line = line.trim();
        match (line.strip_prefix("```"), running) {
            (Some(marks), None) => {
                running = Some(!IDLE_MARKS.iter().any(|mark| marks.contains(mark)));
                false
            }
            (Some(_), Some(_)) => {
                running = None;
                false
            }
            (None, Some(true)) => calls.iter().any(|call| line.contains(call.as_str())),
            (None, _) => false,
        }
    })
}
