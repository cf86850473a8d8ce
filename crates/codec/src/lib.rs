//! The IMAP wire codec: decodes bytes into typed responses and encodes typed commands into bytes.
//! It does no I/O and knows no session.
//!
//! ```text
//!  server              ┌─ Framer ─────────┐             ┌─ Decoder ───────┐
//!    ──── bytes ─────▶ │ finds where each │ RawResponse │ reads it into a │   Response::Fetch, List ..
//!                      │ response ends    │ ──────────▶ │ typed value     │ ─▶       ::Unknown
//!                      └──────────────────┘             └─────────────────┘          ::Malformed
//!                          ├──▶ LiteralChunk      big literals, piece by piece
//!                          └──▶ Oversize          what breaks a limit, read past
//!
//!    ◀─── bytes ─────  Part::Text, Literal, Secret ◀── Outgoing ◀── command::select, fetch, search ..
//! ```
//!
//! # Reading what a server sends
//!
//! [`Framer`] accepts bytes as they arrive and looks at each byte of text once, however the input
//! is split. [`Decoder`] turns each message into a [`Response`] and never fails.
//!
//! ```
//! use std::io::Read;
//! use imapclient_codec::{Decoder, Frame, Framer, Limits, Response};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // In a real program, a socket.
//! let mut server: &[u8] = b"* 2 EXISTS\r\n\
//!     * 1 FETCH (UID 7 ENVELOPE (NIL \"=?utf-8?q?Gr=C3=BC=C3=9Fe?=\" \
//!     ((NIL NIL \"mary\" \"jane.org\")) NIL NIL NIL NIL NIL NIL NIL))\r\n\
//!     A1 OK [READ-ONLY] done\r\n";
//!
//! let mut framer = Framer::new(Limits::default());
//! let mut decoder = Decoder::new(Limits::default());
//! let mut shown = Vec::new();
//! loop {
//!     let read = server.read(framer.space())?;
//!     if read == 0 {
//!         break;
//!     }
//!     framer.filled(read);
//!     while let Some(frame) = framer.next_frame()? {
//!         let Frame::Response(message) = frame else { continue };
//!         shown.push(match decoder.decode(&message) {
//!             Response::Exists(count) => format!("{count} messages"),
//!             Response::Fetch(fetch) => {
//!                 let envelope = fetch.envelope().ok_or("not asked for")?;
//!                 format!("{}: {}", envelope.from(), envelope.subject().unwrap_or_default())
//!             }
//!             Response::Tagged(tag, status) => format!("{tag} is done: {:?}", status.code),
//!             other => format!("{other:?}"),
//!         });
//!     }
//! }
//! assert_eq!(shown, ["2 messages", "mary@jane.org: Grüße", "A1 is done: Some(ReadOnly)"]);
//! # Ok(()) }
//! ```
//!
//! Values own their contents and allocate little: UID, FLAGS without keywords, MODSEQ, RFC822.SIZE
//! and INTERNALDATE need no allocation; a FETCH response with all items of an [`Envelope`] and a
//! [`BodyStructure`] needs three or four. [`Fetch::into_envelope`] keeps the envelope and frees the
//! body. Text is decoded on request ([`text`]), and the bytes that the server sent stay available.
//! Mailbox names are read as modified UTF-7 until [`Decoder::set_names`] selects UTF-8.
//!
//! ## Malformed input
//!
//! Servers break the grammar. Where the meaning is still clear, the response is understood. Where
//! it is not, the valid part is kept, and the rest is reported with its bytes, the reason and the
//! position.
//!
//! ```
//! use imapclient_codec::{Decoder, Limits, RawResponse, Response, Uid};
//!
//! let wire: &[u8] = b"* 1 FETCH (UID 7 RFC822.SIZE many X-COLOUR (red) FLAGS (\\Seen))\r\n";
//! let Response::Fetch(fetch) = Decoder::new(Limits::default()).decode(&RawResponse::from(wire)) else {
//!     panic!()
//! };
//! assert_eq!((fetch.uid(), fetch.size()), (Uid::new(7), None));
//! assert!(fetch.flags().is_some());
//! let bad = &fetch.malformed()[0];
//! assert_eq!((&*bad.item, &*bad.why, bad.at), ("RFC822.SIZE", "a number is missing", 29));
//! assert_eq!((&*bad.raw, &*fetch.unknown()[0].raw), (&b"many"[..], &b"(red)"[..]));
//! ```
//!
//! ## Large input
//!
//! The sections in a FETCH response can be passed on as they arrive instead of being kept in
//! memory.
//!
//! ```
//! use imapclient_codec::{Frame, Framer, Limits};
//!
//! let mut framer = Framer::new(Limits::default());
//! framer.stream_from(Some(8));
//! framer.feed(b"* 1 FETCH (BODY[] {11}\r\nhello");
//! let mut body = Vec::new();
//! loop {
//!     match framer.next_frame()? {
//!         Some(Frame::LiteralStart { size, .. }) => assert_eq!(size, 11),
//!         Some(Frame::LiteralChunk(chunk)) => body.extend_from_slice(chunk),
//!         Some(Frame::LiteralEnd) => assert_eq!(body, b"hello world"),
//!         // The response, with `NIL` in place of the body.
//!         Some(Frame::Response(message)) => {
//!             assert_eq!(&*message, b"* 1 FETCH (BODY[] NIL)\r\n");
//!             break;
//!         }
//!         Some(other) => panic!("{other:?}"),
//!         None => framer.feed(b" world)\r\n"),
//!     }
//! }
//! # Ok::<(), imapclient_codec::FramerError>(())
//! ```
//!
//! # Writing a command
//!
//! Each function of [`command`] returns an [`Outgoing`], or an error that names the argument that
//! cannot be sent: no text from outside reaches the wire unescaped. Its [`Part`]s are the bytes
//! between the tag and the end of the line. The session decides how mailbox names are encoded, how
//! a literal is announced (`{5}`, `{5+}`) and when to wait for a continuation request, since these
//! depend on the server.
//!
//! ```
//! use imapclient_codec::{NameEncoding, Part, command::{self, SearchKey}};
//!
//! let key = SearchKey::Unseen & SearchKey::Subject("Grüße".into());
//! let (parts, _effect) = command::search(key)?.into_parts(NameEncoding::Utf7)?;
//! let mut wire = b"A2 ".to_vec();
//! for part in parts {
//!     match part {
//!         Part::Text(text) => wire.extend(text),
//!         Part::Literal { data, .. } => {
//!             wire.extend(format!("{{{}+}}\r\n", data.len()).into_bytes());
//!             wire.extend(data);
//!         }
//!         secret => panic!("{secret:?} shows nothing"),
//!     }
//! }
//! wire.extend_from_slice(b"\r\n");
//! let expected = "A2 UID SEARCH CHARSET UTF-8 UNSEEN SUBJECT {7+}\r\nGrüße\r\n";
//! assert_eq!(wire, expected.as_bytes());
//!
//! let error = command::login("bob", "nul\0").unwrap_err();
//! assert_eq!(error.to_string(), "invalid password: it must not contain NUL");
//! # Ok::<(), imapclient_codec::InvalidArgument>(())
//! ```
//!
//! # Supported responses and commands
//!
//! imap-codec is the other thorough codec. Its types validate the output of [`command`], and the
//! tests of this crate compare with it: whatever it can read is read here with the same meaning. It
//! gives up a whole response for a single item it does not know. In the tables, *typed* means that
//! there is a dedicated type; *raw*, that the response is read and this part of it is kept as
//! bytes; *lost*, that the rest of the response is lost as well.
//!
//! | a server sends | imap-codec 2.0.0-alpha.10 | this crate |
//! | --- | --- | --- |
//! | CAPABILITY, FLAGS, EXISTS, RECENT, EXPUNGE | typed | typed |
//! | LIST, LSUB, STATUS, SEARCH | typed | typed |
//! | FETCH of RFC 3501, BINARY, MODSEQ | typed | typed |
//! | SORT, THREAD | typed | typed |
//! | VANISHED, SEARCH with MODSEQ | typed | typed |
//! | ENABLED, ID, NAMESPACE, QUOTA, QUOTAROOT, METADATA | typed | typed |
//! | response codes of RFC 3501, 4315, 7162 | typed | typed |
//! | response codes of RFC 5530, 9051 and others; APPENDUID with a set | raw | typed |
//! | text that is not ASCII, or missing | lost | typed |
//! | LIST with CHILDINFO or OLDNAME, XLIST | lost | typed |
//! | STATUS with MAILBOXID or APPENDLIMIT | lost | typed |
//! | ESEARCH, also with PARTIAL, ADDTO, REMOVEFROM | lost | typed |
//! | UIDFETCH | lost | typed |
//! | EMAILID, THREADID, PREVIEW, SAVEDATE | lost | typed |
//! | X-GM-MSGID, X-GM-THRID, X-GM-LABELS | lost | typed |
//! | INTERNALDATE NIL, NUL in a body, sizes over 4 GiB | lost | typed |
//! | parts nested more than 6 deep, threads more than 8 | lost | typed |
//! | ACL, LISTRIGHTS, MYRIGHTS | lost | typed |
//! | GENURLAUTH, URLFETCH | lost | typed |
//! | LANGUAGE, COMPARATOR, JMAPACCESS | lost | typed |
//! | an unknown item of a FETCH, LIST or STATUS | lost | raw |
//! | any other response | lost | raw |
//!
//! | a client sends | imap-codec 2.0.0-alpha.10 | this crate |
//! | --- | --- | --- |
//! | the commands of RFC 3501 | yes | yes |
//! | ENABLE, ID, IDLE, NAMESPACE, UNSELECT, MOVE, UID EXPUNGE, COMPRESS | yes | yes |
//! | SORT, THREAD, QUOTA, METADATA, CONDSTORE, QRESYNC, BINARY, WITHIN | yes | yes |
//! | SEARCH and SORT with RETURN, `$`, FUZZY, SAVEDBEFORE, X-GM-RAW; ESEARCH, CANCELUPDATE | no | yes |
//! | LIST with options, CREATE with USE, XLIST | no | yes |
//! | APPEND of several messages, with UTF8 or CATENATE; REPLACE | no | yes |
//! | FETCH of EMAILID, PREVIEW, X-GM-LABELS or a window; STORE of labels | no | yes |
//! | SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS | no | yes |
//! | NOTIFY, UNAUTHENTICATE, GETJMAPACCESS | no | yes |
//! | GENURLAUTH, URLFETCH, RESETKEY, LANGUAGE, COMPARATOR | no | yes |
//! | a command of your own | no | yes |
//!
//! # Limits
//!
//! Every dimension of a response has a limit, which [`Limits`] sets:
//!
//! | limit | default | a response above it |
//! | --- | --- | --- |
//! | [`line`](Limits::line) | 1 MiB | [`Frame::Oversize`], read past in constant memory |
//! | [`search_line`](Limits::search_line) | 64 MiB | the same |
//! | [`literal`](Limits::literal) | 64 MiB | the same; streamed literals have no limit |
//! | [`depth`](Limits::depth) | 100 | [`Malformed`], in constant stack |
//! | [`items`](Limits::items) | 100 000 | [`Malformed`] |
//!
//! Nothing is allocated because a server announces it: buffers grow with the bytes that have
//! arrived.
//!
//! # Features
//!
//! | feature | what it adds | default |
//! | --- | --- | --- |
//! | `serde` | `Serialize` for [`Response`] and all of its parts | |

#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

// The first module, since the others use its macro.
#[macro_use]
mod word;

mod capability;
mod code;
pub mod command;
mod concurrency;
mod date;
mod flag;
mod framer;
mod limits;
mod mailbox;
mod needs;
mod number;
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
pub use concurrency::Concurrency;
pub use date::InternalDate;
pub use flag::{Flag, Flags};
pub use framer::{Frame, Framer, FramerError, Limit, RawResponse};
pub use limits::Limits;
pub use mailbox::{MailboxName, NameEncoding};
pub use needs::{Needs, Place};
pub use number::{MessageCount, MessageNumber, Seq, Uid};
pub use outgoing::{Effect, InvalidArgument, Outgoing, Part};
pub use response::{
    Acl, Address, Addresses, AppendLimit, Attribute, Attributes, BodyPart, BodyStructure,
    Comparator, ContextUpdate, Continue, Decoder, Envelope, Esearch, Fetch, Id, InvalidRight,
    ListRights, ListedMailbox, MailboxStatus, Malformed, Metadata, MetadataEntry, MyRights,
    Namespace, Namespaces, OwnedEnvelope, Partial, Quota, QuotaRoot, Recipient, Resource, Response,
    Rights, Search, Section, Status, StatusKind, Tag, Thread, ThreadNode, Unknown, UrlData,
    Vanished,
};
pub use set::{NumberSet, SeqSet, SetError, SetRange, UidSet};
