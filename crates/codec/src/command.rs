//! Typed commands and their encoding.
//!
//! Each function returns an [`Outgoing`](crate::Outgoing), or an error that names the argument that
//! cannot be sent. It states what the command [needs](crate::Needs): the phase of the connection, the
//! capabilities of the server, a mailbox that is open for writing. Nothing here knows these: the
//! session has to check them.
//!
//! | about | functions |
//! | --- | --- |
//! | the connection | [`capability`], [`noop`], [`starttls`], [`compress`], [`idle`], [`enable`], [`id`], [`logout`] |
//! | authentication | [`login`], [`authenticate`], [`unauthenticate`] |
//! | mailboxes | [`select`], [`create`], [`delete`], [`rename`], [`subscribe`], [`status`], [`close`], [`unselect`] ... |
//! | listing mailboxes | [`list`], [`list_extended`], [`list_name`], [`lsub`], [`xlist`], [`namespace`] |
//! | finding messages | [`search`], [`multi_search`], [`sort`], [`thread`], [`search_seq`] ... |
//! | messages | [`fetch`], [`store`], [`store_labels`], [`copy`], [`move_to`], [`expunge`], [`uid_expunge`] |
//! | new messages | [`append`], [`append_all`], [`append_stream`], [`replace`] |
//! | notifications of changes | [`notify`], [`notify_usual`], [`notify_none`], [`cancel_update`], [`idle`] |
//! | annotations, rights, quotas | [`get_metadata`], [`set_acl`], [`get_quota_root`] ... |
//! | URLs, languages | [`gen_url_auth`], [`url_fetch`], [`language`], [`comparator`] ... |
//! | anything else | [`Outgoing::raw`](crate::Outgoing::raw) |
//!
//! # Spelling
//!
//! Some servers accept less than the grammar allows: `WildDuck` rejects an unquoted pattern with a
//! wildcard in its middle as a syntax error, others fail on an unquoted `[` or `&`. The safest
//! spelling is that of the clients that most people use, so each argument is written as the
//! majority of Thunderbird, Apple Mail and Python's IMAPClient write it:
//!
//! | argument | written as |
//! | --- | --- |
//! | mailbox names; the reference and the patterns of LIST, LSUB, XLIST; labels; quota roots | `"INBOX"`, `"Archive/*"`: always a quoted string |
//! | the texts of a search, the fields of ID, the values of annotations, URLs | always a quoted string |
//! | the user name and the password of LOGIN | always quoted strings |
//! | all of these, if they contain CR, LF or a byte that is not ASCII | a literal, since a quoted string cannot contain these |
//! | words of the protocol: flags, names of header fields, annotations, mechanisms and charsets; identifiers and rights of ACL | unquoted; a string only if they are not atoms |
//! | sets, numbers, dates of a search, `NIL` | unquoted, as the grammar requires |
//!
//! Of these three clients, only Apple Mail leaves simple mailbox names unquoted (`SELECT INBOX`),
//! and only IMAPClient simple search texts and user names; Thunderbird quotes all of them.
//!
//! # Names
//!
//! A function keeps the names of mailboxes, the patterns and the labels as they are. They are
//! encoded when the command is sent, because their [encoding](crate::NameEncoding) depends on the
//! connection, as does the charset of a [`search`] (see [`Charset::Auto`]).
//!
//! In modified UTF-7, a name may contain any character, including NUL, which is written `&AAA-`
//! (RFC 3501 §5.1.3). In UTF-8, a name with NUL cannot be sent, since no IMAP string contains it
//! (RFC 9051 §9): [`Outgoing::into_parts`](crate::Outgoing::into_parts) fails. The functions here
//! fail only for a name that can be sent in neither encoding, such as one in which a server sent a
//! bare NUL.
//!
//! ```
//! use imapclient_codec::{NameEncoding, Part, command};
//!
//! let outgoing = command::select(&"Entwürfe".into(), false)?;
//! let (parts, _) = outgoing.clone().into_parts(NameEncoding::Utf7)?;
//! assert!(matches!(&*parts, [Part::Text(text)] if text == b"SELECT \"Entw&APw-rfe\""));
//! let (parts, _) = outgoing.into_parts(NameEncoding::Utf8)?;
//! assert!(matches!(&*parts, [_, Part::Literal { data, .. }] if data == "Entwürfe"));
//! # Ok::<(), imapclient_codec::InvalidArgument>(())
//! ```

mod acl;
mod append;
mod fetch;
mod language;
mod list;
mod mailbox;
mod messages;
mod metadata;
mod notify;
mod parts;
mod quota;
mod scope;
mod search;
mod session;
mod sort;
mod store;
mod url;

pub use crate::response::StatusItem;
pub use acl::{RightsChange, delete_acl, get_acl, list_rights, my_rights, set_acl};
pub use append::{Append, AppendStream, CatenatePart, append, append_all, append_stream, replace};
pub use fetch::{FetchItems, fetch};
pub use language::{comparator, language};
pub use list::{ListOptions, list, list_extended, list_name, lsub, xlist};
pub use mailbox::{
    Qresync, SelectOptions, check, close, create, create_for, delete, rename, select, select_with,
    status, subscribe, unselect, unsubscribe,
};
pub use messages::{MessageSet, copy, expunge, move_to, uid_expunge};
pub use metadata::{Depth, MetadataOptions, get_metadata, set_metadata};
pub use notify::{Notify, NotifyEvent, notify, notify_none, notify_usual};
pub use quota::{get_quota, get_quota_root, set_quota};
pub use scope::{Scope, multi_search};
pub use search::{
    Charset, EntryType, PartialRange, SearchKey, SearchQuery, SearchReturn, SearchTerm,
    cancel_update, search, search_seq,
};
pub use session::{
    authenticate, capability, compress, enable, get_jmap_access, id, idle, login, logout,
    namespace, noop, starttls, unauthenticate,
};
pub use sort::{SortKey, SortOrder, ThreadAlgorithm, sort, sort_seq, thread, thread_seq};
pub use store::{FlagChange, LabelChange, store, store_labels};
pub use url::{UrlItem, gen_url_auth, reset_key, url_fetch, url_fetch_items};
