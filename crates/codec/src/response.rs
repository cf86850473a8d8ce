//! Responses: what the server says, as values.
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
//! | one of these, broken | | [`Response::Malformed`] |
//! | anything else | | [`Response::Unknown`] |
//!
//! None of them goes through imap-codec: what real servers send of NAMESPACE, ID, ENABLED, QUOTA,
//! QUOTAROOT and METADATA needs a tolerant reader in any case, and that one reads the rest as well,
//! in fewer lines than a conversion takes. imap-codec is what tests compare these readers with.

use bytes::Bytes;

use crate::{Capabilities, Flags};

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
pub use list::{Attribute, Attributes, List};
pub use mailbox_status::{AppendLimit, MailboxStatus};
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
    /// `A0001 OK ...`: the end of a command.
    Tagged(Tag, Status),
    /// `* OK ...` and its like: a greeting, a warning, a farewell.
    Status(Status),
    /// `+ ...`: the server wants more.
    Continue(Continue),
    /// What the server can do.
    Capability(Capabilities),
    /// The flags messages of the mailbox can have.
    Flags(Flags),
    /// How many messages the mailbox has.
    Exists(u32),
    /// How many messages are recent (`IMAP4rev1`).
    Recent(u32),
    /// The message with this sequence number is gone, and those after it moved up.
    Expunge(u32),
    /// A mailbox.
    List(List),
    /// A subscribed mailbox.
    Lsub(List),
    /// Numbers about a mailbox.
    MailboxStatus(Box<MailboxStatus>),
    /// What SEARCH found.
    Search(Search),
    /// What SORT found, in its order (RFC 5256).
    Sort(Search),
    /// What SEARCH or SORT found, in short (RFC 4731).
    Esearch(Box<Esearch>),
    /// What THREAD found (RFC 5256).
    Thread(Thread),
    /// Data of a message.
    Fetch(Fetch),
    /// Messages are gone (RFC 7162).
    Vanished(Vanished),
    /// Extensions that are on from now on (RFC 5161).
    Enabled(Capabilities),
    /// Where mailboxes are (RFC 2342).
    Namespace(Namespaces),
    /// What the server says it is (RFC 2971).
    Id(Id),
    /// How much is used, and how much may be (RFC 9208).
    Quota(Quota),
    /// The quota roots of a mailbox (RFC 9208).
    QuotaRoot(QuotaRoot),
    /// Annotations of a mailbox or of the server (RFC 5464).
    Metadata(Metadata),
    /// Who may do what with a mailbox (RFC 4314).
    Acl(Acl),
    /// Which rights somebody can be given (RFC 4314).
    ListRights(ListRights),
    /// What the user may do with a mailbox (RFC 4314).
    MyRights(MyRights),
    /// URLs that are authorised now, in the order asked for (RFC 4467).
    GenUrlAuth(Vec<String>),
    /// What URLs stand for (RFC 4467, RFC 5524).
    UrlFetch(Vec<UrlData>),
    /// The languages the server speaks, or the one it speaks now (RFC 5255).
    Language(Vec<String>),
    /// How the server compares text (RFC 5255).
    Comparator(Comparator),
    /// Where the same mail can be had by JMAP: a URL (RFC 9698).
    JmapAccess(String),
    /// Nobody here reads this.
    Unknown(Unknown),
    /// Known, but not as it should be.
    Malformed(Malformed),
}

impl Response {
    /// What of it cannot be read: the whole of it, or items beside others that are good.
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
pub struct Continue {
    /// What follows `+` and the blank: base64 in an authentication, else text for people.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialize::bytes"))]
    pub text: Bytes,
}

/// Something well-formed that nobody here reads: a response, or an item of one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Unknown {
    /// Its name, in upper case.
    pub name: String,
    /// Its bytes: the whole response, or the value of the item.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialize::bytes"))]
    pub raw: Bytes,
}

/// Something known that cannot be read: a response, or an item of one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Malformed {
    /// Its name, in upper case.
    pub item: String,
    /// Its bytes: the whole response, or the value of the item.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialize::bytes"))]
    pub raw: Bytes,
    /// What is wrong.
    pub why: String,
    /// Where in the response, in bytes from its beginning.
    pub at: usize,
}
