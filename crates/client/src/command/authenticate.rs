use imapclient_auth::Mechanism;
use imapclient_codec::{Needs, Outgoing, Response, Status, Tag, command};
use imapclient_engine::State;
use secrecy::{SecretString, zeroize::Zeroizing};

use super::{Command, Respond};
use crate::error::{Error, Result};

/// `AUTHENTICATE`, with the initial response at once where the server can take it.
pub(crate) struct Authenticate<'a, M> {
    pub(crate) exchange: &'a mut Exchange<M>,
    /// Whether the initial response may come with the command.
    pub(crate) at_once: bool,
}

/// A SASL exchange, which may take two commands to begin.
pub(crate) struct Exchange<M> {
    pub(crate) mechanism: M,
    /// How many commands have carried something of the mechanism.
    pub(crate) sent: u32,
    /// What the mechanism says first, once it was asked for that.
    initial: Option<Option<Zeroizing<Vec<u8>>>>,
    /// What is still to go out in answer to the first, empty challenge.
    pending: Option<Zeroizing<Vec<u8>>>,
    /// Whether the command that was sent last carried the initial response.
    with_command: bool,
    /// Whether the command that was sent last was answered by a challenge.
    asked: bool,
    /// How many challenges the mechanism has answered.
    rounds: usize,
}

/// The most challenges that are answered; the mechanisms in use have three at most.
const ROUNDS: usize = 16;

impl<M: Mechanism> Exchange<M> {
    pub(crate) fn new(mechanism: M) -> Self {
        Self {
            mechanism,
            sent: 0,
            initial: None,
            pending: None,
            with_command: false,
            asked: false,
            rounds: 0,
        }
    }

    /// Whether nothing has come of it but an initial response that went with the command.
    pub(crate) fn begins_with_command(&self) -> bool {
        self.with_command && !self.asked
    }

    /// Whether the server has answered the last command by a challenge.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked
    }

    /// What the mechanism says first. It is asked once only, and says the same in both commands:
    /// the first one began no exchange.
    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        if self.initial.is_none() {
            self.initial = Some(self.mechanism.initial()?);
        }
        Ok(self.initial.clone().flatten())
    }
}

/// Keeps the capabilities that a login tells from turning up as an update: the engine knows them.
pub(crate) fn capabilities_of_login((): &mut (), response: Response) -> Option<Response> {
    match response {
        Response::Capability(_) => None,
        other => Some(other),
    }
}

impl<M: Mechanism> Command for Authenticate<'_, M> {
    type Output = ();

    fn needs(&self) -> Needs {
        Needs::fresh()
    }

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        let exchange = &mut *self.exchange;
        let mut initial = exchange.initial()?;
        exchange.asked = false;
        exchange.with_command = self.at_once && initial.is_some() && state.has("SASL-IR");
        if !exchange.with_command {
            exchange.pending = initial.take();
        }
        exchange.sent += u32::from(exchange.with_command);
        let initial = initial.as_ref().map(|initial| initial.as_slice());
        Ok(command::authenticate(exchange.mechanism.name(), initial)?)
    }

    fn responder(&mut self) -> Option<&mut dyn Respond> {
        Some(self)
    }

    fn accept(&mut self, _tag: &Tag, response: Response) -> Option<Response> {
        capabilities_of_login(&mut (), response)
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        self.exchange.mechanism.secrets()
    }

    fn failed(&self, mut error: Error) -> Error {
        if let Error::Refused(refused) = &mut error {
            refused.detail = self.exchange.mechanism.failure().map(str::to_owned);
        }
        error
    }

    fn finish(self, _done: Status) -> Result<()> {
        Ok(self.exchange.mechanism.finish()?)
    }
}

impl<M: Mechanism> Respond for Authenticate<'_, M> {
    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let exchange = &mut *self.exchange;
        // Whatever it answers counts, and only once for each command.
        if !exchange.asked && !exchange.with_command {
            exchange.sent += 1;
        }
        exchange.asked = true;
        if let Some(initial) = exchange.pending.take() {
            return Ok(initial);
        }
        if exchange.rounds == ROUNDS {
            return Err(Error::EndlessChallenges { limit: ROUNDS });
        }
        exchange.rounds += 1;
        Ok(exchange.mechanism.respond(challenge)?)
    }

    fn proves_server(&self) -> bool {
        self.exchange.mechanism.proves_server()
    }
}
