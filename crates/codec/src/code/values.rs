//! What response codes carry.

use crate::{Tag, UidSet};

/// Where APPEND put a message (RFC 4315 §3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AppendUid {
    /// UIDVALIDITY of the mailbox.
    pub uid_validity: u32,
    /// The new UID; several after a MULTIAPPEND.
    pub uids: UidSet,
}

/// Where COPY or MOVE put messages (RFC 4315 §3).
///
/// ```
/// use imapclient_codec::CopyUid;
///
/// let copied = CopyUid {
///     uid_validity: 1,
///     source: "7,3:4".parse()?,
///     destination: "100:102".parse()?,
/// };
/// assert_eq!(copied.pairs().collect::<Vec<_>>(), [(7, 100), (3, 101), (4, 102)]);
/// # Ok::<(), imapclient_codec::SetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CopyUid {
    /// UIDVALIDITY of the target mailbox.
    pub uid_validity: u32,
    /// The UIDs of the messages that were copied.
    pub source: UidSet,
    /// Their new UIDs, in the same order.
    pub destination: UidSet,
}

impl CopyUid {
    /// Old and new UID of each message, in the order of the server; as many as both sets have.
    /// A wrong server can make that four thousand million.
    pub fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.source
            .iter()
            .into_iter()
            .flatten()
            .zip(self.destination.iter().into_iter().flatten())
    }
}

/// How far a long command is (RFC 9585 §4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Progress {
    /// The tag of the command.
    pub tag: Option<Tag>,
    /// How much is done, in units that only the server knows.
    pub done: Option<u64>,
    /// How much there is to do in the end, in the same units.
    pub goal: Option<u64>,
}

/// What the server says about annotations of mailboxes (RFC 5464 §4.2.1, §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum MetadataCode {
    /// Some values were left out since they are over the size asked for; the biggest has so many
    /// bytes.
    LongEntries(u64),
    /// A value is too big: at most so many bytes.
    MaxSize(u64),
    /// There are too many entries.
    TooMany,
    /// The server keeps no private entries.
    NoPrivate,
}

/// Which annotations the messages of a mailbox can have (RFC 5257 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Annotations {
    /// The biggest that can be stored, in bytes; `None` if none can be.
    pub most: Option<u64>,
    /// There are some, but they can only be read.
    pub read_only: bool,
    /// Only shared ones can be stored.
    pub no_private: bool,
}
