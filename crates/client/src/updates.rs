//! Unsolicited responses of the server.

use std::collections::VecDeque;

use imapclient_codec::{
    Code, Fetch, ListedMailbox, MailboxStatus, Malformed, MessageCount, Metadata, Response, Seq,
    Status, StatusKind, UidSet, Unknown, Vanished,
};
use imapclient_escape::escaped;

/// The number of updates that are kept until they are read.
const MOST: usize = 10_000;
/// The memory that these take, approximately: an unsolicited body is an update as well.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// An unsolicited response (RFC 9051 §5.2).
///
/// Its text is server data: escape it before printing it. Updates about messages belong to the
/// selected mailbox and are dropped when another one is selected, or none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Update {
    /// The number of messages in the mailbox has changed to this.
    Exists(MessageCount),
    /// The number of messages with `\Recent` has changed to this.
    Recent(MessageCount),
    /// The message with this sequence number was removed; the numbers above it decrease by one.
    Expunge(Seq),
    /// The messages with these UIDs were removed. Replaces [`Expunge`](Self::Expunge) once QRESYNC
    /// is enabled (RFC 7162 §3.2.10).
    Vanished(UidSet),
    /// Data about a message, usually its flags.
    Fetch(Fetch),
    /// The new status of a mailbox, usually one that is not selected: messages have arrived there,
    /// were removed, or have other flags (NOTIFY, RFC 5465 §5).
    MailboxStatus(Box<MailboxStatus>),
    /// A mailbox that was created, renamed, deleted, subscribed or unsubscribed, or to which the
    /// access has changed. A deleted one has [`Attribute::NonExistent`](crate::Attribute), one that
    /// the user may not see any more `\NoAccess`, and a renamed one [`ListedMailbox::old_name`]
    /// (RFC 5465 §5.4, §5.5, §5.9).
    Listed(ListedMailbox),
    /// Annotations that have changed (RFC 5464 §4.4.2).
    Metadata(Metadata),
    /// The server has stopped to report the changes that [`Client::notify`](crate::Client::notify)
    /// asked for, because there were too many (RFC 5465 §5.8).
    NotificationOverflow,
    /// A text that must be shown to the user (RFC 9051 §7.1, `ALERT`).
    Alert(String),
    /// The server closes the connection, with this explanation.
    Bye(String),
    /// The number of updates dropped before this one. At most 10,000 updates and 64 MiB are kept
    /// until they are read, and none that is bigger than that.
    Lagged(u64),
    /// A response of an unknown kind.
    Unknown(Unknown),
    /// A response that cannot be decoded or exceeds a limit.
    Malformed(Malformed),
    /// Any other response.
    Other(Response),
}

/// A bounded queue that drops the oldest updates and marks the gap.
#[derive(Debug, Default)]
pub(crate) struct Updates {
    queue: VecDeque<(Update, u64)>,
    bytes: u64,
    dropped: u64,
}

impl Updates {
    /// Adds a response that takes `size` bytes.
    pub(crate) fn push(&mut self, response: Response, size: u64) {
        let update = match response {
            Response::Exists(n) => Update::Exists(n),
            Response::Recent(n) => Update::Recent(n),
            Response::Expunge(n) => Update::Expunge(n),
            Response::Vanished(Vanished {
                earlier: false,
                uids,
                ..
            }) => Update::Vanished(uids),
            Response::Fetch(fetch) => Update::Fetch(fetch),
            Response::MailboxStatus(status) => Update::MailboxStatus(status),
            Response::List(mailbox) => Update::Listed(mailbox),
            Response::Metadata(metadata) => Update::Metadata(metadata),
            Response::Status(Status {
                code: Some(Code::NotificationOverflow),
                ..
            }) => Update::NotificationOverflow,
            Response::Status(Status {
                kind: StatusKind::Bye,
                text,
                ..
            }) => Update::Bye(text),
            // `alert` handles these, because it sees every status.
            Response::Status(Status {
                code: Some(Code::Alert),
                ..
            }) => return,
            Response::Unknown(unknown) => Update::Unknown(unknown),
            Response::Malformed(malformed) => Update::Malformed(malformed),
            other => Update::Other(other),
        };
        self.add(update, size);
    }

    /// Adds an update for an alert, which is for the user, whichever command it comes with.
    pub(crate) fn alert(&mut self, status: &Status) {
        if status.code == Some(Code::Alert) {
            tracing::warn!(text = %escaped(&status.text), "alert from the server");
            let size = status.text.len() as u64;
            self.add(Update::Alert(status.text.clone()), size);
        }
    }

    /// Adds updates for those numbers of a search that cannot be decoded and therefore are not in
    /// its result.
    pub(crate) fn put_aside(&mut self, response: &Response) {
        if let Response::Search(found) | Response::Sort(found) = response {
            for bad in &found.malformed {
                self.add(Update::Malformed(bad.clone()), bad.raw.len() as u64);
            }
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Update> {
        if self.dropped > 0 {
            return Some(Update::Lagged(std::mem::take(&mut self.dropped)));
        }
        let (update, size) = self.queue.pop_front()?;
        self.bytes -= size;
        Some(update)
    }

    /// Drops the updates about messages because another mailbox, or none, is selected: their
    /// numbers no longer apply.
    pub(crate) fn leave_mailbox(&mut self) {
        let of_mailbox = |update: &Update| {
            matches!(
                update,
                Update::Exists(_)
                    | Update::Recent(_)
                    | Update::Expunge(_)
                    | Update::Vanished(_)
                    | Update::Fetch(_)
            )
        };
        self.queue.retain(|(update, _)| !of_mailbox(update));
        self.bytes = self.queue.iter().map(|(_, size)| size).sum();
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    fn add(&mut self, update: Update, size: u64) {
        // An unsolicited body may be as big as a requested one.
        let (update, size) = match size > MOST_BYTES {
            true => (Update::Lagged(1), 0),
            false => (update, size),
        };
        self.queue.push_back((update, size));
        self.bytes += size;
        while self.queue.len() > MOST || self.bytes > MOST_BYTES {
            let Some((update, size)) = self.queue.pop_front() else {
                break;
            };
            self.bytes -= size;
            self.dropped += match update {
                Update::Lagged(more) => more,
                _ => 1,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_and_the_hole_is_marked() {
        let mut updates = Updates::default();
        for n in 0..12_000 {
            updates.push(Response::Exists(n.into()), 12);
        }
        assert_eq!(updates.pop(), Some(Update::Lagged(2000)));
        assert_eq!(updates.pop(), Some(Update::Exists(2000.into())));
        let rest = std::iter::from_fn(|| updates.pop()).count();
        assert_eq!(rest, MOST - 1);
        assert_eq!(updates.bytes, 0);
    }

    #[test]
    fn big_ones_count_by_their_size() {
        let mut updates = Updates::default();
        updates.push(Response::Exists(1.into()), 12);
        updates.push(Response::Exists(2.into()), MOST_BYTES);
        updates.push(Response::Exists(3.into()), MOST_BYTES);
        assert_eq!(updates.pop(), Some(Update::Lagged(2)));
        assert_eq!(updates.pop(), Some(Update::Exists(3.into())));
        assert_eq!(updates.pop(), None);
    }

    #[test]
    fn one_that_is_too_big_by_itself_is_a_hole_where_it_stood() {
        let mut updates = Updates::default();
        updates.push(Response::Exists(1.into()), 12);
        updates.push(Response::Exists(2.into()), MOST_BYTES + 1);
        updates.push(Response::Exists(3.into()), 12);
        let all: Vec<_> = std::iter::from_fn(|| updates.pop()).collect();
        assert_eq!(
            all,
            [
                Update::Exists(1.into()),
                Update::Lagged(1),
                Update::Exists(3.into())
            ]
        );
        updates.push(Response::Exists(4.into()), MOST_BYTES + 1);
        for n in 0..10_000 {
            updates.push(Response::Exists(n.into()), 12);
        }
        assert_eq!(updates.pop(), Some(Update::Lagged(1)));
        assert_eq!(updates.pop(), Some(Update::Exists(0.into())));
    }
}
