//! How long the server is waited for.

use std::time::{Duration, Instant};

use imapclient_codec::Effect;
use imapclient_transport::{Socket, Wait, Want};

use crate::client::Client;

/// How long a server that has said BYE may be silent: what it had still to say is on its way.
const BYE_SILENCE: Duration = Duration::from_secs(1);
/// How long such a server is listened to in all.
const BYE_REST: Duration = Duration::from_secs(5);

impl<S: Socket> Client<S> {
    /// How long an answer may take.
    pub(crate) fn wait(&self) -> Wait {
        Wait {
            idle: self.timeout,
            until: self.connect_until,
            ..Wait::default()
        }
    }

    /// When a command that begins now has to be done, if the settings say so.
    pub(crate) fn command_limit(&self) -> Option<Instant> {
        self.command_timeout.and_then(Self::from_now)
    }

    /// How long the answer to a command of this effect may take. Logging in is a part of connecting,
    /// also if it is done later.
    pub(crate) fn command_wait(&self, effect: &Effect, limit: Option<Instant>) -> Wait {
        let mut wait = self.wait();
        wait.until = earlier(wait.until, limit);
        if matches!(effect, Effect::Login | Effect::Authenticate) && self.connect_until.is_none() {
            let login = self.connect_timeout.and_then(Self::from_now);
            wait.until = earlier(wait.until, login);
        }
        wait
    }

    /// The same wait, as long as the engine allows. After BYE only the rest is waited for.
    pub(crate) fn patient(&mut self, want: Want, wait: Wait) -> Wait {
        // Whoever sends does not see the beginning of a response.
        let judged = want != Want::Input || self.engine.is_within_response();
        let mut wait = Wait {
            most: self.engine.patience().filter(|_| judged),
            ..wait
        };
        if self.state().bye().is_some() {
            self.bye_until = self.bye_until.or_else(|| Self::from_now(BYE_REST));
            wait.until = earlier(wait.until, self.bye_until);
            wait.idle = Some(wait.idle.map_or(BYE_SILENCE, |idle| idle.min(BYE_SILENCE)));
        }
        wait
    }

    /// Runs work that does not wait for the server, while its time stands still.
    pub(crate) async fn offload<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let begun = S::now();
        let result = self.socket.offload(work).await;
        let time = S::now().saturating_duration_since(begun);
        self.connect_until = self.connect_until.and_then(|until| until.checked_add(time));
        result
    }

    /// A point in time, or `None` if no clock goes that far.
    pub(crate) fn from_now(duration: Duration) -> Option<Instant> {
        S::now().checked_add(duration)
    }
}

pub(crate) fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
