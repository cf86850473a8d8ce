use super::{
    AccountId, Change, Entry, Flags, Hit, Labels, Rights, Store, StoreError, Usage, View,
    mailbox::{Mailbox, MailboxId},
    name,
};
use crate::message::Message;
use chrono::{DateTime, FixedOffset, Timelike as _};
use imap_codec::imap_types::flag::{Flag, StoreType};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// A message to be added.
pub(crate) struct Draft {
    /// Its text.
    pub(crate) message: Arc<Message>,
    /// Its flags.
    pub(crate) flags: Flags,
    /// Its internal date; none is now.
    pub(crate) date: Option<DateTime<FixedOffset>>,
    /// Its labels, as Gmail has them.
    pub(crate) labels: Labels,
}

/// For APPENDUID (RFC 4315).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Appended {
    /// The mailbox's UIDVALIDITY.
    pub(crate) uid_validity: u32,
    /// The messages' UIDs, in their order.
    pub(crate) uids: Vec<u32>,
}

/// For COPYUID (RFC 4315).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    /// The UIDVALIDITY of the mailbox they were copied to.
    pub(crate) uid_validity: u32,
    /// Each message's UID before and after, in the order of copying.
    pub(crate) uids: Vec<(u32, u32)>,
}

/// What STORE is to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alteration<'a> {
    /// Replace, add or remove.
    pub(crate) kind: StoreType,
    /// These.
    pub(crate) flags: &'a [Flag<'a>],
    /// `.SILENT`
    pub(crate) silent: bool,
    /// UNCHANGEDSINCE (RFC 7162, section 3.1.3)
    pub(crate) unchanged_since: Option<u64>,
}

/// What STORE has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Altered {
    /// What to tell.
    pub(crate) changes: Vec<Change>,
    /// What was not changed because of UNCHANGEDSINCE: for the code MODIFIED.
    pub(crate) modified: Vec<Hit>,
    /// What was not changed because it was expunged meanwhile.
    pub(crate) expunged: Vec<Hit>,
}

impl Store {
    /// Adds a message to a mailbox, and gives its UID.
    ///
    /// # Errors
    ///
    /// As [`append_all`](Self::append_all).
    pub(crate) fn append(
        &mut self,
        account: AccountId,
        name: &str,
        draft: Draft,
    ) -> Result<u32, StoreError> {
        let appended = self.append_all(account, name, vec![draft])?;
        appended.uids.first().copied().ok_or(StoreError::Gone)
    }

    /// Adds messages to a mailbox: all or none.
    ///
    /// # Errors
    ///
    /// [`StoreError::NonExistent`], [`StoreError::NotSelectable`], [`StoreError::OverQuota`], [`StoreError::BadFlag`]
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

    /// Changes flags, of those that may be changed.
    ///
    /// # Errors
    ///
    /// [`StoreError::ReadOnly`], [`StoreError::BadFlag`], [`StoreError::Gone`], [`StoreError::NoPermission`] if none of them may be changed; nothing
    /// is changed then.
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

    /// Removes all messages with `\Deleted`, or those of them that are among `only`; returns how many.
    ///
    /// The connection learns of it as all others do, by [`sync`](Self::sync).
    ///
    /// # Errors
    ///
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

    /// Copies messages with their dates and those of their flags that may be set there to the end of a mailbox: all or none.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append), and [`StoreError::Expunged`] if one of them is gone.
    pub(crate) fn copy(
        &mut self,
        view: &View,
        hits: &[Hit],
        account: AccountId,
        name: &str,
    ) -> Result<Copied, StoreError> {
        self.duplicate(view, hits, account, name, true)
    }

    /// MOVE (RFC 6851): copies them and removes them here; the EXPUNGEs come by [`sync`](Self::sync).
    ///
    /// # Errors
    ///
    /// As [`copy`](Self::copy) but for the quota, and [`StoreError::ReadOnly`], [`StoreError::NoPermission`].
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

/// The flags that any of the messages has.
fn all_flags(entries: &[Entry]) -> Flags {
    entries.iter().fold(Flags::default(), |all, entry| {
        all.changed(StoreType::Add, &entry.flags)
    })
}

/// A date that can be told: in whole seconds, and in a zone that is whole minutes from UTC.
fn whole(date: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    let date = date.with_nanosecond(0).unwrap_or(date);
    if date.offset().local_minus_utc() % 60 == 0 {
        date
    } else {
        date.to_utc().fixed_offset()
    }
}

/// The view's mailbox, to be changed.
pub(super) fn writable<'a>(
    mailboxes: &'a mut HashMap<MailboxId, Mailbox>,
    view: &View,
) -> Result<&'a mut Mailbox, StoreError> {
    if view.read_only {
        return Err(StoreError::ReadOnly);
    }
    mailboxes.get_mut(&view.mailbox).ok_or(StoreError::Gone)
}
