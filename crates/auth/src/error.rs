use imapclient_escape::escaped;

/// Why a mechanism gave up. Secrets are never in it; what the server said is escaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A user name, password or identity cannot be sent.
    #[error("the {what} cannot be used with {mechanism}: {why}")]
    Invalid {
        /// The mechanism.
        mechanism: &'static str,
        /// Which of them.
        what: &'static str,
        /// Why not.
        why: &'static str,
    },
    /// The server asked for something that is no part of the mechanism.
    #[error("the server's challenge is no part of {mechanism}")]
    UnexpectedChallenge {
        /// The mechanism.
        mechanism: &'static str,
    },
    /// A message of the server cannot be read.
    #[error("the server's {mechanism} message cannot be used: {why}")]
    BadChallenge {
        /// The mechanism.
        mechanism: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The server wants the password hashed too few times, so that whoever sees the exchange can
    /// guess it cheaply, or so often that it would keep us busy. Nothing was hashed.
    #[error(
        "the server asks {mechanism} for {count} iterations; \
         it has to be from {} to {}",
        crate::Scram::ITERATIONS.start(),
        crate::Scram::ITERATIONS.end()
    )]
    Iterations {
        /// The mechanism.
        mechanism: &'static str,
        /// How many it asks for.
        count: u64,
    },
    /// The server's part of the nonce is missing or does not follow ours: the message is from
    /// another exchange.
    #[error("the server's {mechanism} message does not belong to this exchange")]
    Nonce {
        /// The mechanism.
        mechanism: &'static str,
    },
    /// The server does not know the password: it is not the one it should be.
    #[error("the server failed to prove in {mechanism} that it knows the password")]
    ServerSignature {
        /// The mechanism.
        mechanism: &'static str,
    },
    /// The server said that the login succeeded before the exchange was over.
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
        /// Its words.
        said: String,
    },
    /// The mechanism binds the login to the connection, which cannot be bound to.
    #[error("{mechanism} cannot be used on this connection: it takes TLS 1.3")]
    NoChannelBinding {
        /// The mechanism.
        mechanism: &'static str,
    },
    /// The system gave no random numbers.
    #[error("no random numbers for {mechanism}: {why}")]
    Random {
        /// The mechanism.
        mechanism: &'static str,
        /// What the system said.
        why: String,
    },
}
