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
//! The async client has the same methods, with `imapclient::tokio::Client` (feature `tokio`) and
//! `.await`. All methods are documented at [`Client`]; [`blocking::Client`] has the same ones.
//!
//! ```text
//!  your code ──▶ Client ──▶ Engine ──▶ codec        the protocol        (no I/O)
//!                  └──────▶ Pipe   ──▶ rustls       encryption          (no I/O)
//!                             └──────▶ Socket       waiting             (std or tokio)
//! ```
//!
//! # What to expect
//!
//! * **Messages are named by UID**, unless you pass a [`SeqSet`] ([`MessageSelection`]). [`Uid`]
//!   and [`Seq`] are different types, in arguments and in results. Bodies are fetched by `PEEK`,
//!   which does not mark messages as seen.
//! * **Unsolicited responses** (new mail, flags changed by other clients, alerts) are kept in
//!   [`Client::updates`]; [`Client::idle`] waits for more of them, and [`Client::notify`] for those
//!   of several mailboxes.
//! * **Dropping a future** loses its answer and nothing else: the connection can be used further.
//! * **Logging in** uses the best method that the server offers. [`Login::auto`] describes when
//!   another one is tried, [`Login`] has the other methods, and [`auth`] the mechanisms.
//! * **Dropping a client** closes the connection without LOGOUT. [`Client::logout`] ends it
//!   properly, and [`Client::with`] does so on every path.
//!
//! # Overview
//!
//! | to | there is |
//! | --- | --- |
//! | connect, log in | [`Client::builder`], [`Client::with`], [`Login`]; [`login`](Client::login), [`authenticate`](Client::authenticate) on an open connection; [`login_command`](Client::login_command) |
//! | inspect the server | [`greeting`](Client::greeting), [`capabilities`](Client::capabilities), [`enable`](Client::enable), [`id`](Client::id), [`namespace`](Client::namespace), [`workarounds`](Client::workarounds), [`disabled`](Client::disabled) |
//! | find mailboxes | [`list`](Client::list), [`list_status`](Client::list_status), [`list_with`](Client::list_with), [`lsub`](Client::lsub), [`mailbox_exists`](Client::mailbox_exists), [`status`](Client::status), [`status_all`](Client::status_all), [`find_special_mailbox`](Client::find_special_mailbox) |
//! | change mailboxes | [`create`](Client::create), [`rename`](Client::rename), [`delete`](Client::delete), [`subscribe`](Client::subscribe), [`unsubscribe`](Client::unsubscribe) |
//! | open one | [`select`](Client::select), [`examine`](Client::examine), [`select_with`](Client::select_with), [`resync`](Client::resync); [`close`](Client::close), [`unselect`](Client::unselect) |
//! | find messages | [`search`](Client::search), [`sort`](Client::sort), [`thread`](Client::thread); by sequence number [`search_seq`](Client::search_seq), [`sort_seq`](Client::sort_seq), [`thread_seq`](Client::thread_seq) |
//! | read them | [`fetch`](Client::fetch), [`fetch_one`](Client::fetch_one), [`fetch_many`](Client::fetch_many), [`flags`](Client::flags); of any number and size [`fetch_each`](Client::fetch_each) |
//! | change them | [`add_flags`](Client::add_flags), [`remove_flags`](Client::remove_flags), [`set_flags`](Client::set_flags), [`mark_deleted`](Client::mark_deleted), [`store`](Client::store), [`copy`](Client::copy), [`move_to`](Client::move_to), [`append`](Client::append), [`upload`](Client::upload), [`append_each`](Client::append_each), [`expunge`](Client::expunge), [`uid_expunge`](Client::uid_expunge), [`dangerous_expunge_shared`](Client::dangerous_expunge_shared) |
//! | receive updates | [`updates`](Client::updates), [`idle`](Client::idle), [`idle_or_poll`](Client::idle_or_poll), of several mailboxes [`notify`](Client::notify); [`noop`](Client::noop) |
//! | share | [`get_acl`](Client::get_acl), [`set_acl`](Client::set_acl), [`my_rights`](Client::my_rights), [`quota_root`](Client::quota_root) |
//! | use Gmail extensions | [`gmail_search`](Client::gmail_search), [`labels`](Client::labels), [`store_labels`](Client::store_labels) |
//! | save round trips | [`pipeline`](Client::pipeline) |
//! | do anything else | [`run`](Client::run) with a command of [`codec::command`] or a [`Command`] of your own, [`raw`](Client::raw) |
//!
//! # Features
//!
//! | feature | effect | default |
//! | --- | --- | --- |
//! | `ring` | TLS with `ring` | yes |
//! | `aws-lc-rs` | TLS with `aws-lc-rs`, if `ring` is off | |
//! | `native-certs` | the certificate authorities of the operating system | yes |
//! | `oauth2` | obtaining access and refresh tokens, over TLS as set by the features above | |
//! | `serde` | `Serialize` for results, updates and responses | |
//! | `stream` | messages and updates as a `Stream` of `futures-core` | |
//! | `tokio` | the async client on tokio | |

mod ahead;
mod api;
mod append_each;
pub mod blocking;
mod builder;
mod client;
mod command;
mod compress;
mod connect;
mod connection;
mod done;
mod each;
mod error;
mod fetching;
mod found;
mod idle;
mod introduce;
mod kept;
mod lines;
mod listing;
mod login;
mod moving;
mod needs;
mod outcome;
mod peer;
mod pipeline;
mod quotas;
mod ranges;
mod resync;
mod search;
mod selection;
mod shared;
mod special;
mod status;
mod stored;
#[cfg(feature = "stream")]
mod stream;
mod switches;
#[cfg(feature = "tokio")]
pub mod tokio;
mod unread;
mod updates;
mod upload;
mod validity;
mod watch;
mod workaround;

pub use append_each::AppendEach;
pub use builder::{Builder, Security};
pub use client::Client;
pub use command::{Answer, Command, IntoCommand, Respond, Verbatim};
pub use compress::Compress;
pub use connection::Drained;
pub use done::{Copied, Done, Removed};
pub use each::{Body, Message, Messages};
pub use error::{
    Attempt, Awaited, CompressionProblem, ConnectFailure, ConnectProblem, Error, Incomplete,
    LimitedBy, Missing, PartialBody, Refused, Result, TimeLimit, TlsFailure, TlsProblem,
    Unrunnable,
};
pub use found::Found;
pub use idle::Idle;
pub use listing::Listing;
pub use login::{AutoMethod, Login, Password};
pub use moving::{MoveSteps, MoveWay, Moved};
pub use outcome::{Outcome, Unanswered};
pub use pipeline::{Pipeline, pending::Pending};
pub use quotas::MailboxQuotas;
pub use resync::{Changes, Known, Resync, ResyncWay, Selected};
pub use selection::{MessageId, MessageSelection, Saved, SingleMessage};
pub use shared::{ExpungeWay, SharedExpunge};
pub use stored::Stored;
pub use switches::{Disabled, DisabledBy};
pub use updates::Update;
pub use upload::Upload;
pub use watch::Watch;
pub use workaround::Workaround;

pub use bytes;
pub use chrono;
pub use imapclient_auth::{self as auth, secrecy::SecretString};
pub use imapclient_codec::{
    self as codec, Acl, AppendUid, Attribute, Capabilities, Code, Concurrency, CopyUid, Fetch,
    Flag, Flags, Id, InternalDate, InvalidArgument, Limits, ListRights, ListedMailbox, MailboxName,
    MailboxStatus, Malformed, MessageCount, MessageNumber, Metadata, MetadataEntry, Namespace,
    Namespaces, Needs, Place, Quota, QuotaRoot, Response, Rights, Seq, SeqSet, SetRange, Status,
    StatusKind, Thread, ThreadNode, Uid, UidSet, Unknown,
    command::{
        Append, AppendStream, CatenatePart, Charset, FetchItems, FlagChange, LabelChange,
        ListOptions, Notify, NotifyEvent, PartialRange, Qresync, RightsChange, Scope, SearchKey,
        SearchQuery, SearchReturn, SearchTerm, SelectOptions, SortKey, SortOrder, StatusItem,
        ThreadAlgorithm,
    },
};
pub use imapclient_engine::{
    Busy, Direction, End, Excess, Mailbox, Misbehaviour, Overrun, Oversize, Phase, Service,
    Setting, State, Violation, WireLine,
};
pub use imapclient_transport::{self as transport, CertificateProblem, Interrupter, Socket};

/// The programs in the README.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The programs in the README of the embedded server, which does not depend on this crate.
#[cfg(all(doctest, any(feature = "ring", feature = "aws-lc-rs")))]
#[doc = include_str!("../../server/README.md")]
struct EmbeddedServer;

/// The programs in the page about keeping a copy of a mailbox.
#[cfg(all(doctest, any(feature = "ring", feature = "aws-lc-rs")))]
#[doc = include_str!("../../../docs/synchronising.md")]
struct Synchronising;

/// The programs in the guide for those who know IMAPClient.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/coming-from-imapclient.md")]
struct ComingFromImapclient;
