use super::{MailboxId, Quota, Store, StoreError, acl::Acl, gmail::Numbers, name};
use imap_codec::imap_types::{core::Atom, flag::FlagNameAttribute};
use std::collections::{BTreeMap, BTreeSet};

/// Names an account of its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AccountId(usize);

/// What a mailbox is for (RFC 6154).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpecialUse {
    /// All messages.
    All,
    /// Messages kept for long.
    Archive,
    /// Messages not sent yet.
    Drafts,
    /// Messages marked as important.
    Flagged,
    /// Unwanted messages.
    Junk,
    /// Messages that were sent.
    Sent,
    /// Messages to be removed.
    Trash,
}

/// A user, its names and what they stand for.
pub(crate) struct Account {
    user: String,
    password: String,
    /// By full name, in normal form.
    pub(crate) names: BTreeMap<String, Node>,
    /// Names, whether or not there is such a mailbox (RFC 3501, section 6.3.6).
    pub(crate) subscriptions: BTreeSet<String>,
    pub(crate) quota: Quota,
    pub(crate) numbers: Numbers,
}

/// What a name stands for.
#[derive(Clone, Default)]
pub(crate) struct Node {
    /// None for a name that only has inferiors: `\Noselect`.
    pub(crate) mailbox: Option<MailboxId>,
    /// What the mailbox is for.
    pub(crate) special_use: Vec<SpecialUse>,
}

impl Store {
    /// Adds a user with an empty INBOX. The same name twice changes the password.
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
            numbers: Numbers::default(),
        });
        id
    }

    /// The account of a user.
    pub(crate) fn account(&self, user: &str) -> Option<AccountId> {
        self.accounts
            .iter()
            .position(|a| a.user == user)
            .map(AccountId)
    }

    /// The account of a user who knows the password.
    pub(crate) fn login(&self, user: &[u8], password: &[u8]) -> Option<AccountId> {
        self.accounts
            .iter()
            .position(|a| a.user.as_bytes() == user && a.password.as_bytes() == password)
            .map(AccountId)
    }

    /// The password of a user.
    pub(crate) fn password(&self, user: &str) -> Option<String> {
        let account = self.accounts.iter().find(|a| a.user == user)?;
        Some(account.password.clone())
    }

    /// Sets what a mailbox is for, instead of what it was for.
    ///
    /// # Errors
    ///
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
    /// The name of its user.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// The mailbox of that (normal) name.
    pub(crate) fn mailbox(&self, name: &str) -> Result<MailboxId, StoreError> {
        let node = self.names.get(name).ok_or(StoreError::NonExistent)?;
        node.mailbox.ok_or(StoreError::NotSelectable)
    }

    /// Whether there are names below this (normal) one.
    pub(crate) fn has_children(&self, name: &str) -> bool {
        let first = format!("{name}{}", name::DELIMITER);
        self.names
            .range(first.clone()..)
            .next()
            .is_some_and(|(name, _)| name.starts_with(&first))
    }
}

impl SpecialUse {
    /// All of them.
    pub(crate) const EVERY: [Self; 7] = [
        Self::All,
        Self::Archive,
        Self::Drafts,
        Self::Flagged,
        Self::Junk,
        Self::Sent,
        Self::Trash,
    ];

    /// The attribute in LIST.
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
