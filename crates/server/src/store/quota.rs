use super::{AccountId, Entry, Store, StoreError};

/// The limits of an account, none where there is none (RFC 9208). All its mailboxes count together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Quota {
    /// STORAGE: the sum of all messages in units of 1024 bytes.
    pub(crate) storage: Option<u64>,
    /// MESSAGE: how many there may be.
    pub(crate) messages: Option<u64>,
}

/// What an account uses of its [`Quota`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The sum of all messages in bytes.
    pub(crate) bytes: u64,
    /// How many there are.
    pub(crate) messages: u64,
}

impl Usage {
    /// What messages use.
    pub(super) fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut usage = Self::default();
        for entry in entries {
            usage.bytes += entry.message.raw().len() as u64;
            usage.messages += 1;
        }
        usage
    }

    /// STORAGE: in units of 1024 bytes, rounded up.
    pub(crate) fn storage(self) -> u64 {
        self.bytes.div_ceil(1024)
    }
}

impl Store {
    /// The limits of the account.
    pub(crate) fn quota(&self, account: AccountId) -> Quota {
        self.of(account).quota
    }

    /// Sets the limits; what is there already stays.
    pub(crate) fn set_quota(&mut self, account: AccountId, quota: Quota) {
        self.of_mut(account).quota = quota;
    }

    /// What the account uses.
    pub(crate) fn usage(&self, account: AccountId) -> Usage {
        let mut usage = Usage::default();
        for mailbox in self.mailboxes.values().filter(|m| m.account == account) {
            let of_mailbox = Usage::of(&mailbox.entries);
            usage.messages += of_mailbox.messages;
            usage.bytes += of_mailbox.bytes;
        }
        usage
    }

    /// Whether so much more may be added.
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
