//! The commands, written from typed values.
//!
//! Each function returns an [`Outgoing`](crate::Outgoing) or says which argument cannot be sent. Nothing here
//! knows what the server can do or which mailbox is selected: that is for the session to check.
//!
//! ```
//! use imapclient_codec::{Names, command};
//!
//! let outgoing = command::select(&"Entwürfe".into(), false, Names::Utf7)?;
//! assert_eq!(format!("{outgoing:?}").contains("Entw&APw-rfe"), true);
//! # Ok::<(), imapclient_codec::InvalidArgument>(())
//! ```

mod append;
mod fetch;
mod mailbox;
mod messages;
mod search;
mod session;
mod store;

pub use append::{Append, append};
pub use fetch::{Items, fetch};
pub use mailbox::{StatusItem, close, create, delete, list, select, status, unselect};
pub use messages::{Messages, Set, copy, expunge, move_to, uid_expunge};
pub use search::{SearchKey, search};
pub use session::{authenticate, capability, idle, login, logout, noop, starttls};
pub use store::{FlagChange, store};
