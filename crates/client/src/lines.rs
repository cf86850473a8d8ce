//! Limits the length of command lines.

use imapclient_codec::{
    InvalidArgument, Outgoing, Part, SetRange, UidSet,
    command::{MessageSet, SearchKey},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    error::{Error, Result},
    selection::MessageSelection,
};

/// The length of a line that each server accepts (RFC 2683 §3.2.1.5). Yahoo refuses longer ones.
const SHORT: usize = 1000;

/// The length of a line that servers with `CONDSTORE` or `QRESYNC` accept (RFC 7162 §4 requires
/// 8192 bytes).
const LONG: usize = 8000;

/// The longest set of sequence numbers that is sent. It cannot be split, so a line of more than
/// [`SHORT`] bytes is left to the server to accept.
const SEQUENCE_NUMBERS: usize = 7000;

/// The least room for UIDs in a line: a range of two of them must fit.
const LEAST: usize = 2 * "4294967295:".len();

/// Room for the tag, the space after it, and CRLF.
const TAG: usize = 16;

impl<S: Socket> Client<S> {
    /// Splits a set of UIDs so that each command line is within the length that the server is known
    /// to accept. `line` encodes the command for a set. An empty set yields no sets.
    pub(crate) async fn pieces(
        &mut self,
        messages: impl MessageSelection,
        line: impl Fn(&MessageSet) -> Result<Outgoing, InvalidArgument>,
    ) -> Result<Vec<MessageSet>> {
        self.pieces_of(messages.into_set()?, line).await
    }

    /// Does the same as [`pieces`](Self::pieces), for a set that was made already.
    pub(crate) async fn pieces_of(
        &mut self,
        set: MessageSet,
        line: impl Fn(&MessageSet) -> Result<Outgoing, InvalidArgument>,
    ) -> Result<Vec<MessageSet>> {
        if set.is_empty() {
            return Ok(Vec::new());
        }
        let command = line(&set)?;
        self.meet(&command.name(), command.needs()).await?;
        let MessageSet::Uids(uids) = &set else {
            return set.split(SEQUENCE_NUMBERS).map_err(Error::from);
        };
        let (parts, _) = command.into_parts(self.state().names())?;
        let whole = TAG + length(&parts);
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
        // If the rest alone is too long, splitting the set cannot make a line short enough.
        let room = most.saturating_sub(rest);
        let room = if room < LEAST { most } else { room };
        let uids = self.plain_numbers(uids.clone()).await?;
        MessageSet::Uids(uids).split(room).map_err(Error::from)
    }

    /// Returns the same messages without a `*` and without duplicates. The first of several
    /// commands may move or copy the message that `*` stood for, which changes its meaning for
    /// those that follow; and a message that is in two commands is copied by both.
    async fn plain_numbers(&mut self, mut uids: UidSet) -> Result<UidSet> {
        let selected = self.state().selected();
        let has_messages = selected.is_some_and(|mailbox| mailbox.exists > 0);
        // If no mailbox is selected, the command itself fails.
        if uids.has_star() && selected.is_some() {
            let found = self.search(SearchKey::Uid(UidSet::last())).await?;
            let last = found.iter().max().copied();
            if last.is_none() && has_messages {
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

/// Returns the length of a command line without its literals, which do not count.
fn length(parts: &[Part]) -> usize {
    let text = |part: &Part| match part {
        Part::Text(text) => text.len(),
        Part::Secret(text) => text.len(),
        Part::Literal { .. } | Part::Announced { .. } | Part::SecretLiteral(_) => 0,
    };
    parts.iter().map(text).sum()
}
