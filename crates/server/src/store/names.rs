//! The names of an account at one moment, to be compared with those of another.

use std::collections::{BTreeMap, BTreeSet};

use imap_codec::imap_types::flag::FlagNameAttribute;

use super::{AccountId, MailboxId, Store, name};
use crate::list::{NON_EXISTENT, Pattern, SUBSCRIBED, Select, extension};

/// The names that LIST returns, and the subscriptions.
#[derive(Default)]
pub(crate) struct NamesThen {
    listed: BTreeMap<String, Name>,
    subscriptions: BTreeSet<String>,
}

/// A name with the attributes of LIST, except `\Subscribed`.
#[derive(PartialEq, Eq)]
struct Name {
    mailbox: Option<MailboxId>,
    attributes: Vec<FlagNameAttribute<'static>>,
}

/// A name that was created, deleted or renamed, or whose subscription changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Renewed {
    pub(crate) name: String,
    /// All attributes of LIST.
    pub(crate) attributes: Vec<FlagNameAttribute<'static>>,
    /// The name before a RENAME.
    pub(crate) old: Option<String>,
    /// `true` if the mailbox or its parent was created, deleted or renamed.
    pub(crate) named: bool,
    /// `true` if the subscription changed.
    pub(crate) subscribed: bool,
}

impl Store {
    /// Returns the names of an account.
    pub(crate) fn names(&self, account: AccountId) -> NamesThen {
        let of = self.of(account);
        let listed = self.list_some(account, &[Pattern::new("", "*")], Select::default());
        let listed = listed.into_iter().map(|mut listed| {
            listed
                .attributes
                .retain(|attribute| *attribute != extension(SUBSCRIBED));
            let node = of.names.get(&listed.name);
            let name = Name {
                mailbox: node.and_then(|node| node.mailbox),
                attributes: listed.attributes,
            };
            (listed.name, name)
        });
        NamesThen {
            listed: listed.collect(),
            subscriptions: of.subscriptions.clone(),
        }
    }
}

impl NamesThen {
    /// Returns the mailboxes with their names.
    pub(crate) fn mailboxes(&self) -> impl Iterator<Item = (MailboxId, &str)> {
        let names = self.listed.iter();
        names.filter_map(|(name, node)| Some((node.mailbox?, name.as_str())))
    }

    /// Returns whether the name is subscribed.
    pub(crate) fn subscribes(&self, name: &str) -> bool {
        self.subscriptions.contains(name)
    }

    /// Returns the differences to a later moment, sorted by name.
    ///
    /// A mailbox that is renamed renames those below it, which are no differences of their own
    /// (RFC 5465 §5.4).
    pub(crate) fn differences(&self, now: &Self) -> Vec<Renewed> {
        let renames = self.renames(now);
        let old = |name: &str| renames.get(name).copied();
        let moved: BTreeSet<&str> = renames.values().copied().collect();
        let mut named = BTreeSet::new();
        for (name, node) in &now.listed {
            match self.listed.get(name) {
                Some(was) if was == node => {}
                Some(_) => {
                    named.insert(name.as_str());
                }
                None if old(name).is_some() => {
                    if !is_below_another(name, &renames) {
                        named.insert(name.as_str());
                    }
                }
                None => {
                    named.insert(name.as_str());
                    named.extend(parent(name));
                }
            }
        }
        let gone = self.listed.keys().map(String::as_str);
        let gone = gone.filter(|name| !now.listed.contains_key(*name) && !moved.contains(name));
        for name in gone {
            named.insert(name);
            named.extend(parent(name));
        }
        let changed = self.subscriptions.symmetric_difference(&now.subscriptions);
        let changed: BTreeSet<&str> = changed.map(String::as_str).collect();
        let all = named.union(&changed).map(|name| Renewed {
            name: (*name).to_owned(),
            attributes: now.attributes(name),
            old: old(name).map(ToOwned::to_owned),
            named: named.contains(name),
            subscribed: changed.contains(name),
        });
        all.collect()
    }

    /// Returns the old name of each mailbox that has a new one.
    fn renames<'a>(&'a self, now: &'a Self) -> BTreeMap<&'a str, &'a str> {
        let before: BTreeMap<_, _> = self.mailboxes().collect();
        let renamed = now.mailboxes().filter_map(|(mailbox, name)| {
            let old = *before.get(&mailbox)?;
            (old != name).then_some((name, old))
        });
        renamed.collect()
    }

    fn attributes(&self, name: &str) -> Vec<FlagNameAttribute<'static>> {
        let listed = self.listed.get(name);
        let mut attributes = match listed {
            Some(listed) => listed.attributes.clone(),
            None => vec![extension(NON_EXISTENT)],
        };
        if self.subscribes(name) {
            attributes.push(extension(SUBSCRIBED));
        }
        attributes
    }
}

/// Returns whether a mailbox was renamed because one above it was.
fn is_below_another(name: &str, renames: &BTreeMap<&str, &str>) -> bool {
    renames.iter().any(|(to, from)| {
        let rest = name::below(name, to);
        let was = renames.get(name).and_then(|old| name::below(old, from));
        rest.is_some() && rest == was
    })
}

fn parent(name: &str) -> Option<&str> {
    name.rsplit_once(name::DELIMITER).map(|(parent, _)| parent)
}
