//! The end of a connection: by the server, or because it violated the protocol.

use imapclient_codec::{Effect, Response, Status, StatusKind};
use imapclient_echo::WITHHELD;

use super::Engine;
use crate::{
    error::{End, Error, Excess, Misbehaviour, Overrun, Violation},
    event::Event,
    log::beginning,
    service::service,
};

impl Engine {
    /// Returns the event or the error for the end of the stream.
    pub(super) fn end(&mut self) -> Result<Event, Error> {
        // Some servers close the connection after BYE without answering LOGOUT.
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

    /// Returns what is known about the end of the connection, for callers that learn of it from the
    /// socket.
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

    /// Returns the error for a first line that is not a greeting.
    pub(super) fn no_greeting(&self, misbehaviour: Misbehaviour) -> Error {
        let line = self.log.last_of_server();
        let service = line.as_deref().and_then(service);
        let other = service.map(Misbehaviour::OtherService);
        self.protocol(other.unwrap_or(misbehaviour), line)
    }

    /// Returns a protocol error with the last line of the server.
    pub(super) fn misread(&self, misbehaviour: Misbehaviour) -> Error {
        self.protocol(misbehaviour, self.log.last_of_server())
    }

    /// Returns the error for a server that exceeded a limit.
    pub(super) fn overrun(&self, excess: Excess) -> Error {
        Error::Limit(Box::new(Overrun {
            excess,
            command: self.commands.oldest().map(|command| command.name.clone()),
            log: self.log.lines().cloned().collect(),
        }))
    }

    /// Returns a protocol error with the conversation that led to it.
    pub(super) fn protocol(&self, misbehaviour: Misbehaviour, line: Option<String>) -> Error {
        Error::Protocol(Box::new(Violation {
            misbehaviour,
            command: self.commands.oldest().map(|command| command.name.clone()),
            line,
            log: self.log.lines().cloned().collect(),
        }))
    }
}

/// Returns whether a response is an untagged NO or BAD, or not IMAP at all.
pub(super) fn complains(response: &Response) -> bool {
    match response {
        Response::Status(status) => matches!(status.kind, StatusKind::No | StatusKind::Bad),
        other => is_nonsense(other),
    }
}

/// Returns whether a line is not IMAP: neither untagged, nor a tagged response, nor a continuation
/// request. Empty lines are tolerated, since some servers send one too many.
pub(super) fn is_nonsense(response: &Response) -> bool {
    let raw = match response {
        Response::Unknown(unknown) => &unknown.raw,
        Response::Malformed(malformed) => &malformed.raw,
        _ => return false,
    };
    let first = raw.iter().find(|byte| **byte > b' ');
    first.is_some_and(|first| !matches!(first, b'*' | b'+'))
}
