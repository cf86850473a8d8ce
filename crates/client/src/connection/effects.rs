//! What commands and their answers do to the connection, besides what the engine's
//! [`State`](imapclient_engine::State) keeps.

use imapclient_codec::{
    Code, Effect, InvalidArgument, Outgoing, Response, Status, StatusKind, Tag,
};
use imapclient_engine::Phase;

use super::{Connection, Health};
use crate::{command::Answered, error::Result};

impl<S> Connection<S> {
    /// Sends a command, unless what its answer means needs more than the command itself can do.
    ///
    /// Nothing is sent on an error.
    pub(super) fn submit(&mut self, outgoing: Outgoing, command: &mut dyn Answered) -> Result<Tag> {
        let effect = outgoing.effect().clone();
        let proof = command
            .responder()
            .map(|responder| responder.proves_server());
        self.admit(&effect, proof.is_some())?;
        let tag = self.engine.submit(outgoing)?;
        match effect {
            // It is left by the attempt, whatever comes of it.
            Effect::Select { .. } => self.updates.leave_mailbox(),
            Effect::Login | Effect::Authenticate if self.is_usable() => {
                self.health = match proof {
                    Some(true) => Health::Unproven,
                    // An exchange that was dropped is over by now, and let nobody in.
                    _ => Health::Good,
                };
            }
            _ => {}
        }
        Ok(tag)
    }

    /// Refuses what a command cannot do by itself.
    fn admit(&self, effect: &Effect, responds: bool) -> Result<()> {
        let why = match effect {
            Effect::StartTls if self.upgrade.is_none() => {
                "STARTTLS is for Builder::security: after a bare one all would go out in clear"
            }
            Effect::Idle => "IDLE is for Client::idle, which knows how to end it",
            Effect::Authenticate if !responds => {
                "AUTHENTICATE is for Client::authenticate, or for a command with a responder, which \
                 answers the server's challenges"
            }
            _ => return Ok(()),
        };
        Err(InvalidArgument::new("command", why).into())
    }

    /// Does what the tagged answer to a command of this effect means.
    pub(super) fn apply(&mut self, effect: &Effect, status: &Status) -> Result<()> {
        let is_ok = status.kind == StatusKind::Ok;
        match effect {
            // What came since the command was sent is about the new mailbox, if there is one.
            Effect::Select { .. } if !is_ok => self.updates.leave_mailbox(),
            Effect::Unselect if is_ok => self.updates.leave_mailbox(),
            Effect::Unauthenticate if is_ok => {
                self.updates.leave_mailbox();
                self.enabled += 1;
            }
            Effect::Enable(_) => self.enabled += 1,
            Effect::StartTls => {
                if let (Some(upgrade), true) = (self.upgrade.take(), is_ok) {
                    self.pipe.start_tls(&upgrade.tls, &upgrade.host)?;
                    // What was said in clear may have been said by anybody.
                    self.updates.clear();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes note of what an untagged response means, whoever asked for it.
    pub(super) fn note(&mut self, response: &Response) {
        if let Response::Status(status) = response {
            self.updates.alert(status);
            if status.code == Some(Code::Closed) {
                // All that came so far is about the mailbox that was open (RFC 9051 §7.1).
                self.updates.leave_mailbox();
            }
        }
        self.updates.put_aside(response);
    }

    /// Ends a login: whether its mechanism is content with the server. A server that let the user
    /// in without that is not the one it should be, and gets no mail to see.
    pub(crate) fn proved(&mut self, is_content: bool) {
        if self.health == Health::Unproven {
            self.health = Health::Good;
        }
        if !is_content && self.state().phase() != Phase::NotAuthenticated {
            self.give_up();
        }
    }

    /// Reports whether a login that was dropped has let the user in: nobody has looked at the
    /// server's proof.
    pub(super) fn is_unproven(&self) -> bool {
        self.health == Health::Unproven && self.state().phase() != Phase::NotAuthenticated
    }
}
