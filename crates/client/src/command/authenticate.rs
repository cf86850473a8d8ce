//! AUTHENTICATE: the exchange of challenges and responses.

use imapclient_auth::Mechanism;
use imapclient_codec::{Needs, Outgoing, Response, Status, Tag, command};
use imapclient_engine::State;
use secrecy::{SecretString, zeroize::Zeroizing};

use super::{Command, Respond};
use crate::error::{Error, Result};

/// `AUTHENTICATE`, with an initial response in the command if the server supports it.
pub(crate) struct Authenticate<'a, M> {
    pub(crate) exchange: &'a mut Exchange<M>,
    /// True if the initial response may be sent with the command.
    pub(crate) at_once: bool,
}

/// A SASL exchange, which may take two commands to begin.
pub(crate) struct Exchange<M> {
    pub(crate) mechanism: M,
    /// The number of commands that have carried data of the mechanism.
    pub(crate) sent: u32,
    /// The initial response of the mechanism, once it was obtained.
    initial: Option<Option<Zeroizing<Vec<u8>>>>,
    /// The response to the first, empty challenge.
    pending: Option<Zeroizing<Vec<u8>>>,
    /// True if the last command carried the initial response.
    with_command: bool,
    /// True if the last command was answered by a challenge.
    asked: bool,
    /// The number of challenges that the mechanism has answered.
    rounds: usize,
}

/// Upper bound on the challenges that are answered; the mechanisms in use have at most three.
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

    /// Returns whether the exchange consists only of an initial response sent with the command.
    pub(crate) fn begins_with_command(&self) -> bool {
        self.with_command && !self.asked
    }

    /// Returns whether the server answered the last command by a challenge.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked
    }

    /// Returns the initial response. The mechanism is asked only once, and both commands carry the
    /// same response, because the first one did not begin an exchange.
    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        if self.initial.is_none() {
            self.initial = Some(self.mechanism.initial()?);
        }
        Ok(self.initial.clone().flatten())
    }
}

/// Accepts the capabilities sent with a login, so that they do not become an update: the engine
/// keeps them.
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
        // Any response is counted, but only once for each command.
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
