//! The violations of the protocol after which a connection cannot be used.

use imapclient_codec::FramerError;

use crate::service::Service;

/// An action of the server that violates the protocol and leaves no safe way to continue.
///
/// The text of each variant is a sentence about the server, without its capital and full stop: `it
/// answered a command that is not under way`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// It is not an IMAP server: its first line is that of another protocol.
    #[error("it speaks {0}, not IMAP")]
    OtherService(Service),
    /// Its first line is not a greeting (RFC 9051 §7.1).
    #[error("its first line is not a greeting")]
    NoGreeting,
    /// Its first line is an untagged NO or BAD, which cannot be a greeting (RFC 9051 §7.1).
    #[error("its greeting is neither OK, PREAUTH nor BYE")]
    GreetingStatus,
    /// Its greeting is PREAUTH although TLS was to be started by STARTTLS, which is not possible
    /// any more (RFC 9051 §11.1). An attacker on the network may have sent it.
    #[error("its greeting is PREAUTH, which leaves no way to start TLS")]
    PreAuthBeforeTls,
    /// Unencrypted data follow its OK to STARTTLS, where TLS must begin (RFC 9051 §6.2.1). An
    /// attacker on the network may have added them.
    #[error("it sent unencrypted data after its OK to STARTTLS")]
    DataBeforeTls,
    /// During a login or an upload, it sent a line that is not IMAP.
    #[error("its answer is not a response of IMAP")]
    NotImap,
    /// It sent the tagged response to a command that is not under way, or a second one.
    #[error("it answered a command that is not under way")]
    UnknownTag,
    /// It sent the tagged response to a command before the command was sent, so it has guessed the
    /// tag.
    #[error("it answered a command before it was sent")]
    EarlyAnswer,
    /// It sent another challenge after the client had cancelled the login (RFC 9051 §6.2.2).
    #[error("it sent another challenge after the exchange was cancelled")]
    ChallengeAfterCancel,
    /// Its bytes cannot be split into responses any further.
    #[error("{0}")]
    Unframed(FramerError),
    /// The answer to a search names more messages than the mailbox has.
    #[error("its answer has more messages than the {exists} of the mailbox")]
    MoreThanExist {
        /// The number of messages in the mailbox.
        exists: u64,
    },
}
