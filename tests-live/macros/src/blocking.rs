//! The blocking twin of async code, token by token.

use std::iter::Peekable;

use proc_macro::{Delimiter, Group, Ident, TokenStream, TokenTree, token_stream::IntoIter};

/// Returns `tokens` without `.await` and `async`; see the page of the crate.
pub(crate) fn without_async(tokens: TokenStream) -> TokenStream {
    let mut output = Vec::new();
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        match token {
            TokenTree::Punct(dot) if dot.as_char() == '.' && is_ident(rest.peek(), "await") => {
                rest.next();
            }
            TokenTree::Ident(word) if word.to_string() == "async" => take_async(&mut rest),
            TokenTree::Ident(word) => {
                let name = word.to_string();
                let word = match name.strip_prefix("Async") {
                    Some(blocking @ ("Fn" | "FnMut" | "FnOnce")) => {
                        Ident::new(blocking, word.span())
                    }
                    _ => word,
                };
                output.push(word.into());
            }
            TokenTree::Group(group) => output.push(inside(&group)),
            other => output.push(other),
        }
    }
    output.into_iter().collect()
}

/// Removes the `move` after `async` if a block follows; a closure keeps it.
fn take_async(rest: &mut Peekable<IntoIter>) {
    if is_ident(rest.peek(), "move") {
        let mut ahead = rest.clone();
        ahead.next();
        if let Some(TokenTree::Group(group)) = ahead.peek()
            && group.delimiter() == Delimiter::Brace
        {
            rest.next();
        }
    }
}

fn inside(group: &Group) -> TokenTree {
    let mut changed = Group::new(group.delimiter(), without_async(group.stream()));
    changed.set_span(group.span());
    changed.into()
}

fn is_ident(token: Option<&TokenTree>, name: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(word)) if word.to_string() == name)
}
