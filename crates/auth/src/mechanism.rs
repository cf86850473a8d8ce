use zeroize::Zeroizing;

use crate::Error;

/// One authentication exchange, from the client's side (RFC 4422 §3).
///
/// A value serves for one exchange.
pub trait Mechanism: Send {
    /// Its registered name, as in `AUTH=PLAIN`.
    fn name(&self) -> &str;

    /// What the client says first; `None` if the server begins.
    ///
    /// # Errors
    /// If the user's data cannot be sent with this mechanism.
    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error>;

    /// The answer to a challenge.
    ///
    /// # Errors
    /// If the exchange must not go on; it is then cancelled.
    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error>;

    /// Called when the server says that the exchange succeeded.
    ///
    /// # Errors
    /// If the mechanism knows better: a server that has to prove itself and has not.
    fn finish(&mut self) -> Result<(), Error>;
}
