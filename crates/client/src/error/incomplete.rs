//! Answers that came and could not be kept.

use std::{collections::BTreeMap, fmt};

use imapclient_codec::{Fetch, Response};
use imapclient_engine::{Oversize, Setting};
use imapclient_escape::escaped;

/// The number of missing messages that the text of an error names.
const NAMED: usize = 3;

/// An answer of which a part could not be kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Incomplete {
    /// The command, as in `UID FETCH`.
    pub command: String,
    /// The name of the response that was lost first, as in `FETCH`. It is from the server: escape
    /// it before you print it.
    pub response: String,
    /// The messages that [`fetch`](crate::Client::fetch) has, under the numbers that it would have
    /// returned them under. Each is complete. Empty for every other command.
    pub kept: BTreeMap<u32, Fetch>,
    /// The messages that are missing, in the order of their numbers, those without a UID last; of
    /// any other command than FETCH, the first response that was lost.
    pub missing: Vec<Missing>,
    /// The limit that the first of them broke, in bytes; `None` if none was too big, but lacks its
    /// UID.
    pub limit: Option<u64>,
    /// The setting that raises the limit, such as `Builder::answer_limit`; `None` if there is none.
    pub setting: Option<&'static str>,
}

/// A message, or a response, that could not be kept or has no name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// The UID of the message, if the server told it.
    pub uid: Option<u32>,
    /// The sequence number of the message as of the response. `None` if the response is about no
    /// message.
    pub seq: Option<u32>,
    /// The size in bytes: of the literals, or of the text if that was too much, or of the whole
    /// response if no more than that was left of the limit. For a message that lacks its UID, the
    /// size of what came of it, flags and the like not counted.
    pub size: u64,
}

impl Incomplete {
    /// A response was lost that is not kept by message.
    pub(crate) fn response(command: &str, lost: &Oversize, answer_limit: u64) -> Self {
        let missing = vec![Missing::of(lost)];
        Self::too_large(command, lost, answer_limit).with(BTreeMap::new(), missing)
    }

    /// The first loss decides which limit is told.
    pub(crate) fn too_large(command: &str, lost: &Oversize, answer_limit: u64) -> Self {
        let (limit, setting) = match lost.setting {
            // What is left of it by now is no number that anybody knows.
            Setting::Answer => (answer_limit, Some(ANSWER_LIMIT)),
            Setting::Line => (lost.most, Some("Limits::line")),
            Setting::SearchLine => (lost.most, Some("Limits::search_line")),
            Setting::Literal => (lost.most, Some("Limits::literal")),
            _ => (lost.most, None),
        };
        Self {
            command: command.to_owned(),
            response: lost.name.clone(),
            kept: BTreeMap::new(),
            missing: Vec::new(),
            limit: Some(limit),
            setting,
        }
    }

    /// Messages whose UID the server does not tell.
    pub(crate) fn unnamed(kept: BTreeMap<u32, Fetch>, missing: Vec<Missing>) -> Self {
        Self {
            command: "UID FETCH".to_owned(),
            response: "FETCH".to_owned(),
            kept,
            missing,
            limit: None,
            setting: None,
        }
    }

    pub(crate) fn with(self, kept: BTreeMap<u32, Fetch>, missing: Vec<Missing>) -> Self {
        Self {
            kept,
            missing,
            ..self
        }
    }
}

const ANSWER_LIMIT: &str = "Builder::answer_limit";

impl Missing {
    pub(crate) fn of(lost: &Oversize) -> Self {
        let (uid, seq) = match &lost.response {
            Response::Fetch(fetch) => (fetch.uid(), Some(fetch.seq()).filter(|seq| *seq > 0)),
            _ => (None, None),
        };
        Self {
            uid,
            seq,
            size: lost.size,
        }
    }
}

/// The missing ones, and the limit that they broke. Goes on from a colon.
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
            Some(ANSWER_LIMIT) => write!(
                f,
                " ({ANSWER_LIMIT} raises that, or `answer_limit` in the INI file)"
            ),
            Some(setting) => write!(f, " ({setting} raises that)"),
            None => f.write_str(" before the login"),
        }
    }
}
