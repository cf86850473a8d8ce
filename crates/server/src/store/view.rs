//! The state of a mailbox as one connection knows it.

use std::collections::HashSet;

use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};

use super::{
    BadSequence, Change, Entry, Hit, MailboxId, Rights, Store, StoreError,
    mailbox::{Mailbox, count},
};

/// The state of a mailbox that was reported to a connection: the list to which sequence numbers
/// refer.
///
/// It changes only with a report to the connection, in [`Store::sync`]. Messages that others have
/// expunged stay in it until then, and can be fetched (RFC 2180 §4.1.1).
pub(crate) struct View {
    pub(super) mailbox: MailboxId,
    pub(super) read_only: bool,
    /// `false` if the mailbox has no mod-sequences (RFC 7162 §3.1.2.2).
    has_modseqs: bool,
    /// The rights of the connection at the time of its SELECT (RFC 4314 §5.1.1).
    pub(super) rights: Rights,
    /// The reported messages, sorted by UID, with the reported flags and mod-sequences.
    pub(super) told: Vec<Told>,
    /// The first UID that was not reported.
    uid_next: u32,
    /// The number of keywords of the mailbox that were reported.
    keywords: usize,
    recent: u32,
    /// The mod-sequence of the mailbox at the last complete report.
    synced: u64,
    /// `true` if CONDSTORE is enabled, so that mod-sequences are reported without a request. The
    /// session sets it.
    pub(crate) condstore: bool,
    /// `true` if changes of flags are reported with the UID without a request. The session sets it.
    pub(crate) tells_uids: bool,
    /// `true` if criteria must not contain sequence numbers that do not exist. The session sets it.
    pub(crate) strict: bool,
    /// The UIDs that SEARCH has saved (RFC 5182). The session sets them.
    pub(crate) saved: HashSet<u32>,
}

/// A message that was reported to the connection.
pub(super) struct Told {
    pub(super) entry: Entry,
    pub(super) recent: bool,
}

impl View {
    pub(super) fn new(
        id: MailboxId,
        mailbox: &mut Mailbox,
        read_only: bool,
        rights: Rights,
    ) -> Self {
        let mut view = Self {
            mailbox: id,
            read_only,
            has_modseqs: mailbox.has_modseqs,
            rights,
            told: Vec::with_capacity(mailbox.entries.len()),
            uid_next: 0,
            keywords: mailbox.keywords.len(),
            recent: 0,
            synced: mailbox.highest_modseq,
            condstore: false,
            tells_uids: false,
            strict: false,
            saved: HashSet::new(),
        };
        view.extend(mailbox);
        view.recent = view.count_recent();
        view
    }

    /// Returns the mailbox of the view.
    pub(crate) fn mailbox(&self) -> MailboxId {
        self.mailbox
    }

    /// Returns whether the mailbox was opened by EXAMINE.
    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Returns the rights to change flags.
    pub(crate) fn flag_rights(&self) -> Rights {
        if self.read_only {
            return Rights::default();
        }
        self.rights & (Rights::SEEN | Rights::WRITE | Rights::DELETE_MESSAGES)
    }

    /// Returns whether any change of the mailbox is allowed (RFC 4314 §5.2).
    pub(crate) fn may_change(&self) -> bool {
        let others = Rights::INSERT | Rights::EXPUNGE;
        let flags = self.flag_rights() != Rights::default();
        flags || !self.read_only && self.rights.intersects(others)
    }

    /// # Errors
    /// [`StoreError::NoPermission`] without these rights.
    pub(super) fn needs(&self, rights: Rights) -> Result<(), StoreError> {
        let has = self.rights.contains(rights);
        has.then_some(()).ok_or(StoreError::NoPermission)
    }

    /// Returns the number of messages: the last EXISTS minus the EXPUNGEs since.
    pub(crate) fn exists(&self) -> u32 {
        count(self.told.len())
    }

    /// Returns the last reported number of `\Recent` messages.
    pub(crate) fn recent(&self) -> u32 {
        self.recent
    }

    /// Returns the mod-sequence of the mailbox at the last complete report.
    pub(crate) fn synced(&self) -> u64 {
        self.synced
    }

    /// Returns whether the mailbox has mod-sequences.
    pub(crate) fn has_modseqs(&self) -> bool {
        self.has_modseqs
    }

    /// Returns the first UID that was not reported.
    pub(crate) fn next_uid(&self) -> u32 {
        self.uid_next
    }

    /// Returns whether a message with that UID was reported, and its removal was not.
    pub(super) fn has(&self, uid: u32) -> bool {
        self.told
            .binary_search_by_key(&uid, |told| told.entry.uid)
            .is_ok()
    }

    /// Returns all messages, in order.
    pub(crate) fn hits(&self) -> impl Iterator<Item = Hit> + '_ {
        (0..self.told.len()).map(|at| self.hit(at))
    }

    /// Returns the messages of a set of sequence numbers or UIDs, in order and each once.
    ///
    /// # Errors
    /// Fails for a sequence number that does not exist, including `*` in an empty mailbox. UIDs
    /// need not exist.
    pub(crate) fn resolve(&self, set: &SequenceSet, uid: bool) -> Result<Vec<Hit>, BadSequence> {
        self.among(set, uid, true)
    }

    /// Returns the messages of a set in a criterion of SEARCH. As on Dovecot, a sequence number
    /// that does not exist matches no message.
    ///
    /// # Errors
    /// Fails for the same reasons as [`resolve`](Self::resolve) if the view is strict.
    pub(crate) fn criterion(&self, set: &SequenceSet, uid: bool) -> Result<Vec<Hit>, BadSequence> {
        self.among(set, uid, self.strict)
    }

    fn among(&self, set: &SequenceSet, uid: bool, strict: bool) -> Result<Vec<Hit>, BadSequence> {
        let last = if uid {
            self.told.last().map_or(0, |told| told.entry.uid)
        } else {
            self.exists()
        };
        let number = |n: SeqOrUid| match n {
            SeqOrUid::Value(value) => value.get(),
            SeqOrUid::Asterisk => last,
        };
        let mut spans = Vec::new();
        for sequence in set.0.as_ref() {
            let (a, b) = match *sequence {
                Sequence::Single(n) => (number(n), number(n)),
                Sequence::Range(a, b) => (number(a), number(b)),
            };
            let (low, high) = (a.min(b), a.max(b));
            if uid {
                let at = |uid| self.told.partition_point(|told| told.entry.uid < uid);
                spans.push((at(low), at(high.saturating_add(1))));
            } else if strict && (low == 0 || high > last) {
                return Err(BadSequence);
            } else {
                let end = high.min(last) as usize;
                spans.push(((low.max(1) as usize - 1).min(end), end));
            }
        }
        spans.sort_unstable();
        let mut hits = Vec::new();
        let mut done = 0;
        for (from, to) in spans {
            hits.extend((from.max(done)..to).map(|at| self.hit(at)));
            done = done.max(to);
        }
        Ok(hits)
    }

    /// Returns the messages that SEARCH has saved and that still exist.
    pub(crate) fn saved_hits(&self) -> Vec<Hit> {
        self.hits()
            .filter(|hit| self.saved.contains(&hit.uid))
            .collect()
    }

    /// Returns the index of a message in `told`.
    pub(super) fn find(&self, hit: Hit) -> Option<usize> {
        self.told
            .binary_search_by_key(&hit.uid, |told| told.entry.uid)
            .ok()
    }

    fn hit(&self, at: usize) -> Hit {
        Hit {
            seq: count(at + 1),
            uid: self.told[at].entry.uid,
        }
    }

    /// Adds new messages of the mailbox. Returns whether there are any.
    fn extend(&mut self, mailbox: &mut Mailbox) -> bool {
        let from = mailbox.entries.partition_point(|e| e.uid < self.uid_next);
        let new = &mailbox.entries[from..];
        self.told.extend(new.iter().map(|entry| Told {
            entry: entry.clone(),
            recent: entry.uid >= mailbox.first_recent,
        }));
        self.uid_next = mailbox.uid_next;
        if !self.read_only {
            mailbox.first_recent = mailbox.uid_next;
        }
        !new.is_empty()
    }

    /// Removes the messages that others have expunged, and adds their changes.
    fn expunge(&mut self, mailbox: &Mailbox, changes: &mut Vec<Change>) {
        let mut seq = 1;
        self.told.retain(|told| {
            let uid = told.entry.uid;
            let stays = mailbox.find(uid).is_some();
            if stays {
                seq += 1;
            } else {
                changes.push(Change::Expunge { seq, uid });
            }
            stays
        });
    }

    /// Adds the changes of flags by others in the first `known` messages.
    fn reflag(&mut self, mailbox: &Mailbox, known: usize, changes: &mut Vec<Change>) {
        for (at, told) in self.told[..known].iter_mut().enumerate() {
            let Some(now) = mailbox.find(told.entry.uid) else {
                continue;
            };
            let now = &mailbox.entries[now];
            if now.modseq > told.entry.modseq {
                changes.push(told.tell(count(at + 1), now));
            }
        }
    }

    fn count_recent(&self) -> u32 {
        count(self.told.iter().filter(|told| told.recent).count())
    }

    /// Returns the change with all keywords of the mailbox, if there are new ones.
    pub(super) fn learn(&mut self, mailbox: &Mailbox) -> Option<Change> {
        if self.keywords == mailbox.keywords.len() {
            return None;
        }
        self.keywords = mailbox.keywords.len();
        Some(Change::Keywords(mailbox.keywords.clone()))
    }
}

impl Told {
    /// Returns the change that reports the current flags of the message.
    pub(super) fn tell(&mut self, seq: u32, now: &Entry) -> Change {
        self.entry.flags = now.flags.clone();
        self.entry.modseq = now.modseq;
        Change::Fetch {
            seq,
            uid: now.uid,
            flags: now.flags.clone(),
            recent: self.recent,
            modseq: now.modseq,
        }
    }
}

impl Store {
    /// Returns the changes of the mailbox since the last report, in the order in which they must be
    /// reported; those of flags only if `flags`.
    ///
    /// `may_expunge` is false while the client relies on its sequence numbers, that is, in the
    /// responses to FETCH, STORE and SEARCH (RFC 3501 §7.4.1). UID commands and all others
    /// allow EXPUNGE.
    ///
    /// # Errors
    /// [`StoreError::Gone`]: the mailbox was deleted.
    pub(crate) fn sync(
        &mut self,
        view: &mut View,
        may_expunge: bool,
        flags: bool,
    ) -> Result<Vec<Change>, StoreError> {
        let mailbox = self
            .mailboxes
            .get_mut(&view.mailbox)
            .ok_or(StoreError::Gone)?;
        let mut changes = Vec::new();
        if view.synced == mailbox.highest_modseq {
            return Ok(changes);
        }
        if may_expunge {
            view.expunge(mailbox, &mut changes);
            view.synced = mailbox.highest_modseq;
        }
        let known = view.told.len();
        if view.extend(mailbox) {
            changes.push(Change::Exists(view.exists()));
        }
        let recent = view.count_recent();
        if view.recent != recent {
            view.recent = recent;
            changes.push(Change::Recent(recent));
        }
        changes.extend(view.learn(mailbox));
        if flags {
            view.reflag(mailbox, known, &mut changes);
        }
        Ok(changes)
    }

    /// Returns the current message, or the last reported one if it has been expunged.
    ///
    /// Returns `None` if the hit does not belong to this view.
    pub(crate) fn entry<'a>(&'a self, view: &'a View, hit: Hit) -> Option<&'a Entry> {
        let told = &view.told[view.find(hit)?];
        Some(self.current(view, hit).unwrap_or(&told.entry))
    }

    /// Returns whether the message is `\Recent` for this connection.
    pub(crate) fn is_recent(&self, view: &View, hit: Hit) -> bool {
        view.find(hit).is_some_and(|at| view.told[at].recent)
    }

    /// Returns whether the message has been expunged, without a report to the connection yet.
    #[cfg(test)]
    pub(crate) fn is_expunged(&self, view: &View, hit: Hit) -> bool {
        self.current(view, hit).is_none()
    }

    fn current(&self, view: &View, hit: Hit) -> Option<&Entry> {
        let mailbox = self.mailbox(view.mailbox)?;
        Some(&mailbox.entries[mailbox.find(hit.uid)?])
    }
}
