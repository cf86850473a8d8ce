//! Commands about messages.

use std::sync::Arc;

use imap_codec::imap_types::{
    IntoStatic,
    command::{FetchModifier, StoreModifier},
    core::Vec1,
    extensions::{
        binary::LiteralOrLiteral8,
        uidplus::{UidElement, UidSet},
    },
    fetch::{Macro, MacroOrMessageDataItemNames, MessageDataItemName},
    flag::{Flag, StoreResponse, StoreType},
    mailbox::Mailbox,
    response::{Code, StatusKind},
    sequence::{Sequence, SequenceSet},
};
use imapclient_loopback::lock;

use super::{
    Session,
    binary::binary_items,
    gmail::gmail_items,
    notify::Heed,
    qresync::highest,
    selected::{Selected, number},
};
use crate::{
    message::Message,
    reply::{Outcome, Reply, Stop, note, word_code},
    request::{Append, Appendix, GmailItem},
    store::{Alteration, Copied, Draft, Flags, Hit, Labels, MailboxId, Rights, Since, StoreError},
};

impl Session<'_> {
    /// APPEND (RFC 3501 §6.3.11), also with several messages (RFC 3502), all or none of
    /// which are appended.
    pub(super) fn append(&mut self, append: Append) -> Outcome {
        if append.messages.len() > 1 {
            self.need("MULTIAPPEND")?;
        }
        let drafts = append.messages.into_iter();
        let drafts: Outcome<Vec<_>> = drafts.map(|message| self.draft(message)).collect();
        let (id, name) = (self.account_id()?, self.decode(&append.mailbox)?);
        let mut drafts = drafts?;
        let mut store = lock(&self.shared.store);
        let mailbox = store.permitted(id, &name, Rights::INSERT);
        let mailbox = mailbox.map_err(try_create)?;
        let rights = store.rights(mailbox);
        for draft in &mut drafts {
            draft.flags = draft.flags.permitted(rights);
        }
        let appended = store.append_all(id, &name, drafts).map_err(try_create)?;
        drop(store);
        self.added(mailbox, appended.uids.iter().copied());
        let reply = Reply::ok("Appended.");
        if !self.has("UIDPLUS") {
            return Ok(reply);
        }
        // imap-codec supports the code with one UID only.
        let (validity, uids) = (appended.uid_validity, set(&appended.uids));
        Ok(reply.with(word_code(format!("APPENDUID {validity} {uids}"))))
    }

    fn draft(&self, message: Appendix) -> Outcome<Draft> {
        check_flags(&message.flags)?;
        let text = match message.text {
            LiteralOrLiteral8::Literal(text) => text.into_inner(),
            LiteralOrLiteral8::Literal8(text) => {
                if message.utf8 && !self.names.utf8 {
                    return Err(Reply::bad("UTF8=ACCEPT is not enabled.").into());
                }
                if !message.utf8 {
                    self.need("BINARY")?;
                }
                text.data
            }
        };
        if text.is_empty() {
            return Err(Reply::no("A message of no bytes is none.").into());
        }
        if text.contains(&0) {
            // BODY[] could not return such a message (RFC 3516 §4.4).
            return Err(Reply::no("A message cannot have NUL here.")
                .with(Code::UnknownCte)
                .into());
        }
        Ok(Draft {
            message: Arc::new(Message::new(text)),
            flags: Flags::new(&message.flags)?,
            date: message.date.map(|date| *date.as_ref()),
            labels: Labels::default(),
        })
    }

    /// FETCH (RFC 3501 §6.4.5; CHANGEDSINCE and VANISHED of RFC 7162), including the items of
    /// Gmail.
    pub(super) fn fetch(
        &mut self,
        set: &SequenceSet,
        (items, gmail): (MacroOrMessageDataItemNames<'_>, &[GmailItem]),
        uid: bool,
        modifiers: &[FetchModifier],
    ) -> Outcome {
        self.selected()?;
        let mut items = match items {
            MacroOrMessageDataItemNames::Macro(name) => expand(&name),
            MacroOrMessageDataItemNames::MessageDataItemNames(items) => items,
        };
        let mut since = 0;
        for modifier in modifiers {
            if let FetchModifier::ChangedSince(modseq) = modifier {
                since = modseq.get();
                add_first(&mut items, MessageDataItemName::ModSeq);
            }
        }
        let vanished = modifiers.contains(&FetchModifier::Vanished);
        if vanished {
            self.needs_qresync()?;
            if !uid || since == 0 {
                let why = "VANISHED needs UID FETCH with CHANGEDSINCE.";
                return Err(Reply::bad(why).into());
            }
        }
        if uid {
            add_first(&mut items, MessageDataItemName::Uid);
        }
        for item in &items {
            match item {
                MessageDataItemName::Binary { .. } | MessageDataItemName::BinarySize { .. } => {
                    self.need("BINARY")?;
                }
                MessageDataItemName::ModSeq => self.use_modseqs()?,
                _ => {}
            }
        }
        let profile = self.shared.settings.profile;
        let updates = profile.is_some_and(|row| row.updates_within_fetch);
        let hits = self.hits(set, uid)?;
        // A saved result contains existing messages only.
        if vanished && !self.of_saved {
            self.tell_vanished(Since {
                modseq: since,
                known: Some(set),
                matched: 0,
            })?;
        }
        for hit in hits {
            if updates {
                self.sync(false, uid)?;
            }
            let shared = self.shared;
            let selected = self.selected()?;
            let mut store = lock(&shared.store);
            let entry = store.entry(&selected.view, hit);
            let Some(entry) = entry.filter(|entry| entry.modseq > since) else {
                continue;
            };
            let mut others = binary_items(&entry.message, &items)?;
            let gmail = gmail_items(&entry.gmail, gmail);
            if !others.is_empty() && !gmail.is_empty() {
                others.push(b' ');
            }
            others.extend(gmail);
            let told = store.fetch(&mut selected.view, hit, &items);
            drop(store);
            self.out.fetch(number(hit.seq), told, &others)?;
        }
        Ok(Reply::ok("Fetched."))
    }

    /// STORE (RFC 3501 §6.4.6; UNCHANGEDSINCE of RFC 7162).
    pub(super) fn store(
        &mut self,
        set: &SequenceSet,
        (kind, response, flags): (StoreType, StoreResponse, &[Flag<'_>]),
        uid: bool,
        modifiers: &[StoreModifier],
    ) -> Outcome {
        self.selected()?;
        check_flags(flags)?;
        let mut unchanged_since = None;
        for modifier in modifiers {
            let StoreModifier::UnchangedSince(modseq) = modifier;
            self.use_modseqs()?;
            unchanged_since = Some(*modseq);
        }
        let alteration = Alteration {
            kind,
            flags,
            silent: response == StoreResponse::Silent,
            unchanged_since,
        };
        let shared = self.shared;
        let hits = self.hits(set, uid)?;
        let selected = self.selected()?;
        let mut store = lock(&shared.store);
        let altered = store.alter(&mut selected.view, &hits, alteration)?;
        drop(store);
        self.changes(altered.changes, uid)?;
        let reply = if altered.expunged.is_empty() {
            Reply::ok("Stored.")
        } else {
            Reply::no("Some of the messages were expunged.").with_word("EXPUNGEISSUED")
        };
        Ok(match sequence_set(&altered.modified, uid) {
            Some(set) if reply.kind == StatusKind::Ok => reply.with(Code::Modified(set)),
            _ => reply,
        })
    }

    /// EXPUNGE (RFC 3501 §6.4.3), and UID EXPUNGE (RFC 4315).
    pub(super) fn expunge(&mut self, only: Option<&SequenceSet>) -> Outcome {
        let shared = self.shared;
        let only = only.map(|set| self.hits(set, true));
        let only = only.transpose()?;
        let selected = self.selected()?;
        let removed = lock(&shared.store).expunge(&selected.view, only.as_deref())?;
        self.tell_removed()?;
        let reply = Reply::ok("Expunged.");
        if removed == 0 || !self.tells_vanished() {
            return Ok(reply);
        }
        // The code must not promise more than what was reported (RFC 7162 §3.2.7).
        self.sync(true, true)?;
        Ok(reply.with(highest(self.selected()?.view.synced())))
    }

    /// COPY (RFC 3501 §6.4.7).
    pub(super) fn copy(&mut self, set: &SequenceSet, to: &Mailbox<'_>, uid: bool) -> Outcome {
        let (id, name, shared) = (self.account_id()?, self.decode(to)?, self.shared);
        let hits = self.hits(set, uid)?;
        let selected = self.selected()?;
        let mut store = lock(&shared.store);
        let target = store.permitted(id, &name, Rights::INSERT);
        let target = target.map_err(try_create)?;
        let copied = store.copy(&selected.view, &hits, id, &name);
        drop(store);
        let copied = copied.map_err(try_create)?;
        self.added(target, copied.uids.iter().map(|(_, new)| *new));
        let code = self.copy_uid(&copied);
        let reply = Reply::ok("Copied.");
        Ok(match code {
            Some(code) => reply.with(code),
            None => reply,
        })
    }

    /// MOVE (RFC 6851).
    pub(super) fn relocate(&mut self, set: &SequenceSet, to: &Mailbox<'_>, uid: bool) -> Outcome {
        let (id, name, shared) = (self.account_id()?, self.decode(to)?, self.shared);
        let hits = self.hits(set, uid)?;
        let selected = self.selected()?;
        let mut store = lock(&shared.store);
        let target = store.permitted(id, &name, Rights::INSERT);
        target.map_err(try_create)?;
        let copied = store.relocate(&selected.view, &hits, id, &name);
        drop(store);
        // COPYUID precedes the EXPUNGEs, so that the client knows the new UIDs (section 4.3).
        if let Some(code) = self.copy_uid(&copied.map_err(try_create)?) {
            self.out.response(note(code, "Moved."))?;
        }
        self.tell_removed()?;
        Ok(Reply::ok("Moved."))
    }

    /// Reports removals by this command, even if the client wants no notifications.
    fn tell_removed(&mut self) -> Outcome<()> {
        match self.heed() {
            Heed::Nothing => self.report(true, true),
            Heed::Usual | Heed::Events { .. } => Ok(()),
        }
    }

    /// Notes messages that this command has added, of which the client is not notified.
    fn added(&mut self, mailbox: MailboxId, uids: impl Iterator<Item = u32>) {
        let is_selected = |selected: &Selected| selected.view.mailbox() == mailbox;
        if let Some(notify) = &mut self.notify
            && self.selected.as_ref().is_some_and(is_selected)
        {
            notify.own.extend(uids);
        }
    }

    /// Returns COPYUID (RFC 4315), if messages were copied.
    fn copy_uid(&self, copied: &Copied) -> Option<Code<'static>> {
        if !self.has("UIDPLUS") {
            return None;
        }
        let (from, to): (Vec<_>, Vec<_>) = copied.uids.iter().copied().unzip();
        Some(Code::CopyUid {
            uid_validity: number(copied.uid_validity),
            source: uid_set(&from)?,
            destination: uid_set(&to)?,
        })
    }
}

/// Rejects `\Recent`, which clients cannot set (RFC 3501 §2.3.2), and unknown system flags.
fn check_flags(flags: &[Flag<'_>]) -> Outcome<()> {
    if flags.iter().any(|flag| matches!(flag, Flag::Extension(_))) {
        return Err(Reply::bad("There is no such flag to set.").into());
    }
    Ok(())
}

/// Adds TRYCREATE to the error for a mailbox that does not exist.
fn try_create(error: StoreError) -> Stop {
    if error == StoreError::NonExistent {
        return Reply::no("There is no such mailbox.")
            .with(Code::TryCreate)
            .into();
    }
    error.into()
}

/// Returns the items of a macro.
fn expand(name: &Macro) -> Vec<MessageDataItemName<'static>> {
    name.expand()
        .into_iter()
        .map(IntoStatic::into_static)
        .collect()
}

fn add_first<'a>(items: &mut Vec<MessageDataItemName<'a>>, item: MessageDataItemName<'a>) {
    if !items.contains(&item) {
        items.insert(0, item);
    }
}

/// Returns the runs of consecutive numbers, in their order.
fn runs(numbers: &[u32]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &next in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(next) => *last = next,
            _ => runs.push((next, next)),
        }
    }
    runs
}

/// Returns numbers in the form of a set.
pub(super) fn set(numbers: &[u32]) -> String {
    let runs = runs(numbers).into_iter().map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}:{last}")
        }
    });
    runs.collect::<Vec<_>>().join(",")
}

fn uid_set(uids: &[u32]) -> Option<UidSet> {
    let elements = runs(uids).into_iter().map(|(first, last)| {
        if first == last {
            UidElement::Single(number(first))
        } else {
            UidElement::Range(number(first), number(last))
        }
    });
    Vec1::try_from(elements.collect::<Vec<_>>())
        .ok()
        .map(UidSet)
}

pub(super) fn sequence_set(hits: &[Hit], uid: bool) -> Option<SequenceSet> {
    let numbers: Vec<_> = hits
        .iter()
        .map(|hit| if uid { hit.uid } else { hit.seq })
        .collect();
    let sequences = runs(&numbers).into_iter().map(|(first, last)| {
        if first == last {
            Sequence::Single(number(first).into())
        } else {
            Sequence::Range(number(first).into(), number(last).into())
        }
    });
    SequenceSet::try_from(sequences.collect::<Vec<_>>()).ok()
}
