//! The data of the server: accounts, mailboxes and messages.

mod account;
mod acl;
mod annotations;
mod change;
mod entry;
mod error;
mod fetch;
mod flags;
mod gmail;
mod history;
mod mailbox;
mod messages;
pub(crate) mod name;
mod names;
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
    annotations::{Annotated, LONGEST, NotAnnotated},
    change::Change,
    entry::{Entry, Hit},
    error::{BadSequence, StoreError},
    fetch::cut,
    flags::{Flags, applicable, permanent},
    gmail::{Gmail, Labels},
    history::Since,
    mailbox::{MailboxId, Status},
    messages::{Alteration, Copied, Draft},
    names::{NamesThen, Renewed},
    quota::{Quota, Usage},
    view::View,
    watch::{Changes, WatchId},
};

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, FixedOffset};

use self::{account::Account, mailbox::Mailbox, watch::Watchers};

/// All accounts and their mailboxes. Connections share it behind a mutex.
///
/// Each connection accesses its mailbox through a [`View`], the list of messages that were reported
/// to the connection. [`Store::sync`] returns the changes by other connections, and a
/// [watcher](Store::watch) signals that there are some.
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
    /// The number of removed messages that each mailbox remembers.
    most_removals: usize,
    next_mailbox: u32,
    next_uid_validity: u32,
    clock: Clock,
}

/// The source of the internal date of new messages.
pub(crate) type Clock = Box<dyn Fn() -> DateTime<FixedOffset> + Send>;

impl Store {
    /// Returns a store without accounts that uses the system clock.
    pub(crate) fn new() -> Self {
        Self::with_clock(Box::new(now))
    }

    /// Returns a store without accounts that uses another clock.
    pub(crate) fn with_clock(clock: Clock) -> Self {
        Self {
            accounts: Vec::new(),
            mailboxes: HashMap::new(),
            watchers: Watchers::default(),
            most_removals: history::MOST,
            next_mailbox: 1,
            next_uid_validity: 1,
            clock,
        }
    }

    /// Returns the current time, for new messages and relative searches.
    pub(crate) fn now(&self) -> DateTime<FixedOffset> {
        (self.clock)()
    }

    /// Returns whether the mailbox of a view was not deleted.
    pub(crate) fn is_there(&self, view: &View) -> bool {
        self.mailbox(view.mailbox()).is_some()
    }

    /// Returns the mailbox, unless it was deleted.
    fn mailbox(&self, id: MailboxId) -> Option<&Mailbox> {
        self.mailboxes.get(&id)
    }
}

/// Returns the system time in whole seconds, in UTC.
fn now() -> DateTime<FixedOffset> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    DateTime::from_timestamp(i64::try_from(seconds).unwrap_or(0), 0)
        .unwrap_or_default()
        .fixed_offset()
}
