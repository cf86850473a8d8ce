//! The exchanges within a command (AUTHENTICATE, IDLE), and the owner of a continuation request.

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use imapclient_codec::{Continue, Response};
use imapclient_echo::WITHHELD;

use super::Engine;
use crate::{
    error::{Error, Misbehaviour},
    event::Event,
    inflight::{Exchange, Idle, Sasl},
    log::beginning,
};

/// Some servers leave out the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Engine {
    /// Answers an [`Event::Challenge`]. Does nothing if no challenge waits for an answer.
    pub fn respond(&mut self, response: &[u8]) {
        if !self.take_turn(Sasl::Server) {
            return;
        }
        if let Some(secrets) = &mut self.secrets {
            secrets.respond(response);
        }
        let size = self.sender.base64(response);
        self.log.secret(size);
    }

    /// Answers an [`Event::Challenge`] by cancelling the login: the server will refuse the command.
    /// Does nothing if no challenge waits for an answer.
    pub fn cancel(&mut self) {
        if self.take_turn(Sasl::Cancelled) {
            self.log.client("*");
            self.sender.text(b"*\r\n");
        }
    }

    /// Ends the client's turn in a SASL exchange. Returns whether there was one.
    fn take_turn(&mut self, next: Sasl) -> bool {
        match self.exchange_mut() {
            Some(turn @ Exchange::Sasl(Sasl::Client)) => {
                *turn = Exchange::Sasl(next);
                true
            }
            _ => false,
        }
    }

    /// Ends an IDLE, at once or as soon as it has begun. Its [`Event::Done`] follows.
    pub fn finish_idle(&mut self) {
        let Some(Exchange::Idle(idle)) = self.exchange_mut() else {
            return;
        };
        match idle {
            Idle::Asked { end } => *end = true,
            Idle::Running => {
                *idle = Idle::Ending;
                self.log.client("DONE");
                self.sender.text(b"DONE\r\n");
                self.sent_done = true;
            }
            Idle::Ending => {}
        }
    }

    /// Returns the exchange of the command that needs the connection for itself.
    fn exchange_mut(&mut self) -> Option<&mut Exchange> {
        let command = self.commands.exclusive_mut();
        command.map(|command| &mut command.exchange)
    }

    /// Passes a continuation request to the literal or exchange that waits for it. If there is
    /// none, it is passed on and changes nothing.
    pub(super) fn continuation(
        &mut self,
        text: Bytes,
        echoes: bool,
    ) -> Result<Option<Event>, Error> {
        if self.sender.waits().is_some() {
            self.sender.go_on();
            return Ok(None);
        }
        let all_written = self.sender.is_empty();
        let Some(command) = self.commands.exclusive_mut().filter(|_| all_written) else {
            return Ok(Some(stray(text, echoes)));
        };
        let (tag, orphan) = (command.tag.clone(), command.orphan);
        match &mut command.exchange {
            Exchange::Sasl(Sasl::Cancelled) => {
                Err(self.misread(Misbehaviour::ChallengeAfterCancel))
            }
            Exchange::Sasl(turn) => {
                *turn = Sasl::Client;
                if orphan {
                    self.cancel();
                    return Ok(None);
                }
                let data = BASE64.decode(text.trim_ascii());
                let data = data.map_err(|_| match echoes {
                    true => WITHHELD.to_owned(),
                    false => beginning(&text),
                });
                Ok(Some(Event::Challenge { tag, data, echoes }))
            }
            Exchange::Idle(idle @ Idle::Asked { .. }) => {
                if *idle == (Idle::Asked { end: true }) {
                    *idle = Idle::Running;
                    self.finish_idle();
                } else {
                    *idle = Idle::Running;
                }
                Ok((!orphan).then_some(Event::Idling(tag)))
            }
            Exchange::Idle(_) | Exchange::StartTls | Exchange::Plain => {
                Ok(Some(stray(text, echoes)))
            }
        }
    }
}

/// Returns the event for a continuation request that belongs to no command.
fn stray(text: Bytes, echoes: bool) -> Event {
    let text = match echoes {
        true => Bytes::from_static(WITHHELD.as_bytes()),
        false => text,
    };
    Event::Response(Response::Continue(Continue { text }))
}
