//! The selected mailbox, and the reports of its changes.

use std::{
    io,
    num::{NonZeroU32, NonZeroU64},
};

use imap_codec::imap_types::{
    fetch::MessageDataItem,
    response::{Code, Data},
    sequence::SequenceSet,
};
use imapclient_loopback::lock;

use super::{Session, messages::set, notify::Heed, qresync::highest};
use crate::{
    reply::{Outcome, Reply, Stop, note},
    store::{Change, Hit, View, WatchId, applicable, permanent},
};

/// The selected mailbox.
pub(super) struct Selected {
    pub(super) view: View,
    pub(super) watch: WatchId,
}

impl Session<'_> {
    /// Returns the selected mailbox. Fails with BAD if there is none.
    pub(super) fn selected(&mut self) -> Outcome<&mut Selected> {
        let selected = self.selected.as_mut();
        selected.ok_or_else(|| Reply::bad("No mailbox is selected.").into())
    }

    /// Returns the messages of a command.
    pub(super) fn hits(&mut self, set: &SequenceSet, uid: bool) -> Outcome<Vec<Hit>> {
        let of_saved = self.of_saved;
        let view = &self.selected()?.view;
        if of_saved {
            return Ok(view.saved_hits());
        }
        Ok(view.resolve(set, uid)?)
    }

    /// Deselects the mailbox without changing it.
    pub(super) fn deselect(&mut self) {
        if let Some(selected) = self.selected.take() {
            lock(&self.shared.store).unwatch(selected.watch);
        }
        if let Some(notify) = &mut self.notify {
            notify.own.clear();
        }
    }

    /// Enables CONDSTORE, as each command does that uses it. The first one reports the
    /// mod-sequence of the selected mailbox (RFC 7162 §3.1).
    pub(super) fn enable_condstore(&mut self) -> Outcome<()> {
        self.need("CONDSTORE")?;
        let is_first = !self.condstore;
        self.condstore = true;
        let tells_uids = self.tells_uids();
        if let Some(selected) = &mut self.selected {
            let view = &mut selected.view;
            view.condstore = view.has_modseqs();
            view.tells_uids = tells_uids;
            if is_first && view.has_modseqs() {
                let known = highest(view.synced());
                self.out.response(note(known, "The highest."))?;
            }
        }
        Ok(())
    }

    /// Enables CONDSTORE for a command about mod-sequences of messages. Fails with BAD if the
    /// selected mailbox has none (RFC 7162 §3.1.2.2).
    pub(super) fn use_modseqs(&mut self) -> Outcome<()> {
        if !self.selected()?.view.has_modseqs() {
            return Err(Reply::bad("This mailbox has no mod-sequences.").into());
        }
        self.enable_condstore()
    }

    /// Returns whether changes of flags are reported with their mod-sequence.
    pub(super) fn tells_modseqs(&self) -> bool {
        let selected = self.selected.as_ref();
        selected.is_some_and(|selected| selected.view.condstore)
    }

    /// Returns whether removals are reported by UID.
    pub(super) fn tells_vanished(&self) -> bool {
        self.qresync && self.tells_modseqs()
    }

    /// Reports the changes of the mailbox, as far as the client wants to be notified.
    pub(super) fn sync(&mut self, may_expunge: bool, uid: bool) -> Outcome<()> {
        let Some(selected) = &self.selected else {
            return Ok(());
        };
        let (heed, first) = (self.heed(), selected.view.next_uid());
        match heed {
            Heed::Usual => self.report(may_expunge, uid),
            Heed::Nothing if lock(&self.shared.store).is_there(&selected.view) => Ok(()),
            Heed::Nothing => Err(Stop::Gone),
            Heed::Events { flags, .. } => {
                self.report_some(may_expunge, true, flags)?;
                self.tell_items(first)
            }
        }
    }

    /// Reports all changes of the mailbox.
    pub(super) fn report(&mut self, may_expunge: bool, uid: bool) -> Outcome<()> {
        self.report_some(may_expunge, uid, true)
    }

    fn report_some(&mut self, may_expunge: bool, uid: bool, flags: bool) -> Outcome<()> {
        let Some(selected) = &mut self.selected else {
            return Ok(());
        };
        let view = &mut selected.view;
        let changes = lock(&self.shared.store).sync(view, may_expunge, flags)?;
        Ok(self.changes(changes, uid)?)
    }

    /// Sends the items that the client wants of new messages, whose UIDs begin at `first`.
    fn tell_items(&mut self, first: u32) -> Outcome<()> {
        let items = self.wanted_items();
        if items.is_empty() {
            return Ok(());
        }
        let view = &self.selected()?.view;
        let mut new: Vec<Hit> = view.hits().filter(|hit| hit.uid >= first).collect();
        if let Some(notify) = &self.notify {
            new.retain(|hit| !notify.own.contains(&hit.uid));
        }
        for hit in new {
            let shared = self.shared;
            let view = &mut self.selected()?.view;
            let told = lock(&shared.store).fetch(view, hit, &items);
            self.out.fetch(number(hit.seq), told, b"")?;
        }
        Ok(())
    }

    /// Reports changes; changes of flags include the UID if `uid`. With QRESYNC enabled, they
    /// always include it, and removed messages are reported together, by UID.
    pub(super) fn changes(&mut self, changes: Vec<Change>, uid: bool) -> io::Result<()> {
        let uid = uid || self.tells_uids();
        if self.tells_vanished() {
            let removed = changes.iter().filter_map(|change| match change {
                Change::Expunge { uid, .. } => Some(*uid),
                _ => None,
            });
            let removed: Vec<_> = removed.collect();
            if !removed.is_empty() {
                let line = format!("* VANISHED {}", set(&removed));
                self.out.line(line.as_bytes())?;
            }
        }
        let rights = self
            .selected
            .as_ref()
            .map(|selected| selected.view.flag_rights())
            .unwrap_or_default();
        for change in changes {
            match change {
                Change::Expunge { .. } if self.tells_vanished() => {}
                Change::Expunge { seq, .. } => self.out.data(Data::Expunge(number(seq)))?,
                Change::Exists(count) => self.out.data(Data::Exists(count))?,
                Change::Recent(count) => self.out.data(Data::Recent(count))?,
                Change::Keywords(keywords) => {
                    self.out.data(Data::Flags(applicable(&keywords)))?;
                    let flags = Code::PermanentFlags(permanent(&keywords, rights));
                    self.out.response(note(flags, "New keywords."))?;
                }
                Change::Fetch {
                    seq,
                    uid: id,
                    flags,
                    recent,
                    modseq,
                } => {
                    let flags = MessageDataItem::Flags(flags.told(recent));
                    let modseq = self.tells_modseqs().then_some(modseq);
                    self.fetched(seq, uid.then_some(id), modseq, Some(flags))?;
                }
                Change::ModSeq {
                    seq,
                    uid: id,
                    modseq,
                } => self.fetched(seq, uid.then_some(id), Some(modseq), None)?,
            }
        }
        Ok(())
    }

    fn fetched(
        &mut self,
        seq: u32,
        uid: Option<u32>,
        modseq: Option<u64>,
        flags: Option<MessageDataItem<'static>>,
    ) -> io::Result<()> {
        let uid = uid.map(|uid| MessageDataItem::Uid(number(uid)));
        let modseq = modseq.map(mod_sequence);
        let items: Vec<_> = uid.into_iter().chain(modseq).chain(flags).collect();
        self.out.fetch(number(seq), items, b"")
    }
}

fn mod_sequence(modseq: u64) -> MessageDataItem<'static> {
    MessageDataItem::ModSeq(NonZeroU64::new(modseq).unwrap_or(NonZeroU64::MIN))
}

/// Converts a sequence number, a UID or a similar number, which is never 0.
pub(super) fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}
