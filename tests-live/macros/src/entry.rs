//! Finds the marked functions of a body.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// The body of `faces!`.
pub(crate) struct Body {
    /// The attribute for the tokio module.
    pub(crate) tokio_attribute: Option<TokenStream>,
    /// The path of the module with another body, whose items each face imports.
    pub(crate) prelude: Option<TokenStream>,
    /// All items, without marks. Cases have their inner names and no attributes.
    pub(crate) items: TokenStream,
    /// The marked functions.
    pub(crate) entries: Vec<Entry>,
}

/// A marked function.
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) name: Ident,
    /// The words in the mark, each of which makes a trial.
    pub(crate) variants: Vec<Ident>,
    /// The other attributes.
    pub(crate) attributes: TokenStream,
    /// The tokens between the name and the body.
    tail: TokenStream,
    is_async: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Case,
    Trial,
}

/// A mistake in a body.
pub(crate) struct Error {
    message: &'static str,
    span: Span,
}

impl Body {
    pub(crate) fn parse(input: TokenStream) -> Result<Self, Error> {
        let tokens: Vec<TokenTree> = input.into_iter().collect();
        let lead = Lead::parse(&tokens)?;
        let mut at = lead.length;
        let mut items = Vec::new();
        let mut entries = Vec::new();
        while at < tokens.len() {
            let (attributes, after) = attributes(&tokens, at);
            let mark = attributes
                .iter()
                .find_map(|attribute| Some((mark(attribute)?, attribute.span())));
            let Some(((kind, variants), span)) = mark else {
                // Everything up to the next attribute is copied; a mark can only be an attribute.
                items.extend_from_slice(&tokens[at..(after).max(at + 1)]);
                at = after.max(at + 1);
                continue;
            };
            let others = attributes
                .into_iter()
                .filter(|attribute| self::mark(attribute).is_none());
            let others: TokenStream = others
                .flat_map(|attribute| [hash(), TokenTree::Group(attribute)])
                .collect();
            let function = Function::parse(&tokens, after, span)?;
            let entry = Entry {
                kind,
                variants,
                name: function.name.clone(),
                attributes: others,
                tail: function.tail(),
                is_async: function.is_async(),
            };
            match kind {
                Kind::Case => {
                    items.extend_from_slice(function.before_name);
                    items.push(entry.inner_name().into());
                }
                Kind::Trial => {
                    items.extend(entry.attributes.clone());
                    items.extend_from_slice(function.before_name);
                    items.push(entry.name.clone().into());
                }
            }
            items.extend_from_slice(function.after_name);
            at = function.end;
            entries.push(entry);
        }
        Ok(Self {
            tokio_attribute: lead.tokio,
            prelude: lead.with,
            items: items.into_iter().collect(),
            entries,
        })
    }
}

impl Entry {
    /// Returns the name of the function with the code of a case, since the test has the original
    /// name.
    pub(crate) fn inner_name(&self) -> Ident {
        Ident::new(&format!("case_{}", self.name), self.name.span())
    }

    /// Returns the code that calls the function with `argument` and waits for the result.
    pub(crate) fn call(&self, argument: &str) -> String {
        let name = match self.kind {
            Kind::Case => self.inner_name(),
            Kind::Trial => self.name.clone(),
        };
        if self.is_async {
            format!("face_run({name}({argument}))")
        } else {
            format!("{name}({argument})")
        }
    }

    /// Returns the names of the trials, and the code that runs each.
    pub(crate) fn trials(&self) -> Vec<(String, String)> {
        if self.variants.is_empty() {
            return vec![(self.name.to_string(), self.call("context"))];
        }
        let variants = self.variants.iter().map(|variant| {
            let name = format!("{}::{}", variant.to_string().to_lowercase(), self.name);
            (name, self.call(&format!("context, {variant}")))
        });
        variants.collect()
    }

    /// Returns a function with the same name and type that is not async, with another body.
    pub(crate) fn signature(&self, body: &str) -> TokenStream {
        let mut output: TokenStream = "fn".parse().expect("a word");
        output.extend([TokenTree::from(self.name.clone())]);
        output.extend(self.tail.clone());
        let body = body.parse().expect("the crate's own code is Rust");
        output.extend([TokenTree::from(Group::new(Delimiter::Brace, body))]);
        output
    }
}

impl Error {
    pub(crate) fn into_compile_error(self) -> TokenStream {
        let error: TokenStream = format!("::core::compile_error!({:?});", self.message)
            .parse()
            .expect("Rust");
        error
            .into_iter()
            .map(|mut token| {
                token.set_span(self.span);
                token
            })
            .collect()
    }
}

/// The parts of a marked function.
struct Function<'a> {
    before_name: &'a [TokenTree],
    name: Ident,
    after_name: &'a [TokenTree],
    end: usize,
}

impl<'a> Function<'a> {
    fn parse(tokens: &'a [TokenTree], start: usize, mark: Span) -> Result<Self, Error> {
        let wrong = Error {
            message: "this stands on a function: `async fn name(..) { .. }`",
            span: mark,
        };
        let mut at = start;
        while word(tokens.get(at)).is_some_and(|word| word != "fn") {
            at += 1;
        }
        let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else {
            return Err(wrong);
        };
        let is_body = |token: &TokenTree| match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            _ => false,
        };
        let Some(length) = tokens[at + 2..].iter().position(is_body) else {
            return Err(wrong);
        };
        let end = at + 2 + length + 1;
        Ok(Self {
            before_name: &tokens[start..=at],
            name: name.clone(),
            after_name: &tokens[at + 2..end],
            end,
        })
    }

    fn is_async(&self) -> bool {
        self.before_name
            .iter()
            .any(|token| word(Some(token)).is_some_and(|word| word == "async"))
    }

    fn tail(&self) -> TokenStream {
        self.after_name[..self.after_name.len() - 1]
            .iter()
            .cloned()
            .collect()
    }
}

/// Returns the attributes that start at `at`, and the index after them.
fn attributes(tokens: &[TokenTree], mut at: usize) -> (Vec<Group>, usize) {
    let mut found = Vec::new();
    while let Some(TokenTree::Punct(punct)) = tokens.get(at)
        && punct.as_char() == '#'
        && let Some(TokenTree::Group(group)) = tokens.get(at + 1)
        && group.delimiter() == Delimiter::Bracket
    {
        found.push(group.clone());
        at += 2;
    }
    (found, at)
}

/// The attributes at the start of a body, and the number of their tokens.
#[derive(Default)]
struct Lead {
    /// The content of `#![tokio(..)]`, as an attribute.
    tokio: Option<TokenStream>,
    /// The content of `#![with(..)]`.
    with: Option<TokenStream>,
    length: usize,
}

impl Lead {
    fn parse(tokens: &[TokenTree]) -> Result<Self, Error> {
        let mut lead = Self::default();
        while let [
            TokenTree::Punct(hash),
            TokenTree::Punct(bang),
            TokenTree::Group(group),
            ..,
        ] = &tokens[lead.length..]
            && hash.as_char() == '#'
            && bang.as_char() == '!'
        {
            lead.take(group)?;
            lead.length += 3;
        }
        Ok(lead)
    }

    fn take(&mut self, group: &Group) -> Result<(), Error> {
        let inside: Vec<_> = group.stream().into_iter().collect();
        let [TokenTree::Ident(word), TokenTree::Group(content)] = &inside[..] else {
            return Err(Self::wrong(group));
        };
        match word.to_string().as_str() {
            "tokio" if self.tokio.is_none() => {
                let attribute = TokenTree::from(Group::new(Delimiter::Bracket, content.stream()));
                self.tokio = Some([hash(), attribute].into_iter().collect());
            }
            "with" if self.with.is_none() => self.with = Some(content.stream()),
            _ => return Err(Self::wrong(group)),
        }
        Ok(())
    }

    fn wrong(group: &Group) -> Error {
        Error {
            message: "only `#![tokio(ATTRIBUTE)]` and `#![with(MODULE)]` may stand here, once each",
            span: group.span(),
        }
    }
}

/// Returns the kind and the words of an attribute, if it is a mark.
fn mark(attribute: &Group) -> Option<(Kind, Vec<Ident>)> {
    let mut inside = attribute.stream().into_iter();
    let (mark, words, end) = (inside.next(), inside.next(), inside.next());
    match (word(mark.as_ref()).as_deref(), words, end) {
        (Some("case"), None, None) => Some((Kind::Case, Vec::new())),
        (Some("trial"), None, None) => Some((Kind::Trial, Vec::new())),
        (Some("trial"), Some(TokenTree::Group(words)), None) => {
            let words = words.stream().into_iter().filter_map(|token| match token {
                TokenTree::Ident(word) => Some(word),
                _ => None,
            });
            Some((Kind::Trial, words.collect()))
        }
        _ => None,
    }
}

fn word(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(word)) => Some(word.to_string()),
        _ => None,
    }
}

fn hash() -> TokenTree {
    proc_macro::Punct::new('#', proc_macro::Spacing::Alone).into()
}
