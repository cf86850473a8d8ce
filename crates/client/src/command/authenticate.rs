use imapclient_auth::Mechanism;
use imapclient_codec::{Outgoing, Status, command};
use imapclient_engine::State;
use secrecy::zeroize::Zeroizing;

use super::{Command, need_no_login};
use crate::error::{Error, Result};

/// `AUTHENTICATE`, with the initial response at once where the server can take it.
pub(crate) struct Authenticate<M> {
    mechanism: M,
    /// What goes out in answer to the first, empty challenge.
    initial: Option<Zeroizing<Vec<u8>>>,
    /// How many challenges the mechanism has answered.
    rounds: usize,
}

/// The most challenges that are answered; the mechanisms in use have three at most.
const ROUNDS: usize = 16;

impl<M: Mechanism> Authenticate<M> {
    pub(crate) fn new(mechanism: M) -> Self {
        Self {
            mechanism,
            initial: None,
            rounds: 0,
        }
    }
}

impl<M: Mechanism> Command for Authenticate<M> {
    type Output = ();

    fn encode(&mut self, state: &State) -> Result<Outgoing> {
        need_no_login("AUTHENTICATE", state)?;
        let initial = self.mechanism.initial()?;
        if state.has("SASL-IR") {
            let initial = initial.as_ref().map(|initial| initial.as_slice());
            return Ok(command::authenticate(self.mechanism.name(), initial)?);
        }
        self.initial = initial;
        Ok(command::authenticate(self.mechanism.name(), None)?)
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        if let Some(initial) = self.initial.take() {
            return Ok(initial);
        }
        if self.rounds == ROUNDS {
            return Err(Error::EndlessChallenges { limit: ROUNDS });
        }
        self.rounds += 1;
        Ok(self.mechanism.respond(challenge)?)
    }

    fn refused(&self, mut refusal: Error) -> Error {
        if let Error::Refused(refused) = &mut refusal {
            refused.detail = self.mechanism.failure().map(str::to_owned);
        }
        refusal
    }

    fn finish(mut self, _done: Status) -> Result<()> {
        Ok(self.mechanism.finish()?)
    }
}
