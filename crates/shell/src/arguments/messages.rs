//! Which messages a command is about.

use std::{fmt, str::FromStr};

use imapclient::{Messages, SeqSet, UidSet};

use crate::{
    failure::{Failure, Result},
    session::Session,
};

/// As it is typed: `7`, `1:10,15:*`: UIDs; `#1:10`: sequence numbers; `*`: the last one; `all`; `$`:
/// what was found.
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

/// How it is explained, wherever it is an argument.
pub(crate) const HELP: &str = "Messages: UIDs as in 7 or 1:10,15:*, sequence numbers as in #1:10, * for the last one, \
     `all`, or $ for what was found last";

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
                 `all`, or $ for what was found"
            )
        })
    }
}

impl MessageSet {
    /// What it stands for now.
    ///
    /// # Errors
    /// If it stands for what was found, and nothing was looked for yet; if it is of sequence numbers,
    /// and those were of a connection that is gone.
    pub(crate) async fn resolve(&self, session: &mut Session) -> Result<Named> {
        let set = self.meaning(session)?;
        if let Named::Seqs(seqs) = &set {
            session.client().await?;
            if session.is_renewed() {
                return Err(Failure::Other(format!(
                    "#{seqs} may be other messages on the new connection: nothing was done"
                )));
            }
        }
        Ok(set)
    }

    /// What it stands for, `$` included.
    ///
    /// # Errors
    /// If it stands for what was found, and nothing was looked for yet.
    pub(crate) fn meaning(&self, session: &Session) -> Result<Named> {
        if let Self::Named(named) = self {
            return Ok(named.clone());
        }
        match session.found() {
            None => Err(Failure::usage(
                "$ stands for the messages that `search`, `sort` or `thread` found last in this mailbox; none of them did yet",
            )),
            Some([]) => Err(Failure::usage("$ stands for no message: nothing was found")),
            Some(uids) => Ok(Named::Uids(uids.into())),
        }
    }
}

impl Named {
    /// A message by its number.
    pub(crate) fn one(number: u32, by_uid: bool) -> Self {
        match by_uid {
            true => Self::Uids([number].into_iter().collect()),
            false => Self::Seqs([number].into_iter().collect()),
        }
    }

    /// Whether results are by UID.
    pub(crate) fn by_uid(&self) -> bool {
        matches!(self, Self::Uids(_))
    }

    /// How many there are, where that can be known.
    pub(crate) fn len(&self) -> Option<u64> {
        match self {
            Self::Uids(uids) => uids.len(),
            Self::Seqs(seqs) => seqs.len(),
        }
    }
}

/// A message as it is called here: by its UID, or `#` and its sequence number.
pub(crate) fn name(number: u32, by_uid: bool) -> String {
    match by_uid {
        true => number.to_string(),
        false => format!("#{number}"),
    }
}

/// As in `1 message` and `3 messages`.
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

/// As they would be typed.
impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uids(uids) => write!(f, "{uids}"),
            Self::Seqs(seqs) => write!(f, "#{seqs}"),
        }
    }
}
