//! The mailboxes of the store.

use std::num::NonZeroU32;

use imap_codec::imap_types::{
    core::Atom,
    flag::{Flag, StoreType},
    status::{StatusDataItem, StatusDataItemName},
};

use super::{
    AccountId, Entry, Flags, Rights, Store, StoreError, Usage, View, acl::Acl,
    annotations::Annotations, history::History, name,
};

/// The maximum number of keywords of a mailbox.
const MOST_KEYWORDS: usize = 1000;

/// The identifier of a mailbox, which a RENAME does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MailboxId(u32);

/// A mailbox that can be selected.
pub(super) struct Mailbox {
    pub(super) account: AccountId,
    pub(super) acl: Acl,
    pub(super) annotations: Annotations,
    /// The messages, sorted by UID.
    pub(super) entries: Vec<Entry>,
    /// All keywords ever used, in the order of their first use. None is ever removed.
    pub(super) keywords: Vec<Atom<'static>>,
    pub(super) uid_validity: u32,
    pub(super) uid_next: u32,
    /// The mod-sequence of the last change, including expunges.
    pub(super) highest_modseq: u64,
    /// `false` if clients cannot use its mod-sequences.
    pub(super) has_modseqs: bool,
    /// The messages that were removed.
    pub(super) history: History,
    /// The first UID that is still `\Recent` for the next connection.
    pub(super) first_recent: u32,
}

/// The data in the response to SELECT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selected {
    /// The number of messages.
    pub(crate) exists: u32,
    /// The number of messages that are `\Recent` for this connection.
    pub(crate) recent: u32,
    /// The sequence number of the first message without `\Seen`.
    pub(crate) first_unseen: Option<u32>,
    /// UIDVALIDITY.
    pub(crate) uid_validity: u32,
    /// UIDNEXT.
    pub(crate) uid_next: u32,
    /// HIGHESTMODSEQ.
    pub(crate) highest_modseq: u64,
    /// The keywords, for [`applicable`](super::applicable) and [`permanent`](super::permanent).
    pub(crate) keywords: Vec<Atom<'static>>,
}

/// The data in the response to STATUS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    /// MESSAGES.
    pub(crate) messages: u32,
    /// RECENT.
    pub(crate) recent: u32,
    /// UNSEEN: the number of messages without `\Seen`.
    pub(crate) unseen: u32,
    /// DELETED: the number of messages with `\Deleted`.
    pub(crate) deleted: u32,
    /// DELETED-STORAGE: their size in bytes.
    pub(crate) deleted_size: u64,
    /// SIZE: the sum of RFC822.SIZE in bytes.
    pub(crate) size: u64,
    /// UIDVALIDITY.
    pub(crate) uid_validity: u32,
    /// UIDNEXT.
    pub(crate) uid_next: u32,
    /// HIGHESTMODSEQ; 0 without mod-sequences.
    pub(crate) highest_modseq: u64,
}

impl Store {
    /// Selects a mailbox. With `read_only` (EXAMINE), the view does not allow changes, and the
    /// messages stay `\Recent`.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`]
    pub(crate) fn select(
        &mut self,
        account: AccountId,
        name: &str,
        read_only: bool,
    ) -> Result<(View, Selected), StoreError> {
        let id = self.of(account).mailbox(&name::normal(name))?;
        let rights = self.rights(id);
        let mailbox = self.mailboxes.get_mut(&id).ok_or(StoreError::Gone)?;
        let view = View::new(id, mailbox, read_only, rights);
        let unseen = |entry: &Entry| !entry.flags.contains(&Flag::Seen);
        let selected = Selected {
            exists: count(mailbox.entries.len()),
            recent: view.recent(),
            first_unseen: mailbox
                .entries
                .iter()
                .position(unseen)
                .map(|at| count(at + 1)),
            uid_validity: mailbox.uid_validity,
            uid_next: mailbox.uid_next,
            highest_modseq: mailbox.highest_modseq,
            keywords: mailbox.keywords.clone(),
        };
        Ok((view, selected))
    }

    /// Returns the status of a mailbox without selecting it.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`]
    pub(crate) fn status(&self, account: AccountId, name: &str) -> Result<Status, StoreError> {
        let id = self.of(account).mailbox(&name::normal(name))?;
        self.state(id).ok_or(StoreError::Gone)
    }

    /// Returns the status of a mailbox, unless it was deleted.
    pub(crate) fn state(&self, id: MailboxId) -> Option<Status> {
        let mailbox = self.mailbox(id)?;
        let having = |f: &dyn Fn(&Entry) -> bool| {
            count(mailbox.entries.iter().filter(|entry| f(entry)).count())
        };
        let is_deleted = |entry: &&Entry| entry.flags.contains(&Flag::Deleted);
        let deleted = || mailbox.entries.iter().filter(is_deleted);
        Some(Status {
            messages: count(mailbox.entries.len()),
            recent: having(&|entry| entry.uid >= mailbox.first_recent),
            unseen: having(&|entry| !entry.flags.contains(&Flag::Seen)),
            deleted: count(deleted().count()),
            deleted_size: Usage::of(deleted()).bytes,
            size: Usage::of(&mailbox.entries).bytes,
            uid_validity: mailbox.uid_validity,
            uid_next: mailbox.uid_next,
            highest_modseq: if mailbox.has_modseqs {
                mailbox.highest_modseq
            } else {
                0
            },
        })
    }

    /// Hides the mod-sequences of a mailbox, as if it could not store them.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`]
    pub(crate) fn hide_modseqs(
        &mut self,
        account: AccountId,
        name: &str,
    ) -> Result<(), StoreError> {
        let id = self.of(account).mailbox(&name::normal(name))?;
        let mailbox = self.mailboxes.get_mut(&id).ok_or(StoreError::Gone)?;
        mailbox.has_modseqs = false;
        Ok(())
    }

    /// Changes the UIDVALIDITY of a mailbox and the UIDs of its messages, as if it had been created
    /// again.
    ///
    /// Connections that have selected it are told that all messages were removed and others added.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`]
    pub(crate) fn renumber(&mut self, account: AccountId, name: &str) -> Result<(), StoreError> {
        let id = self.of(account).mailbox(&name::normal(name))?;
        let uid_validity = self.take_uid_validity();
        let mailbox = self.mailboxes.get_mut(&id).ok_or(StoreError::Gone)?;
        mailbox.uid_validity = uid_validity;
        let entries = mailbox.take_all();
        mailbox.history.clear();
        for entry in entries {
            mailbox.add(entry);
        }
        self.watchers.changed(id);
        Ok(())
    }

    /// Creates an empty mailbox without a name.
    pub(super) fn new_mailbox(&mut self, account: AccountId, acl: Acl) -> MailboxId {
        let id = MailboxId(self.next_mailbox);
        self.next_mailbox += 1;
        let uid_validity = self.take_uid_validity();
        self.mailboxes.insert(
            id,
            Mailbox {
                account,
                acl,
                annotations: Annotations::new(),
                entries: Vec::new(),
                keywords: Vec::new(),
                uid_validity,
                uid_next: 1,
                highest_modseq: 1,
                has_modseqs: true,
                history: History::new(self.most_removals),
                first_recent: 1,
            },
        );
        id
    }

    /// Returns a new UIDVALIDITY. It is greater than all previous ones, so a mailbox that is
    /// created again never has the same one.
    fn take_uid_validity(&mut self) -> u32 {
        let taken = self.next_uid_validity;
        self.next_uid_validity += 1;
        taken
    }
}

impl Status {
    /// Returns an item of STATUS.
    pub(crate) fn item(&self, name: &StatusDataItemName) -> StatusDataItem {
        let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        match name {
            StatusDataItemName::Messages => StatusDataItem::Messages(self.messages),
            StatusDataItemName::Recent => StatusDataItem::Recent(self.recent),
            StatusDataItemName::UidNext => StatusDataItem::UidNext(number(self.uid_next)),
            StatusDataItemName::UidValidity => {
                StatusDataItem::UidValidity(number(self.uid_validity))
            }
            StatusDataItemName::Unseen => StatusDataItem::Unseen(self.unseen),
            StatusDataItemName::Deleted => StatusDataItem::Deleted(self.deleted),
            StatusDataItemName::DeletedStorage => StatusDataItem::DeletedStorage(self.deleted_size),
            StatusDataItemName::Size => StatusDataItem::Size(self.size),
            StatusDataItemName::HighestModSeq => StatusDataItem::HighestModSeq(self.highest_modseq),
        }
    }
}

impl Mailbox {
    /// Returns the next mod-sequence, for one change.
    pub(super) fn bump(&mut self) -> u64 {
        self.highest_modseq += 1;
        self.highest_modseq
    }

    /// Adds a message with the next UID, which it returns. The UID and mod-sequence of `entry` are
    /// replaced.
    pub(super) fn add(&mut self, mut entry: Entry) -> u32 {
        let uid = self.uid_next;
        self.uid_next += 1;
        self.learn(&mut entry.flags);
        entry.uid = uid;
        entry.modseq = self.bump();
        self.entries.push(entry);
        uid
    }

    /// Changes the flags of the message at an index, as far as the rights allow. Returns whether
    /// any flag changed.
    pub(super) fn set_flags(
        &mut self,
        at: usize,
        kind: StoreType,
        by: &Flags,
        rights: Rights,
    ) -> bool {
        let old = &self.entries[at].flags;
        let new = old.changed(kind, by).permitted(rights);
        let mut flags = new.changed(StoreType::Add, &old.permitted(!rights));
        self.learn(&mut flags);
        if self.entries[at].flags == flags {
            return false;
        }
        let modseq = self.bump();
        let entry = &mut self.entries[at];
        entry.flags = flags;
        entry.modseq = modseq;
        true
    }

    /// Removes messages. Returns their number.
    pub(super) fn remove(&mut self, which: impl Fn(&Entry) -> bool) -> usize {
        let (removed, left): (Vec<_>, Vec<_>) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(which);
        self.entries = left;
        self.note_removals(&removed);
        removed.len()
    }

    /// Removes all messages, and returns them.
    pub(super) fn take_all(&mut self) -> Vec<Entry> {
        let removed = std::mem::take(&mut self.entries);
        self.note_removals(&removed);
        removed
    }

    fn note_removals(&mut self, removed: &[Entry]) {
        if removed.is_empty() {
            return;
        }
        let modseq = self.bump();
        let uids: Vec<_> = removed.iter().map(|entry| entry.uid).collect();
        self.history.add(modseq, &uids);
    }

    /// Checks whether the keywords among these flags would exceed the maximum.
    pub(super) fn check_keywords(&self, flags: &Flags) -> Result<(), StoreError> {
        let known = |new: &Atom<'_>| {
            let mut old = self.keywords.iter();
            old.any(|old| old.as_ref().eq_ignore_ascii_case(new.as_ref()))
        };
        let new = flags.keywords().iter().filter(|new| !known(new)).count();
        if self.keywords.len() + new > MOST_KEYWORDS {
            return Err(StoreError::BadFlag);
        }
        Ok(())
    }

    /// Adds new keywords to the mailbox, and adopts its spelling for known ones.
    pub(super) fn learn(&mut self, flags: &mut Flags) {
        flags.respell(&self.keywords);
        for keyword in flags.keywords() {
            if !self.keywords.contains(keyword) {
                self.keywords.push(keyword.clone());
            }
        }
    }

    /// Returns the index of the message with that UID, if it still exists.
    pub(super) fn find(&self, uid: u32) -> Option<usize> {
        self.entries.binary_search_by_key(&uid, |e| e.uid).ok()
    }
}

/// Converts a number for the wire.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
