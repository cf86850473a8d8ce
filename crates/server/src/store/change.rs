use super::Flags;
use imap_codec::imap_types::core::Atom;

/// What a connection has to be told about its mailbox, in this order.
///
/// The sequence numbers are those at the moment of the response: after an EXPUNGE the next one counts anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// `* seq EXPUNGE`
    Expunge {
        /// The number it had.
        seq: u32,
        /// Its UID.
        uid: u32,
    },
    /// `* n EXISTS`
    Exists(u32),
    /// `* n RECENT`
    Recent(u32),
    /// `* FLAGS (...)`, and an untagged OK with PERMANENTFLAGS: the mailbox has new keywords. All of them.
    Keywords(Vec<Atom<'static>>),
    /// `* seq FETCH (UID FLAGS MODSEQ)`: MODSEQ where CONDSTORE is enabled, UID where the command had it.
    Fetch {
        /// Its number.
        seq: u32,
        /// Its UID.
        uid: u32,
        /// Its flags.
        flags: Flags,
        /// Whether `\Recent` is set for this connection.
        recent: bool,
        /// Its mod-sequence.
        modseq: u64,
    },
    /// `* seq FETCH (UID MODSEQ)`: what STORE.SILENT tells where CONDSTORE is enabled, and nothing elsewhere.
    ModSeq {
        /// Its number.
        seq: u32,
        /// Its UID.
        uid: u32,
        /// Its mod-sequence.
        modseq: u64,
    },
}
