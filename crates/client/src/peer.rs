//! The server at the other end: its address, and its behaviour as far as it is known.

use std::collections::VecDeque;

use imapclient_codec::{Id, MailboxName, Status};

use crate::{login::Place, workaround::Workarounds};

/// The server at the other end.
pub(crate) struct Peer {
    pub(crate) greeting: Status,
    /// The workarounds in force, since the server does not do all that it offers.
    pub(crate) workarounds: Workarounds,
    /// The address of the server.
    pub(crate) place: Place,
    /// True if the TLS that there is checks both the chain and the name of the certificate.
    pub(crate) checks_certificate: bool,
    /// True if AUTHENTICATE may carry an initial response where the server offers that.
    pub(crate) sasl_ir: bool,
    /// The fields that ID sends after a login; `None` to send no ID.
    pub(crate) id: Option<Id>,
    /// True if the server opens no mailbox before an ID command.
    pub(crate) wants_id: bool,
    /// True once the server has been sent an ID command.
    pub(crate) introduced: bool,
    /// The limits for messages that STATUS has told, by mailbox.
    pub(crate) append_limits: VecDeque<(MailboxName, Option<u64>)>,
}
