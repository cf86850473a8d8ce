//! THREAD (RFC 5256).

mod references;
mod subject;
mod tree;

#[cfg(test)]
mod tests;

use std::num::NonZeroU32;

use imap_codec::imap_types::extensions::thread::{Thread, ThreadingAlgorithm};
use thiserror::Error;

use super::{
    search::Key,
    sort::{BaseSubject, sent},
    store::{BadSequence, Entry, Hit, Store, View},
};

/// The error of THREAD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum ThreadError {
    /// A sequence number does not exist; answered with a tagged BAD.
    #[error(transparent)]
    BadSequence(#[from] BadSequence),
    /// The algorithm is neither REFERENCES nor ORDEREDSUBJECT; answered with a tagged BAD.
    #[error("that threading algorithm is unknown")]
    Algorithm,
}

impl Store {
    /// Returns the result of [`search`](Self::search) as threads of sequence numbers or UIDs.
    ///
    /// # Errors
    /// [`ThreadError`]
    pub(crate) fn thread(
        &self,
        view: &View,
        algorithm: &ThreadingAlgorithm<'_>,
        keys: &[Key],
        uid: bool,
    ) -> Result<Vec<Thread>, ThreadError> {
        let found = self.search(view, keys)?;
        let members = found
            .hits
            .into_iter()
            .filter_map(|hit| Member::new(hit, uid, self.entry(view, hit)?));
        match algorithm {
            ThreadingAlgorithm::References => Ok(references::thread(members.collect())),
            ThreadingAlgorithm::OrderedSubject => Ok(subject::thread(members.collect())),
            ThreadingAlgorithm::Other(_) => Err(ThreadError::Algorithm),
        }
    }
}

/// A message, with the data for threading.
#[derive(Debug)]
struct Member {
    /// Its sequence number or UID, which is returned.
    number: NonZeroU32,
    /// Its date and, for messages with the same date, its sequence number.
    sent: (i64, u32),
    subject: BaseSubject,
    /// Its Message-ID.
    id: Option<String>,
    /// Its ancestors by References, or else its parent by In-Reply-To.
    references: Vec<String>,
}

impl Member {
    fn new(hit: Hit, uid: bool, entry: &Entry) -> Option<Self> {
        let message = &entry.message;
        let ids = |name| message_ids(&message.field(name).unwrap_or_default());
        let mut references = ids("References");
        if references.is_empty() {
            references = ids("In-Reply-To");
            references.truncate(1);
        }
        Some(Self {
            number: NonZeroU32::new(if uid { hit.uid } else { hit.seq })?,
            sent: (sent(entry), hit.seq),
            subject: BaseSubject::of(message),
            id: ids("Message-ID").into_iter().next(),
            references,
        })
    }
}

/// Returns the `<...@...>` in a field, without redundant quotes (RFC 5256 §2.3).
pub(super) fn message_ids(field: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(field);
    let mut ids = Vec::new();
    let mut current: Option<String> = None;
    let mut quoted = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => {
                if let (Some(id), Some(c)) = (&mut current, chars.next()) {
                    id.push(c);
                }
            }
            '<' if !quoted => current = Some(String::new()),
            '>' if !quoted => ids.extend(current.take().filter(|id| id.contains('@'))),
            c if c.is_whitespace() && !quoted => {}
            c => {
                if let Some(id) = &mut current {
                    id.push(c);
                }
            }
        }
    }
    ids
}
