//! The commands, written from typed values.
//!
//! Each function returns an [`Outgoing`](crate::Outgoing) or says which argument cannot be sent. Nothing here
//! knows what the server can do or which mailbox is selected: that is for the session to check.
//!
//! | about | functions |
//! | --- | --- |
//! | the connection | [`capability`], [`noop`], [`starttls`], [`compress`], [`idle`], [`enable`], [`id`], [`logout`] |
//! | who uses it | [`login`], [`authenticate`], [`unauthenticate`] |
//! | mailboxes | [`select`], [`create`], [`delete`], [`rename`], [`subscribe`], [`status`], [`close`], [`unselect`] ... |
//! | which mailboxes there are | [`list`], [`list_extended`], [`list_name`], [`lsub`], [`xlist`], [`namespace`] |
//! | finding messages | [`search`], [`multi_search`], [`sort`], [`thread`] |
//! | messages | [`fetch`], [`store`], [`store_labels`], [`copy`], [`move_to`], [`expunge`], [`uid_expunge`] |
//! | new messages | [`append`], [`append_all`], [`replace`] |
//! | being told of changes | [`notify`], [`notify_none`], [`cancel_update`], [`idle`] |
//! | annotations, rights, quotas | [`get_metadata`], [`set_acl`], [`get_quota_root`] ... |
//! | URLs, languages | [`gen_url_auth`], [`url_fetch`], [`language`], [`comparator`] ... |
//! | anything else | [`Outgoing::raw`](crate::Outgoing::raw) |
//!
//! # Spelling
//!
//! Some servers read less than the grammar allows: `WildDuck` takes a bare pattern with a wildcard in
//! its middle for a syntax error, others stumble over a bare `[` or `&`. The spelling that all of
//! them have seen is that of the clients most people use, so each argument is written as most of
//! Thunderbird, Apple Mail and Python's IMAPClient write it:
//!
//! | argument | written as |
//! | --- | --- |
//! | mailbox names; the reference and the patterns of LIST, LSUB, XLIST; labels; quota roots | `"INBOX"`, `"Archive/*"`: always a quoted string |
//! | the texts of a search, the fields of ID, the values of annotations, URLs | always a quoted string |
//! | the user name and the password of LOGIN | always quoted strings |
//! | all of these, where they hold CR, LF or a byte that is not ASCII | a literal, since no quoted string may hold these |
//! | words of the protocol: flags, names of header fields, annotations, mechanisms and charsets; identifiers and rights of ACL | bare; a string only if they are no atom |
//! | sets, numbers, dates of a search, `NIL` | bare, as the grammar demands |
//!
//! Apple Mail alone writes simple mailbox names bare (`SELECT INBOX`), and IMAPClient simple search
//! texts and user names; Thunderbird quotes all of these.
//!
//! In modified UTF-7 the name of a mailbox, a pattern or a label may hold any character, NUL too, which
//! is `&AAA-` (RFC 3501 §5.1.3). In UTF-8 nothing is encoded, and NUL cannot be sent: no string of
//! IMAP has one (RFC 9051 §9). Nor can a name be sent back that came with a NUL from a server that
//! did not encode it.
//!
//! ```
//! use imapclient_codec::{Names, command};
//!
//! let outgoing = command::select(&"Entwürfe".into(), false, Names::Utf7)?;
//! assert!(format!("{outgoing:?}").contains("Entw&APw-rfe"));
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
mod quota;
mod scope;
mod search;
mod session;
mod sort;
mod store;
mod url;

pub use acl::{RightsChange, delete_acl, get_acl, list_rights, my_rights, set_acl};
pub use append::{Append, Piece, append, append_all, replace};
pub use fetch::{Items, fetch};
pub use language::{comparator, language};
pub use list::{ListQuery, ListReturn, ListSelect, list, list_extended, list_name, lsub, xlist};
pub use mailbox::{
    Qresync, SelectOptions, StatusItem, check, close, create, create_for, delete, rename, select,
    select_with, status, subscribe, unselect, unsubscribe,
};
pub use messages::{Messages, Set, copy, expunge, move_to, uid_expunge};
pub use metadata::{Depth, MetadataOptions, get_metadata, set_metadata};
pub use notify::{Event, Notify, notify, notify_none};
pub use quota::{get_quota, get_quota_root, set_quota};
pub use scope::{Scope, multi_search};
pub use search::{
    Charset, EntryType, Return, SearchKey, SearchQuery, Window, cancel_update, search,
};
pub use session::{
    authenticate, capability, compress, enable, get_jmap_access, id, idle, login, logout,
    namespace, noop, starttls, unauthenticate,
};
pub use sort::{Order, SortKey, ThreadAlgorithm, sort, thread};
pub use store::{FlagChange, LabelChange, store, store_labels};
pub use url::{UrlItem, gen_url_auth, reset_key, url_fetch, url_fetch_items};
