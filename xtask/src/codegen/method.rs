//! One method: its blocking signature and the call of the async one.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, GenericArgument, Ident, ImplItemFn, Lifetime, Pat, PathArguments, ReturnType,
    Signature, Type, parse_quote, visit_mut::VisitMut,
};

use super::{FACES, docs};
use crate::failure::{Failure, Result};

/// A method of the blocking face.
pub(super) struct Method {
    attributes: Vec<Attribute>,
    pub(super) docs: String,
    signature: Signature,
    body: TokenStream,
    pub(super) waits: bool,
    /// The face in its result, if there is one.
    pub(super) wraps: Option<String>,
}

impl Method {
    /// Returns the blocking twin of `function`, a method of `face` over `socket`.
    pub(super) fn parse(
        module: &str,
        face: &str,
        socket: &str,
        function: &ImplItemFn,
    ) -> Result<Self> {
        let name = &function.sig.ident;
        let refuse = |why: &str| {
            Failure::new(format!(
                "{module}: {face}::{name} {why}; write it by hand for both faces, with `// codegen: skip` above this one"
            ))
        };
        let mut signature = function.sig.clone();
        let waits = signature.asyncness.take().is_some();
        if returns_a_future(&signature.output) {
            return Err(refuse("returns a future instead of being `async`"));
        }

        let wrap = wrap(&mut signature.output, face, socket);
        let mut rest = signature.clone();
        rest.output = if wrap.is_none() {
            rest.output
        } else {
            ReturnType::Default
        };
        let receiver = rest.receiver().is_some();
        if receiver {
            rest.inputs = rest.inputs.into_iter().skip(1).collect();
        }
        if mentions(&rest, socket) || mentions(&rest, "Self") {
            return Err(refuse(
                "mentions its socket or `Self` where it cannot be replaced",
            ));
        }
        if !receiver && wrap.is_none() {
            return Err(refuse(
                "has neither `self` nor a result that mentions its socket",
            ));
        }

        let mut arguments = Vec::new();
        for input in &mut signature.inputs {
            let FnArg::Typed(input) = input else { continue };
            let Pat::Ident(pattern) = &mut *input.pat else {
                return Err(refuse("has an argument with a pattern"));
            };
            pattern.mutability = None;
            arguments.push(pattern.ident.clone());
        }
        // `mut self` concerns the async body only.
        if let Some(FnArg::Receiver(receiver)) = signature.inputs.first_mut()
            && receiver.reference.is_none()
        {
            receiver.mutability = None;
        }

        let own = Ident::new(face, Span::call_site());
        let call = if receiver {
            quote!(self.inner.#name(#(#arguments),*))
        } else {
            quote!(crate::#own::#name(#(#arguments),*))
        };
        let call = if waits { quote!(now(#call)) } else { call };
        let body = match (&wrap, &signature.output) {
            (Some(Wrap { face, depth }), _) => {
                let value = if *depth == 0 {
                    call.clone()
                } else {
                    quote!(inner)
                };
                let field = if *depth == 0 {
                    quote!(inner: #value)
                } else {
                    value
                };
                let wrapped = quote!(#face { #field });
                (1..=*depth).fold(wrapped, |wrapped, level| {
                    let outer = if level == *depth {
                        call.clone()
                    } else {
                        quote!(inner)
                    };
                    quote!(#outer.map(|inner| #wrapped))
                })
            }
            (None, ReturnType::Default) => quote!(#call;),
            (None, ReturnType::Type(..)) => call,
        };
        Ok(Self {
            attributes: docs::carried(&function.attrs),
            docs: docs::blocking(&docs::text(&function.attrs)),
            signature,
            body,
            waits,
            wraps: wrap.map(|wrap| wrap.face.to_string()),
        })
    }

    pub(super) fn write(&self, complete: impl Fn(&str) -> String) -> TokenStream {
        let Self {
            attributes,
            signature,
            body,
            ..
        } = self;
        let docs = complete(&self.docs);
        let docs = docs.lines();
        quote! {
            #(#[doc = #docs])*
            #(#attributes)*
            pub #signature { #body }
        }
    }

    /// Returns the first segments of all paths in the signature.
    pub(super) fn names(&self) -> Vec<String> {
        struct Names(Vec<String>);
        impl VisitMut for Names {
            fn visit_path_mut(&mut self, path: &mut syn::Path) {
                if let (None, Some(first)) = (path.leading_colon, path.segments.first()) {
                    self.0.push(first.ident.to_string());
                }
                syn::visit_mut::visit_path_mut(self, path);
            }
        }
        let mut names = Names(Vec::new());
        names.visit_signature_mut(&mut self.signature.clone());
        names.0
    }

    pub(super) fn names_lifetime(&self, lifetime: &Lifetime) -> bool {
        struct Find<'a>(&'a Lifetime, bool);
        impl VisitMut for Find<'_> {
            fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
                self.1 |= lifetime == self.0;
            }
        }
        let mut find = Find(lifetime, false);
        find.visit_signature_mut(&mut self.signature.clone());
        find.1
    }
}

/// A result that is or contains a face.
struct Wrap {
    face: Ident,
    /// The number of `Result`s and `Option`s around the face.
    depth: usize,
}

/// Returns whether the identifier `name` occurs in `tokens`.
pub(super) fn mentions(tokens: &impl ToTokens, name: &str) -> bool {
    fn any(tokens: TokenStream, name: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(word) => word == name,
            TokenTree::Group(group) => any(group.stream(), name),
            _ => false,
        })
    }
    any(tokens.to_token_stream(), name)
}

/// Removes the socket from a result that is a face, perhaps within `Result`s and `Option`s.
fn wrap(output: &mut ReturnType, own: &str, socket: &str) -> Option<Wrap> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, output) => wrap_type(output, own, socket),
    }
}

fn wrap_type(kind: &mut Type, own: &str, socket: &str) -> Option<Wrap> {
    if let Some((face, replaced)) = as_face(kind, own, socket) {
        *kind = replaced;
        return Some(Wrap { face, depth: 0 });
    }
    let Type::Path(path) = kind else {
        return None;
    };
    let last = path.path.segments.last_mut()?;
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
        return None;
    };
    if last.ident != "Result" && last.ident != "Option" {
        return None;
    }
    let Some(GenericArgument::Type(inside)) = arguments.args.first_mut() else {
        return None;
    };
    let Wrap { face, depth } = wrap_type(inside, own, socket)?;
    let depth = depth + 1;
    Some(Wrap { face, depth })
}

/// Returns the name of the face and the blocking type, if `kind` is a face over the socket or
/// `Self`.
fn as_face(kind: &Type, own: &str, socket: &str) -> Option<(Ident, Type)> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    if path.path.is_ident("Self") {
        return Some((Ident::new(own, Span::call_site()), kind.clone()));
    }
    if !FACES.contains(&last.ident.to_string().as_str()) || !mentions(&last.arguments, socket) {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let face = last.ident.clone();
    let kept: Vec<_> = arguments
        .args
        .iter()
        .filter(|argument| !mentions(argument, socket))
        .collect();
    let replaced = if kept.is_empty() {
        parse_quote!(#face)
    } else {
        parse_quote!(#face<#(#kept),*>)
    };
    Some((face, replaced))
}

/// Returns whether the type is `impl Future<..>`.
fn returns_a_future(output: &ReturnType) -> bool {
    let ReturnType::Type(_, output) = output else {
        return false;
    };
    matches!(&**output, Type::ImplTrait(_)) && mentions(output, "Future")
}
