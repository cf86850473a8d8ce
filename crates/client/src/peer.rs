//! The server at the other end: the way to it, and what is known of it besides its state.

use std::collections::VecDeque;

use imapclient_codec::{Id, MailboxName, Status};

use crate::{login::Place, workaround::Workarounds};

/// The server at the other end.
pub(crate) struct Peer {
    pub(crate) greeting: Status,
    /// The workarounds in force, since the server does not do all that it offers.
    pub(crate) workarounds: Workarounds,
    /// Where the connection leads.
    pub(crate) place: Place,
    /// True if the TLS that there is checks both the chain and the name of the certificate.
    pub(crate) checks_certificate: bool,
    /// True if AUTHENTICATE may carry an initial response where the server offers that.
    pub(crate) sasl_ir: bool,
    /// What ID tells after a login, if the settings want it.
    pub(crate) id: Option<Id>,
    /// True if the server opens no mailbox before an ID command.
    pub(crate) wants_id: bool,
    /// True once the server has been sent an ID command.
    pub(crate) introduced: bool,
    /// The limits for messages that STATUS has told, by mailbox.
    pub(crate) append_limits: VecDeque<(MailboxName, Option<u64>)>,
}
