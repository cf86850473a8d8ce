//! What is done in another way on a connection, since the server does not do what it offers.

use std::{collections::BTreeSet, fmt};

use crate::client::Client;

/// Something that a connection does without, or in an older way, because the server announced a
/// capability and then refused it, or answered with nothing where there was something.
///
/// A workaround is found out by the first command that needs it, and stays in force for as long as
/// the connection lasts: later commands take the older way at once.
/// [`Client::workarounds`](crate::Client::workarounds) returns those in force. The text is for
/// people.
///
/// ```
/// use imapclient::Workaround;
///
/// let text = Workaround::NamespaceRefused.to_string();
/// assert_eq!(text, "the server refuses NAMESPACE: mailboxes are looked for in the usual places");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Workaround {
    /// The server announces `NAMESPACE` (RFC 2342) and refuses the command, or answers it with
    /// nothing. Mailboxes for special uses are looked for in the usual places instead.
    NamespaceRefused,
}

impl Workaround {
    fn text(self) -> &'static str {
        match self {
            Self::NamespaceRefused => {
                "the server refuses NAMESPACE: mailboxes are looked for in the usual places"
            }
        }
    }
}

impl fmt::Display for Workaround {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The workarounds in force on a connection.
pub(crate) type Workarounds = BTreeSet<Workaround>;

impl<S> Client<S> {
    /// Puts a workaround in force for the rest of the connection.
    pub(crate) fn note(&mut self, workaround: Workaround) {
        if self.workarounds.insert(workaround) {
            tracing::info!(%workaround, "the server does not do what it offers");
        }
    }

    /// Tells whether a workaround is in force.
    pub(crate) fn works_around(&self, workaround: Workaround) -> bool {
        self.workarounds.contains(&workaround)
    }
}
