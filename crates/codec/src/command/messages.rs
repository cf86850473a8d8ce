//! Sets of messages, and the commands that take little else.

use std::fmt;

use crate::{
    concurrency::Concurrency,
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
    set::{SeqSet, UidSet},
};

/// The messages that a command applies to, by UID or by sequence number.
///
/// ```
/// use imapclient_codec::{SeqSet, UidSet, command::MessageSet};
///
/// assert_eq!(MessageSet::from(UidSet::from([5, 6, 7])).to_string(), "UID 5:7");
/// assert_eq!(MessageSet::from(SeqSet::last()).to_string(), "*");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the grammar has no others")]
pub enum MessageSet {
    /// Unique identifiers (RFC 9051 §2.3.1.1).
    Uids(UidSet),
    /// Positions in the mailbox (RFC 9051 §2.3.1.2).
    Seqs(SeqSet),
    /// The result of the last search with [`SearchReturn::Save`](super::SearchReturn::Save): `$`
    /// (RFC 5182).
    /// Answers contain UIDs.
    Saved,
}

impl MessageSet {
    /// Returns whether it contains no message.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Uids(uids) => uids.is_empty(),
            Self::Seqs(seqs) => seqs.is_empty(),
            // Only the server knows.
            Self::Saved => false,
        }
    }

    /// Checks that no set was created with the number 0.
    ///
    /// # Errors
    /// Fails if one was.
    pub fn check(&self) -> Result<(), InvalidArgument> {
        let zero = match self {
            Self::Uids(uids) => uids.has_zero(),
            Self::Seqs(seqs) => seqs.has_zero(),
            Self::Saved => false,
        };
        if zero { Err(zero_in_set()) } else { Ok(()) }
    }

    /// Splits it into sets of at most `max` bytes on the wire.
    ///
    /// # Errors
    /// Fails for sequence numbers that take more, since these change between two commands.
    pub fn split(self, max: usize) -> Result<Vec<Self>, InvalidArgument> {
        match self {
            Self::Uids(uids) => Ok(uids.split(max).map(Self::Uids).collect()),
            Self::Seqs(seqs) if seqs.to_string().len() > max => Err(InvalidArgument::new(
                "sequence numbers",
                format!("the set takes over {max} bytes and cannot be split; use UIDs"),
            )),
            whole => Ok(vec![whole]),
        }
    }

    /// Returns the concurrency of a command with this name that copies or removes the messages.
    /// Sequence numbers may change while other commands are under way.
    fn transfer(&self, verb: &'static str) -> Concurrency {
        match self {
            Self::Uids(uids) => Concurrency::transfer(verb, uids),
            Self::Seqs(_) | Self::Saved => Concurrency::Alone,
        }
    }

    /// Returns the concurrency of a STORE.
    pub(super) fn storing(&self) -> Concurrency {
        match self {
            Self::Uids(uids) => Concurrency::store(uids),
            Self::Seqs(_) | Self::Saved => Concurrency::Alone,
        }
    }

    /// Returns the concurrency of a FETCH.
    pub(super) fn concurrency(&self) -> Concurrency {
        match self {
            Self::Uids(uids) => Concurrency::fetch(uids),
            Self::Seqs(_) | Self::Saved => Concurrency::Alone,
        }
    }

    /// Creates a command, with the `UID` prefix unless the set is of sequence numbers, followed by
    /// the set.
    pub(super) fn command(
        &self,
        uid_verb: &'static str,
        verb: &'static str,
    ) -> Result<Outgoing, InvalidArgument> {
        self.check()?;
        if self.is_empty() {
            return Err(InvalidArgument::new("message set", "it must not be empty"));
        }
        let (mut outgoing, set) = match self {
            Self::Uids(uids) => (Outgoing::new(uid_verb), uids.to_string()),
            Self::Seqs(seqs) => (Outgoing::new(verb), seqs.to_string()),
            Self::Saved => (Outgoing::new(uid_verb), "$".to_owned()),
        };
        outgoing.push(" ").push(&set);
        Ok(outgoing.needing(Needs::mailbox()))
    }
}

/// Returns the error for a set that contains the number 0.
pub(super) fn zero_in_set() -> InvalidArgument {
    let why = "no message has the number 0: UIDs and sequence numbers begin at 1";
    InvalidArgument::new("message set", why)
}

/// Encodes `COPY` (RFC 9051 §6.4.7).
///
/// # Errors
/// Fails if the set is empty, or if the name is empty or cannot be sent.
pub fn copy(set: &MessageSet, to: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = set.command("UID COPY", "COPY")?;
    outgoing.push(" ").mailbox(to)?;
    Ok(outgoing.beside(set.transfer("COPY")))
}

/// Encodes `MOVE` (RFC 6851).
///
/// # Errors
/// Fails if the set is empty, or if the name is empty or cannot be sent.
pub fn move_to(set: &MessageSet, to: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::mailbox().writable().capability("MOVE");
    let mut outgoing = set.command("UID MOVE", "MOVE")?.needing(needs);
    outgoing.push(" ").mailbox(to)?;
    Ok(outgoing.beside(set.transfer("MOVE")))
}

/// Encodes `EXPUNGE` (RFC 9051 §6.4.3).
#[must_use]
pub fn expunge() -> Outgoing {
    Outgoing::new("EXPUNGE").needing(Needs::mailbox().writable())
}

/// Encodes `UID EXPUNGE` (RFC 4315 §2.1).
///
/// # Errors
/// Fails if the set is empty.
pub fn uid_expunge(uids: &UidSet) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::mailbox().writable().capability("UIDPLUS");
    let set = MessageSet::Uids(uids.clone());
    let outgoing = set.command("UID EXPUNGE", "EXPUNGE")?;
    Ok(outgoing.needing(needs).beside(set.transfer("EXPUNGE")))
}

impl From<UidSet> for MessageSet {
    fn from(uids: UidSet) -> Self {
        Self::Uids(uids)
    }
}

impl From<SeqSet> for MessageSet {
    fn from(seqs: SeqSet) -> Self {
        Self::Seqs(seqs)
    }
}

impl fmt::Display for MessageSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uids(uids) => write!(f, "UID {uids}"),
            Self::Seqs(seqs) => write!(f, "{seqs}"),
            Self::Saved => f.write_str("UID $"),
        }
    }
}
