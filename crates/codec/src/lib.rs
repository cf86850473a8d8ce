//! The IMAP wire codec: bytes to typed responses, typed commands to bytes. No I/O, no session.
//!
//! ```text
//!  server ──▶ Framer ──▶ Message ──▶ Decoder ──▶ Response
//!  server ◀── bytes  ◀── parts   ◀── Outgoing ◀── command::*
//! ```
//!
//! * [`Framer`] cuts the stream into responses, however it arrives, and streams big literals.
//! * [`Decoder`] reads a response into a [`Response`]. It never fails: what it cannot read comes
//!   back as [`Response::Unknown`] or [`Response::Malformed`] with its bytes.
//! * [`command`] writes commands as [`Outgoing`], checked: no user text reaches the wire unescaped.

#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod capability;
mod code;
pub mod command;
mod date;
mod error;
mod flag;
mod framer;
mod limits;
mod mailbox;
mod outgoing;
mod response;
#[cfg(feature = "serde")]
mod serialize;
mod set;
pub mod text;
mod token;
pub mod utf7;

pub use capability::Capabilities;
pub use code::{Annotations, AppendUid, Code, CopyUid, MetadataCode, Progress};
pub use date::InternalDate;
pub use error::Error;
pub use flag::{Flag, Flags};
pub use framer::{Frame, Framer, FramerError, Limit, Message};
pub use limits::Limits;
pub use mailbox::{MailboxName, Names};
pub use outgoing::{Effect, InvalidArgument, Outgoing, Part};
pub use response::{
    Acl, Address, Addresses, AppendLimit, Attribute, Attributes, BodyPart, BodyStructure,
    Comparator, ContextUpdate, Continue, Decoder, Envelope, Esearch, Fetch, Id, InvalidRight, List,
    ListRights, MailboxStatus, Malformed, Metadata, MetadataEntry, MyRights, Namespace, Namespaces,
    OwnedEnvelope, Partial, Quota, QuotaRoot, Recipient, Resource, Response, Rights, Search,
    Section, Status, StatusKind, Tag, Thread, ThreadNode, Unknown, UrlData, Vanished,
};
pub use set::{SeqSet, SetError, SetRange, UidSet};
