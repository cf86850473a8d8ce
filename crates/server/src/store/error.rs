use thiserror::Error;

/// Why the store did not do what a command asks for. Each is a tagged NO; the code is for its brackets.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum StoreError {
    /// There is no such mailbox.
    #[error("no such mailbox")]
    NonExistent,
    /// The name is only a node of the tree: it holds no messages.
    #[error("that name holds no messages")]
    NotSelectable,
    /// There is one already.
    #[error("that mailbox exists already")]
    AlreadyExists,
    /// What the rules forbid, with the reason.
    #[error("{0}")]
    Cannot(&'static str),
    /// The account would hold more than it may.
    #[error("the quota is used up")]
    OverQuota,
    /// More keywords than a mailbox may have, or a flag that cannot be stored.
    #[error("that flag cannot be stored")]
    BadFlag,
    /// The mailbox is known, but not for doing that (RFC 4314).
    #[error("that is not permitted")]
    NoPermission,
    /// The mailbox was selected by EXAMINE.
    #[error("the mailbox is selected read-only")]
    ReadOnly,
    /// Another connection has removed the mailbox.
    #[error("the mailbox was deleted")]
    Gone,
    /// Another connection has removed some of the messages.
    #[error("some of the messages were expunged")]
    Expunged,
}

impl StoreError {
    /// The response code of RFC 5530 (and RFC 3501's TRYCREATE is the caller's: only it knows the command).
    pub(crate) fn code(&self) -> Option<&'static str> {
        match self {
            Self::NonExistent => Some("NONEXISTENT"),
            Self::AlreadyExists => Some("ALREADYEXISTS"),
            Self::Cannot(_) | Self::NotSelectable => Some("CANNOT"),
            Self::OverQuota => Some("OVERQUOTA"),
            Self::NoPermission => Some("NOPERM"),
            Self::BadFlag => Some("LIMIT"),
            Self::Expunged => Some("EXPUNGEISSUED"),
            Self::ReadOnly | Self::Gone => None,
        }
    }
}

/// A command used a sequence number that no message has: a tagged BAD (RFC 3501, section 9, `seq-number`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no message with that sequence number")]
pub(crate) struct BadSequence;
