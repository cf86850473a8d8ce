use super::{AccountId, Entry, Flags, Rights, Store, StoreError, Usage, View, acl::Acl, name};
use imap_codec::imap_types::{
    core::Atom,
    flag::{Flag, StoreType},
};

/// How many keywords a mailbox may have seen.
const MOST_KEYWORDS: usize = 1000;

/// Names a mailbox for as long as it lives; a rename does not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MailboxId(u32);

/// A mailbox that can be selected.
pub(super) struct Mailbox {
    pub(super) account: AccountId,
    pub(super) acl: Acl,
    /// Sorted by UID.
    pub(super) entries: Vec<Entry>,
    /// All keywords ever used, in the order of their first use. None is ever removed.
    pub(super) keywords: Vec<Atom<'static>>,
    pub(super) uid_validity: u32,
    pub(super) uid_next: u32,
    /// The mod-sequence of the last change, expunges included.
    pub(super) highest_modseq: u64,
    /// From this UID on no connection has had the message as `\Recent`.
    pub(super) first_recent: u32,
}

/// What SELECT tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selected {
    /// How many messages.
    pub(crate) exists: u32,
    /// How many of them are `\Recent` to this connection.
    pub(crate) recent: u32,
    /// The sequence number of the first message without `\Seen`.
    pub(crate) first_unseen: Option<u32>,
    /// UIDVALIDITY
    pub(crate) uid_validity: u32,
    /// UIDNEXT
    pub(crate) uid_next: u32,
    /// HIGHESTMODSEQ
    pub(crate) highest_modseq: u64,
    /// For [`applicable`](super::applicable) and [`permanent`](super::permanent).
    pub(crate) keywords: Vec<Atom<'static>>,
}

/// What STATUS tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    /// MESSAGES
    pub(crate) messages: u32,
    /// RECENT
    pub(crate) recent: u32,
    /// UNSEEN: how many without `\Seen`.
    pub(crate) unseen: u32,
    /// DELETED: how many with `\Deleted`.
    pub(crate) deleted: u32,
    /// DELETED-STORAGE: their size in bytes.
    pub(crate) deleted_size: u64,
    /// SIZE: the sum of RFC822.SIZE in bytes.
    pub(crate) size: u64,
    /// UIDVALIDITY
    pub(crate) uid_validity: u32,
    /// UIDNEXT
    pub(crate) uid_next: u32,
    /// HIGHESTMODSEQ
    pub(crate) highest_modseq: u64,
}

impl Store {
    /// Opens a mailbox. `read_only` is EXAMINE: nothing can be changed by it, and `\Recent` is left to others.
    ///
    /// # Errors
    ///
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

    /// Tells about a mailbox without opening it.
    ///
    /// # Errors
    ///
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`]
    pub(crate) fn status(&self, account: AccountId, name: &str) -> Result<Status, StoreError> {
        let id = self.of(account).mailbox(&name::normal(name))?;
        let mailbox = self.mailbox(id).ok_or(StoreError::Gone)?;
        let having = |f: &dyn Fn(&Entry) -> bool| {
            count(mailbox.entries.iter().filter(|entry| f(entry)).count())
        };
        let is_deleted = |entry: &&Entry| entry.flags.contains(&Flag::Deleted);
        let deleted = || mailbox.entries.iter().filter(is_deleted);
        Ok(Status {
            messages: count(mailbox.entries.len()),
            recent: having(&|entry| entry.uid >= mailbox.first_recent),
            unseen: having(&|entry| !entry.flags.contains(&Flag::Seen)),
            deleted: count(deleted().count()),
            deleted_size: Usage::of(deleted()).bytes,
            size: Usage::of(&mailbox.entries).bytes,
            uid_validity: mailbox.uid_validity,
            uid_next: mailbox.uid_next,
            highest_modseq: mailbox.highest_modseq,
        })
    }

    /// Gives a mailbox a new UIDVALIDITY and its messages new UIDs, as if it had been made anew.
    ///
    /// Who has it selected is told that all messages went and others came.
    ///
    /// # Errors
    ///
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`]
    pub(crate) fn renumber(&mut self, account: AccountId, name: &str) -> Result<(), StoreError> {
        let id = self.of(account).mailbox(&name::normal(name))?;
        let uid_validity = self.take_uid_validity();
        let mailbox = self.mailboxes.get_mut(&id).ok_or(StoreError::Gone)?;
        mailbox.uid_validity = uid_validity;
        let entries = std::mem::take(&mut mailbox.entries);
        mailbox.bump();
        for entry in entries {
            mailbox.add(entry);
        }
        self.watchers.changed(id);
        Ok(())
    }

    /// An empty mailbox that no name leads to yet.
    pub(super) fn new_mailbox(&mut self, account: AccountId, acl: Acl) -> MailboxId {
        let id = MailboxId(self.next_mailbox);
        self.next_mailbox += 1;
        let uid_validity = self.take_uid_validity();
        self.mailboxes.insert(
            id,
            Mailbox {
                account,
                acl,
                entries: Vec::new(),
                keywords: Vec::new(),
                uid_validity,
                uid_next: 1,
                highest_modseq: 1,
                first_recent: 1,
            },
        );
        id
    }

    /// Each is greater than all before it, in whichever mailbox: a name that is made anew never has its old one.
    fn take_uid_validity(&mut self) -> u32 {
        let taken = self.next_uid_validity;
        self.next_uid_validity += 1;
        taken
    }
}

impl Mailbox {
    /// The next mod-sequence, for one change.
    pub(super) fn bump(&mut self) -> u64 {
        self.highest_modseq += 1;
        self.highest_modseq
    }

    /// Adds a message under the next UID, which it returns. Its old UID and mod-sequence are lost.
    pub(super) fn add(&mut self, mut entry: Entry) -> u32 {
        let uid = self.uid_next;
        self.uid_next += 1;
        self.learn(&mut entry.flags);
        entry.uid = uid;
        entry.modseq = self.bump();
        self.entries.push(entry);
        uid
    }

    /// Changes the flags of the message at an index, of those that the rights allow, and tells whether that made a difference.
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

    /// Removes messages and returns how many.
    pub(super) fn remove(&mut self, which: impl Fn(&Entry) -> bool) -> usize {
        let before = self.entries.len();
        self.entries.retain(|entry| !which(entry));
        let removed = before - self.entries.len();
        if removed > 0 {
            self.bump();
        }
        removed
    }

    /// Whether there is room for the keywords among these flags.
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

    /// Gives new keywords to the mailbox, and to old ones the spelling it knows.
    pub(super) fn learn(&mut self, flags: &mut Flags) {
        flags.respell(&self.keywords);
        for keyword in flags.keywords() {
            if !self.keywords.contains(keyword) {
                self.keywords.push(keyword.clone());
            }
        }
    }

    /// Where the message with that UID is, if it is still there.
    pub(super) fn find(&self, uid: u32) -> Option<usize> {
        self.entries.binary_search_by_key(&uid, |e| e.uid).ok()
    }
}

/// How many, for the wire.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
