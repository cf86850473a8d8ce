//! The end of a connection: by the server, and by what it does against the protocol.

use imapclient_codec::{Effect, Response, Status, StatusKind};
use imapclient_echo::WITHHELD;

use super::Engine;
use crate::{
    error::{End, Error, Excess, Overrun, Violation},
    event::Event,
    log::beginning,
    service::service,
};

impl Engine {
    /// The stream is over.
    pub(super) fn end(&mut self) -> Result<Event, Error> {
        // Some servers say BYE and leave, without an answer to LOGOUT.
        let logout = self
            .commands
            .iter()
            .find(|command| command.effect == Effect::Logout && !command.orphan)
            .map(|command| command.tag.clone());
        if let (Some(tag), Some(bye)) = (logout, self.state.bye()) {
            let status = Status {
                kind: StatusKind::Ok,
                code: None,
                text: bye.to_owned(),
            };
            self.commands.remove(&tag);
            let effect = Effect::Logout;
            return Ok(Event::Done {
                tag,
                status,
                effect,
            });
        }
        let pending = self.framer.pending();
        if !pending.is_empty() {
            let is_secret = self
                .secrets
                .as_ref()
                .is_some_and(|secrets| secrets.hides_beginning(pending));
            self.complaint = Some(match is_secret {
                true => WITHHELD.to_owned(),
                false => beginning(pending),
            });
        }
        Err(self.closed_error())
    }

    /// What is known of the end of the connection, for whoever hears of it elsewhere.
    #[must_use]
    pub fn last_words(&self) -> End {
        End {
            bye: self.state.bye().map(str::to_owned),
            code: self.state.bye_code().cloned(),
            command: self.commands.oldest().map(|command| command.name.clone()),
            said: self.complaint.clone(),
        }
    }

    pub(super) fn closed_error(&self) -> Error {
        Error::Closed(Box::new(self.last_words()))
    }

    /// What came in place of a greeting.
    pub(super) fn no_greeting(&self, what: &str) -> Error {
        let line = self.log.last_of_server();
        match line.as_deref().and_then(service) {
            Some(service) => self.protocol(&format!("it speaks {service}, not IMAP"), line),
            None => self.protocol(what, line),
        }
    }

    /// A protocol error that the last line shows.
    pub(super) fn misread(&self, what: &str) -> Error {
        self.protocol(what, self.log.last_of_server())
    }

    /// An error for a server that went over a limit.
    pub(super) fn overrun(&self, excess: Excess) -> Error {
        Error::Limit(Box::new(Overrun {
            excess,
            command: self.commands.oldest().map(|command| command.name.clone()),
            log: self.log.lines().cloned().collect(),
        }))
    }

    /// A protocol error of the server, with the conversation that led to it.
    pub(super) fn protocol(&self, what: &str, line: Option<String>) -> Error {
        Error::Protocol(Box::new(Violation {
            what: what.to_owned(),
            command: self.commands.oldest().map(|command| command.name.clone()),
            line,
            log: self.log.lines().cloned().collect(),
        }))
    }
}

/// Whether it is an untagged NO or BAD, or nothing that IMAP has.
pub(super) fn complains(response: &Response) -> bool {
    match response {
        Response::Status(status) => matches!(status.kind, StatusKind::No | StatusKind::Bad),
        other => is_nonsense(other),
    }
}

/// Whether it is none of the kinds of lines that IMAP has: neither untagged, nor an answer, nor
/// `+`. Empty lines are no nonsense, since some servers send one too many.
pub(super) fn is_nonsense(response: &Response) -> bool {
    let raw = match response {
        Response::Unknown(unknown) => &unknown.raw,
        Response::Malformed(malformed) => &malformed.raw,
        _ => return false,
    };
    let first = raw.iter().find(|byte| **byte > b' ');
    first.is_some_and(|first| !matches!(first, b'*' | b'+'))
}
