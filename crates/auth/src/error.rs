/// Why a mechanism gave up.
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
}
