use imapclient_auth::Mechanism;
use imapclient_codec::{Outgoing, Status, command};
use imapclient_engine::State;
use secrecy::zeroize::Zeroizing;

use super::{Command, need_no_login};
use crate::error::Result;

/// `AUTHENTICATE`, with the initial response at once where the server can take it.
pub(crate) struct Authenticate<M> {
    mechanism: M,
    /// What goes out in answer to the first, empty challenge.
    initial: Option<Zeroizing<Vec<u8>>>,
}

impl<M: Mechanism> Authenticate<M> {
    pub(crate) fn new(mechanism: M) -> Self {
        Self {
            mechanism,
            initial: None,
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
        Ok(self.mechanism.respond(challenge)?)
    }

    fn finish(mut self, _done: Status) -> Result<()> {
        Ok(self.mechanism.finish()?)
    }
}
