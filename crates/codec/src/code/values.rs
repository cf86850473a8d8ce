//! The arguments of response codes.

use crate::{Tag, Uid, UidSet};

/// The UIDs that APPEND assigned (RFC 4315 §3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[expect(clippy::exhaustive_structs, reason = "the grammar has no other fields")]
pub struct AppendUid {
    /// The UIDVALIDITY of the mailbox.
    pub uid_validity: u32,
    /// The new UID, or several after a MULTIAPPEND.
    pub uids: UidSet,
}

/// The UIDs that COPY or MOVE assigned (RFC 4315 §3).
///
/// ```
/// use imapclient_codec::CopyUid;
///
/// let copied = CopyUid {
///     uid_validity: 1,
///     source: "7,3:4".parse()?,
///     destination: "100:102".parse()?,
/// };
/// let pairs = copied.pairs().map(|(old, new)| format!("{old} is {new} now"));
/// assert_eq!(pairs.collect::<Vec<_>>(), ["7 is 100 now", "3 is 101 now", "4 is 102 now"]);
/// # Ok::<(), imapclient_codec::SetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[expect(clippy::exhaustive_structs, reason = "the grammar has no other fields")]
pub struct CopyUid {
    /// The UIDVALIDITY of the target mailbox.
    pub uid_validity: u32,
    /// The UIDs of the messages that were copied.
    pub source: UidSet,
    /// Their new UIDs, in the same order.
    pub destination: UidSet,
}

impl CopyUid {
    /// Returns the old and the new UID of each message, in the order of the server. Ends with the
    /// shorter of the two sets. An invalid response can produce four billion pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (Uid, Uid)> + '_ {
        self.source
            .iter()
            .into_iter()
            .flatten()
            .zip(self.destination.iter().into_iter().flatten())
    }
}

/// The progress of a long command (RFC 9585 §4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Progress {
    /// The tag of the command.
    pub tag: Option<Tag>,
    /// The amount of work done, in units that only the server knows.
    pub done: Option<u64>,
    /// The total amount of work, in the same units.
    pub goal: Option<u64>,
}

/// A code about annotations of mailboxes (RFC 5464 §4.2.1, §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum MetadataCode {
    /// Some values were left out because they exceed the requested size; the largest has this
    /// number of bytes.
    LongEntries(u64),
    /// A value exceeds the maximum size, which is this number of bytes.
    MaxSize(u64),
    /// There are too many entries.
    TooMany,
    /// The server keeps no private entries.
    NoPrivate,
}

/// The annotations that the messages of a mailbox can have (RFC 5257 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Annotations {
    /// The maximum size of an annotation in bytes; `None` if none can be stored.
    pub most: Option<u64>,
    /// True if there are annotations that can only be read.
    pub read_only: bool,
    /// True if only shared annotations can be stored.
    pub no_private: bool,
}
