//! Answers that were received and could not be kept.

use std::fmt;

use imapclient_codec::{Fetch, Response, Seq, Uid};
use imapclient_engine::{Oversize, Setting};
use imapclient_escape::escaped;

/// The number of missing messages that the text of an error lists.
const NAMED: usize = 3;

/// An answer of which a part could not be kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Incomplete {
    /// The name of the command, such as `UID FETCH`.
    pub command: String,
    /// The name of the first response that was lost, such as `FETCH`. It is server data: escape it
    /// before printing it.
    pub response: String,
    /// The messages that [`fetch`](crate::Client::fetch) received, in the order of their numbers.
    /// Each is complete. Empty for every other command.
    pub kept: Vec<Fetch>,
    /// The missing messages in the order of their numbers, those without a UID last; for other
    /// commands than FETCH, the first response that was lost.
    pub missing: Vec<Missing>,
    /// The limit that the first of them exceeded, in bytes; `None` if none was too big and messages
    /// are missing because they lack a UID.
    pub limit: Option<u64>,
    /// The setting of the limit; `None` if none was too big.
    pub setting: Option<Setting>,
}

/// A message or a response that could not be kept or lacks its UID.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// The UID of the message, if the server sent it.
    pub uid: Option<Uid>,
    /// The sequence number of the message in the response; `None` if the response is not about a
    /// message.
    pub seq: Option<Seq>,
    /// The size in bytes: of the literals, or of the text if that was too long, or of the whole
    /// response if that exceeded the rest of the limit. For a message that lacks its UID, the size
    /// of the data received for it, without flags and the like.
    pub size: u64,
}

impl Incomplete {
    /// Describes a lost response that is not about a message.
    pub(crate) fn response(command: &str, lost: &Oversize, answer_limit: u64) -> Self {
        let missing = vec![Missing::of(lost)];
        Self::too_large(command, lost, answer_limit).with(Vec::new(), missing)
    }

    /// Describes an answer whose first lost response is `lost`, which decides the limit that is
    /// shown.
    pub(crate) fn too_large(command: &str, lost: &Oversize, answer_limit: u64) -> Self {
        let limit = match lost.setting {
            // The part of this limit that was left for the response would not help the user.
            Setting::Answer => answer_limit,
            _ => lost.most,
        };
        Self {
            command: command.to_owned(),
            response: lost.name.clone(),
            kept: Vec::new(),
            missing: Vec::new(),
            limit: Some(limit),
            setting: Some(lost.setting),
        }
    }

    /// Describes messages whose UID the server does not send.
    pub(crate) fn unnamed(kept: Vec<Fetch>, missing: Vec<Missing>) -> Self {
        Self {
            command: "UID FETCH".to_owned(),
            response: "FETCH".to_owned(),
            kept,
            missing,
            limit: None,
            setting: None,
        }
    }

    pub(crate) fn with(self, kept: Vec<Fetch>, missing: Vec<Missing>) -> Self {
        Self {
            kept,
            missing,
            ..self
        }
    }
}

impl Missing {
    pub(crate) fn of(lost: &Oversize) -> Self {
        let (uid, seq) = match &lost.response {
            Response::Fetch(fetch) => (fetch.uid(), fetch.seq()),
            _ => (None, None),
        };
        Self {
            uid,
            seq,
            size: lost.size,
        }
    }
}

/// Lists the missing messages, and the limit that they exceeded. Continues after a colon.
impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, missing) in self.missing.iter().take(NAMED).enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma} ")?;
            match (missing.uid, missing.seq) {
                (Some(uid), _) => write!(f, "UID {uid}")?,
                (None, Some(seq)) => write!(f, "message number {seq}")?,
                (None, None) => write!(f, "a {} response", escaped(&self.response))?,
            }
            write!(f, " ({} bytes)", missing.size)?;
        }
        match self.missing.len().saturating_sub(NAMED) {
            0 => {}
            more => write!(f, " and {more} more")?,
        }
        let Some(limit) = self.limit else {
            return Ok(());
        };
        write!(f, "; of one answer, {limit} bytes are kept at most")?;
        match self.setting {
            Some(Setting::BeforeLogin) => f.write_str(" before the login"),
            _ => Ok(()),
        }
    }
}
