//! Sets of messages, and the commands that take little else.

use std::{
    fmt,
    ops::{RangeFrom, RangeInclusive},
};

use crate::{
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
    set::{SeqSet, UidSet},
};

/// The messages a command applies to, by UID unless created otherwise.
///
/// Created from a UID, a range, a list of UIDs, text like `"1:5,9:*"`, or a [`UidSet`]. Sequence
/// numbers need a [`SeqSet`], so that they are never taken for UIDs by accident.
///
/// ```
/// use imapclient_codec::{SeqSet, command::Messages};
///
/// assert_eq!(Messages::from("3,1:2,9:*").to_string(), "UID 1:3,9:*");
/// assert_eq!(Messages::from([5, 6, 7]).to_string(), "UID 5:7");
/// assert_eq!(Messages::from(SeqSet::last()).to_string(), "*");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Messages(Result<MessageSet, InvalidArgument>);

/// A set of messages, by UID or by sequence number.
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

impl Messages {
    /// Returns the result of the last search with [`SearchReturn::Save`](super::SearchReturn::Save): `$`
    /// (RFC 5182).
    #[must_use]
    pub fn saved() -> Self {
        Self(Ok(MessageSet::Saved))
    }

    /// Returns the set.
    ///
    /// # Errors
    /// Fails if it was created from text that is not a set, or with the number 0.
    pub fn into_set(self) -> Result<MessageSet, InvalidArgument> {
        let set = self.0?;
        set.check()?;
        Ok(set)
    }
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

    fn check(&self) -> Result<(), InvalidArgument> {
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
    Ok(outgoing)
}

/// Encodes `MOVE` (RFC 6851).
///
/// # Errors
/// Fails if the set is empty, or if the name is empty or cannot be sent.
pub fn move_to(set: &MessageSet, to: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::mailbox().writable().capability("MOVE");
    let mut outgoing = set.command("UID MOVE", "MOVE")?.needing(needs);
    outgoing.push(" ").mailbox(to)?;
    Ok(outgoing)
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
    let outgoing = MessageSet::Uids(uids.clone()).command("UID EXPUNGE", "EXPUNGE")?;
    Ok(outgoing.needing(needs))
}

impl From<UidSet> for Messages {
    fn from(uids: UidSet) -> Self {
        Self(Ok(MessageSet::Uids(uids)))
    }
}

impl From<&UidSet> for Messages {
    fn from(uids: &UidSet) -> Self {
        uids.clone().into()
    }
}

impl From<SeqSet> for Messages {
    fn from(seqs: SeqSet) -> Self {
        Self(Ok(MessageSet::Seqs(seqs)))
    }
}

impl From<&SeqSet> for Messages {
    fn from(seqs: &SeqSet) -> Self {
        seqs.clone().into()
    }
}

impl From<MessageSet> for Messages {
    fn from(set: MessageSet) -> Self {
        Self(Ok(set))
    }
}

impl From<&str> for Messages {
    fn from(text: &str) -> Self {
        Self(match text.parse::<UidSet>() {
            Ok(mut uids) => {
                // Some servers refuse sets that do not ascend.
                uids.compact();
                Ok(MessageSet::Uids(uids))
            }
            Err(error) => Err(InvalidArgument::new("message set", error.to_string())),
        })
    }
}

impl From<&String> for Messages {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

macro_rules! from_uids {
    ($($type:ty),*) => {$(
        impl From<$type> for Messages {
            fn from(uids: $type) -> Self {
                UidSet::from(uids).into()
            }
        }
    )*};
}
from_uids!(u32, RangeInclusive<u32>, RangeFrom<u32>, &[u32], Vec<u32>);

impl From<&Vec<u32>> for Messages {
    fn from(uids: &Vec<u32>) -> Self {
        uids.as_slice().into()
    }
}

impl<const N: usize> From<[u32; N]> for Messages {
    fn from(uids: [u32; N]) -> Self {
        UidSet::from(uids).into()
    }
}

impl fmt::Display for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(MessageSet::Uids(uids)) => write!(f, "UID {uids}"),
            Ok(MessageSet::Seqs(seqs)) => write!(f, "{seqs}"),
            Ok(MessageSet::Saved) => f.write_str("UID $"),
            Err(error) => write!(f, "<{error}>"),
        }
    }
}
