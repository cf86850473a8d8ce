//! Parses the set of messages that a command applies to.

use std::{fmt, str::FromStr};

use imapclient::{Fetch, MessageId, Seq, SeqSet, Uid, UidSet};

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

/// A kind of number, and its form in tables and texts.
pub(crate) trait Number: MessageId {
    /// The name of its column, in the notation of tables.
    const COLUMN: &'static str;
    /// The name of its field.
    const FIELD: &'static str;
    /// The text before a number or a set.
    const MARK: &'static str;

    /// Returns the number of a message that was fetched.
    fn number_of(fetch: &Fetch) -> Option<Self>;

    /// Returns the set of this message.
    fn named(self) -> Named;
}

impl Number for Uid {
    const COLUMN: &'static str = ">UID";
    const FIELD: &'static str = "UID";
    const MARK: &'static str = "";

    fn number_of(fetch: &Fetch) -> Option<Self> {
        fetch.uid()
    }

    fn named(self) -> Named {
        Named::Uids(self.into())
    }
}

impl Number for Seq {
    const COLUMN: &'static str = ">#";
    const FIELD: &'static str = "NUMBER";
    const MARK: &'static str = "#";

    fn number_of(fetch: &Fetch) -> Option<Self> {
        fetch.seq()
    }

    fn named(self) -> Named {
        Named::Seqs(self.into())
    }
}

/// Evaluates an expression with the set of UIDs or of sequence numbers, each with its own type.
macro_rules! by_kind {
    ($set:expr, |$messages:ident| $body:expr) => {
        match $set {
            $crate::arguments::messages::Named::Uids($messages) => $body,
            $crate::arguments::messages::Named::Seqs($messages) => $body,
        }
    };
}
pub(crate) use by_kind;

impl Named {
    /// Returns the number of the message, if there is one number and it is known.
    pub(crate) fn single(&self) -> Option<u32> {
        if self.len() != Some(1) {
            return None;
        }
        match self {
            Self::Uids(uids) => uids.iter()?.next().map(u32::from),
            Self::Seqs(seqs) => seqs.iter()?.next().map(u32::from),
        }
    }

    /// Returns the number of messages, if it can be known.
    pub(crate) fn len(&self) -> Option<u64> {
        match self {
            Self::Uids(uids) => uids.len(),
            Self::Seqs(seqs) => seqs.len(),
        }
    }
}

/// Formats a number of messages, for example `1 message` and `3 messages`.
pub(crate) fn count(messages: u64) -> String {
    match messages {
        1 => "1 message".to_owned(),
        n => format!("{n} messages"),
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
