//! The error for invalid values that a user supplies.

use crate::{set::SetError, utf7::Utf7Error};

/// A value that cannot be parsed. Responses never produce this error: see
/// [`Response::Malformed`](crate::Response::Malformed).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not a set of message numbers.
    #[error("a set of message numbers is not valid")]
    Set(#[from] SetError),
    /// Not a name in modified UTF-7.
    #[error("a mailbox name is not valid")]
    Utf7(#[from] Utf7Error),
}
