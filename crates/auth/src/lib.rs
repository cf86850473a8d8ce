//! SASL mechanisms for mail protocols (RFC 4422). Knows no IMAP and no socket.
//!
//! ```
//! use imapclient_auth::{Mechanism, Plain};
//!
//! let mut plain = Plain::new("bob", "sekret".into());
//! assert_eq!(plain.name(), "PLAIN");
//! assert_eq!(plain.initial()?.unwrap().as_slice(), b"\0bob\0sekret");
//! # Ok::<(), imapclient_auth::Error>(())
//! ```

mod error;
mod mechanism;
mod plain;

pub use error::Error;
pub use mechanism::Mechanism;
pub use plain::Plain;
pub use secrecy;
