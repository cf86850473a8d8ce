//! Quotas of accounts (RFC 9208).

use super::{AccountId, Entry, Store, StoreError};

/// The limits of an account, for all its mailboxes together (RFC 9208); `None` for no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Quota {
    /// STORAGE: the size of all messages in units of 1024 bytes.
    pub(crate) storage: Option<u64>,
    /// MESSAGE: the number of messages.
    pub(crate) messages: Option<u64>,
}

/// The usage of a [`Quota`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The size of all messages in bytes.
    pub(crate) bytes: u64,
    /// The number of messages.
    pub(crate) messages: u64,
}

impl Usage {
    /// Returns the usage of messages.
    pub(super) fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut usage = Self::default();
        for entry in entries {
            usage.bytes += entry.message.raw().len() as u64;
            usage.messages += 1;
        }
        usage
    }

    /// Returns the usage of STORAGE, in units of 1024 bytes, rounded up.
    pub(crate) fn storage(self) -> u64 {
        self.bytes.div_ceil(1024)
    }
}

impl Store {
    /// Returns the limits of the account.
    pub(crate) fn quota(&self, account: AccountId) -> Quota {
        self.of(account).quota
    }

    /// Sets the limits. Existing messages are not affected.
    pub(crate) fn set_quota(&mut self, account: AccountId, quota: Quota) {
        self.of_mut(account).quota = quota;
    }

    /// Returns the usage of the account.
    pub(crate) fn usage(&self, account: AccountId) -> Usage {
        let mut usage = Usage::default();
        for mailbox in self.mailboxes.values().filter(|m| m.account == account) {
            let of_mailbox = Usage::of(&mailbox.entries);
            usage.messages += of_mailbox.messages;
            usage.bytes += of_mailbox.bytes;
        }
        usage
    }

    /// Checks whether the additional usage is within the limits.
    pub(super) fn check_quota(&self, account: AccountId, more: Usage) -> Result<(), StoreError> {
        let quota = self.quota(account);
        if quota == Quota::default() {
            return Ok(());
        }
        let mut usage = self.usage(account);
        usage.bytes += more.bytes;
        usage.messages += more.messages;
        let fits = |used: u64, limit: Option<u64>| limit.is_none_or(|limit| used <= limit);
        if fits(usage.storage(), quota.storage) && fits(usage.messages, quota.messages) {
            Ok(())
        } else {
            Err(StoreError::OverQuota)
        }
    }
}
