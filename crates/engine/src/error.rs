use crate::log::WireLine;

/// Why a connection can no longer be used, or a call was out of place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server broke the protocol in a way that leaves no safe way on.
    #[error("the server broke the protocol: {what}")]
    Protocol {
        /// What it did.
        what: String,
        /// The last lines in both directions, secrets left out.
        log: Vec<WireLine>,
    },
    /// The server ended the connection.
    #[error("the server closed the connection{}", bye.as_ref().map(|text| format!(": {}", text.escape_debug())).unwrap_or_default())]
    Closed {
        /// What it said in its BYE.
        bye: Option<String>,
    },
    /// The command asks for something that this engine cannot do yet.
    #[error("{0} is not supported yet")]
    Unsupported(&'static str),
    /// A command was submitted while another has the connection for itself (AUTHENTICATE,
    /// STARTTLS, IDLE, LOGOUT), or before the greeting.
    #[error("a command was submitted while {0}")]
    Busy(&'static str),
}
