//! How long a command line may be.

use imapclient_codec::{
    InvalidArgument, Names, Outgoing, Part, SetRange, UidSet,
    command::{Messages, SearchKey, Set},
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

/// The least that is left for UIDs in a line: a range of two of them has to fit.
const LEAST: usize = 2 * "4294967295:".len();

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
        let command = line(&set, self.state().names())?;
        self.meet(&command.name(), command.needs()).await?;
        let Set::Uids(uids) = &set else {
            return set.split(SEQUENCE_NUMBERS).map_err(Error::from);
        };
        let whole = TAG + length(&command);
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
        // Where the rest alone is too long, no number of commands would make a line short enough.
        let room = most.saturating_sub(rest);
        let room = if room < LEAST { most } else { room };
        let uids = self.plain_numbers(uids.clone()).await?;
        Set::Uids(uids).split(room).map_err(Error::from)
    }

    /// Returns the same messages without a `*`, each named once. Of several commands the first may
    /// move or copy the message that `*` stood for, so that it is another one for those that
    /// follow; and a message that two commands name is copied by both.
    async fn plain_numbers(&mut self, mut uids: UidSet) -> Result<UidSet> {
        let selected = self.state().selected();
        let exists = selected.map_or(0, |mailbox| mailbox.exists);
        // Without a mailbox the command itself fails.
        if uids.has_star() && selected.is_some() {
            let found = self.search(SearchKey::Uid(UidSet::last())).await?;
            let last = found.iter().max().copied();
            if last.is_none() && exists > 0 {
                return Err(Error::NoAnswer { command: "SEARCH" });
            }
            uids = uids
                .ranges()
                .filter_map(|range| match (range, last) {
                    (SetRange::Numbers(first, last), _) => Some(UidSet::from(first..=last)),
                    (SetRange::From(n), Some(last)) => {
                        Some(UidSet::from(n.min(last)..=n.max(last)))
                    }
                    (_, last) => last.map(UidSet::from),
                })
                .collect();
        }
        uids.compact();
        Ok(uids)
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
