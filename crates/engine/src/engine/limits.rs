//! The limits of a response, and the events for one that is over them.

use bytes::Bytes;
use imapclient_codec::{Continue, Limit, Message, Response};

use super::Engine;
use crate::{
    error::Error,
    event::Event,
    oversize::{Oversize, Setting},
    state::Phase,
};

/// Bytes of literals in a response before a login: nothing that is sent then needs many, and nobody
/// has said yet who sends them.
const BEFORE_LOGIN: u64 = 64 * 1024;

/// Bytes of text that are kept of a response however little is left for the answer: what the server
/// says of itself has to be understood.
const LEAST_LINE: usize = 64 * 1024;

impl Engine {
    /// Says that no response is of use that has more bytes than this: neither its literals nor its
    /// text may be over it from here on, whatever else they are allowed. Text may always have
    /// 64 KiB.
    pub fn limit_answer(&mut self, bytes: u64) {
        self.answer_left = bytes;
    }

    /// Sets what the next literals may have, by what is under way.
    pub(super) fn limit_literals(&mut self) {
        let usual = self.options.limits.literal;
        let (fetch, other) = match self.state.phase() {
            Phase::Greeting | Phase::NotAuthenticated => {
                let least = usual.min(BEFORE_LOGIN);
                (least, least)
            }
            _ if self.wants_bodies() => (self.options.body_limit.unwrap_or(usual), usual),
            _ => (usual, usual),
        };
        let left = self.answer_left;
        self.framer.limit_literals(fetch.min(left), other.min(left));
        let left = usize::try_from(left).unwrap_or(usize::MAX).max(LEAST_LINE);
        let limits = self.options.limits;
        self.framer
            .limit_lines(limits.line.min(left), limits.search_line.min(left));
    }

    /// Reports whether bodies of messages were asked for.
    fn wants_bodies(&self) -> bool {
        // What an orphan asked for is dropped in any case.
        let mut commands = self.commands.iter();
        commands.any(|command| command.bodies && !command.orphan)
    }

    /// Reads the beginning of the text of a response that was read past. Returns a response where
    /// that says it all, as in a status, and where it is none that IMAP has.
    pub(super) fn read_past(
        &mut self,
        head: Bytes,
        limit: Limit,
        most: u64,
        size: u64,
    ) -> Result<Response, Box<Oversize>> {
        let mut line = head.to_vec();
        line.extend_from_slice(b"\r\n");
        let response = match self.decoder.decode(&Message::from(line.as_slice())) {
            status @ (Response::Tagged(..) | Response::Status(_)) => return Ok(status),
            // What was cut off must not be taken for the whole.
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

    /// Passes on data that were read past, unless nobody waits for them any more.
    pub(super) fn pass_on(&mut self, oversize: Box<Oversize>) -> Result<Option<Event>, Error> {
        match self.is_orphaned_data(&oversize.response) {
            true => self.orphaned().map(|()| None),
            false => Ok(Some(Event::Oversize(oversize))),
        }
    }

    /// Which setting would have let a response through.
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

/// The name of an untagged response in capitals: of `* 1 FETCH (`, it is `FETCH`.
fn name(head: &[u8]) -> String {
    let words = head.split(|byte| byte.is_ascii_whitespace() || *byte == 0);
    let mut words = words.filter(|word| !word.is_empty()).skip(1);
    let name = words.find(|word| !word.iter().all(u8::is_ascii_digit));
    String::from_utf8_lossy(name.unwrap_or_default()).to_ascii_uppercase()
}
