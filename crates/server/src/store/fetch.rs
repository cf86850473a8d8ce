//! Returns the items of messages for FETCH.

use std::{
    borrow::Cow,
    num::{NonZeroU32, NonZeroU64},
};

use imap_codec::imap_types::{
    IntoStatic as _,
    core::{Literal, NString, Quoted},
    datetime::DateTime,
    fetch::{MessageDataItem, MessageDataItemName, Section},
    flag::{Flag, StoreType},
};

use super::{Hit, Store, View};
use crate::message::Message;

impl Store {
    /// Returns the items of FETCH for a message, in the order of `items`; nothing if the hit does
    /// not belong to this view.
    ///
    /// Fetching a body without PEEK sets `\Seen`, and adds FLAGS, and MODSEQ under CONDSTORE. Items
    /// of BINARY are omitted, since imap-codec does not support all of them.
    pub(crate) fn fetch(
        &mut self,
        view: &mut View,
        hit: Hit,
        items: &[MessageDataItemName<'_>],
    ) -> Vec<MessageDataItem<'static>> {
        let Some(at) = view.find(hit) else {
            return Vec::new();
        };
        let changed = items.iter().any(reads) && self.mark_seen(view, hit);
        let recent = view.told[at].recent;
        let Some(entry) = self.entry(view, hit) else {
            return Vec::new();
        };
        let (message, flags, modseq) = (&entry.message, &entry.flags, entry.modseq);
        let flags_item = || MessageDataItem::Flags(flags.told(recent));
        let uid_item = || NonZeroU32::new(hit.uid).map(MessageDataItem::Uid);
        let modseq_item = || NonZeroU64::new(modseq).map(MessageDataItem::ModSeq);
        let mut told: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                MessageDataItemName::Flags => Some(flags_item()),
                MessageDataItemName::ModSeq => modseq_item(),
                MessageDataItemName::Uid => uid_item(),
                MessageDataItemName::InternalDate => DateTime::try_from(entry.date)
                    .ok()
                    .map(MessageDataItem::InternalDate),
                item => of_message(message, item),
            })
            .collect();
        let mut tells_flags = items.contains(&MessageDataItemName::Flags);
        if changed {
            if !tells_flags {
                tells_flags = true;
                told.push(flags_item());
            }
            // The response reports a change, even if only other items were requested (RFC 7162
            // §§3.1 and 3.2.4).
            if view.condstore && !items.contains(&MessageDataItemName::ModSeq) {
                told.extend(modseq_item());
            }
            if view.tells_uids && !items.contains(&MessageDataItemName::Uid) {
                told.extend(uid_item());
            }
        }
        if tells_flags {
            let flags = flags.clone();
            let known = &mut view.told[at].entry;
            known.flags = flags;
            known.modseq = modseq;
        }
        told
    }

    /// Sets `\Seen` if necessary and permitted. Returns whether it was changed.
    fn mark_seen(&mut self, view: &View, hit: Hit) -> bool {
        let rights = view.flag_rights();
        let Some(mailbox) = self.mailboxes.get_mut(&view.mailbox) else {
            return false;
        };
        let mut seen = super::Flags::default();
        seen.set(&Flag::Seen);
        let changed = mailbox
            .find(hit.uid)
            .is_some_and(|at| mailbox.set_flags(at, StoreType::Add, &seen, rights));
        if changed {
            self.watchers.changed(view.mailbox);
        }
        changed
    }
}

/// Returns whether the item sets `\Seen`.
fn reads(item: &MessageDataItemName<'_>) -> bool {
    match item {
        MessageDataItemName::BodyExt { peek, .. } | MessageDataItemName::Binary { peek, .. } => {
            !peek
        }
        MessageDataItemName::Rfc822 | MessageDataItemName::Rfc822Text => true,
        _ => false,
    }
}

/// Returns an item that does not depend on the mailbox.
fn of_message(
    message: &Message,
    item: &MessageDataItemName<'_>,
) -> Option<MessageDataItem<'static>> {
    let text = |section: Option<&Section<'_>>| literal(message.section(section));
    Some(match item {
        MessageDataItemName::Envelope => MessageDataItem::Envelope(message.envelope()),
        MessageDataItemName::Body => MessageDataItem::Body(message.body_structure(false)),
        MessageDataItemName::BodyStructure => {
            MessageDataItem::BodyStructure(message.body_structure(true))
        }
        MessageDataItemName::Rfc822Size => MessageDataItem::Rfc822Size(message.size()),
        MessageDataItemName::Rfc822 => MessageDataItem::Rfc822(text(None)),
        MessageDataItemName::Rfc822Header => {
            MessageDataItem::Rfc822Header(text(Some(&Section::Header(None))))
        }
        MessageDataItemName::Rfc822Text => {
            MessageDataItem::Rfc822Text(text(Some(&Section::Text(None))))
        }
        MessageDataItemName::BodyExt {
            section, partial, ..
        } => MessageDataItem::BodyExt {
            section: section.clone().map(|section| section.into_static()),
            origin: partial.map(|(from, _)| from),
            data: literal(
                message
                    .section(section.as_ref())
                    .map(|data| cut(data, *partial)),
            ),
        },
        _ => return None,
    })
}

/// Returns the bytes from `partial.0` on, at most `partial.1`; nothing beyond the end (RFC 3501
/// §6.4.5).
pub(crate) fn cut(data: Cow<'_, [u8]>, partial: Option<(u32, NonZeroU32)>) -> Cow<'_, [u8]> {
    let Some((from, length)) = partial else {
        return data;
    };
    let from = (from as usize).min(data.len());
    let to = from.saturating_add(length.get() as usize).min(data.len());
    match data {
        Cow::Borrowed(data) => Cow::Borrowed(&data[from..to]),
        Cow::Owned(data) => Cow::Owned(data[from..to].to_vec()),
    }
}

/// Returns a body as a literal, with any content. A part that does not exist is an empty string, as
/// on most servers; NIL would be equally valid.
fn literal(data: Option<Cow<'_, [u8]>>) -> NString<'static> {
    match data.map(|data| Literal::try_from(data.into_owned())) {
        Some(Ok(literal)) => NString::from(literal),
        // Messages contain no NUL, the only byte that a literal cannot contain.
        Some(Err(_)) => NString(None),
        None => NString::from(Quoted::unvalidated("")),
    }
}
