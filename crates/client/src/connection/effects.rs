//! The effects of commands and their answers on the connection. The engine's
//! [`State`](imapclient_engine::State) is updated before.

use imapclient_codec::{Code, Effect, Outgoing, Response, Status, StatusKind, Tag};
use imapclient_engine::Phase;

use super::{Connection, Health};
use crate::{
    command::Answered,
    error::{Error, Result, Unrunnable},
};

impl<S> Connection<S> {
    /// Sends a command, unless the connection does not support its effect. After an error nothing
    /// has been sent.
    pub(super) fn submit(&mut self, outgoing: Outgoing, command: &mut dyn Answered) -> Result<Tag> {
        let effect = outgoing.effect().clone();
        let proof = command
            .responder()
            .map(|responder| responder.proves_server());
        self.admit(&effect, proof.is_some())?;
        let tag = self.engine.submit(outgoing)?;
        match effect {
            // SELECT deselects the current mailbox even if it fails.
            Effect::Select { .. } => self.updates.leave_mailbox(),
            Effect::Login | Effect::Authenticate if self.is_usable() => {
                self.health = match proof {
                    Some(true) => Health::Unproven,
                    // A dropped exchange has ended without a login by now.
                    _ => Health::Good,
                };
            }
            _ => {}
        }
        Ok(tag)
    }

    /// Fails for effects that need more than the command itself.
    fn admit(&self, effect: &Effect, responds: bool) -> Result<()> {
        Err(Error::Unrunnable(match effect {
            Effect::StartTls if self.upgrade.is_none() => Unrunnable::StartTls,
            Effect::Idle => Unrunnable::Idle,
            Effect::Notify { .. } if !self.may_notify => Unrunnable::Notify,
            Effect::Authenticate if !responds => Unrunnable::Authenticate,
            _ => return Ok(()),
        }))
    }

    /// Applies the effect of a command whose tagged response has arrived.
    pub(super) fn apply(&mut self, effect: &Effect, status: &Status) -> Result<()> {
        let is_ok = status.kind == StatusKind::Ok;
        match effect {
            // There is no mailbox that the responses received meanwhile could be about.
            Effect::Select { .. } if !is_ok => self.updates.leave_mailbox(),
            Effect::Unselect if is_ok => self.updates.leave_mailbox(),
            Effect::Unauthenticate if is_ok => {
                self.updates.leave_mailbox();
                self.enabled += 1;
            }
            Effect::Enable(_) => self.enabled += 1,
            Effect::Notify { usual } if is_ok => self.notified(*usual),
            Effect::StartTls => {
                if let (Some(upgrade), true) = (self.upgrade.take(), is_ok) {
                    self.pipe.start_tls(&upgrade.tls, &upgrade.host)?;
                    // Anyone may have sent the updates that came without TLS.
                    self.updates.clear();
                }
            }
            Effect::Compress if is_ok => {
                let unread = self.engine.take_unread();
                self.pipe.start_compression(&unread)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Applies the effect of an untagged response, whichever command it belongs to.
    pub(super) fn note(&mut self, response: &Response) {
        if let Response::Status(status) = response {
            self.updates.alert(status);
            self.note_overflow(status);
            if status.code == Some(Code::Closed) {
                // The responses so far are about the mailbox that was open (RFC 9051 §7.1).
                self.updates.leave_mailbox();
            }
        }
        self.updates.put_aside(response);
    }

    /// Records whether the mechanism of a login has accepted the server. If it has not and the
    /// login succeeded all the same, the server may be an impostor, and the connection is given up.
    ///
    /// A login that is still under way, since its caller stopped waiting, is judged by
    /// [`settle`](Self::settle).
    pub(crate) fn proved(&mut self, is_content: bool) {
        if self.engine.is_busy() {
            return;
        }
        if self.health == Health::Unproven {
            self.health = Health::Good;
        }
        if !is_content && self.state().phase() != Phase::NotAuthenticated {
            self.give_up();
        }
    }

    /// Judges an abandoned login once it has ended: if it succeeded, the server was not verified,
    /// and the connection is given up.
    pub(super) fn settle_login(&mut self) -> Result<()> {
        if self.health != Health::Unproven {
            return Ok(());
        }
        if self.state().phase() == Phase::NotAuthenticated {
            self.health = Health::Good;
            return Ok(());
        }
        self.give_up();
        Err(Error::GivenUp)
    }
}
