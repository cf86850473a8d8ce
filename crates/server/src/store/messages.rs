//! Adds, copies, moves, changes and removes messages.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, FixedOffset, Timelike as _};
use imap_codec::imap_types::flag::{Flag, StoreType};

use super::{
    AccountId, Change, Entry, Flags, Hit, Labels, Rights, Store, StoreError, Usage, View,
    mailbox::{Mailbox, MailboxId},
    name,
};
use crate::message::Message;

/// A message to add.
pub(crate) struct Draft {
    /// Its content.
    pub(crate) message: Arc<Message>,
    /// Its flags.
    pub(crate) flags: Flags,
    /// Its internal date; `None` for the current time.
    pub(crate) date: Option<DateTime<FixedOffset>>,
    /// Its Gmail labels.
    pub(crate) labels: Labels,
}

/// The data of APPENDUID (RFC 4315).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Appended {
    /// The UIDVALIDITY of the mailbox.
    pub(crate) uid_validity: u32,
    /// The UIDs of the messages, in their order.
    pub(crate) uids: Vec<u32>,
}

/// The data of COPYUID (RFC 4315).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    /// The UIDVALIDITY of the destination.
    pub(crate) uid_validity: u32,
    /// The old and the new UID of each message, in the order of copying.
    pub(crate) uids: Vec<(u32, u32)>,
}

/// The arguments of STORE.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alteration<'a> {
    /// The kind of change: replace, add or remove.
    pub(crate) kind: StoreType,
    /// The flags.
    pub(crate) flags: &'a [Flag<'a>],
    /// `true` for `.SILENT`.
    pub(crate) silent: bool,
    /// UNCHANGEDSINCE (RFC 7162 §3.1.3).
    pub(crate) unchanged_since: Option<u64>,
}

/// The result of STORE.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Altered {
    /// The changes to report.
    pub(crate) changes: Vec<Change>,
    /// The messages that were not changed because of UNCHANGEDSINCE, for the code MODIFIED.
    pub(crate) modified: Vec<Hit>,
    /// The messages that were not changed because they have been expunged.
    pub(crate) expunged: Vec<Hit>,
}

impl Store {
    /// Adds a message to a mailbox. Returns its UID.
    ///
    /// # Errors
    /// Fails for the same reasons as [`append_all`](Self::append_all).
    pub(crate) fn append(
        &mut self,
        account: AccountId,
        name: &str,
        draft: Draft,
    ) -> Result<u32, StoreError> {
        let appended = self.append_all(account, name, vec![draft])?;
        appended.uids.first().copied().ok_or(StoreError::Gone)
    }

    /// Adds all of the messages to a mailbox, or none.
    ///
    /// # Errors
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`], [`StoreError::OverQuota`],
    /// [`StoreError::BadFlag`]
    pub(crate) fn append_all(
        &mut self,
        account: AccountId,
        name: &str,
        drafts: Vec<Draft>,
    ) -> Result<Appended, StoreError> {
        let id = self.of(account).mailbox(&name::normal(name))?;
        let now = self.now();
        let numbers = &mut self.of_mut(account).numbers;
        let entries: Vec<_> = drafts
            .into_iter()
            .map(|draft| Entry {
                uid: 0,
                gmail: numbers.take(&draft.message, draft.labels),
                message: draft.message,
                date: whole(draft.date.unwrap_or(now)),
                flags: draft.flags,
                modseq: 0,
            })
            .collect();
        self.check_quota(account, Usage::of(&entries))?;
        let mailbox = self.mailboxes.get_mut(&id).ok_or(StoreError::Gone)?;
        mailbox.check_keywords(&all_flags(&entries))?;
        let uids = entries
            .into_iter()
            .map(|entry| mailbox.add(entry))
            .collect();
        let uid_validity = mailbox.uid_validity;
        self.watchers.changed(id);
        Ok(Appended { uid_validity, uids })
    }

    /// Changes the flags that the rights allow to change.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`], [`StoreError::BadFlag`], [`StoreError::Gone`], and
    /// [`StoreError::NoPermission`] if none of the flags may be changed. In these cases nothing is
    /// changed.
    pub(crate) fn alter(
        &mut self,
        view: &mut View,
        hits: &[Hit],
        alteration: Alteration<'_>,
    ) -> Result<Altered, StoreError> {
        let by = Flags::new(alteration.flags)?;
        let mailbox = writable(&mut self.mailboxes, view)?;
        let rights = view.flag_rights();
        let permitted = match alteration.flags {
            [] => rights != Rights::default(),
            flags => flags
                .iter()
                .any(|flag| rights.contains(Rights::for_flag(flag))),
        };
        if !permitted {
            return Err(StoreError::NoPermission);
        }
        mailbox.check_keywords(&by)?;
        let mut altered = Altered::default();
        let mut any = false;
        for &hit in hits {
            let (Some(at), Some(told)) = (mailbox.find(hit.uid), view.find(hit)) else {
                altered.expunged.push(hit);
                continue;
            };
            let was = mailbox.entries[at].modseq;
            if alteration.unchanged_since.is_some_and(|since| was > since) {
                altered.modified.push(hit);
                continue;
            }
            any |= mailbox.set_flags(at, alteration.kind, &by, rights);
            let now = &mailbox.entries[at];
            let told = &mut view.told[told];
            if !alteration.silent {
                altered.changes.push(told.tell(hit.seq, now));
            } else if told.entry.modseq == was {
                told.entry.flags = now.flags.clone();
                told.entry.modseq = now.modseq;
                if view.condstore {
                    altered.changes.push(Change::ModSeq {
                        seq: hit.seq,
                        uid: hit.uid,
                        modseq: now.modseq,
                    });
                }
            }
        }
        if let Some(keywords) = view.learn(mailbox) {
            altered.changes.insert(0, keywords);
        }
        if any {
            self.watchers.changed(view.mailbox);
        }
        Ok(altered)
    }

    /// Removes all messages with `\Deleted`, or those of them that are in `only`. Returns their
    /// number.
    ///
    /// The connection learns of it by [`sync`](Self::sync), like all others.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`], [`StoreError::Gone`], [`StoreError::NoPermission`]
    pub(crate) fn expunge(
        &mut self,
        view: &View,
        only: Option<&[Hit]>,
    ) -> Result<usize, StoreError> {
        let mailbox = writable(&mut self.mailboxes, view)?;
        view.needs(Rights::EXPUNGE)?;
        let only = only.map(|hits| hits.iter().map(|hit| hit.uid).collect::<HashSet<_>>());
        let wanted = |uid| only.as_ref().is_none_or(|only| only.contains(&uid));
        let removed =
            mailbox.remove(|entry| entry.flags.contains(&Flag::Deleted) && wanted(entry.uid));
        if removed > 0 {
            self.watchers.changed(view.mailbox);
        }
        Ok(removed)
    }

    /// Copies all of the messages to the end of a mailbox, or none, with their dates and with the
    /// flags that may be set there.
    ///
    /// # Errors
    /// Fails for the same reasons as [`append`](Self::append), and with [`StoreError::Expunged`] if
    /// one of the messages was expunged.
    pub(crate) fn copy(
        &mut self,
        view: &View,
        hits: &[Hit],
        account: AccountId,
        name: &str,
    ) -> Result<Copied, StoreError> {
        self.duplicate(view, hits, account, name, true)
    }

    /// MOVE (RFC 6851): copies messages and removes the originals. [`sync`](Self::sync) returns the
    /// EXPUNGEs.
    ///
    /// # Errors
    /// Fails for the same reasons as [`copy`](Self::copy), except the quota, and with
    /// [`StoreError::ReadOnly`] and [`StoreError::NoPermission`].
    pub(crate) fn relocate(
        &mut self,
        view: &View,
        hits: &[Hit],
        account: AccountId,
        name: &str,
    ) -> Result<Copied, StoreError> {
        writable(&mut self.mailboxes, view)?;
        view.needs(Rights::DELETE_MESSAGES | Rights::EXPUNGE)?;
        let copied = self.duplicate(view, hits, account, name, false)?;
        let mailbox = writable(&mut self.mailboxes, view)?;
        let moved: HashSet<u32> = copied.uids.iter().map(|&(from, _)| from).collect();
        if mailbox.remove(|entry| moved.contains(&entry.uid)) > 0 {
            self.watchers.changed(view.mailbox);
        }
        Ok(copied)
    }

    fn duplicate(
        &mut self,
        view: &View,
        hits: &[Hit],
        account: AccountId,
        name: &str,
        adds: bool,
    ) -> Result<Copied, StoreError> {
        let id = self.of(account).mailbox(&name::normal(name))?;
        let from = self.mailbox(view.mailbox).ok_or(StoreError::Gone)?;
        let mut entries = hits
            .iter()
            .map(|hit| Some(from.entries[from.find(hit.uid)?].clone()))
            .collect::<Option<Vec<Entry>>>()
            .ok_or(StoreError::Expunged)?;
        let rights = self.rights(id);
        for entry in &mut entries {
            entry.flags = entry.flags.permitted(rights);
        }
        if adds {
            self.check_quota(account, Usage::of(&entries))?;
        }
        let mailbox = self.mailboxes.get_mut(&id).ok_or(StoreError::Gone)?;
        mailbox.check_keywords(&all_flags(&entries))?;
        let uids = entries
            .into_iter()
            .map(|entry| (entry.uid, mailbox.add(entry)))
            .collect::<Vec<_>>();
        let uid_validity = mailbox.uid_validity;
        if !uids.is_empty() {
            self.watchers.changed(id);
        }
        Ok(Copied { uid_validity, uids })
    }
}

/// Returns the flags that any of the messages has.
fn all_flags(entries: &[Entry]) -> Flags {
    entries.iter().fold(Flags::default(), |all, entry| {
        all.changed(StoreType::Add, &entry.flags)
    })
}

/// Rounds a date to the form that INTERNALDATE can express: in whole seconds, and with an offset of
/// whole minutes.
fn whole(date: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    let date = date.with_nanosecond(0).unwrap_or(date);
    if date.offset().local_minus_utc() % 60 == 0 {
        date
    } else {
        date.to_utc().fixed_offset()
    }
}

/// Returns the mailbox of the view, for changes.
pub(super) fn writable<'a>(
    mailboxes: &'a mut HashMap<MailboxId, Mailbox>,
    view: &View,
) -> Result<&'a mut Mailbox, StoreError> {
    if view.read_only {
        return Err(StoreError::ReadOnly);
    }
    mailboxes.get_mut(&view.mailbox).ok_or(StoreError::Gone)
}
