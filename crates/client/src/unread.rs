//! Detects answers that cannot be decoded.

use imapclient_codec::{Malformed, Response};

use crate::{
    error::{Error, Result},
    kept::answers_to,
};

/// The number of bytes of a response that an error shows.
const SHOWN: usize = 200;

/// Records which kinds of responses to a command were kept, and which ones could not be decoded.
///
/// Without it, the command would return an empty answer, as if there were nothing.
pub(crate) struct Unread {
    /// The names of the responses that answer the command.
    answers: &'static [&'static str],
    /// The kinds of which one was kept, as a bit set.
    kept: u32,
    /// The kinds of which one could not be decoded, with the error for the first of each.
    unread: Vec<(usize, Error)>,
}

impl Unread {
    pub(crate) fn of(command: &str) -> Self {
        Self {
            answers: match command.to_ascii_uppercase().as_str() {
                "FETCH" | "UID FETCH" => &["FETCH"],
                // A mailbox can be used without its flags, but without EXISTS it would seem to be
                // empty.
                "SELECT" | "EXAMINE" => &["EXISTS"],
                _ => answers_to(command),
            },
            kept: 0,
            unread: Vec::new(),
        }
    }

    /// Offers a response to the command, and records whether it was kept.
    pub(crate) fn pass(
        &mut self,
        command: &str,
        response: Response,
        accept: impl FnOnce(Response) -> Option<Response>,
    ) -> Option<Response> {
        let kind = self.kind(response.name());
        let rest = accept(response);
        match (&rest, kind) {
            (None, Some(kind)) => self.kept |= 1 << kind,
            (Some(rest), Some(kind)) => self.note_lost(command, kind, rest),
            (_, None) => {}
        }
        rest
    }

    /// Records that a response of this name was kept.
    pub(crate) fn kept(&mut self, name: &str) {
        if let Some(kind) = self.kind(name) {
            self.kept |= 1 << kind;
        }
    }

    /// Records that a response was not kept.
    pub(crate) fn not_kept(&mut self, command: &str, response: &Response) {
        if let Some(kind) = self.kind(response.name()) {
            self.note_lost(command, kind, response);
        }
    }

    /// Records a response of this kind that was not kept, if it cannot be decoded.
    fn note_lost(&mut self, command: &str, kind: usize, response: &Response) {
        if let Response::Malformed(bad) = response
            && !self.unread.iter().any(|(known, _)| *known == kind)
        {
            self.unread.push((kind, unreadable(command, bad)));
        }
    }

    /// Returns the position of the name of a response among those that answer the command.
    fn kind(&self, name: &str) -> Option<usize> {
        self.answers.iter().position(|answer| *answer == name)
    }

    /// Fails if the answer is not known because none of its responses could be decoded. The numbers
    /// of a search may be spread over several responses, all of which must be decoded.
    pub(crate) fn check(&mut self) -> Result<()> {
        let lost = self.unread.iter().position(|(kind, _)| {
            let name = self.answers.get(*kind).copied().unwrap_or_default();
            let is_whole = matches!(name, "SEARCH" | "SORT" | "ESEARCH" | "THREAD");
            // Some servers answer XLIST by LIST.
            let kept = match name {
                "LIST" | "XLIST" => self.kept != 0,
                _ => self.kept & (1 << kind) != 0,
            };
            is_whole || !kept
        });
        match lost {
            Some(at) => Err(self.unread.swap_remove(at).1),
            None => Ok(()),
        }
    }
}

/// Returns the error for a response that cannot be decoded.
pub(crate) fn unreadable(command: &str, bad: &Malformed) -> Error {
    let shown = bad.raw.get(..SHOWN).unwrap_or(&bad.raw);
    Error::Unreadable {
        command: command.to_owned(),
        line: String::from_utf8_lossy(shown).trim_end().to_owned(),
        why: bad.why.clone(),
    }
}
