//! Annotations of mailboxes and accounts (RFC 5464).

use std::collections::BTreeMap;

use super::{AccountId, MailboxId, Rights, Store, StoreError};
use crate::request::{Depth, Wanted};

/// The maximum size of a value, in bytes.
pub(crate) const LONGEST: usize = 64 * 1024;

/// The maximum number of annotations of a mailbox or an account.
const MOST: usize = 100;

/// Values by the names of their entries, in lower case.
pub(super) type Annotations = BTreeMap<String, Vec<u8>>;

/// The subject of an annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Annotated {
    Mailbox(MailboxId),
    /// The server, as a user sees it.
    Server(AccountId),
}

/// The reason why annotations were not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAnnotated {
    TooLong,
    TooMany,
    Gone,
}

/// Entries with their values; `None` for one that does not exist.
type Found = Vec<(String, Option<Vec<u8>>)>;

impl Store {
    /// Returns the mailbox of a name, if its annotations may be used (RFC 5464 §3.3).
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`], [`StoreError::NoPermission`]
    pub(crate) fn annotated(
        &self,
        account: AccountId,
        name: &str,
    ) -> Result<Annotated, StoreError> {
        let id = self.permitted(account, name, Rights::LOOKUP)?;
        let any = Rights::READ | Rights::SEEN | Rights::WRITE | Rights::INSERT | Rights::POST;
        if !self.rights(id).intersects(any) {
            return Err(StoreError::NoPermission);
        }
        Ok(Annotated::Mailbox(id))
    }

    /// Returns entries, and the size of the longest one that was left out.
    pub(crate) fn annotations(
        &self,
        subject: Annotated,
        wanted: &Wanted,
    ) -> (Found, Option<usize>) {
        let nothing = Annotations::new();
        let all = match subject {
            Annotated::Mailbox(id) => self.mailbox(id).map(|mailbox| &mailbox.annotations),
            Annotated::Server(id) => Some(&self.of(id).annotations),
        };
        let all = all.unwrap_or(&nothing);
        let mut found = BTreeMap::new();
        for entry in &wanted.entries {
            found.insert(entry, all.get(entry));
            let below = all.iter().filter(|(name, _)| {
                let rest = name.strip_prefix(entry.as_str());
                let rest = rest.and_then(|rest| rest.strip_prefix('/'));
                rest.is_some_and(|rest| match wanted.depth {
                    Depth::Zero => false,
                    Depth::One => !rest.contains('/'),
                    Depth::Infinity => true,
                })
            });
            found.extend(below.map(|(name, value)| (name, Some(value))));
        }
        let is_long = |value: &Option<&Vec<u8>>| {
            let limit = wanted.max_size.unwrap_or(usize::MAX);
            value.is_some_and(|value| value.len() > limit)
        };
        let longest = found.values().filter(|value| is_long(value));
        let longest = longest.filter_map(|value| value.map(Vec::len)).max();
        found.retain(|_, value| !is_long(value));
        let found = found.into_iter();
        let found = found.map(|(name, value)| (name.clone(), value.cloned()));
        (found.collect(), longest)
    }

    /// Changes annotations, all or none. A change raises the mod-sequence of the mailbox (RFC 7162
    /// §3.2).
    ///
    /// # Errors
    /// Fails if a value is too long, or if there are too many annotations.
    pub(crate) fn annotate(
        &mut self,
        subject: Annotated,
        values: Vec<(String, Option<Vec<u8>>)>,
    ) -> Result<(), NotAnnotated> {
        let is_long = |value: &Vec<u8>| value.len() > LONGEST;
        if values
            .iter()
            .any(|(_, value)| value.as_ref().is_some_and(is_long))
        {
            return Err(NotAnnotated::TooLong);
        }
        let old = match subject {
            Annotated::Mailbox(id) => {
                let mailbox = self.mailboxes.get_mut(&id).ok_or(NotAnnotated::Gone)?;
                &mut mailbox.annotations
            }
            Annotated::Server(id) => &mut self.of_mut(id).annotations,
        };
        let mut new = old.clone();
        let mut changed = Vec::new();
        for (name, value) in values {
            if new.get(&name) == value.as_ref() {
                continue;
            }
            changed.push(name.clone());
            match value {
                Some(value) => drop(new.insert(name, value)),
                None => drop(new.remove(&name)),
            }
        }
        if new.len() > MOST && new.len() > old.len() {
            return Err(NotAnnotated::TooMany);
        }
        *old = new;
        if changed.is_empty() {
            return Ok(());
        }
        if let Annotated::Mailbox(id) = subject {
            if let Some(mailbox) = self.mailboxes.get_mut(&id) {
                mailbox.bump();
            }
            self.watchers.changed(id);
        }
        self.watchers.annotated(subject, &changed);
        Ok(())
    }
}
