use super::{Flags, Gmail};
use crate::message::Message;
use chrono::{DateTime, FixedOffset};
use std::sync::Arc;

/// A message in a mailbox.
#[derive(Clone)]
pub(crate) struct Entry {
    /// Its UID, never 0.
    pub(crate) uid: u32,
    /// Its text; copies share it.
    pub(crate) message: Arc<Message>,
    /// Its internal date, in whole seconds.
    pub(crate) date: DateTime<FixedOffset>,
    /// Its flags but `\Recent`.
    pub(crate) flags: Flags,
    /// When its flags or labels changed last.
    pub(crate) modseq: u64,
    /// What only Gmail tells.
    pub(crate) gmail: Gmail,
}

/// A message of a [`View`](super::View), as it was told to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Its number in the view.
    pub(crate) seq: u32,
    /// Its UID.
    pub(crate) uid: u32,
}
