//! LIST and LSUB (RFC 3501, sections 6.3.8 and 6.3.9), with CHILDREN (RFC 3348), special use (RFC 6154) and the right `l` (RFC 4314).

use super::store::{AccountId, Rights, Store, name};
use imap_codec::imap_types::{core::Atom, flag::FlagNameAttribute};
use std::collections::{BTreeMap, BTreeSet};

/// A line of LIST or LSUB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The name in UTF-8; empty in the answer to an empty pattern.
    pub(crate) name: String,
    /// Its attributes.
    pub(crate) attributes: Vec<FlagNameAttribute<'static>>,
}

impl Store {
    /// LIST: the names that match, sorted. An empty pattern asks for the delimiter, in a line without name.
    ///
    /// Reference and pattern are in UTF-8, as [`name::decode`] reads them.
    pub(crate) fn list(&self, account: AccountId, reference: &str, pattern: &str) -> Vec<Listed> {
        if pattern.is_empty() {
            return vec![Listed {
                name: String::new(),
                attributes: vec![FlagNameAttribute::Noselect],
            }];
        }
        let pattern = Pattern::new(reference, pattern);
        let visible = self.visible(account);
        let names = self.of(account).names.iter();
        names
            .filter(|(name, _)| visible.contains(name.as_str()) && pattern.matches(name))
            .map(|(name, node)| {
                let mut attributes = Vec::new();
                if node.mailbox.is_none() {
                    attributes.push(FlagNameAttribute::Noselect);
                }
                attributes.push(extension(if has_children(&visible, name) {
                    "HasChildren"
                } else {
                    "HasNoChildren"
                }));
                attributes.extend(node.special_use.map(|purpose| purpose.attribute()));
                Listed {
                    name: name.clone(),
                    attributes,
                }
            })
            .collect()
    }

    /// The names that LIST may tell: mailboxes with the right `l` (RFC 4314, section 4), and what lies above them.
    fn visible(&self, account: AccountId) -> BTreeSet<&str> {
        let names = &self.of(account).names;
        let is_visible = |id| self.rights(id).contains(Rights::LOOKUP);
        let mut visible: BTreeSet<_> = names
            .iter()
            .filter(|(_, node)| node.mailbox.is_some_and(is_visible))
            .map(|(name, _)| name.as_str())
            .collect();
        let above: Vec<_> = visible
            .iter()
            .flat_map(|name| name::parents(name))
            .collect();
        let is_node = |name: &&str| names.get(*name).is_some_and(|node| node.mailbox.is_none());
        visible.extend(above.into_iter().filter(is_node));
        visible
    }

    /// LSUB: the subscribed names that match, sorted, whether there are such mailboxes or not. Where `%` stops above a
    /// subscribed name, the name up to there comes as `\Noselect`.
    pub(crate) fn lsub(&self, account: AccountId, reference: &str, pattern: &str) -> Vec<Listed> {
        let stops = pattern.ends_with('%');
        let pattern = Pattern::new(reference, pattern);
        let mut found = BTreeMap::new();
        for subscribed in &self.of(account).subscriptions {
            if pattern.matches(subscribed) {
                found.insert(subscribed.as_str(), Vec::new());
            } else if stops {
                for parent in name::parents(subscribed).filter(|name| pattern.matches(name)) {
                    found
                        .entry(parent)
                        .or_insert_with(|| vec![FlagNameAttribute::Noselect]);
                }
            }
        }
        found
            .into_iter()
            .map(|(name, attributes)| Listed {
                name: name.to_owned(),
                attributes,
            })
            .collect()
    }
}

/// A name in which `*` stands for any text and `%` for any without the delimiter.
struct Pattern(Vec<char>);

impl Pattern {
    fn new(reference: &str, pattern: &str) -> Self {
        // INBOX may be asked for in any case, alone and as the root of others.
        let whole = format!("{reference}{pattern}");
        let end = whole.find(name::DELIMITER).unwrap_or(whole.len());
        let (root, rest) = whole.split_at(end);
        let root = name::normal(root);
        Self(root.chars().chain(rest.chars()).collect())
    }

    /// Goes through the name once and keeps all places in the pattern that it may have come to.
    fn matches(&self, name: &str) -> bool {
        let pattern = &self.0;
        let mut here = vec![false; pattern.len() + 1];
        here[0] = true;
        self.pass_wildcards(&mut here);
        for c in name.chars() {
            let mut next = vec![false; pattern.len() + 1];
            for (at, &p) in pattern.iter().enumerate().filter(|&(at, _)| here[at]) {
                match p {
                    '*' => next[at] = true,
                    '%' => next[at] |= c != name::DELIMITER,
                    p if p == c => next[at + 1] = true,
                    _ => {}
                }
            }
            self.pass_wildcards(&mut next);
            here = next;
        }
        here[pattern.len()]
    }

    /// A wildcard may stand for nothing.
    fn pass_wildcards(&self, here: &mut [bool]) {
        for (at, p) in self.0.iter().enumerate() {
            if here[at] && matches!(p, '*' | '%') {
                here[at + 1] = true;
            }
        }
    }
}

/// Whether there are names below this one.
fn has_children(names: &BTreeSet<&str>, name: &str) -> bool {
    let first = format!("{name}{}", name::DELIMITER);
    let next = names.range(first.as_str()..).next();
    next.is_some_and(|name| name.starts_with(&first))
}

fn extension(name: &'static str) -> FlagNameAttribute<'static> {
    FlagNameAttribute::from(Atom::unvalidated(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that match, with their attributes.
    fn listed(lines: Vec<Listed>) -> Vec<String> {
        lines
            .into_iter()
            .map(|line| {
                let attributes: Vec<_> = line.attributes.iter().map(ToString::to_string).collect();
                format!("{} {}", line.name, attributes.join(" "))
            })
            .collect()
    }

    fn store() -> (Store, AccountId) {
        let mut store = Store::new();
        let bob = store.add_account("bob", "sekret");
        for name in ["a", "a/b", "a/b/c", "x/y", "Zürich"] {
            store.create(bob, name).unwrap();
        }
        (store, bob)
    }

    #[test]
    fn wildcards() {
        let (store, bob) = store();
        for (reference, pattern, expected) in [
            (
                "",
                "*",
                vec!["INBOX", "Zürich", "a", "a/b", "a/b/c", "x", "x/y"],
            ),
            ("", "%", vec!["INBOX", "Zürich", "a", "x"]),
            ("", "inbox", vec!["INBOX"]),
            ("", "a/%", vec!["a/b"]),
            ("a/", "%", vec!["a/b"]),
            ("a/", "*", vec!["a/b", "a/b/c"]),
            ("a", "*", vec!["a", "a/b", "a/b/c"]),
            ("", "*c", vec!["a/b/c"]),
            ("", "%/%", vec!["a/b", "x/y"]),
            ("", "Z?rich", vec![]),
            ("", "Zü%", vec!["Zürich"]),
            ("", "A", vec![]),
            ("", "*%*%*%*%*%*%*%*%c", vec!["a/b/c"]),
        ] {
            let found: Vec<_> = store.list(bob, reference, pattern);
            let names: Vec<_> = found.iter().map(|line| line.name.as_str()).collect();
            assert_eq!(names, expected, "{reference:?} {pattern:?}");
        }
    }

    #[test]
    fn attributes() {
        let (mut store, bob) = store();
        let archive = Some(super::super::store::SpecialUse::Archive);
        store.set_special_use(bob, "a", archive).unwrap();
        assert_eq!(
            listed(store.list(bob, "", "*")),
            [
                "INBOX \\HasNoChildren",
                "Zürich \\HasNoChildren",
                "a \\HasChildren \\Archive",
                "a/b \\HasChildren",
                "a/b/c \\HasNoChildren",
                "x \\Noselect \\HasChildren",
                "x/y \\HasNoChildren",
            ]
        );
        assert_eq!(listed(store.list(bob, "any", "")), [" \\Noselect"]);
    }

    #[test]
    fn subscriptions() {
        let (mut store, bob) = store();
        for name in ["a/b/c", "gone/child", "x"] {
            store.subscribe(bob, name).unwrap();
        }
        store.unsubscribe(bob, "INBOX");
        for (pattern, expected) in [
            ("*", vec!["a/b/c ", "gone/child ", "x "]),
            ("%", vec!["a \\Noselect", "gone \\Noselect", "x "]),
            ("a/%", vec!["a/b \\Noselect"]),
            ("a", vec![]),
        ] {
            assert_eq!(
                listed(store.lsub(bob, "", pattern)),
                expected,
                "{pattern:?}"
            );
        }
    }
}
