//! Response codes: the machine-readable part of a status line (RFC 9051 §7.1, RFC 5530).

use std::fmt;

use bytes::Bytes;

use crate::{Capabilities, Flags, NumberSet, Seq, Tag, Uid};

mod plain;
mod read;
#[cfg(test)]
mod tests;
mod values;

pub use values::{Annotations, AppendUid, CopyUid, MetadataCode, Progress};

/// A response code.
///
/// A known code with invalid arguments becomes [`Other`](Self::Other) with the bytes that were
/// sent: nothing is lost, and nothing is guessed.
///
/// No code is acted upon here: a [`Referral`](Self::Referral) is reported and never followed, and
/// the address in a [`WebAlert`](Self::WebAlert) comes from the server, so it may lead anywhere.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Code {
    /// The text must be shown to the user.
    Alert,
    /// The object to be created exists already.
    AlreadyExists,
    /// An annotation is too big (RFC 5257).
    AnnotateTooBig,
    /// There are too many annotations (RFC 5257).
    AnnotateTooMany,
    /// The annotations that the messages of the mailbox can have (RFC 5257).
    Annotations(Annotations),
    /// The UIDs that APPEND assigned (RFC 4315).
    AppendUid(AppendUid),
    /// Wrong user or password.
    AuthenticationFailed,
    /// The user is not authorised to act as the requested identity.
    AuthorizationFailed,
    /// The charset of a search is not supported. Lists those that are, if the server names them.
    BadCharset(Vec<String>),
    /// None of the requested comparators is supported (RFC 5255).
    BadComparator,
    /// Some requested events are not supported. Lists those that are (RFC 5465).
    BadEvent(Vec<String>),
    /// The URL that cannot be used (RFC 4469).
    BadUrl(String),
    /// The operation can never succeed, because of a restriction of the server.
    Cannot,
    /// The capabilities of the server.
    Capability(Capabilities),
    /// The server suspects an error in the client.
    ClientBug,
    /// The previously selected mailbox is closed (RFC 7162).
    Closed,
    /// Compression is active already (RFC 4978).
    CompressionActive,
    /// The user should contact the administrator.
    ContactAdmin,
    /// The UIDs that COPY or MOVE assigned (RFC 4315).
    CopyUid(CopyUid),
    /// Data on the server are damaged.
    Corruption,
    /// The password has expired.
    Expired,
    /// Another session removed messages that the command applies to.
    ExpungeIssued,
    /// The mailbox has children and cannot be deleted.
    HasChildren,
    /// The highest modification sequence of the mailbox (RFC 7162).
    HighestModSeq(u64),
    /// The progress of a long command (RFC 9585).
    InProgress(Progress),
    /// Something is locked; trying again may help.
    InUse,
    /// A limit of the server has been reached.
    Limit,
    /// The permanent identifier of a mailbox (RFC 8474).
    MailboxId(String),
    /// The maximum number of messages that the server converts at once (RFC 5259).
    MaxConvertMessages(u32),
    /// The maximum number of body parts that the server converts at once (RFC 5259).
    MaxConvertParts(u32),
    /// The command was carried out for a limited number of messages only (RFC 9738).
    MessageLimit {
        /// The maximum number of messages that one command may apply to.
        limit: u32,
        /// The lowest UID that was processed, if the server reports it.
        lowest: Option<Uid>,
    },
    /// A code about annotations of mailboxes (RFC 5464).
    Metadata(MetadataCode),
    /// The messages that a conditional STORE did not change (RFC 7162): UIDs after a UID STORE,
    /// sequence numbers otherwise.
    Modified(NumberSet),
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
    /// The server lost notifications: NOTIFY is off (RFC 5465).
    NotificationOverflow,
    /// The search with this tag is not kept up to date (RFC 5267).
    NoUpdate(Tag),
    /// A quota is exceeded.
    OverQuota,
    /// The server cannot parse a message.
    Parse,
    /// The flags that can be changed permanently.
    PermanentFlags(Flags),
    /// The operation requires encryption.
    PrivacyRequired,
    /// The mailbox is open for reading only.
    ReadOnly,
    /// The mailbox is open for reading and writing.
    ReadWrite,
    /// The URLs at which the data can be found instead (RFC 2221, RFC 2193).
    Referral(Vec<String>),
    /// The server encountered an error of its own.
    ServerBug,
    /// A conversion failed temporarily (RFC 5259).
    TempFail,
    /// The message is too big (RFC 7889, RFC 4469).
    TooBig,
    /// The mailbox does not exist, and creating it would help.
    TryCreate,
    /// The predicted UID of the next message.
    UidNext(Uid),
    /// The UIDs of this mailbox are not persistent (RFC 4315).
    UidNotSticky,
    /// The command uses sequence numbers although UIDONLY is enabled (RFC 9586).
    UidRequired,
    /// The UIDVALIDITY: if it changes, all UIDs have changed. Some servers send 0.
    UidValidity(u32),
    /// A part of the server is down; trying again later may help.
    Unavailable,
    /// A search refers to a filter that does not exist (RFC 5466).
    UndefinedFilter(String),
    /// A transfer encoding is not supported (RFC 3516).
    UnknownCte,
    /// The sequence number of the first unseen message (`IMAP4rev1`).
    Unseen(Seq),
    /// The mechanisms with which URLs can be authorised (RFC 4467).
    UrlMech(Vec<String>),
    /// The mailbox cannot have this special use (RFC 6154).
    UseAttr,
    /// The user has to visit this address of Gmail.
    WebAlert(String),
    /// Any other code, and known codes with invalid arguments.
    Other {
        /// The name in upper case.
        name: String,
        /// The text after the name and the space; `None` if there is none.
        #[cfg_attr(
            feature = "serde",
            serde(serialize_with = "crate::serialize::optional")
        )]
        arguments: Option<Bytes>,
    },
}

impl Code {
    /// Returns its name on the wire in upper case, as in `TRYCREATE`.
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
    /// Writes the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
