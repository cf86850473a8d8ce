//! The data of Gmail's extension.

use std::collections::{BTreeMap, HashMap};

use imap_codec::imap_types::flag::StoreType;

use super::{
    Entry, Hit, Rights, Store, StoreError, View,
    messages::{Altered, writable},
};
use crate::{casemap::fold, message::Message, thread::message_ids};

/// The number before that of the first message. It has more than 32 bits, as on Gmail.
const BEFORE_FIRST: u64 = 1_700_000_000_000_000_000;

/// The data of Gmail's extension for a message. Copies share the numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Gmail {
    /// X-GM-MSGID.
    pub(crate) message_id: u64,
    /// X-GM-THRID: the number of the first message of its thread.
    pub(crate) thread_id: u64,
    pub(crate) labels: Labels,
}

/// Labels by their form for comparison, which ignores case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Labels(BTreeMap<String, String>);

/// The numbers that an account has assigned.
#[derive(Default)]
pub(crate) struct Numbers {
    last: u64,
    /// The thread of each Message-ID.
    threads: HashMap<String, u64>,
}

impl Labels {
    pub(crate) fn new(labels: impl IntoIterator<Item = String>) -> Self {
        let labels = labels.into_iter();
        Self(labels.map(|label| (fold(&label), label)).collect())
    }

    /// Returns the names of the labels, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }

    /// Returns whether the labels contain this one, in which `-` may replace a space, and the
    /// backslash of a system label may be omitted.
    pub(crate) fn has(&self, label: &str) -> bool {
        let key = |label: &str| label.trim_start_matches('\\').replace(' ', "-");
        let wanted = key(&fold(label));
        self.0.keys().any(|label| key(label) == wanted)
    }

    /// Changes the labels by a STORE.
    fn change(&mut self, kind: StoreType, by: &Self) {
        match kind {
            StoreType::Replace => *self = by.clone(),
            StoreType::Add => {
                for (key, label) in &by.0 {
                    self.0.entry(key.clone()).or_insert_with(|| label.clone());
                }
            }
            StoreType::Remove => self.0.retain(|key, _| !by.0.contains_key(key)),
        }
    }
}

impl Numbers {
    /// Returns the numbers of a new message, which belongs to the thread of the first known message
    /// that it refers to.
    pub(super) fn take(&mut self, message: &Message, labels: Labels) -> Gmail {
        self.last += 1;
        let message_id = BEFORE_FIRST + self.last;
        let ids = |name| message_ids(&message.field(name).unwrap_or_default());
        let own = ids("Message-ID").into_iter().next();
        let known = [ids("References"), ids("In-Reply-To")].concat();
        let known = own.iter().chain(&known);
        let thread = known.filter_map(|id| self.threads.get(id)).next();
        let thread_id = thread.copied().unwrap_or(message_id);
        if let Some(own) = own {
            self.threads.entry(own).or_insert(thread_id);
        }
        Gmail {
            message_id,
            thread_id,
            labels,
        }
    }
}

impl Store {
    /// Changes labels. The caller must report the changes.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`], [`StoreError::NoPermission`], [`StoreError::Gone`]. In these cases
    /// nothing is changed.
    pub(crate) fn relabel(
        &mut self,
        view: &mut View,
        hits: &[Hit],
        (kind, by): (StoreType, &Labels),
        unchanged_since: Option<u64>,
    ) -> Result<Altered, StoreError> {
        let mailbox = writable(&mut self.mailboxes, view)?;
        view.needs(Rights::WRITE)?;
        let mut altered = Altered::default();
        for &hit in hits {
            let (Some(at), Some(told)) = (mailbox.find(hit.uid), view.find(hit)) else {
                altered.expunged.push(hit);
                continue;
            };
            let Entry {
                modseq: was, gmail, ..
            } = &mailbox.entries[at];
            if unchanged_since.is_some_and(|since| *was > since) {
                altered.modified.push(hit);
                continue;
            }
            let (was, mut labels) = (*was, gmail.labels.clone());
            labels.change(kind, by);
            if labels == gmail.labels {
                continue;
            }
            let modseq = mailbox.bump();
            let entry = &mut mailbox.entries[at];
            entry.gmail.labels = labels;
            entry.modseq = modseq;
            let told = &mut view.told[told].entry;
            if told.modseq == was {
                told.modseq = modseq;
            }
        }
        self.watchers.changed(view.mailbox);
        Ok(altered)
    }
}
