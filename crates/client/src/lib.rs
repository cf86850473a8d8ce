//! The IMAP client library: blocking and async, over one protocol core.
//!
//! ```no_run
//! # fn main() -> imapclient::Result<()> {
//! use imapclient::blocking::Client;
//!
//! let mut client = Client::builder("imap.example.org").login("bob", "sekret").connect()?;
//! client.select("INBOX")?;
//! println!("{} unread", client.search("UNSEEN")?.len());
//! client.logout()?;
//! # Ok(()) }
//! ```
//!
//! The async face is the same with `imapclient::tokio::Client` (feature `tokio`) and `.await`.
//! All methods are documented at [`Client`]; [`blocking::Client`] has the same ones.
//!
//! ```text
//!  your code ──▶ Client ──▶ Engine ──▶ codec        what is said        (no I/O)
//!                  └──────▶ Pipe   ──▶ rustls       how it is wrapped   (no I/O)
//!                             └──────▶ Socket       who waits           (std or tokio)
//! ```
//!
//! # What to expect
//!
//! * **Messages are named by UID**, unless you pass a [`SeqSet`]. Bodies are peeked at: reading
//!   mail does not mark it as seen.
//! * **What the server says unasked** (new mail, flags changed elsewhere, alerts) waits in
//!   [`Client::updates`]; [`Client::idle`] waits for more of it.
//! * **A dropped future** loses its answer and nothing else: the connection goes on.
//! * **Logging in** takes the best way the server offers, and never a weaker one after that has
//!   failed; [`Login`] has the others. [`auth`] says which mechanism is for what.
//! * **Dropping a client** closes the connection without a word. [`Client::logout`] says goodbye,
//!   [`Client::with`] does so on every path.
//!
//! # Where what is
//!
//! | to | there is |
//! | --- | --- |
//! | connect, log in | [`Client::builder`], [`Client::with`], [`Login`]; [`login`](Client::login), [`authenticate`](Client::authenticate) on an open connection |
//! | know the server | [`greeting`](Client::greeting), [`capabilities`](Client::capabilities), [`enable`](Client::enable), [`id`](Client::id), [`namespace`](Client::namespace), [`workarounds`](Client::workarounds) |
//! | find mailboxes | [`list`](Client::list), [`lsub`](Client::lsub), [`exists`](Client::exists), [`status`](Client::status), [`find_special_mailbox`](Client::find_special_mailbox) |
//! | change mailboxes | [`create`](Client::create), [`rename`](Client::rename), [`delete`](Client::delete), [`subscribe`](Client::subscribe), [`unsubscribe`](Client::unsubscribe) |
//! | open one | [`select`](Client::select), [`examine`](Client::examine); [`close`](Client::close), [`unselect`](Client::unselect) |
//! | find messages | [`search`](Client::search), [`sort`](Client::sort), [`thread`](Client::thread) |
//! | read them | [`fetch`](Client::fetch), [`flags`](Client::flags) |
//! | change them | [`store`](Client::store), [`copy`](Client::copy), [`move_to`](Client::move_to), [`append`](Client::append), [`expunge`](Client::expunge), [`uid_expunge`](Client::uid_expunge) |
//! | hear of news | [`updates`](Client::updates), [`idle`](Client::idle), [`idle_or_poll`](Client::idle_or_poll), [`noop`](Client::noop) |
//! | share | [`get_acl`](Client::get_acl), [`set_acl`](Client::set_acl), [`my_rights`](Client::my_rights), [`quota_root`](Client::quota_root) |
//! | use Gmail's own | [`gmail_search`](Client::gmail_search), [`labels`](Client::labels), [`store_labels`](Client::store_labels) |
//! | do anything else | [`run`](Client::run) with a command of [`codec::command`] or a [`Command`] of your own, [`raw`](Client::raw) |
//!
//! # Features
//!
//! | feature | what it adds | default |
//! | --- | --- | --- |
//! | `ring` | TLS by way of `ring` | yes |
//! | `aws-lc-rs` | TLS by way of `aws-lc-rs`, if `ring` is off | |
//! | `native-certs` | the certificate authorities of the operating system | yes |
//! | `oauth2` | access tokens from refresh tokens, and getting those, over TLS as the first three have it | |
//! | `tokio` | the async face on tokio | |

mod api;
pub mod blocking;
mod builder;
mod client;
mod command;
mod connect;
mod connection;
mod done;
mod error;
mod fetching;
mod found;
mod idle;
mod introduce;
mod kept;
mod lines;
mod login;
mod needs;
mod outcome;
mod peer;
mod search;
mod special;
mod status;
mod stored;
#[cfg(feature = "tokio")]
pub mod tokio;
mod unread;
mod updates;
mod validity;
mod workaround;

pub use builder::{Builder, Security};
pub use client::Client;
pub use command::{Answer, Command, IntoCommand, Respond, Verbatim};
pub use done::{Copied, Done, Expunged};
pub use error::{Attempt, Error, Incomplete, Missing, Refused, Result, TimeLimit};
pub use found::Found;
pub use idle::Idle;
pub use login::{Login, Password};
pub use outcome::{Outcome, Unanswered};
pub use stored::Stored;
pub use updates::Update;
pub use workaround::Workaround;

pub use bytes;
pub use chrono;
pub use imapclient_auth::{self as auth, secrecy::SecretString};
pub use imapclient_codec::{
    self as codec, Acl, AppendUid, Attribute, Capabilities, Code, CopyUid, Fetch, Flag, Flags, Id,
    InternalDate, InvalidArgument, Limits, List, ListRights, MailboxName, MailboxStatus, Malformed,
    Namespace, Namespaces, Needs, Place, Quota, QuotaRoot, Response, Rights, SeqSet, Status,
    StatusKind, Thread, UidSet, Unknown,
    command::{
        Append, Charset, FlagChange, Items, LabelChange, Messages, Order, Piece, Return,
        RightsChange, SearchKey, SearchQuery, SortKey, StatusItem, ThreadAlgorithm, Window,
    },
};
pub use imapclient_engine::{
    Direction, End, Excess, Mailbox, Overrun, Oversize, Phase, Setting, State, Violation, WireLine,
};
pub use imapclient_transport::{self as transport, Interrupter, Socket};

/// The programs in the README.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The programs in the README of the embedded server, which does not depend on this crate.
#[cfg(all(doctest, any(feature = "ring", feature = "aws-lc-rs")))]
#[doc = include_str!("../../server/README.md")]
struct EmbeddedServer;

/// The programs in the guide for those who know IMAPClient.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/coming-from-imapclient.md")]
struct ComingFromImapclient;
