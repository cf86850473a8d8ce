//! Writes declarations as rustfmt would, in one line.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{File, FnArg, Item, Pat, PatWild, Signature, TraitItemType, Type, parse_quote};

/// The name of an item that is to be written with its path.
pub(super) const NAME: &str = "__Name";

/// Returns the text of a type, or of something else that can stand there, such as a path.
pub(super) fn of(tokens: &impl ToTokens) -> String {
    let written = match syn::parse2::<Type>(tokens.to_token_stream()) {
        Ok(ty) => item(parse_quote!(type T = #ty;)),
        Err(_) => return tokens.to_token_stream().to_string(),
    };
    let text = written.strip_prefix("type T = ").unwrap_or(&written);
    text.to_owned()
}

/// Returns the text of the condition in a `cfg` attribute.
pub(super) fn condition(tokens: &TokenStream) -> String {
    let written = item(parse_quote!(
        #[cfg(#tokens)]
        struct S;
    ));
    let text = written.strip_prefix("#[cfg(").unwrap_or(&written);
    text.strip_suffix(")] struct S").unwrap_or(text).to_owned()
}

/// Returns the text of a function. Its arguments are written without their names, which callers do
/// not depend on.
pub(super) fn signature(signature: &Signature) -> String {
    let mut signature = signature.clone();
    for argument in &mut signature.inputs {
        match argument {
            FnArg::Typed(typed) => {
                *typed.pat = Pat::Wild(PatWild {
                    attrs: Vec::new(),
                    underscore_token: <syn::Token![_]>::default(),
                });
                typed.attrs.clear();
            }
            // A mutable binding concerns the body only.
            FnArg::Receiver(receiver) => {
                receiver.attrs.clear();
                if receiver.reference.is_none() {
                    receiver.mutability = None;
                }
            }
        }
    }
    let written = item(parse_quote!(#signature {}));
    written.replace("(_: ", "(").replace(", _: ", ", ")
}

/// Returns the text of a type that a trait declares.
pub(super) fn trait_type(declared: &TraitItemType) -> String {
    let written = item(parse_quote!(trait T { #declared }));
    let text = written.strip_prefix("trait T { ").unwrap_or(&written);
    text.trim_end_matches([' ', '}', ';']).to_owned()
}

/// Returns the text of an item without a body.
pub(super) fn item(item: Item) -> String {
    let file = File {
        shebang: None,
        attrs: Vec::new(),
        items: vec![item],
    };
    let text = joined(&prettyplease::unparse(&file));
    let text = text.strip_suffix("{}").unwrap_or(&text);
    text.trim_end_matches([' ', ',', ';']).to_owned()
}

/// Returns `name` with generic parameters or arguments, which may be empty.
pub(super) fn generic(name: &str, generics: &impl ToTokens) -> String {
    let generics = generics.to_token_stream();
    if generics.is_empty() {
        return name.to_owned();
    }
    let written = item(parse_quote!(struct S #generics;));
    written.replacen("struct S", name, 1)
}

/// Returns the text of a `where` clause with a space before it.
pub(super) fn clause(clause: &impl ToTokens) -> String {
    let clause = clause.to_token_stream();
    if clause.is_empty() {
        return String::new();
    }
    let file = syn::parse2::<Item>(quote!(struct S #clause;));
    file.map_or_else(
        |_| clause.to_string(),
        |file| item(file).replacen("struct S", "", 1),
    )
}

/// Joins lines, and removes the comma after the last element of a list that was broken.
fn joined(text: &str) -> String {
    let mut output = String::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with([')', ']', '>']) {
            output.truncate(output.trim_end_matches(',').len());
        } else if !output.is_empty() && !output.ends_with(['(', '[', '<']) {
            output.push(' ');
        }
        output.push_str(line);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_look_as_in_the_sources() {
        for text in [
            "&'a mut [u8]",
            "&mut dyn Fn(&str, u8) -> Result<(), Error>",
            "Vec<(u32, Option<&'static str>)>",
            "impl for<'a> FnMut(&'a T) -> bool",
            "<T as Iterator>::Item",
            "std::result::Result<T, E>",
            "HashMap<LongNameOfAKey, Box<dyn std::error::Error + Send + Sync>, BuildHasherOfSomeKind>",
        ] {
            let parsed: Type = syn::parse_str(text).unwrap();
            assert_eq!(of(&parsed), text);
        }
        let text = "any(feature = \"a\", not(unix))";
        assert_eq!(condition(&text.parse().unwrap()), text);
    }

    #[test]
    fn functions_have_no_names_of_arguments() {
        for (text, expected) in [
            (
                "async fn f<'a, const N: usize, T: ?Sized + 'a>(&'a mut self, mut x: [T; N]) -> Option<T>",
                "async fn f<'a, const N: usize, T: ?Sized + 'a>(&'a mut self, [T; N]) -> Option<T>",
            ),
            (
                "fn f<S>(mut self, (a, b): (A, B), c: impl Fn(A, B)) where S: Socket, for<'a> &'a S: Into<u8>,",
                "fn f<S>(self, (A, B), impl Fn(A, B)) where S: Socket, for<'a> &'a S: Into<u8>",
            ),
        ] {
            let parsed: Signature = syn::parse_str(text).unwrap();
            assert_eq!(signature(&parsed), expected);
        }
    }

    #[test]
    fn generics_follow_a_name() {
        let parsed: syn::ItemStruct = syn::parse_str("struct X<'a, T: Y> where T: Z;").unwrap();
        assert_eq!(generic("a::X", &parsed.generics), "a::X<'a, T: Y>");
        assert_eq!(clause(&parsed.generics.where_clause), " where T: Z");
        assert_eq!(generic("a::X", &TokenStream::new()), "a::X");
        assert_eq!(clause(&TokenStream::new()), "");
    }
}
