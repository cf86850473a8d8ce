//! Responses of the server as typed values.
//!
//! | response | read by | value |
//! | --- | --- | --- |
//! | `tag OK`, `NO`, `BAD` | `status` | [`Response::Tagged`] |
//! | `* OK`, `NO`, `BAD`, `BYE`, `PREAUTH`, `* [CODE]` | `status` | [`Response::Status`] |
//! | `+ ...` | `decoder` | [`Response::Continue`] |
//! | `* CAPABILITY` | `capability` | [`Response::Capability`] |
//! | `* FLAGS` | `flag` | [`Response::Flags`] |
//! | `* n EXISTS`, `RECENT`, `EXPUNGE` | `decoder` | the number |
//! | `* LIST`, `LSUB`, `XLIST` | `list` | [`Response::List`], [`Response::Lsub`] |
//! | `* STATUS` | `mailbox_status` | [`Response::MailboxStatus`] |
//! | `* SEARCH`, `SORT` | `search` | [`Response::Search`], [`Response::Sort`] |
//! | `* ESEARCH` | `esearch` | [`Response::Esearch`] |
//! | `* THREAD` | `thread` | [`Response::Thread`] |
//! | `* n FETCH`, `UIDFETCH` | `fetch`, `envelope`, `body` | [`Response::Fetch`] |
//! | `* VANISHED` | `vanished` | [`Response::Vanished`] |
//! | `* ENABLED` | `capability` | [`Response::Enabled`] |
//! | `* NAMESPACE` | `namespace` | [`Response::Namespace`] |
//! | `* ID` | `id` | [`Response::Id`] |
//! | `* QUOTA`, `QUOTAROOT` | `quota` | [`Response::Quota`], [`Response::QuotaRoot`] |
//! | `* METADATA` | `metadata` | [`Response::Metadata`] |
//! | `* ACL`, `LISTRIGHTS`, `MYRIGHTS` | `acl` | [`Response::Acl`] and so on |
//! | `* GENURLAUTH`, `URLFETCH` | `url` | [`Response::GenUrlAuth`], [`Response::UrlFetch`] |
//! | `* LANGUAGE`, `COMPARATOR` | `language` | [`Response::Language`], [`Response::Comparator`] |
//! | `* JMAPACCESS` | `decoder` | [`Response::JmapAccess`] |
//! | one of these, malformed | | [`Response::Malformed`] |
//! | anything else | | [`Response::Unknown`] |
//!
//! None of them is read by imap-codec: the NAMESPACE, ID, ENABLED, QUOTA, QUOTAROOT and METADATA
//! responses of real servers need a lenient reader in any case, and that reader handles the rest as
//! well, in fewer lines than a conversion would take. Tests compare these readers with imap-codec.

use bytes::Bytes;

use crate::{Capabilities, Flags, MessageCount, Seq};

mod acl;
mod body;
mod decoder;
mod envelope;
mod esearch;
mod fetch;
mod id;
mod language;
mod list;
mod mailbox_status;
mod metadata;
mod name;
mod namespace;
mod parts;
mod quota;
mod reader;
mod search;
mod source;
mod status;
mod thread;
mod url;
mod vanished;

pub use acl::{Acl, InvalidRight, ListRights, MyRights, Rights};
pub use body::{BodyPart, BodyStructure};
pub use decoder::Decoder;
pub use envelope::{Address, Addresses, Envelope, OwnedEnvelope, Recipient};
pub use esearch::{ContextUpdate, Esearch, Partial};
pub(crate) use fetch::MOST_FRAME;
pub use fetch::{Fetch, Section};
pub use id::Id;
pub use language::Comparator;
pub use list::{Attribute, Attributes, ListedMailbox};
pub use mailbox_status::{AppendLimit, MailboxStatus, StatusItem};
pub use metadata::{Metadata, MetadataEntry};
pub use namespace::{Namespace, Namespaces};
pub use quota::{Quota, QuotaRoot, Resource};
pub use search::Search;
pub use status::{Status, StatusKind, Tag};
pub use thread::{Thread, ThreadNode};
pub use url::UrlData;
pub use vanished::Vanished;

/// One response of the server.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Response {
    /// `A0001 OK ...`: a tagged response, which completes a command.
    Tagged(Tag, Status),
    /// `* OK ...` and similar: a greeting, a warning, a farewell.
    Status(Status),
    /// `+ ...`: a continuation request.
    Continue(Continue),
    /// The capabilities of the server.
    Capability(Capabilities),
    /// The flags that messages of the mailbox can have.
    Flags(Flags),
    /// The number of messages in the mailbox.
    Exists(MessageCount),
    /// The number of recent messages (`IMAP4rev1`).
    Recent(MessageCount),
    /// The message with this sequence number was removed, and the numbers after it decreased by
    /// one.
    Expunge(Seq),
    /// A mailbox.
    List(ListedMailbox),
    /// A subscribed mailbox.
    Lsub(ListedMailbox),
    /// Status data of a mailbox.
    MailboxStatus(Box<MailboxStatus>),
    /// The result of SEARCH.
    Search(Search),
    /// The result of SORT, in its order (RFC 5256).
    Sort(Search),
    /// The result of SEARCH or SORT in its extended form (RFC 4731).
    Esearch(Box<Esearch>),
    /// The result of THREAD (RFC 5256).
    Thread(Thread),
    /// Message data.
    Fetch(Fetch),
    /// Messages that were removed (RFC 7162).
    Vanished(Vanished),
    /// Extensions that are enabled from now on (RFC 5161).
    Enabled(Capabilities),
    /// The namespaces of the server (RFC 2342).
    Namespace(Namespaces),
    /// The identification of the server (RFC 2971).
    Id(Id),
    /// The usage and the limits of a quota root (RFC 9208).
    Quota(Quota),
    /// The quota roots of a mailbox (RFC 9208).
    QuotaRoot(QuotaRoot),
    /// Annotations of a mailbox or of the server (RFC 5464).
    Metadata(Metadata),
    /// The access control list of a mailbox (RFC 4314).
    Acl(Acl),
    /// The rights that an identifier can be granted (RFC 4314).
    ListRights(ListRights),
    /// The rights of the user on a mailbox (RFC 4314).
    MyRights(MyRights),
    /// Newly authorised URLs, in the order of the request (RFC 4467).
    GenUrlAuth(Vec<String>),
    /// The data of URLs (RFC 4467, RFC 5524).
    UrlFetch(Vec<UrlData>),
    /// The languages that the server supports, or the one that it uses now (RFC 5255).
    Language(Vec<String>),
    /// The comparators of the server (RFC 5255).
    Comparator(Comparator),
    /// The URL at which the same mail is available by JMAP (RFC 9698).
    JmapAccess(String),
    /// A response that this crate does not know.
    Unknown(Unknown),
    /// A known response that cannot be parsed.
    Malformed(Malformed),
}

impl Response {
    /// Returns the parts that cannot be parsed: the whole response, or single items of it.
    #[must_use]
    pub fn malformed(&self) -> &[Malformed] {
        match self {
            Self::Malformed(malformed) => std::slice::from_ref(malformed),
            Self::Fetch(fetch) => fetch.malformed(),
            Self::List(list) | Self::Lsub(list) => list.malformed(),
            Self::MailboxStatus(status) => &status.malformed,
            Self::Search(found) | Self::Sort(found) => &found.malformed,
            Self::Esearch(found) => &found.malformed,
            Self::Thread(thread) => thread.malformed(),
            Self::Vanished(vanished) => &vanished.malformed,
            Self::Namespace(namespaces) => &namespaces.malformed,
            Self::Quota(quota) => &quota.malformed,
            Self::Metadata(metadata) => &metadata.malformed,
            Self::Acl(acl) => &acl.malformed,
            Self::UrlFetch(all) => all
                .iter()
                .map(|data| &*data.malformed)
                .find(|malformed| !malformed.is_empty())
                .unwrap_or_default(),
            _ => &[],
        }
    }
}

/// A continuation request (RFC 9051 §7.6).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[expect(clippy::exhaustive_structs, reason = "the grammar has no other fields")]
pub struct Continue {
    /// The text after `+` and the space: base64 during an authentication, else human-readable text.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialize::bytes"))]
    pub text: Bytes,
}

/// A well-formed response, or item of one, that this crate does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[expect(
    clippy::exhaustive_structs,
    reason = "what is unknown has a name and bytes"
)]
pub struct Unknown {
    /// The name in upper case.
    pub name: String,
    /// The bytes of the whole response, or of the value of the item.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialize::bytes"))]
    pub raw: Bytes,
}

/// A known response, or item of one, that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Malformed {
    /// The name in upper case.
    pub item: String,
    /// The bytes of the whole response, or of the value of the item.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialize::bytes"))]
    pub raw: Bytes,
    /// The reason.
    pub why: String,
    /// The position of the error in the response, in bytes from its beginning.
    pub at: usize,
}

impl Malformed {
    /// Creates a report about the response or item `item`, whose bytes `raw` are wrong at `at`.
    #[must_use]
    pub fn new(
        item: impl Into<String>,
        raw: impl Into<Bytes>,
        why: impl Into<String>,
        at: usize,
    ) -> Self {
        Self {
            item: item.into(),
            raw: raw.into(),
            why: why.into(),
            at,
        }
    }
}
