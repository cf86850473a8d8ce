//! Documentation and attributes of the blocking twin.

use syn::{Attribute, Expr, ExprLit, Lit, Meta, parse_quote};

/// Names, and their replacements in the blocking face.
const NAMES: [(&str, &str); 7] = [
    ("imapclient::tokio::", "imapclient::blocking::"),
    ("imapclient::tokio;", "imapclient::blocking;"),
    ("tokio::AppendEach", "blocking::AppendEach"),
    ("tokio::Client", "blocking::Client"),
    ("tokio::Idle", "blocking::Idle"),
    ("tokio::Upload", "blocking::Upload"),
    ("example::tokio", "example::blocking"),
];
/// Pieces of code, and their replacements in blocking examples.
const CODE: [(&str, &str); 6] = [
    ("#[cfg(feature = \"tokio\")] ", ""),
    ("async move |", "move |"),
    ("async move {", "{"),
    ("async fn ", "fn "),
    ("async |", "|"),
    ("async {", "{"),
];

/// Returns the documentation as text, in which each line usually begins with a space.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(doc_line);
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns whether `#[doc(hidden)]` is among the attributes.
pub(crate) fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && matches!(&attribute.meta, Meta::List(list) if list.tokens.to_string() == "hidden")
    })
}

/// Returns the attributes for the blocking twin, without the documentation, which [`text`] returns.
/// `expect` becomes `allow`, since the twin may not cause the lint.
pub(super) fn carried(attributes: &[Attribute]) -> Vec<Attribute> {
    let mut carried = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| doc_line(attribute).is_none())
    {
        let last = attribute
            .path()
            .segments
            .last()
            .map(|last| last.ident.to_string());
        match (last.as_deref(), &attribute.meta) {
            (Some("instrument"), _) => {}
            (Some("expect"), Meta::List(list)) => {
                let lints = &list.tokens;
                carried.push(parse_quote!(#[allow(#lints)]));
            }
            _ => carried.push(attribute.clone()),
        }
    }
    carried
}

/// Converts `text` for the blocking face, by removing async code from examples and names.
pub(super) fn blocking(text: &str) -> String {
    let mut output: Vec<String> = Vec::new();
    let mut code = false;
    for line in text.lines() {
        let line = NAMES
            .iter()
            .fold(line.to_owned(), |line, (from, to)| line.replace(from, to));
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        if fence || !code {
            output.push(line);
            continue;
        }
        let line = CODE
            .iter()
            .fold(line, |line, (from, to)| line.replace(from, to));
        let bare = line.trim_start();
        let bare = bare.strip_prefix("# ").unwrap_or(bare).trim_start();
        if bare.starts_with("#[tokio::main") || bare == "#[cfg(feature = \"tokio\")]" {
            continue;
        }
        // If `.await` begins a line, the rest of that line is appended to the previous one.
        match (bare.strip_prefix(".await"), output.last_mut()) {
            (Some(rest), Some(previous)) => previous.push_str(&rest.replace(".await", "")),
            _ => output.push(line.replace(".await", "")),
        }
    }
    output.join("\n")
}

/// Returns the shortcut links of `text`: in brackets and backticks, without a target.
pub(super) fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("[`") {
        let Some((link, after)) = after.split_once("`]") else {
            break;
        };
        if !after.starts_with(['(', '[', ':']) {
            found.push(link);
        }
        rest = after;
    }
    found
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
