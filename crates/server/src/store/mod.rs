//! What the server keeps: accounts, mailboxes, messages.

mod account;
mod acl;
mod change;
mod entry;
mod error;
mod fetch;
mod flags;
mod gmail;
mod mailbox;
mod messages;
pub(crate) mod name;
mod quota;
mod tree;
mod view;
mod watch;

#[cfg(test)]
mod tests;

pub use self::account::SpecialUse;
pub(crate) use self::{
    account::AccountId,
    acl::{Rights, RightsChange},
    change::Change,
    entry::{Entry, Hit},
    error::{BadSequence, StoreError},
    fetch::cut,
    flags::{Flags, applicable, permanent},
    gmail::{Gmail, Labels},
    mailbox::MailboxId,
    messages::{Alteration, Copied, Draft},
    quota::{Quota, Usage},
    view::View,
    watch::WatchId,
};

use self::{account::Account, mailbox::Mailbox, watch::Watchers};
use chrono::{DateTime, FixedOffset};
use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

/// All accounts and their mailboxes. Connections share it behind a mutex.
///
/// Each connection reads its mailbox through a [`View`], which is the list of messages the connection was told of.
/// What others do to the mailbox it learns when [`Store::sync`] is called, and a [watcher](Store::watch) says when
/// that is worth it.
///
/// ```text
///  select(account, "INBOX", ..) ─▶ View ─▶ resolve("1:*") ─▶ Hit, Hit, ...
///                                   │                          │
///                 sync(&mut view) ──┤     fetch / alter / copy / relocate / expunge
///                        ▼          │
///       [Expunge, Exists, Fetch, ..]│
/// ```
pub(crate) struct Store {
    accounts: Vec<Account>,
    mailboxes: HashMap<MailboxId, Mailbox>,
    watchers: Watchers,
    next_mailbox: u32,
    next_uid_validity: u32,
    clock: Clock,
}

/// Where the internal date of a new message comes from.
pub(crate) type Clock = Box<dyn Fn() -> DateTime<FixedOffset> + Send>;

impl Store {
    /// A store without accounts, with the time of the system.
    pub(crate) fn new() -> Self {
        Self::with_clock(Box::new(now))
    }

    /// A store without accounts, with a time of its own.
    pub(crate) fn with_clock(clock: Clock) -> Self {
        Self {
            accounts: Vec::new(),
            mailboxes: HashMap::new(),
            watchers: Watchers::default(),
            next_mailbox: 1,
            next_uid_validity: 1,
            clock,
        }
    }

    /// The time, for new messages and relative searches.
    pub(crate) fn now(&self) -> DateTime<FixedOffset> {
        (self.clock)()
    }

    /// The mailbox, if no one has deleted it.
    fn mailbox(&self, id: MailboxId) -> Option<&Mailbox> {
        self.mailboxes.get(&id)
    }
}

/// The time of the system in whole seconds of UTC.
fn now() -> DateTime<FixedOffset> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    DateTime::from_timestamp(i64::try_from(seconds).unwrap_or(0), 0)
        .unwrap_or_default()
        .fixed_offset()
}
