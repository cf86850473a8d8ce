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
//! | `* SEARCH` | `search` | [`Response::Search`] |
//! | `* n FETCH` | `fetch` | [`Response::Fetch`] |
//! | one of these, broken | | [`Response::Malformed`] |
//! | anything else | | [`Response::Unknown`] |

use bytes::Bytes;

use crate::{Capabilities, Flags};

mod decoder;
mod fetch;
mod list;
mod mailbox_status;
mod search;
mod source;
mod status;

pub use decoder::Decoder;
pub use fetch::{Fetch, Section};
pub use list::{Attribute, List};
pub use mailbox_status::MailboxStatus;
pub use search::Search;
pub use status::{Status, StatusKind, Tag};

/// One response of the server.
#[derive(Debug, Clone, PartialEq)]
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
    MailboxStatus(MailboxStatus),
    /// What SEARCH found.
    Search(Search),
    /// Data of a message.
    Fetch(Fetch),
    /// Nobody here reads this.
    Unknown(Unknown),
    /// Known, but not as it should be.
    Malformed(Malformed),
}

/// A continuation request (RFC 9051 §7.6).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Continue {
    /// What follows `+` and the blank: base64 in an authentication, else text for people.
    pub text: Bytes,
}

/// Something well-formed that nobody here reads: a response, or an item of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its name, in upper case.
    pub name: String,
    /// Its bytes: the whole response, or the value of the item.
    pub raw: Bytes,
}

/// Something known that cannot be read: a response, or an item of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Its name, in upper case.
    pub item: String,
    /// Its bytes: the whole response, or the value of the item.
    pub raw: Bytes,
    /// What is wrong.
    pub why: String,
    /// Where in the response, in bytes from its beginning.
    pub at: usize,
}
