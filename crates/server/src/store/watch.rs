//! Notifies connections of changes in their mailboxes.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, ThreadId},
};

use super::{Annotated, MailboxId, Store};

/// The identifier of a watcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WatchId(u64);

type Notify = Box<dyn Fn() + Send>;

/// The watchers of changes.
#[derive(Default)]
pub(super) struct Watchers {
    next: u64,
    all: BTreeMap<WatchId, (Subject, Notify)>,
}

/// The subject of a watcher.
enum Subject {
    Mailbox(MailboxId),
    Everything(Arc<Changes>),
}

/// The changes of all mailboxes since the last look. Changes by the thread of the connection, which
/// are its own, are told apart.
pub(crate) struct Changes {
    own: ThreadId,
    noted: Mutex<Noted>,
}

/// Noted changes; the values are `true` if others made some of them.
#[derive(Default)]
pub(crate) struct Noted {
    /// Mailboxes whose messages changed.
    pub(crate) mailboxes: BTreeMap<MailboxId, bool>,
    /// Changes of names, rights and subscriptions.
    pub(crate) tree: Option<bool>,
    /// Annotations that others changed, each once.
    pub(crate) annotations: Vec<(Annotated, String)>,
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
        self.watchers.add(Subject::Mailbox(mailbox), notify)
    }

    /// Notes each change of any mailbox, and calls `notify` as [`watch`](Self::watch) does. The
    /// current thread must be that of the connection.
    pub(crate) fn watch_all(
        &mut self,
        notify: impl Fn() + Send + 'static,
    ) -> (WatchId, Arc<Changes>) {
        let changes = Arc::new(Changes {
            own: thread::current().id(),
            noted: Mutex::default(),
        });
        let subject = Subject::Everything(Arc::clone(&changes));
        (self.watchers.add(subject, notify), changes)
    }

    /// Removes a watcher. A missing one is not an error.
    pub(crate) fn unwatch(&mut self, id: WatchId) {
        self.watchers.all.remove(&id);
    }
}

impl Watchers {
    fn add(&mut self, subject: Subject, notify: impl Fn() + Send + 'static) -> WatchId {
        let id = WatchId(self.next);
        self.next += 1;
        self.all.insert(id, (subject, Box::new(notify)));
        id
    }

    /// Notifies the watchers of a changed mailbox.
    pub(super) fn changed(&self, mailbox: MailboxId) {
        for (subject, notify) in self.all.values() {
            match subject {
                Subject::Mailbox(watched) if *watched != mailbox => continue,
                Subject::Mailbox(_) => {}
                Subject::Everything(changes) => changes.note(|noted, by_other| {
                    *noted.mailboxes.entry(mailbox).or_default() |= by_other;
                }),
            }
            notify();
        }
    }

    /// Notifies the watchers of changed annotations.
    pub(super) fn annotated(&self, subject: Annotated, entries: &[String]) {
        for (watcher, notify) in self.all.values() {
            if let Subject::Everything(changes) = watcher {
                changes.note(|noted, by_other| {
                    for entry in entries.iter().filter(|_| by_other) {
                        let change = (subject, entry.clone());
                        if !noted.annotations.contains(&change) {
                            noted.annotations.push(change);
                        }
                    }
                });
                notify();
            }
        }
    }

    /// Notifies the watchers of changed names, rights or subscriptions.
    pub(super) fn tree_changed(&self) {
        for (subject, notify) in self.all.values() {
            if let Subject::Everything(changes) = subject {
                changes.note(|noted, by_other| {
                    *noted.tree.get_or_insert_default() |= by_other;
                });
                notify();
            }
        }
    }
}

impl Changes {
    /// Returns the changes, and forgets them.
    pub(crate) fn take(&self) -> Noted {
        mem::take(&mut *self.noted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, note: impl FnOnce(&mut Noted, bool)) {
        let by_other = thread::current().id() != self.own;
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        note(&mut noted, by_other);
    }
}
