//! The names of the tests, and the methods that they call.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::{ARGUMENTS, CALLERS, File, WITHOUT_TEXT, faces::Face};
use crate::failure::Result;

/// The attributes that mark a function as a test.
const MARKS: [&str; 3] = ["test", "case", "trial"];

/// The contents of the test files.
#[derive(Default)]
pub(super) struct Tests {
    /// The path and the name of each test.
    names: BTreeSet<(PathBuf, String)>,
    calls: BTreeSet<Call>,
    /// The method and the argument of each row.
    arguments: BTreeSet<(String, String)>,
}

/// A call of a method of this name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    method: String,
    /// `true` in `faces!`, where the call counts for both faces.
    of_both: bool,
    awaited: bool,
}

impl Tests {
    pub(super) fn parse(files: &[File]) -> Result<Self> {
        let mut tests = Self::default();
        for file in files {
            let tokens: TokenStream = file.text.parse().map_err(|error| file.wrong(&error))?;
            tests.scan(file, tokens, false);
        }
        Ok(tests)
    }

    pub(super) fn has(&self, path: &Path, name: &str) -> bool {
        self.names.contains(&(path.to_owned(), name.to_owned()))
    }

    /// Returns the methods of a face that no test calls.
    pub(super) fn lack_calls(&self, name: &str, face: &Face) -> Vec<String> {
        let called = |method: &str, is_async: bool| {
            self.calls.iter().any(|call| {
                let fits = match (name, call.of_both) {
                    // Both faces share one text, in which async methods are awaited.
                    (_, true) => call.awaited || !is_async,
                    ("async", false) => call.awaited == is_async,
                    _ => !call.awaited,
                };
                call.method == method && fits
            })
        };
        let lacking = face.methods.iter().filter(|(path, method)| {
            let own = path.rsplit("::").next().unwrap_or(path);
            !called(own, method.is_async)
        });
        lacking
            .map(|(path, _)| format!("no test calls {path} of the {name} face"))
            .collect()
    }

    /// Returns the arguments to which no test passes hostile text.
    pub(super) fn lack_arguments(&self, face: &Face) -> Vec<String> {
        let all = face.methods.iter().flat_map(|(path, method)| {
            let own = path.rsplit("::").next().unwrap_or(path);
            method
                .arguments
                .iter()
                .map(move |argument| (own, argument.as_str()))
        });
        let lacking = all.filter(|(method, argument)| {
            let row = ((*method).to_owned(), (*argument).to_owned());
            !self.arguments.contains(&row) && !WITHOUT_TEXT.contains(&(*method, *argument))
        });
        lacking
            .map(|(method, argument)| {
                format!("{ARGUMENTS} has no row for the argument {argument:?} of {method:?}")
            })
            .collect()
    }

    fn scan(&mut self, file: &File, tokens: TokenStream, in_faces: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = &tokens[..];
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            match (first, after) {
                (
                    TokenTree::Ident(name),
                    [TokenTree::Punct(mark), TokenTree::Group(body), after @ ..],
                ) if mark.as_char() == '!' => {
                    self.scan(file, body.stream(), in_faces || name == "faces");
                    rest = after;
                }
                (TokenTree::Ident(name), [TokenTree::Group(row), ..]) if name == "row" => {
                    self.row(file, row);
                }
                (TokenTree::Punct(mark), [TokenTree::Group(attribute), after @ ..])
                    if mark.as_char() == '#' && marks_test(attribute) =>
                {
                    self.names
                        .extend(function(after).map(|name| (file.path.clone(), name)));
                }
                // `.name(` and `::name(`.
                (TokenTree::Punct(mark), [TokenTree::Ident(name), after @ ..])
                    if matches!(mark.as_char(), '.' | ':') =>
                {
                    if CALLERS.iter().any(|path| file.path.starts_with(path))
                        && let Some(after) = arguments(after)
                    {
                        self.calls.insert(Call {
                            method: name.to_string(),
                            of_both: in_faces,
                            awaited: is_awaited(after),
                        });
                    }
                }
                (TokenTree::Group(group), _) => self.scan(file, group.stream(), in_faces),
                _ => {}
            }
        }
    }

    /// Parses a row: `("method", "argument", ..., |..| client.method(..))`.
    fn row(&mut self, file: &File, row: &Group) {
        let words: Vec<_> = row.stream().into_iter().collect();
        if !file.path.starts_with(ARGUMENTS) {
            return;
        }
        if let [
            TokenTree::Literal(method),
            _,
            TokenTree::Literal(argument),
            ..,
        ] = &words[..]
        {
            let word = |text: String| text.trim_matches('"').to_owned();
            let (method, argument) = (word(method.to_string()), word(argument.to_string()));
            let mut own = Self::default();
            own.scan(file, row.stream(), false);
            if own.calls.iter().any(|call| call.method == method) {
                self.arguments.insert((method, argument));
            }
        }
    }
}

/// Returns the tokens after the arguments of a call, or `None` if there are no arguments.
fn arguments(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    let tokens = match tokens {
        [
            TokenTree::Punct(a),
            TokenTree::Punct(b),
            TokenTree::Punct(open),
            rest @ ..,
        ] if a.as_char() == ':' && b.as_char() == ':' && open.as_char() == '<' => {
            let close = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == '>');
            &rest[rest.iter().position(close)? + 1..]
        }
        tokens => tokens,
    };
    match tokens {
        [TokenTree::Group(group), rest @ ..] if group.delimiter() == Delimiter::Parenthesis => {
            Some(rest)
        }
        _ => None,
    }
}

fn is_awaited(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(dot), TokenTree::Ident(word), ..] if dot.as_char() == '.' && word == "await")
}

/// Returns whether an attribute is `[test]`, `[tokio::test(..)]` or another of [`MARKS`].
fn marks_test(attribute: &Group) -> bool {
    let words = attribute
        .stream()
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word.to_string()),
            _ => None,
        });
    let path: Vec<_> = words.take(2).collect();
    let word = if path.first().is_some_and(|first| first == "tokio") {
        path.get(1)
    } else {
        path.first()
    };
    attribute.delimiter() == Delimiter::Bracket
        && word.is_some_and(|word| MARKS.contains(&word.as_str()))
}

/// Returns the name of the next function.
fn function(tokens: &[TokenTree]) -> Option<String> {
    let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "fn");
    match &tokens[tokens.iter().position(is_fn)?..] {
        [_, TokenTree::Ident(name), ..] => Some(name.to_string()),
        _ => None,
    }
}
