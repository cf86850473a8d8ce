//! Response codes: the machine-readable part of a status line (RFC 9051 §7.1, RFC 5530).

use std::fmt;

use bytes::Bytes;

use crate::{Capabilities, Flags, Tag, UidSet};

mod plain;
mod read;
#[cfg(test)]
mod tests;
mod values;

pub use values::{Annotations, AppendUid, CopyUid, MetadataCode, Progress};

/// A response code.
///
/// A known code whose arguments are not as they should be is [`Other`](Self::Other) with what was
/// sent: nothing is lost, and nothing is guessed.
///
/// Nothing here acts by itself: a [`Referral`](Self::Referral) is shown and never followed, and the
/// address in a [`WebAlert`](Self::WebAlert) is the server's, so it may lead anywhere.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Code {
    /// The text is for the user, now.
    Alert,
    /// What should be made is there already.
    AlreadyExists,
    /// An annotation is too big (RFC 5257).
    AnnotateTooBig,
    /// There are too many annotations (RFC 5257).
    AnnotateTooMany,
    /// Which annotations the messages of the mailbox can have (RFC 5257).
    Annotations(Annotations),
    /// Where APPEND put the message (RFC 4315).
    AppendUid(AppendUid),
    /// Wrong user or password.
    AuthenticationFailed,
    /// The user may not act for the one who was named.
    AuthorizationFailed,
    /// The charset of a search is not known; those that are, if the server says so.
    BadCharset(Vec<String>),
    /// None of the comparators that were asked for is known (RFC 5255).
    BadComparator,
    /// The events that cannot be watched; those that can (RFC 5465).
    BadEvent(Vec<String>),
    /// The URL that cannot be used (RFC 4469).
    BadUrl(String),
    /// Never possible, for a reason of the server.
    Cannot,
    /// What the server can do.
    Capability(Capabilities),
    /// The server thinks the client is wrong.
    ClientBug,
    /// The mailbox selected until here is closed (RFC 7162).
    Closed,
    /// Compression is on already (RFC 4978).
    CompressionActive,
    /// Only the administrator can help.
    ContactAdmin,
    /// Where COPY or MOVE put the messages (RFC 4315).
    CopyUid(CopyUid),
    /// Data on the server are damaged.
    Corruption,
    /// The password has expired.
    Expired,
    /// Another session removed messages this command asked for.
    ExpungeIssued,
    /// The mailbox has children and cannot be deleted.
    HasChildren,
    /// The highest modification sequence of the mailbox (RFC 7162).
    HighestModSeq(u64),
    /// How far a long command is (RFC 9585).
    InProgress(Progress),
    /// Something is locked; trying again may help.
    InUse,
    /// A limit of the server is reached.
    Limit,
    /// The permanent identifier of a mailbox (RFC 8474).
    MailboxId(String),
    /// The server converts at most so many messages at once (RFC 5259).
    MaxConvertMessages(u32),
    /// The server converts at most so many parts at once (RFC 5259).
    MaxConvertParts(u32),
    /// The command was done for so many messages only (RFC 9738).
    MessageLimit {
        /// The most messages one command may concern.
        limit: u32,
        /// The lowest UID it was done for, if the server says so.
        lowest: Option<u32>,
    },
    /// Something about annotations of mailboxes (RFC 5464).
    Metadata(MetadataCode),
    /// The messages a conditional STORE left alone (RFC 7162). UIDs if the STORE had them,
    /// sequence numbers otherwise.
    Modified(UidSet),
    /// The mailbox now has another name: the old and the new one, as sent (RFC 2060).
    NewName(String, String),
    /// The mailbox keeps no modification sequences (RFC 7162).
    NoModSeq,
    /// The mailbox does not exist.
    NonExistent,
    /// No permission.
    NoPerm,
    /// The result of a search was not saved (RFC 5182).
    NotSaved,
    /// The server forgot what it should tell of: NOTIFY is off (RFC 5465).
    NotificationOverflow,
    /// The search with this tag is not kept up to date (RFC 5267).
    NoUpdate(Tag),
    /// Too much mail.
    OverQuota,
    /// The server cannot parse a message.
    Parse,
    /// The flags that can be changed for good.
    PermanentFlags(Flags),
    /// Only possible with encryption.
    PrivacyRequired,
    /// The mailbox is open for reading only.
    ReadOnly,
    /// The mailbox is open for changes.
    ReadWrite,
    /// The server says that others have it: their URLs (RFC 2221, RFC 2193).
    Referral(Vec<String>),
    /// The server knows itself to be wrong.
    ServerBug,
    /// A conversion failed, but not for good (RFC 5259).
    TempFail,
    /// The message is too big (RFC 7889, RFC 4469).
    TooBig,
    /// The mailbox does not exist, and creating it would help.
    TryCreate,
    /// The UID the next message will get at the least. Some servers send 0.
    UidNext(u32),
    /// UIDs of this mailbox do not last (RFC 4315).
    UidNotSticky,
    /// The command has sequence numbers, and UIDONLY is on (RFC 9586).
    UidRequired,
    /// The validity of UIDs: when it changes, all of them have. Some servers send 0.
    UidValidity(u32),
    /// A part of the server is down; trying again later may help.
    Unavailable,
    /// A search names a filter that does not exist (RFC 5466).
    UndefinedFilter(String),
    /// A transfer encoding is not known (RFC 3516).
    UnknownCte,
    /// The sequence number of the first unseen message (`IMAP4rev1`). Some servers send 0.
    Unseen(u32),
    /// Mechanisms to authorise URLs with (RFC 4467).
    UrlMech(Vec<String>),
    /// The mailbox cannot have this special use (RFC 6154).
    UseAttr,
    /// The user has to go to this address of Gmail.
    WebAlert(String),
    /// Any other, and broken ones.
    Other {
        /// In upper case.
        name: String,
        /// What follows the name, without the blank; `None` if nothing does.
        #[cfg_attr(
            feature = "serde",
            serde(serialize_with = "crate::serialize::optional")
        )]
        arguments: Option<Bytes>,
    },
}

impl Code {
    /// Its name on the wire, in upper case: `TRYCREATE`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::AnnotateTooBig | Self::AnnotateTooMany => "ANNOTATE",
            Self::Annotations(_) => "ANNOTATIONS",
            Self::AppendUid(_) => "APPENDUID",
            Self::BadCharset(_) => "BADCHARSET",
            Self::BadEvent(_) => "BADEVENT",
            Self::BadUrl(_) => "BADURL",
            Self::Capability(_) => "CAPABILITY",
            Self::CopyUid(_) => "COPYUID",
            Self::HighestModSeq(_) => "HIGHESTMODSEQ",
            Self::InProgress(_) => "INPROGRESS",
            Self::MailboxId(_) => "MAILBOXID",
            Self::MaxConvertMessages(_) => "MAXCONVERTMESSAGES",
            Self::MaxConvertParts(_) => "MAXCONVERTPARTS",
            Self::MessageLimit { .. } => "MESSAGELIMIT",
            Self::Metadata(_) => "METADATA",
            Self::Modified(_) => "MODIFIED",
            Self::NewName(..) => "NEWNAME",
            Self::NoUpdate(_) => "NOUPDATE",
            Self::PermanentFlags(_) => "PERMANENTFLAGS",
            Self::Referral(_) => "REFERRAL",
            Self::UidNext(_) => "UIDNEXT",
            Self::UidValidity(_) => "UIDVALIDITY",
            Self::UndefinedFilter(_) => "UNDEFINED-FILTER",
            Self::Unseen(_) => "UNSEEN",
            Self::UrlMech(_) => "URLMECH",
            Self::WebAlert(_) => "WEBALERT",
            Self::Other { name, .. } => name,
            code => plain::name(code).unwrap_or_default(),
        }
    }
}

impl fmt::Display for Code {
    /// Its name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
