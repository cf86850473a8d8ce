//! The limits of a response, and the events for a response that exceeds them.

use bytes::Bytes;
use imapclient_codec::{Continue, Limit, RawResponse, Response};

use super::Engine;
use crate::{
    error::Error,
    event::Event,
    oversize::{Oversize, Setting},
    state::Phase,
};

/// Upper bound on the bytes of literals in a response before the login: no answer needs many then,
/// and the server is not yet trusted.
const BEFORE_LOGIN: u64 = 64 * 1024;

/// The bytes of text that are kept of a response however little is left for the answer, because the
/// server's status texts must be understood.
const LEAST_LINE: usize = 64 * 1024;

impl Engine {
    /// Limits the literals and the text of each following response to `bytes`, in addition to the
    /// other limits, because a bigger response would be of no use to the caller. Up to 64 KiB of
    /// text are always accepted.
    pub fn limit_answer(&mut self, bytes: u64) {
        self.answer_left = bytes;
    }

    /// Sets the limits of the next response according to the commands under way.
    pub(super) fn limit_literals(&mut self) {
        let wants_bodies = self.wants_bodies();
        self.choose_streamed(wants_bodies);
        let usual = self.options.limits.literal;
        let (fetch, other) = match self.state.phase() {
            Phase::Greeting | Phase::NotAuthenticated => {
                let least = usual.min(BEFORE_LOGIN);
                (least, least)
            }
            _ if wants_bodies => (self.options.body_limit.unwrap_or(usual), usual),
            _ => (usual, usual),
        };
        let left = self.answer_left;
        self.framer.limit_literals(fetch.min(left), other.min(left));
        let left = usize::try_from(left).unwrap_or(usize::MAX).max(LEAST_LINE);
        let limits = self.options.limits;
        self.framer
            .limit_lines(limits.line.min(left), limits.search_line.min(left));
    }

    /// Returns whether bodies of messages were asked for.
    pub(super) fn wants_bodies(&self) -> bool {
        // The answer to an orphan is dropped in any case.
        let mut commands = self.commands.iter();
        commands.any(|command| command.bodies && !command.orphan)
    }

    /// Decodes the beginning of the text of a response that was skipped. Returns the response
    /// itself if it is a status, whose beginning is enough, or if it is not untagged.
    pub(super) fn read_past(
        &mut self,
        head: Bytes,
        limit: Limit,
        most: u64,
        size: u64,
    ) -> Result<Response, Box<Oversize>> {
        let mut line = head.to_vec();
        line.extend_from_slice(b"\r\n");
        let response = match self.decoder.decode(&RawResponse::from(line.as_slice())) {
            status @ (Response::Tagged(..) | Response::Status(_)) => return Ok(status),
            // The beginning must not be taken for the whole.
            Response::Continue(Continue { text }) => {
                let text = [&*text, b"..."].concat().into();
                return Ok(Response::Continue(Continue { text }));
            }
            other => other,
        };
        let mut oversize = Oversize {
            name: name(&head),
            response,
            head,
            limit,
            most,
            size,
            setting: Setting::Answer,
        };
        oversize.setting = self.setting(&oversize);
        let is_untagged = oversize.head.trim_ascii_start().first() == Some(&b'*');
        if !is_untagged || self.state.phase() == Phase::Greeting {
            return Ok(oversize.into_malformed());
        }
        Err(Box::new(oversize))
    }

    /// Returns the event for data that were skipped, unless they answer an orphan.
    pub(super) fn pass_on(&mut self, oversize: Box<Oversize>) -> Result<Option<Event>, Error> {
        match self.is_orphaned_data(&oversize.response) {
            true => self.orphaned().map(|()| None),
            false => Ok(Some(Event::Oversize(oversize))),
        }
    }

    /// Returns the setting that determined the limit.
    fn setting(&self, oversize: &Oversize) -> Setting {
        let limits = &self.options.limits;
        let is_number = ["SEARCH", "ESEARCH", "SORT", "THREAD", "VANISHED"];
        let is_fetch = matches!(oversize.name.as_str(), "FETCH" | "UIDFETCH");
        let most = oversize.most;
        match (oversize.limit, self.state.phase()) {
            (Limit::Line, _) if is_number.contains(&oversize.name.as_str()) => {
                match most < limits.search_line as u64 {
                    true => Setting::Answer,
                    false => Setting::SearchLine,
                }
            }
            (Limit::Line, _) if most < limits.line as u64 => Setting::Answer,
            (Limit::Line, _) => Setting::Line,
            (Limit::Literal, Phase::NotAuthenticated) if most < limits.literal => {
                Setting::BeforeLogin
            }
            (Limit::Literal, _) if most < limits.literal || (is_fetch && self.wants_bodies()) => {
                Setting::Answer
            }
            (Limit::Literal, _) => Setting::Literal,
        }
    }
}

/// Returns the name of an untagged response in capitals: `FETCH` for `* 1 FETCH (`.
fn name(head: &[u8]) -> String {
    let words = head.split(|byte| byte.is_ascii_whitespace() || *byte == 0);
    let mut words = words.filter(|word| !word.is_empty()).skip(1);
    let name = words.find(|word| !word.iter().all(u8::is_ascii_digit));
    String::from_utf8_lossy(name.unwrap_or_default()).to_ascii_uppercase()
}
