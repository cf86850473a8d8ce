//! Moves messages on servers without MOVE: they are copied, the copies are verified, and then the
//! originals are removed. Each step acts only on what the step before it has proved.

mod arrived;
mod steps;

use std::fmt;

use imapclient_codec::{CopyUid, UidSet};

use crate::done::{Copied, brief, merge, write_transferred};

/// The way in which messages were moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a server has the capability, or it has not"
)]
pub enum MoveWay {
    /// By `MOVE` (RFC 6851), which moves each message at once. This is also the value if the set
    /// was empty.
    #[default]
    Native,
    /// By COPY, STORE and UID EXPUNGE, because the server does not offer `MOVE`.
    Emulated,
}

/// The result of a [`move_to`](crate::Client::move_to) that succeeded.
///
/// ```
/// # imapclient_example::blocking!(|mut client| {
/// let moved = client.move_to([3, 5], "Archive")?;
/// if !moved.left.is_empty() {
///     println!("UID {} was copied, and is still here", moved.left);
/// }
/// if !moved.unproved.is_empty() {
///     println!("no copy of UID {} was found", moved.unproved);
/// }
/// # assert!(moved.copied.uids().is_some());
/// # Ok(()) });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Moved {
    /// The way in which the messages were moved.
    pub way: MoveWay,
    /// The old and the new UIDs, as far as they are known.
    pub copied: Copied,
    /// The UIDs of those messages that were copied for certain and are still in the selected
    /// mailbox as well. On a server without `UIDPLUS`, or one that answers UID EXPUNGE by BAD,
    /// these are all of them: they are marked as deleted (`\Deleted`), and
    /// [`expunge`](crate::Client::expunge) removes them together with those that others have
    /// marked. Otherwise another client has removed the mark, or the server did not do what it
    /// said. Always empty after [`MoveWay::Native`], which is not checked.
    pub left: UidSet,
    /// The UIDs of those messages that the server may have copied, and of which no copy was found
    /// in the target. They were not touched. Always empty after [`MoveWay::Native`].
    pub unproved: UidSet,
}

/// The steps that a [`move_to`](crate::Client::move_to) on a server without `MOVE` had completed
/// when it failed. A message that was copied and not removed is in both mailboxes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MoveSteps {
    /// The UIDs of the COPY commands to which the server said OK. Those messages that exist were
    /// copied.
    pub copied: UidSet,
    /// The old and the new UIDs, as far as they are known, including those of a COPY that failed.
    pub uids: Option<CopyUid>,
    /// The UIDs of those copied messages that were then marked as deleted (`\Deleted`).
    pub marked: UidSet,
    /// The UIDs of those marked messages that were then removed.
    pub removed: UidSet,
}

impl MoveSteps {
    /// Returns whether no step is known to be done.
    pub(crate) fn is_nothing(&self) -> bool {
        let Self {
            copied,
            uids,
            marked,
            removed,
        } = self;
        copied.is_empty() && uids.is_none() && marked.is_empty() && removed.is_empty()
    }

    /// Adds the steps that were done afterwards.
    pub(crate) fn add(&mut self, later: Self) {
        self.copied.append(later.copied);
        merge(&mut self.uids, later.uids);
        self.marked.append(later.marked);
        self.removed.append(later.removed);
    }
}

impl fmt::Display for MoveSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_transferred(f, "copied", &self.copied, self.uids.as_ref())?;
        if !self.marked.is_empty() {
            write!(f, ", UID {} was marked as deleted", brief(&self.marked))?;
        }
        if !self.removed.is_empty() {
            write!(f, ", UID {} was removed", brief(&self.removed))?;
        }
        Ok(())
    }
}
