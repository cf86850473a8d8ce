//! Notifies connections of changes in their mailboxes.

use std::collections::BTreeMap;

use super::{MailboxId, Store};

/// The identifier of a watcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WatchId(u64);

type Notify = Box<dyn Fn() + Send>;

/// The watchers of changes.
#[derive(Default)]
pub(super) struct Watchers {
    next: u64,
    all: BTreeMap<WatchId, (MailboxId, Notify)>,
}

impl Store {
    /// Calls `notify` after each change of the mailbox, including its deletion, until
    /// [`unwatch`](Self::unwatch).
    ///
    /// It is called while the store is locked, so it must neither lock the store nor wait.
    pub(crate) fn watch(
        &mut self,
        mailbox: MailboxId,
        notify: impl Fn() + Send + 'static,
    ) -> WatchId {
        let id = WatchId(self.watchers.next);
        self.watchers.next += 1;
        self.watchers.all.insert(id, (mailbox, Box::new(notify)));
        id
    }

    /// Removes a watcher. A missing one is not an error.
    pub(crate) fn unwatch(&mut self, id: WatchId) {
        self.watchers.all.remove(&id);
    }
}

impl Watchers {
    /// Notifies the watchers of a changed mailbox.
    pub(super) fn changed(&self, mailbox: MailboxId) {
        for (watched, notify) in self.all.values() {
            if *watched == mailbox {
                notify();
            }
        }
    }
}
