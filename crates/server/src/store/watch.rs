use super::{MailboxId, Store};
use std::collections::BTreeMap;

/// Names a watcher until it is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WatchId(u64);

type Notify = Box<dyn Fn() + Send>;

/// Who wants to know of changes.
#[derive(Default)]
pub(super) struct Watchers {
    next: u64,
    all: BTreeMap<WatchId, (MailboxId, Notify)>,
}

impl Store {
    /// Calls `notify` after each change of the mailbox, its deletion included, until [`unwatch`](Self::unwatch).
    ///
    /// It is called while the store is locked: it must neither lock the store nor wait.
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

    /// Forgets a watcher; one that is gone already is no error.
    pub(crate) fn unwatch(&mut self, id: WatchId) {
        self.watchers.all.remove(&id);
    }
}

impl Watchers {
    /// Says that the mailbox has changed.
    pub(super) fn changed(&self, mailbox: MailboxId) {
        for (watched, notify) in self.all.values() {
            if *watched == mailbox {
                notify();
            }
        }
    }
}
