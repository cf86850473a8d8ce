//! QRESYNC (RFC 7162 §3.2).

use std::num::NonZeroU64;

use imap_codec::imap_types::{
    command::SelectParameter,
    fetch::MessageDataItemName,
    response::Code,
    sequence::{SeqOrUid, Sequence, SequenceSet},
};
use imapclient_loopback::lock;

use super::{Session, messages::set, selected::number};
use crate::{
    reply::{Outcome, Reply, note},
    store::{Hit, Since, View},
};

/// The parameter QRESYNC of SELECT.
pub(super) struct Resync<'a> {
    /// The UIDVALIDITY that the client knows.
    uid_validity: u32,
    modseq: u64,
    /// The UIDs that the client knows; `None` for all.
    known: Option<&'a SequenceSet>,
    /// Sequence numbers and the UIDs that they had.
    matches: Option<(&'a SequenceSet, &'a SequenceSet)>,
}

impl Session<'_> {
    /// Takes the parameters of SELECT. Returns that of QRESYNC, if there is one.
    pub(super) fn select_parameters<'a>(
        &mut self,
        parameters: &'a [SelectParameter],
    ) -> Outcome<Option<Resync<'a>>> {
        let mut resync = None;
        for parameter in parameters {
            match parameter {
                SelectParameter::CondStore => self.enable_condstore()?,
                SelectParameter::QResync {
                    uid_validity,
                    mod_sequence_value,
                    known_uids,
                    seq_match_data,
                } => {
                    self.needs_qresync()?;
                    let matches = seq_match_data.as_ref().map(|(seqs, uids)| (seqs, uids));
                    check_sets(known_uids.as_ref(), matches)?;
                    resync = Some(Resync {
                        uid_validity: uid_validity.get(),
                        modseq: mod_sequence_value.get(),
                        known: known_uids.as_ref(),
                        matches,
                    });
                }
            }
        }
        Ok(resync)
    }

    /// Refuses the command unless QRESYNC is enabled.
    pub(super) fn needs_qresync(&self) -> Outcome<()> {
        self.need_said("QRESYNC")?;
        if !self.qresync {
            return Err(Reply::bad("QRESYNC has to be enabled first.").into());
        }
        Ok(())
    }

    /// Returns whether changes of flags are reported with the UID without a request, which servers
    /// with QRESYNC do after a command that enables CONDSTORE (RFC 7162 §3.2.4).
    pub(super) fn tells_uids(&self) -> bool {
        self.condstore && self.says("QRESYNC")
    }

    /// Reports what has changed in the selected mailbox since the client knew it, unless its UIDs
    /// are no longer valid.
    pub(super) fn resync(&mut self, resync: &Resync<'_>, uid_validity: u32) -> Outcome<()> {
        if resync.uid_validity != uid_validity || !self.tells_vanished() {
            return Ok(());
        }
        let view = &self.selected()?.view;
        let matched = resync
            .matches
            .map_or(0, |(seqs, uids)| matched(view, seqs, uids));
        let hits: Vec<Hit> = match resync.known {
            Some(known) => view.resolve(known, true)?,
            None => view.hits().collect(),
        };
        self.tell_vanished(Since {
            modseq: resync.modseq,
            known: resync.known,
            matched,
        })?;
        let items = [
            MessageDataItemName::Uid,
            MessageDataItemName::Flags,
            MessageDataItemName::ModSeq,
        ];
        for hit in hits {
            let shared = self.shared;
            let selected = self.selected()?;
            let mut store = lock(&shared.store);
            let entry = store.entry(&selected.view, hit);
            if entry.is_none_or(|entry| entry.modseq <= resync.modseq) {
                continue;
            }
            let told = store.fetch(&mut selected.view, hit, &items);
            drop(store);
            self.out.fetch(number(hit.seq), told, b"")?;
        }
        Ok(())
    }

    /// Reports messages that were removed before the client could know.
    pub(super) fn tell_vanished(&mut self, since: Since<'_>) -> Outcome<()> {
        let shared = self.shared;
        let uids = lock(&shared.store).vanished(&self.selected()?.view, since)?;
        if uids.is_empty() {
            return Ok(());
        }
        let line = format!("* VANISHED (EARLIER) {}", set(&uids));
        Ok(self.out.line(line.as_bytes())?)
    }

    /// Tells the client the mod-sequence up to which it knows everything, if the reports so far
    /// omit a removal (RFC 7162 §3.2).
    pub(super) fn tell_withheld(&mut self) -> Outcome<()> {
        let (Some(selected), true) = (&self.selected, self.tells_vanished()) else {
            return Ok(());
        };
        let withheld = lock(&self.shared.store).withheld(&selected.view);
        if let Some(modseq) = withheld {
            self.out
                .response(note(highest(modseq), "Removals are reported later."))?;
        }
        Ok(())
    }
}

/// Returns the code HIGHESTMODSEQ.
pub(super) fn highest(modseq: u64) -> Code<'static> {
    Code::HighestModSeq(NonZeroU64::new(modseq).unwrap_or(NonZeroU64::MIN))
}

/// Refuses sets with `*`, and sequence numbers and UIDs that do not correspond (RFC 7162 §7).
fn check_sets(
    known: Option<&SequenceSet>,
    matches: Option<(&SequenceSet, &SequenceSet)>,
) -> Outcome<()> {
    let bad = |why: &'static str| Err(Reply::bad(why).into());
    if known.is_some_and(|known| spans(known).is_none()) {
        return bad("The known UIDs must not contain *.");
    }
    let Some((seqs, uids)) = matches else {
        return Ok(());
    };
    let (Some(seqs), Some(uids)) = (spans(seqs), spans(uids)) else {
        return bad("The known sequence numbers and their UIDs must not contain *.");
    };
    let count = |spans: &[(u32, u32)]| -> u64 {
        let lengths = spans.iter();
        lengths.map(|&(a, b)| u64::from(b.abs_diff(a)) + 1).sum()
    };
    let ascends = |spans: &[(u32, u32)]| {
        let in_order = spans.iter().all(|(a, b)| a <= b);
        in_order && spans.windows(2).all(|pair| pair[0].1 < pair[1].0)
    };
    if count(&seqs) != count(&uids) || !ascends(&seqs) || !ascends(&uids) {
        return bad("The known sequence numbers and their UIDs must ascend, one UID for each.");
    }
    Ok(())
}

/// Returns the ranges of a set as they are written; `None` if it contains `*`.
fn spans(set: &SequenceSet) -> Option<Vec<(u32, u32)>> {
    let number = |n: SeqOrUid| match n {
        SeqOrUid::Value(value) => Some(value.get()),
        SeqOrUid::Asterisk => None,
    };
    let span = |sequence: &Sequence| match *sequence {
        Sequence::Single(n) => Some((number(n)?, number(n)?)),
        Sequence::Range(a, b) => Some((number(a)?, number(b)?)),
    };
    set.0.as_ref().iter().map(span).collect()
}

/// Returns the highest of these UIDs that still has its sequence number: the client knows all
/// removals up to it (RFC 7162 §3.2.5.2).
fn matched(view: &View, seqs: &SequenceSet, uids: &SequenceSet) -> u32 {
    let numbers = |set| {
        let spans = spans(set).unwrap_or_default().into_iter();
        spans.flat_map(|(low, high)| low..=high)
    };
    let there: Vec<u32> = view.hits().map(|hit| hit.uid).collect();
    let pairs = numbers(seqs).zip(numbers(uids));
    let exist = pairs.take_while(|(seq, _)| *seq as usize <= there.len());
    let same = exist.filter(|(seq, uid)| there.get(*seq as usize - 1) == Some(uid));
    same.map(|(_, uid)| uid).last().unwrap_or(0)
}
