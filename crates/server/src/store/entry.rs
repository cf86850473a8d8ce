//! The messages in a mailbox.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use super::{Flags, Gmail};
use crate::message::Message;

/// A message in a mailbox.
#[derive(Clone)]
pub(crate) struct Entry {
    /// Its UID, never 0.
    pub(crate) uid: u32,
    /// Its content, which copies share.
    pub(crate) message: Arc<Message>,
    /// Its internal date, in whole seconds.
    pub(crate) date: DateTime<FixedOffset>,
    /// Its flags without `\Recent`.
    pub(crate) flags: Flags,
    /// The mod-sequence of the last change of its flags or labels.
    pub(crate) modseq: u64,
    /// Its data of Gmail's extension.
    pub(crate) gmail: Gmail,
}

/// A message of a [`View`](super::View), as it was reported to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Its sequence number in the view.
    pub(crate) seq: u32,
    /// Its UID.
    pub(crate) uid: u32,
}
