//! Checks which paths the sources mention: in `use` declarations, code and macros.

use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Item, Meta};

use super::page::{Exception, Rule};
use crate::sources::Source;

/// Returns the violations of the rules.
pub(super) fn check(rules: &[Rule], sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for rule in rules {
        for folder in &rule.folders {
            let below = sources
                .iter()
                .filter(|source| source.path.starts_with(folder));
            let mut none = true;
            for source in below {
                none = false;
                rule.check(source, &mut wrong);
            }
            if none {
                wrong.push(format!("there are no sources in {folder}"));
            }
        }
        for exception in &rule.exceptions {
            exception.check(sources, &mut wrong);
        }
    }
    wrong
}

impl Rule {
    fn check(&self, source: &Source, wrong: &mut Vec<String>) {
        let excepted = |exception: &Exception| source.path == Path::new(&exception.file);
        if self.exceptions.iter().any(excepted) {
            return;
        }
        let path = source.path.display();
        match source.text.parse() {
            Ok(tokens) => {
                for (line, mentioned) in paths(tokens) {
                    if self.names.iter().any(|name| is_below(&mentioned, name)) {
                        wrong.push(format!("{path}:{line} must not name {mentioned}"));
                    }
                }
            }
            Err(error) => wrong.push(format!("{path} cannot be read: {error}")),
        }
    }
}

impl Exception {
    /// Adds what is wrong if the file does not exist or is compiled without the feature.
    fn check(&self, sources: &[Source], wrong: &mut Vec<String>) {
        let file = Path::new(&self.file);
        if !sources.iter().any(|source| source.path == file) {
            wrong.push(format!("there is no file {}", self.file));
        } else if let Some(feature) = &self.feature
            && !needs(file, feature, sources)
        {
            let file = &self.file;
            wrong.push(format!("{file} is compiled without the feature {feature}"));
        }
    }
}

/// Returns whether the module in a file, or one around it, is declared for a feature only.
fn needs(file: &Path, feature: &str, sources: &[Source]) -> bool {
    let (Some(folder), Some(module)) = (file.parent(), file.file_stem()) else {
        return false;
    };
    let parents = [folder.join("lib.rs"), folder.with_extension("rs")];
    let Some(parent) = sources.iter().find(|source| parents.contains(&source.path)) else {
        return false;
    };
    let Ok(parsed) = syn::parse_file(&parent.text) else {
        return false;
    };
    let condition = format!("feature = \"{feature}\"");
    let declared = parsed.items.iter().any(|item| {
        let Item::Mod(item) = item else {
            return false;
        };
        item.ident == module.to_string_lossy()
            && item.attrs.iter().any(|attribute| match &attribute.meta {
                Meta::List(list) => {
                    list.path.is_ident("cfg") && list.tokens.to_string() == condition
                }
                _ => false,
            })
    });
    declared || (parent.path != folder.join("lib.rs") && needs(&parent.path, feature, sources))
}

/// Returns whether a path is the named one or leads below it. A crate alone does not count: the
/// same word may be a field.
fn is_below(path: &str, name: &str) -> bool {
    match path.strip_prefix(name) {
        Some("") => name.contains("::"),
        Some(rest) => rest.starts_with("::"),
        None => false,
    }
}

/// Returns the paths in tokens, groups of `use` declarations written out, with their lines.
fn paths(tokens: TokenStream) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    collect(tokens, &[], &mut found);
    found
}

fn collect(tokens: TokenStream, prefix: &[String], found: &mut Vec<(usize, String)>) {
    let mut path = prefix.to_vec();
    let mut line = 0;
    let mut joined = true;
    let end = |path: &mut Vec<String>, line: usize, found: &mut Vec<(usize, String)>| {
        if path.len() > prefix.len() {
            found.push((line, path.join("::")));
        }
        path.clear();
        path.extend_from_slice(prefix);
    };
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                colons += 1;
                joined = colons == 2;
                continue;
            }
            TokenTree::Ident(ident) => {
                // A single colon, or nothing, stands between two paths.
                if !joined {
                    end(&mut path, line, found);
                }
                line = ident.span().start().line;
                path.push(ident.to_string());
            }
            TokenTree::Group(group) => {
                if joined && colons == 2 && group.delimiter() == Delimiter::Brace {
                    let inner = path.clone();
                    path.truncate(prefix.len());
                    collect(group.stream(), &inner, found);
                } else {
                    end(&mut path, line, found);
                    collect(group.stream(), &[], found);
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => end(&mut path, line, found),
        }
        joined = false;
        colons = 0;
    }
    end(&mut path, line, found);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.into(),
            text: text.to_owned(),
        }
    }

    fn rule(names: &[&str], exceptions: Vec<Exception>) -> Rule {
        Rule {
            folders: vec!["a/src".to_owned()],
            names: names.iter().map(|&name| name.to_owned()).collect(),
            exceptions,
        }
    }

    fn exception(file: &str, feature: Option<&str>) -> Exception {
        Exception {
            file: file.to_owned(),
            feature: feature.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let text = "use std::{fmt, net::{self, TcpStream}};\n\
                    fn f(x: ::tokio::net::Socket) -> std::io::Result<()> {\n\
                    self.tokio.run(); print!(\"{}\", std::env::var(\"x\")); }";
        let found = paths(text.parse().unwrap());
        for expected in [
            (1, "std::fmt"),
            (1, "std::net::self"),
            (1, "std::net::TcpStream"),
            (2, "tokio::net::Socket"),
            (2, "std::io::Result"),
            (3, "std::env::var"),
        ] {
            let expected = (expected.0, expected.1.to_owned());
            assert!(found.contains(&expected), "{expected:?} of {found:?}");
        }
    }

    #[test]
    fn names_below_a_rule_are_violations() {
        let sources = [
            source(
                "a/src/lib.rs",
                "use std::{\n    fmt,\n    net::TcpStream,\n};",
            ),
            source(
                "a/src/fine.rs",
                "/// std::net\nuse crate::tokio; fn f() { x.tokio; std::netted(); }",
            ),
            source("b/src/lib.rs", "use std::net::TcpStream;"),
        ];
        let rule = rule(&["std::net", "tokio"], Vec::new());
        let expected = ["a/src/lib.rs:3 must not name std::net::TcpStream"];
        assert_eq!(check(&[rule], &sources), expected);
    }

    #[test]
    fn an_exception_needs_its_feature() {
        let lib = |attribute: &str| source("a/src/lib.rs", &format!("{attribute} mod x;"));
        let inner = source("a/src/x/y.rs", "use tokio::net;");
        let outer = source("a/src/x.rs", "mod y;");
        let of = |attribute: &str| {
            let rule = rule(&["tokio"], vec![exception("a/src/x/y.rs", Some("t"))]);
            let sources = [
                lib(attribute),
                source("a/src/x.rs", &outer.text),
                source("a/src/x/y.rs", &inner.text),
            ];
            check(&[rule], &sources)
        };
        assert_eq!(of("#[cfg(feature = \"t\")]"), [""; 0]);
        let expected = ["a/src/x/y.rs is compiled without the feature t"];
        for attribute in [
            "",
            "#[cfg(feature = \"u\")]",
            "#[cfg(not(feature = \"t\"))]",
        ] {
            assert_eq!(of(attribute), expected, "{attribute}");
        }
    }

    #[test]
    fn rules_for_nothing_are_violations() {
        let rule = rule(&["tokio"], vec![exception("a/src/gone.rs", None)]);
        let expected = [
            "there are no sources in a/src",
            "there is no file a/src/gone.rs",
        ];
        assert_eq!(check(&[rule], &[]), expected);
    }
}
