//! Parses the set of messages that a command applies to.

use std::{fmt, str::FromStr};

use imapclient::{Messages, SeqSet, UidSet};

use crate::{
    failure::{Failure, Result},
    session::Session,
};

/// A set as typed: `7` and `1:10,15:*` are UIDs, `#1:10` sequence numbers, `*` the last message,
/// `all` all messages, and `$` those found last.
#[derive(Debug, Clone)]
pub(crate) enum MessageSet {
    Named(Named),
    Found,
}

/// Messages by their numbers.
#[derive(Debug, Clone)]
pub(crate) enum Named {
    Uids(UidSet),
    Seqs(SeqSet),
}

/// The help text of every argument of this type.
pub(crate) const HELP: &str = "Messages: UIDs as in 7 or 1:10,15:*, sequence numbers as in #1:10, \
    * for the last one, `all`, or $ for the messages found last";

impl FromStr for MessageSet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "$" => return Ok(Self::Found),
            "all" | "ALL" => return Ok(Self::Named(Named::Uids(UidSet::all()))),
            _ => {}
        }
        let set = match text.strip_prefix('#') {
            Some(text) => text.parse().map(Named::Seqs),
            None => text.parse().map(Named::Uids),
        };
        set.map(Self::Named).map_err(|error| {
            format!(
                "{error}; write UIDs as in 7 or 1:10,15:*, sequence numbers as in #1:10, \
                 `all`, or $ for the messages found last"
            )
        })
    }
}

impl MessageSet {
    /// Returns the set that this stands for now.
    ///
    /// # Errors
    /// Fails if it is `$` and nothing was searched for yet, or if it consists of sequence numbers
    /// and the connection they belonged to is gone.
    pub(crate) async fn resolve(&self, session: &mut Session) -> Result<Named> {
        let set = self.meaning(session)?;
        if let Named::Seqs(seqs) = &set {
            session.client().await?;
            if session.is_renewed() {
                return Err(Failure::Other(format!(
                    "#{seqs} may denote other messages on the new connection: nothing was done"
                )));
            }
        }
        Ok(set)
    }

    /// Returns the set that this stands for, resolving `$`.
    ///
    /// # Errors
    /// Fails if it is `$` and nothing was searched for yet.
    pub(crate) fn meaning(&self, session: &Session) -> Result<Named> {
        if let Self::Named(named) = self {
            return Ok(named.clone());
        }
        match session.found() {
            None => Err(Failure::usage(
                "$ stands for the messages that `search`, `sort` or `thread` found last in this \
                 mailbox; there was no search yet",
            )),
            Some([]) => Err(Failure::usage("$ is empty: the last search found nothing")),
            Some(uids) => Ok(Named::Uids(uids.into())),
        }
    }
}

impl Named {
    /// Returns the set of one message.
    pub(crate) fn one(number: u32, by_uid: bool) -> Self {
        match by_uid {
            true => Self::Uids([number].into_iter().collect()),
            false => Self::Seqs([number].into_iter().collect()),
        }
    }

    /// Returns whether the numbers are UIDs.
    pub(crate) fn by_uid(&self) -> bool {
        matches!(self, Self::Uids(_))
    }

    /// Returns the number of messages, if it can be known.
    pub(crate) fn len(&self) -> Option<u64> {
        match self {
            Self::Uids(uids) => uids.len(),
            Self::Seqs(seqs) => seqs.len(),
        }
    }
}

/// Formats a message number: a UID as it is, a sequence number after `#`.
pub(crate) fn name(number: u32, by_uid: bool) -> String {
    match by_uid {
        true => number.to_string(),
        false => format!("#{number}"),
    }
}

/// Formats a number of messages, for example `1 message` and `3 messages`.
pub(crate) fn count(messages: u64) -> String {
    match messages {
        1 => "1 message".to_owned(),
        n => format!("{n} messages"),
    }
}

impl From<Named> for Messages {
    fn from(named: Named) -> Self {
        match named {
            Named::Uids(uids) => uids.into(),
            Named::Seqs(seqs) => seqs.into(),
        }
    }
}

/// Formats the set as it would be typed.
impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uids(uids) => write!(f, "{uids}"),
            Self::Seqs(seqs) => write!(f, "#{seqs}"),
        }
    }
}
