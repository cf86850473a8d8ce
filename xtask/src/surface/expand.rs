//! Expands `macro_rules!` macros, since many public types are written by one.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{
    Block, Error, Expr, Item, Lifetime, Lit, Meta, Pat, Path, Result, Type, Visibility,
    ext::IdentExt as _,
    parse::{ParseStream, Parser as _, discouraged::Speculative as _},
};

/// The definition of a macro: patterns and what they expand to.
pub(super) struct Macro(Vec<Rule>);

struct Rule {
    pattern: Vec<Part>,
    body: Vec<Part>,
}

/// A part of a pattern or of a body.
enum Part {
    Token(TokenTree),
    Group(Delimiter, Vec<Self>),
    /// A variable. Its kind, such as `ident`, is known in patterns only.
    Variable(String, String),
    Repeat {
        parts: Vec<Self>,
        separator: Option<TokenTree>,
        /// `*`, `+` or `?`.
        mark: char,
    },
}

/// The tokens of a variable.
#[derive(Clone)]
enum Bound {
    One(TokenStream),
    /// The variable is part of a repetition.
    Many(Vec<Self>),
}

type Variables = BTreeMap<String, Bound>;

impl Macro {
    /// Parses the tokens between the braces of `macro_rules! name { .. }`.
    pub(super) fn parse(definition: TokenStream) -> Result<Self> {
        let mut rules = Vec::new();
        let mut tokens = definition.into_iter();
        while let Some(pattern) = tokens.next() {
            let arrow = (tokens.next(), tokens.next());
            let body = tokens.next();
            match (pattern, arrow, body) {
                (TokenTree::Group(pattern), (Some(_), Some(_)), Some(TokenTree::Group(body))) => {
                    rules.push(Rule {
                        pattern: parse(pattern.stream(), true)?,
                        body: parse(body.stream(), false)?,
                    });
                }
                (other, ..) => return Err(error(&other, "this is not a rule of a macro")),
            }
            // The semicolon after a rule.
            tokens.next();
        }
        Ok(Self(rules))
    }

    /// Expands a call with the first rule that matches.
    pub(super) fn expand(&self, call: &TokenStream) -> Result<TokenStream> {
        let mut last = None;
        for rule in &self.0 {
            let read = |input: ParseStream<'_>| {
                let mut variables = Variables::new();
                read(&rule.pattern, input, &mut variables)?;
                Ok(variables)
            };
            match read.parse2(call.clone()) {
                Ok(variables) => return write(&rule.body, &variables),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| Error::new(Span::call_site(), "the macro has no rules")))
    }
}

fn error(at: &TokenTree, message: &str) -> Error {
    Error::new(at.span(), message)
}

fn parse(stream: TokenStream, is_pattern: bool) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_dollar = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '$');
        parts.push(match (token, tokens.peek()) {
            (TokenTree::Punct(_), Some(TokenTree::Ident(name))) if is_dollar => {
                let name = name.to_string();
                tokens.next();
                if name == "crate" {
                    Part::Token(Ident::new("crate", Span::call_site()).into())
                } else if is_pattern {
                    let (_, kind) = (tokens.next(), tokens.next());
                    Part::Variable(name, kind.map(|kind| kind.to_string()).unwrap_or_default())
                } else {
                    Part::Variable(name, String::new())
                }
            }
            (TokenTree::Punct(dollar), Some(TokenTree::Group(group))) if is_dollar => {
                let parts = parse(group.stream(), is_pattern)?;
                tokens.next();
                let mark = |token: &TokenTree| match token {
                    TokenTree::Punct(punct) => Some(punct.as_char()).filter(|c| "*+?".contains(*c)),
                    _ => None,
                };
                let first = tokens.next();
                let (separator, mark) = match first.as_ref().and_then(mark) {
                    Some(mark) => (None, Some(mark)),
                    None => (first, tokens.next().as_ref().and_then(mark)),
                };
                let Some(mark) = mark else {
                    return Err(error(&dollar.into(), "a repetition needs `*`, `+` or `?`"));
                };
                Part::Repeat {
                    parts,
                    separator,
                    mark,
                }
            }
            (TokenTree::Group(group), _) => {
                Part::Group(group.delimiter(), parse(group.stream(), is_pattern)?)
            }
            (token, _) => Part::Token(token),
        });
    }
    Ok(parts)
}

/// Reads the input by a pattern.
fn read(pattern: &[Part], input: ParseStream<'_>, found: &mut Variables) -> Result<()> {
    for part in pattern {
        match part {
            Part::Token(expected) => read_token(expected, input)?,
            Part::Group(delimiter, parts) => match input.parse()? {
                TokenTree::Group(group) if group.delimiter() == *delimiter => {
                    (|inner: ParseStream<'_>| read(parts, inner, found)).parse2(group.stream())?;
                }
                other => return Err(error(&other, "the macro expects a group")),
            },
            Part::Variable(name, kind) => {
                found.insert(name.clone(), Bound::One(fragment(kind, input)?));
            }
            Part::Repeat {
                parts,
                separator,
                mark,
            } => {
                let mut rounds: Vec<Variables> = Vec::new();
                while !input.is_empty() {
                    let ahead = input.fork();
                    let mut round = Variables::new();
                    let separated = match separator {
                        Some(separator) if !rounds.is_empty() => {
                            read_token(separator, &ahead).is_ok()
                        }
                        _ => true,
                    };
                    if !separated || read(parts, &ahead, &mut round).is_err() {
                        break;
                    }
                    let is_stuck = ahead.cursor() == input.cursor();
                    input.advance_to(&ahead);
                    rounds.push(round);
                    if *mark == '?' || is_stuck {
                        break;
                    }
                }
                if *mark == '+' && rounds.is_empty() {
                    return Err(input.error("the macro expects at least one repetition"));
                }
                let mut names = Vec::new();
                names_in(parts, &mut names);
                for name in names {
                    let each = rounds.iter_mut().filter_map(|round| round.remove(name));
                    found.insert(name.to_owned(), Bound::Many(each.collect()));
                }
            }
        }
    }
    Ok(())
}

fn read_token(expected: &TokenTree, input: ParseStream<'_>) -> Result<()> {
    let token: TokenTree = input.parse()?;
    if token.to_string() == expected.to_string() {
        return Ok(());
    }
    Err(error(&token, &format!("the macro expects `{expected}`")))
}

fn fragment(kind: &str, input: ParseStream<'_>) -> Result<TokenStream> {
    Ok(match kind {
        "ident" => Ident::parse_any(input)?.to_token_stream(),
        "ty" => input.parse::<Type>()?.to_token_stream(),
        "tt" => input.parse::<TokenTree>()?.to_token_stream(),
        "expr" => input.parse::<Expr>()?.to_token_stream(),
        "literal" => input.parse::<Lit>()?.to_token_stream(),
        "path" => input.parse::<Path>()?.to_token_stream(),
        "meta" => input.parse::<Meta>()?.to_token_stream(),
        "vis" => input.parse::<Visibility>()?.to_token_stream(),
        "lifetime" => input.parse::<Lifetime>()?.to_token_stream(),
        "pat" => Pat::parse_multi(input)?.to_token_stream(),
        "block" => input.parse::<Block>()?.to_token_stream(),
        "item" => input.parse::<Item>()?.to_token_stream(),
        other => return Err(input.error(format!("fragments `{other}` are not supported"))),
    })
}

fn names_in<'a>(parts: &'a [Part], names: &mut Vec<&'a str>) {
    for part in parts {
        match part {
            Part::Token(_) => {}
            Part::Variable(name, _) => names.push(name),
            Part::Group(_, parts) | Part::Repeat { parts, .. } => names_in(parts, names),
        }
    }
}

fn write(body: &[Part], variables: &Variables) -> Result<TokenStream> {
    let mut output = TokenStream::new();
    for part in body {
        match part {
            Part::Token(token) => token.to_tokens(&mut output),
            Part::Group(delimiter, parts) => {
                Group::new(*delimiter, write(parts, variables)?).to_tokens(&mut output);
            }
            Part::Variable(name, _) => match variables.get(name) {
                Some(Bound::One(tokens)) => tokens.to_tokens(&mut output),
                Some(Bound::Many(_)) => {
                    let message = format!("`${name}` is used outside its repetition");
                    return Err(Error::new(Span::call_site(), message));
                }
                // It belongs to a macro that the body defines.
                None => {
                    let name = Ident::new(name, Span::call_site());
                    output.extend(quote!($ #name));
                }
            },
            Part::Repeat {
                parts, separator, ..
            } => {
                let mut names = Vec::new();
                names_in(parts, &mut names);
                let many = |name: &&str| match variables.get(*name) {
                    Some(Bound::Many(values)) => Some(((*name).to_owned(), values)),
                    _ => None,
                };
                let many: Vec<_> = names.iter().filter_map(many).collect();
                let Some(rounds) = many.iter().map(|(_, values)| values.len()).min() else {
                    let message = "a repetition repeats no variable";
                    return Err(Error::new(Span::call_site(), message));
                };
                for round in 0..rounds {
                    let mut inner = variables.clone();
                    for (name, values) in &many {
                        inner.insert(name.clone(), values[round].clone());
                    }
                    if let Some(separator) = separator.as_ref().filter(|_| round > 0) {
                        separator.to_tokens(&mut output);
                    }
                    output.extend(write(parts, &inner)?);
                }
            }
        }
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(definition: &str, call: &str) -> Result<String> {
        let definition = Macro::parse(definition.parse().unwrap())?;
        let output = definition.expand(&call.parse().unwrap())?;
        Ok(output.to_string())
    }

    /// Compares tokens, apart from the spaces between them.
    fn same(output: Result<String>, expected: &str) {
        let bare = |text: &str| text.replace(char::is_whitespace, "");
        assert_eq!(bare(&output.unwrap()), bare(expected));
    }

    #[test]
    fn types_are_written_for_each_name() {
        let output = expand(
            "($($(#[$doc:meta])* $name:ident $wire:literal)+) => {$(
                $(#[$doc])* pub struct $name;
                impl $name { pub const WIRE: &str = $wire; }
            )+};",
            "/// One.\n #[must_use] A \"a\" B \"b\"",
        );
        same(
            output,
            "#[doc = \" One.\"] #[must_use] pub struct A; impl A { pub const WIRE: &str = \"a\"; }
             pub struct B; impl B { pub const WIRE: &str = \"b\"; }",
        );
    }

    #[test]
    fn the_first_rule_that_matches_counts() {
        let definition = "
            (one $a:ident) => { fn $a() {} };
            ($($t:ty => [$($v:tt)*]),+ $(,)?) => { $(impl From<$t> for $crate::X { $($v);* })+ }
        ";
        same(expand(definition, "one x"), "fn x() {}");
        same(
            expand(definition, "Vec<u32> => [a b], &'a [u8] => [],"),
            "impl From<Vec<u32>> for crate::X { a; b } impl From<&'a [u8]> for crate::X {}",
        );
    }

    #[test]
    fn a_call_that_fits_no_rule_is_an_error() {
        for (definition, call, why) in [
            ("($a:ident) => {}", "1", "expected ident"),
            ("($a:ident) => {}", "a b", "unexpected token"),
            ("($($a:ident),+) => {}", "", "at least one"),
            ("(x) => {}", "y", "expects `x`"),
            ("((x)) => {}", "[x]", "expects a group"),
            ("($a:stmt) => {}", "x", "`stmt` are not supported"),
            ("($($a:ident)*) => { $a }", "x", "outside its repetition"),
            ("($a:ident) => { $($a)* }", "x", "repeats no variable"),
        ] {
            let error = expand(definition, call).unwrap_err().to_string();
            assert!(error.contains(why), "{definition}: {error}");
        }
    }
}
