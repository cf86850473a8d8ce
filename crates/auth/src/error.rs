//! The error of mechanisms.

use imapclient_escape::escaped;

/// An error of a mechanism. It contains no secrets; its text escapes what the server said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A user name, password or identity cannot be used.
    #[error("the {what} cannot be used with {mechanism}: {why}")]
    Invalid {
        /// The mechanism.
        mechanism: &'static str,
        /// The kind of text, such as "user name".
        what: &'static str,
        /// The reason.
        why: &'static str,
    },
    /// The server sent a challenge that the mechanism does not have.
    #[error("the server sent a challenge that {mechanism} does not have")]
    UnexpectedChallenge {
        /// The mechanism.
        mechanism: &'static str,
    },
    /// A message of the server is invalid.
    #[error("the server's {mechanism} message cannot be used: {why}")]
    BadChallenge {
        /// The mechanism.
        mechanism: &'static str,
        /// The reason.
        why: &'static str,
    },
    /// The server demands too few hash iterations, so that an eavesdropper could guess the password
    /// cheaply, or too many, which would keep the client busy. Nothing was hashed.
    #[error(
        "the server asks for {count} iterations of {mechanism}; \
         the number has to be from {} to {}",
        crate::Scram::ITERATIONS.start(),
        crate::Scram::ITERATIONS.end()
    )]
    Iterations {
        /// The mechanism.
        mechanism: &'static str,
        /// The number of iterations that the server demands.
        count: u64,
    },
    /// The server's nonce does not extend the client's: the message belongs to another exchange.
    #[error("the server's {mechanism} message does not belong to this exchange")]
    Nonce {
        /// The mechanism.
        mechanism: &'static str,
    },
    /// The server does not know the password, so it is not the right server.
    #[error("the server failed to prove in {mechanism} that it knows the password")]
    ServerSignature {
        /// The mechanism.
        mechanism: &'static str,
    },
    /// The server reported success before the exchange was complete.
    #[error("the server ended {mechanism} before its last message")]
    Incomplete {
        /// The mechanism.
        mechanism: &'static str,
    },
    /// The server refused within the exchange.
    #[error("the server refused {mechanism}: {}", escaped(said))]
    Refused {
        /// The mechanism.
        mechanism: &'static str,
        /// The server's text.
        said: String,
    },
    /// The mechanism requires channel binding, which this connection does not offer.
    #[error("{mechanism} cannot be used on this connection: it requires TLS 1.3")]
    NoChannelBinding {
        /// The mechanism.
        mechanism: &'static str,
    },
    /// The system provided no random numbers.
    #[error("no random numbers for {mechanism}: {why}")]
    Random {
        /// The mechanism.
        mechanism: &'static str,
        /// The error of the system.
        why: String,
    },
}
