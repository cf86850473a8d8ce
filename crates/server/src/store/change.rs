//! Changes of a mailbox that its connections have to report.

use imap_codec::imap_types::core::Atom;

use super::Flags;

/// A change of a mailbox that must be reported to a connection, in the given order.
///
/// The sequence numbers are those at the time of the response: each EXPUNGE changes those after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// `* seq EXPUNGE`
    Expunge {
        /// Its sequence number before the EXPUNGE.
        seq: u32,
        /// Its UID.
        uid: u32,
    },
    /// `* n EXISTS`
    Exists(u32),
    /// `* n RECENT`
    Recent(u32),
    /// `* FLAGS (...)`, and an untagged OK with PERMANENTFLAGS: the mailbox has new keywords.
    /// Contains all keywords.
    Keywords(Vec<Atom<'static>>),
    /// `* seq FETCH (UID FLAGS MODSEQ)`, with MODSEQ if CONDSTORE is enabled, and UID after a
    /// command with UIDs.
    Fetch {
        /// Its sequence number.
        seq: u32,
        /// Its UID.
        uid: u32,
        /// Its flags.
        flags: Flags,
        /// `true` if `\Recent` is set for this connection.
        recent: bool,
        /// Its mod-sequence.
        modseq: u64,
    },
    /// `* seq FETCH (UID MODSEQ)`: the response to STORE.SILENT if CONDSTORE is enabled; otherwise
    /// there is none.
    ModSeq {
        /// Its sequence number.
        seq: u32,
        /// Its UID.
        uid: u32,
        /// Its mod-sequence.
        modseq: u64,
    },
}
