//! Commands that need more than to be sent.

use std::fmt;

/// A command that [`Client::run`](crate::Client::run) cannot run, because its effect needs more
/// than the command itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unrunnable {
    /// AUTHENTICATE without a responder, which answers the server's challenges. Use
    /// [`Client::authenticate`](crate::Client::authenticate), or a
    /// [`Command`](crate::Command) with a responder.
    Authenticate,
    /// STARTTLS, AUTHENTICATE, LOGIN, UNAUTHENTICATE or COMPRESS on a connection that is compressed
    /// (RFC 4978). Use a new connection.
    Compressed,
    /// IDLE, which the server does not end. Use [`Client::idle`](crate::Client::idle).
    Idle,
    /// NOTIFY, whose reports could be taken for answers to other commands. Use
    /// [`Client::notify`](crate::Client::notify).
    Notify,
    /// The answer to a command of another [`Pipeline`](crate::Pipeline).
    OtherPipeline,
    /// STARTTLS, after whose OK TLS would not begin. Use
    /// [`Builder::security`](crate::Builder::security).
    StartTls,
}

impl fmt::Display for Unrunnable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authenticate => {
                "AUTHENTICATE cannot be run without a responder, which answers the server's \
                 challenges: use Client::authenticate"
            }
            Self::Compressed => {
                "STARTTLS, AUTHENTICATE, LOGIN, UNAUTHENTICATE and COMPRESS cannot be run on a \
                 compressed connection: use a new connection"
            }
            Self::Idle => "IDLE cannot be run: use Client::idle, which can also end it",
            Self::Notify => "NOTIFY cannot be run: use Client::notify, which can also end it",
            Self::OtherPipeline => {
                "the pending answer is not of this pipeline: wait for it with the pipeline to \
                 which its command was submitted"
            }
            Self::StartTls => {
                "STARTTLS cannot be run, as TLS would not begin after it: use Builder::security"
            }
        })
    }
}
