//! XLIST and X-GM-EXT-1, Gmail's extension.

use std::num::NonZeroU64;

use imap_codec::imap_types::{
    command::{CommandBody, StoreModifier},
    fetch::{MacroOrMessageDataItemNames, MessageDataItem},
    response::Code,
};
use imapclient_loopback::lock;

use super::{Session, messages::sequence_set, selected::number};
use crate::{
    reply::{Outcome, Reply},
    request::{GmailFetch, GmailItem, StoreLabels, Xlist},
    store::{Gmail, Labels, name},
    wire::{astring, string},
};

impl Session<'_> {
    /// XLIST: LIST with the attributes for special uses from before RFC 6154.
    pub(super) fn xlist(&mut self, xlist: &Xlist<'_>) -> Outcome {
        let pattern = self.pattern(&xlist.reference, &xlist.pattern)?;
        let found = lock(&self.shared.store).list(self.account_id()?, pattern);
        for listed in found {
            let attributes = listed.attributes.iter().map(ToString::to_string);
            let mut attributes: Vec<_> = attributes.map(old_name).collect();
            if listed.name == name::INBOX {
                attributes.push("\\Inbox".to_owned());
            }
            let head = format!(
                "* XLIST ({}) \"{}\" ",
                attributes.join(" "),
                self.names.delimiter
            );
            let mailbox = astring(self.told(&listed.name));
            self.out.line(&[head.as_bytes(), &mailbox].concat())?;
        }
        Ok(Reply::ok("Listed."))
    }

    /// FETCH with items that only Gmail has.
    pub(super) fn fetch_gmail(&mut self, fetch: GmailFetch) -> Outcome {
        self.need("X-GM-EXT-1")?;
        match fetch.plain {
            CommandBody::Fetch {
                sequence_set,
                mut macro_or_item_names,
                uid,
                modifiers,
            } => {
                if fetch.only {
                    macro_or_item_names = MacroOrMessageDataItemNames::MessageDataItemNames(vec![]);
                }
                let items = (macro_or_item_names, &fetch.items[..]);
                self.fetch(&sequence_set, items, uid, &modifiers)
            }
            _ => Err(Reply::bad("That is no command.").into()),
        }
    }

    /// STORE of labels.
    pub(super) fn store_labels(&mut self, request: StoreLabels) -> Outcome {
        self.need("X-GM-EXT-1")?;
        self.selected()?;
        let mut unchanged_since = None;
        for modifier in &request.modifiers {
            let StoreModifier::UnchangedSince(modseq) = modifier;
            self.use_modseqs()?;
            unchanged_since = Some(*modseq);
        }
        let labels = Labels::new(request.labels);
        let (shared, condstore) = (self.shared, self.tells_modseqs());
        let tells_uids = request.uid || self.tells_uids();
        let hits = self.hits(&request.set, request.uid)?;
        let selected = self.selected()?;
        let mut store = lock(&shared.store);
        let view = &mut selected.view;
        let altered = store.relabel(view, &hits, (request.kind, &labels), unchanged_since)?;
        let mut told = Vec::new();
        for hit in hits.iter().filter(|hit| !altered.modified.contains(hit)) {
            let Some(entry) = store.entry(view, *hit) else {
                continue;
            };
            let modseq = NonZeroU64::new(entry.modseq).filter(|_| condstore);
            let mut items: Vec<_> = modseq.map(MessageDataItem::ModSeq).into_iter().collect();
            if tells_uids {
                items.insert(0, MessageDataItem::Uid(number(hit.uid)));
            }
            told.push((
                hit.seq,
                items,
                gmail_items(&entry.gmail, &[GmailItem::Labels]),
            ));
        }
        drop(store);
        if !request.silent {
            for (seq, items, labels) in told {
                self.out.fetch(number(seq), items, &labels)?;
            }
        }
        let reply = Reply::ok("Stored.");
        Ok(match sequence_set(&altered.modified, request.uid) {
            Some(set) => reply.with(Code::Modified(set)),
            None => reply,
        })
    }
}

/// Returns the values of Gmail's items of a message, each with its name, separated by spaces.
pub(super) fn gmail_items(gmail: &Gmail, items: &[GmailItem]) -> Vec<u8> {
    let items = items.iter().map(|item| {
        let value = match item {
            GmailItem::MessageId => gmail.message_id.to_string().into_bytes(),
            GmailItem::ThreadId => gmail.thread_id.to_string().into_bytes(),
            GmailItem::Labels => labels(&gmail.labels),
        };
        [item.name().as_bytes(), b" ", &value].concat()
    });
    items.collect::<Vec<_>>().join(&b' ')
}

/// Returns labels. Gmail quotes those with a backslash.
fn labels(labels: &Labels) -> Vec<u8> {
    let labels = labels.names().map(|label| {
        let wire = name::encode(label);
        if wire.starts_with('\\') {
            string(wire.as_bytes())
        } else {
            astring(wire)
        }
    });
    let labels = labels.collect::<Vec<_>>().join(&b' ');
    [b"(", &labels[..], b")"].concat()
}

fn old_name(attribute: String) -> String {
    match attribute.as_str() {
        "\\All" => "\\AllMail".to_owned(),
        "\\Flagged" => "\\Starred".to_owned(),
        "\\Junk" => "\\Spam".to_owned(),
        _ => attribute,
    }
}
