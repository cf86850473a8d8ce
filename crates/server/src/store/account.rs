//! The accounts of the store.

use std::collections::{BTreeMap, BTreeSet};

use imap_codec::imap_types::{core::Atom, flag::FlagNameAttribute};

use super::{
    MailboxId, Quota, Store, StoreError, acl::Acl, annotations::Annotations, gmail::Numbers, name,
};

/// The identifier of an account in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AccountId(usize);

/// The special use of a mailbox (RFC 6154).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpecialUse {
    /// All messages.
    All,
    /// Archived messages.
    Archive,
    /// Messages that are not sent yet.
    Drafts,
    /// Messages that are marked as important.
    Flagged,
    /// Unwanted messages.
    Junk,
    /// Messages that were sent.
    Sent,
    /// Deleted messages.
    Trash,
}

/// A user and its mailboxes.
pub(crate) struct Account {
    user: String,
    password: String,
    /// The nodes by full name, in normal form.
    pub(crate) names: BTreeMap<String, Node>,
    /// The subscribed names, even if the mailbox does not exist (RFC 3501 §6.3.6).
    pub(crate) subscriptions: BTreeSet<String>,
    pub(crate) quota: Quota,
    /// The annotations of the server, as the user sees them.
    pub(super) annotations: Annotations,
    pub(crate) numbers: Numbers,
}

/// The node of a name in the hierarchy.
#[derive(Clone, Default)]
pub(crate) struct Node {
    /// The mailbox; `None` for a name that only has inferiors (`\Noselect`).
    pub(crate) mailbox: Option<MailboxId>,
    /// The special uses of the mailbox.
    pub(crate) special_use: Vec<SpecialUse>,
}

impl Store {
    /// Adds a user with an empty INBOX. For an existing user, changes the password.
    pub(crate) fn add_account(&mut self, user: &str, password: &str) -> AccountId {
        if let Some(at) = self.accounts.iter().position(|a| a.user == user) {
            self.accounts[at].password = password.to_owned();
            return AccountId(at);
        }
        let id = AccountId(self.accounts.len());
        let inbox = Node {
            mailbox: Some(self.new_mailbox(id, Acl::of_owner(user))),
            special_use: Vec::new(),
        };
        self.accounts.push(Account {
            user: user.to_owned(),
            password: password.to_owned(),
            names: BTreeMap::from([(name::INBOX.to_owned(), inbox)]),
            subscriptions: BTreeSet::from([name::INBOX.to_owned()]),
            quota: Quota::default(),
            annotations: Annotations::new(),
            numbers: Numbers::default(),
        });
        id
    }

    /// Returns the account of a user.
    pub(crate) fn account(&self, user: &str) -> Option<AccountId> {
        self.accounts
            .iter()
            .position(|a| a.user == user)
            .map(AccountId)
    }

    /// Returns the account of a user, if the password is right.
    pub(crate) fn login(&self, user: &[u8], password: &[u8]) -> Option<AccountId> {
        self.accounts
            .iter()
            .position(|a| a.user.as_bytes() == user && a.password.as_bytes() == password)
            .map(AccountId)
    }

    /// Returns the password of a user.
    pub(crate) fn password(&self, user: &str) -> Option<String> {
        let account = self.accounts.iter().find(|a| a.user == user)?;
        Some(account.password.clone())
    }

    /// Replaces the special uses of a mailbox.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`]
    pub(crate) fn set_special_use(
        &mut self,
        account: AccountId,
        name: &str,
        special_use: Vec<SpecialUse>,
    ) -> Result<(), StoreError> {
        let names = &mut self.of_mut(account).names;
        let node = names
            .get_mut(&name::normal(name))
            .ok_or(StoreError::NonExistent)?;
        node.special_use = special_use;
        self.watchers.tree_changed();
        Ok(())
    }

    pub(crate) fn of(&self, account: AccountId) -> &Account {
        &self.accounts[account.0]
    }

    pub(crate) fn of_mut(&mut self, account: AccountId) -> &mut Account {
        &mut self.accounts[account.0]
    }
}

impl Account {
    /// Returns the name of the user.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// Returns the mailbox of that (normal) name.
    pub(crate) fn mailbox(&self, name: &str) -> Result<MailboxId, StoreError> {
        let node = self.names.get(name).ok_or(StoreError::NonExistent)?;
        node.mailbox.ok_or(StoreError::NotSelectable)
    }

    /// Returns whether there are names below this (normal) one.
    pub(crate) fn has_children(&self, name: &str) -> bool {
        let first = format!("{name}{}", name::DELIMITER);
        self.names
            .range(first.clone()..)
            .next()
            .is_some_and(|(name, _)| name.starts_with(&first))
    }
}

impl SpecialUse {
    /// All special uses.
    pub(crate) const EVERY: [Self; 7] = [
        Self::All,
        Self::Archive,
        Self::Drafts,
        Self::Flagged,
        Self::Junk,
        Self::Sent,
        Self::Trash,
    ];

    /// Returns the attribute in LIST.
    pub(crate) fn attribute(self) -> FlagNameAttribute<'static> {
        FlagNameAttribute::from(Atom::unvalidated(match self {
            Self::All => "All",
            Self::Archive => "Archive",
            Self::Drafts => "Drafts",
            Self::Flagged => "Flagged",
            Self::Junk => "Junk",
            Self::Sent => "Sent",
            Self::Trash => "Trash",
        }))
    }
}
