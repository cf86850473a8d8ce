//! LIST and LSUB (RFC 3501 §§6.3.8 and 6.3.9; RFC 5258), with CHILDREN (RFC 3348), special
//! use (RFC 6154) and the right `l` (RFC 4314).

mod pattern;

#[cfg(test)]
mod tests;

pub(crate) use self::pattern::Pattern;
use std::collections::{BTreeMap, BTreeSet};

use imap_codec::imap_types::{core::Atom, flag::FlagNameAttribute};

use super::store::{AccountId, Rights, Store, name};

/// A line of LIST or LSUB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The name in UTF-8; empty in the response to an empty pattern.
    pub(crate) name: String,
    /// Its attributes.
    pub(crate) attributes: Vec<FlagNameAttribute<'static>>,
    /// `true` if it matches the selection itself, `false` if only a name below it does.
    pub(crate) is_selected: bool,
    /// CHILDINFO: `true` if a name below it matches the selection.
    pub(crate) child_info: bool,
}

/// The selection options of LIST (RFC 5258 §3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Select {
    /// Only subscribed names, even if the mailbox does not exist.
    pub(crate) subscribed: bool,
    /// Only special-use mailboxes (RFC 6154).
    pub(crate) special_use: bool,
    /// Also parents of matching names.
    pub(crate) recursive: bool,
}

impl Store {
    /// LIST: returns the matching names, sorted. For an empty pattern, returns a line without name,
    /// which has the delimiter.
    pub(crate) fn list(&self, account: AccountId, pattern: Pattern) -> Vec<Listed> {
        if pattern.is_empty() {
            return vec![Listed::new("", vec![FlagNameAttribute::Noselect])];
        }
        let mut found = self.list_some(account, &[pattern], Select::default());
        for listed in &mut found {
            for attribute in &mut listed.attributes {
                if *attribute == extension(NON_EXISTENT) {
                    *attribute = FlagNameAttribute::Noselect;
                }
            }
            listed
                .attributes
                .retain(|attribute| *attribute != extension(SUBSCRIBED));
        }
        found
    }

    /// LIST with the extensions of RFC 5258: returns the names that match any of the patterns, each
    /// once, sorted, with complete attributes.
    pub(crate) fn list_some(
        &self,
        account: AccountId,
        patterns: &[Pattern],
        select: Select,
    ) -> Vec<Listed> {
        let matches = |name: &str| {
            let mut patterns = patterns.iter().filter(|pattern| !pattern.is_empty());
            patterns.any(|pattern| pattern.matches(name))
        };
        let visible = self.visible(account);
        let of = self.of(account);
        let subscriptions = || of.subscriptions.iter().map(String::as_str);
        let node = |name: &str| of.names.get(name).filter(|_| visible.contains(name));
        let is_selected = |name: &str| {
            let subscribed = of.subscriptions.contains(name);
            let special = node(name).is_some_and(|node| !node.special_use.is_empty());
            (if select.subscribed {
                subscribed
            } else {
                visible.contains(name)
            }) && (special || !select.special_use)
        };
        let mut names = visible.clone();
        if select.subscribed {
            names.extend(subscriptions());
        }
        if select.recursive {
            names.extend(subscriptions().flat_map(name::parents));
        }
        let mut found = Vec::new();
        for &name in names.iter().filter(|name| matches(name)) {
            let selected = is_selected(name);
            // No hint is needed if all matching names below are returned (section 3.5).
            let tells = |child: &&str| {
                name::below(child, name).is_some()
                    && is_selected(child)
                    && (selected || !matches(child))
            };
            let child_info = select.recursive && names.iter().any(tells);
            if !selected && !child_info {
                continue;
            }
            let mut attributes = Vec::new();
            if node(name).is_none_or(|node| node.mailbox.is_none()) {
                attributes.push(extension(NON_EXISTENT));
            }
            if of.subscriptions.contains(name) {
                attributes.push(extension(SUBSCRIBED));
            }
            attributes.push(extension(if has_children(&visible, name) {
                "HasChildren"
            } else {
                "HasNoChildren"
            }));
            let purposes = node(name).into_iter().flat_map(|node| &node.special_use);
            attributes.extend(purposes.map(|purpose| purpose.attribute()));
            found.push(Listed {
                is_selected: selected,
                child_info,
                ..Listed::new(name, attributes)
            });
        }
        found
    }

    /// Returns the names that LIST may return: mailboxes with the right `l` (RFC 4314 §4),
    /// and their parents.
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

    /// LSUB: returns the matching subscribed names, sorted, even if the mailbox does not exist. If
    /// `%` ends above a subscribed name, the parent is returned with `\Noselect`.
    pub(crate) fn lsub(&self, account: AccountId, pattern: &Pattern) -> Vec<Listed> {
        let mut found = BTreeMap::new();
        for subscribed in &self.of(account).subscriptions {
            if pattern.matches(subscribed) {
                found.insert(subscribed.as_str(), Vec::new());
            } else if pattern.stops() {
                for parent in name::parents(subscribed).filter(|name| pattern.matches(name)) {
                    found
                        .entry(parent)
                        .or_insert_with(|| vec![FlagNameAttribute::Noselect]);
                }
            }
        }
        found
            .into_iter()
            .map(|(name, attributes)| Listed::new(name, attributes))
            .collect()
    }
}

impl Listed {
    fn new(name: &str, attributes: Vec<FlagNameAttribute<'static>>) -> Self {
        Self {
            name: name.to_owned(),
            attributes,
            is_selected: true,
            child_info: false,
        }
    }
}

/// Attributes of RFC 5258.
pub(crate) const NON_EXISTENT: &str = "NonExistent";
pub(crate) const SUBSCRIBED: &str = "Subscribed";

/// Returns whether there are names below this one.
fn has_children(names: &BTreeSet<&str>, name: &str) -> bool {
    let first = format!("{name}{}", name::DELIMITER);
    let next = names.range(first.as_str()..).next();
    next.is_some_and(|name| name.starts_with(&first))
}

pub(crate) fn extension(name: &'static str) -> FlagNameAttribute<'static> {
    FlagNameAttribute::from(Atom::unvalidated(name))
}
