//! The interface of stores for refresh tokens.

use secrecy::SecretString;

use crate::TokenError;

/// Stores the refresh tokens that replace older ones, beyond the end of the process.
///
/// A provider that rotates refresh tokens revokes the old one when it issues a new one, so that a
/// process that starts with the old one again gets no access.
/// [`RefreshToken::store`](crate::RefreshToken::store) has an example.
pub trait TokenStore: Send + Sync {
    /// Locks an entry against all other processes until the returned value is dropped. An entry
    /// that does not exist is empty.
    ///
    /// # Errors
    /// Fails if the entry cannot be locked in bounded time: two processes that send the same token
    /// would revoke each other's. An entry in which nothing can be stored is not an error.
    fn lock(&self, key: &str) -> Result<Box<dyn StoredToken + '_>, TokenError>;
}

/// The locked entry of a [`TokenStore`].
pub trait StoredToken {
    /// Returns the refresh token in the entry, or `None` if it has none that can be used.
    fn get(&self) -> Option<SecretString>;

    /// Stores a new refresh token. The store itself must report a failure to its user: this process
    /// continues with the new token, which is lost when the process ends.
    fn put(&mut self, new: &SecretString);
}
