//! How long a command line may be.

use imapclient_codec::{
    InvalidArgument, Names, Outgoing, Part,
    command::{Messages, Set},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    error::{Error, Result},
};

/// The length of a line that each server takes (RFC 2683 §3.2.1.5). Yahoo refuses longer ones.
const SHORT: usize = 1000;

/// The length of a line that servers with `CONDSTORE` or `QRESYNC` take (RFC 7162 §4 asks for
/// 8192 bytes).
const LONG: usize = 8000;

/// The longest set of sequence numbers that is sent. It cannot be cut, so the server decides about
/// a line of more than [`SHORT`] bytes.
const SEQUENCE_NUMBERS: usize = 7000;

/// Room for the tag, the space behind it, and CRLF.
const TAG: usize = 16;

impl<S: Socket> Client<S> {
    /// Cuts a set of UIDs into as many as it takes to keep each command line within what the server
    /// is known to take. `line` writes the command for a set. No messages make no sets.
    pub(crate) async fn pieces(
        &mut self,
        messages: impl Into<Messages>,
        line: impl Fn(&Set, Names) -> Result<Outgoing, InvalidArgument>,
    ) -> Result<Vec<Set>> {
        let set = messages.into().into_set()?;
        if set.is_empty() {
            return Ok(Vec::new());
        }
        let Set::Uids(uids) = &set else {
            return set.split(SEQUENCE_NUMBERS).map_err(Error::from);
        };
        let whole = TAG + length(&line(&set, self.state().names())?);
        if whole <= SHORT {
            return Ok(vec![set]);
        }
        let rest = whole - uids.to_string().len();
        let capabilities = self.capabilities().await?;
        let most = if capabilities.has("CONDSTORE") || capabilities.has("QRESYNC") {
            LONG
        } else {
            SHORT
        };
        // A range of two UIDs has to fit, however long the rest is.
        let room = most.saturating_sub(rest).max(2 * "4294967295:".len());
        set.split(room).map_err(Error::from)
    }
}

/// The bytes of a command line without its literals, which do not count.
fn length(command: &Outgoing) -> usize {
    let text = |part: &Part| match part {
        Part::Text(text) => text.len(),
        Part::Secret(text) => text.len(),
        Part::Literal { .. } | Part::SecretLiteral(_) => 0,
    };
    command.parts().iter().map(text).sum()
}
