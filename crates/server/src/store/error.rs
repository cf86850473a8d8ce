//! The reasons for which the store refuses a command.

use thiserror::Error;

/// The reason why the store refuses a command, which is answered with a tagged NO.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum StoreError {
    /// The mailbox does not exist.
    #[error("no such mailbox")]
    NonExistent,
    /// The name is only a node of the hierarchy, without messages.
    #[error("that name holds no messages")]
    NotSelectable,
    /// The mailbox already exists.
    #[error("that mailbox exists already")]
    AlreadyExists,
    /// The command is not possible, for this reason.
    #[error("{0}")]
    Cannot(&'static str),
    /// The command would exceed the quota.
    #[error("the quota is used up")]
    OverQuota,
    /// There are too many keywords, or a flag cannot be stored.
    #[error("that flag cannot be stored")]
    BadFlag,
    /// The user may see the mailbox, but lacks the right for the command (RFC 4314).
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
    /// Returns the response code of RFC 5530. TRYCREATE of RFC 3501 depends on the command, so the
    /// caller adds it.
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

/// The error for a sequence number that does not exist, which is answered with a tagged BAD (RFC
/// 3501 §9, `seq-number`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no message with that sequence number")]
pub(crate) struct BadSequence;
