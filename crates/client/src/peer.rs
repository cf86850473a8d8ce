//! The server at the other end: its address, and what is known about it besides its state.

use std::collections::VecDeque;

use imapclient_codec::{Id, MailboxName, Status};

use crate::{compress::Compress, login::Place, switches::DisabledBy, workaround::Workarounds};

/// The server at the other end.
pub(crate) struct Peer {
    pub(crate) greeting: Status,
    /// The workarounds in force, because the server does not support all that it announces.
    pub(crate) workarounds: Workarounds,
    /// The address of the server.
    pub(crate) place: Place,
    /// True if TLS, where it is used, checks both the chain and the name of the certificate.
    pub(crate) checks_certificate: bool,
    /// True if AUTHENTICATE may carry an initial response, provided that the server supports it.
    pub(crate) sasl_ir: bool,
    /// The identification to send by ID after a login, if the settings ask for it.
    pub(crate) id: Option<Id>,
    /// The condition on which the connection is compressed after a login.
    pub(crate) compress: Compress,
    /// True if the server requires an ID command before it opens a mailbox.
    pub(crate) wants_id: bool,
    /// True if the server has announced ID before the login, which may discard the capabilities.
    pub(crate) offers_id: bool,
    /// True once the server has been sent an ID command.
    pub(crate) introduced: bool,
    /// True if several commands may be under way at once.
    pub(crate) pipelining: bool,
    /// The capabilities that are not used, and why.
    pub(crate) disabled: Vec<(String, DisabledBy)>,
    /// The limits for messages that STATUS has told, by mailbox.
    pub(crate) append_limits: VecDeque<(MailboxName, Option<u64>)>,
}
