//! The time limits of a connection.

use std::time::{Duration, Instant};

use imapclient_codec::Effect;
use imapclient_transport::{self as transport, Socket, Wait, Want};

use super::Connection;
use crate::error::TimeLimit;

/// The longest silence of a server that has sent BYE, while the rest of its data are on their way.
const BYE_SILENCE: Duration = Duration::from_secs(1);
/// The longest time in total to read from such a server.
const BYE_REST: Duration = Duration::from_secs(5);

/// The settings of time limits, and the resulting deadlines.
#[derive(Debug)]
pub(crate) struct Clock {
    /// The longest silence of the server while the client waits for it.
    pub(crate) timeout: Option<Duration>,
    /// The time for connecting, and for a later login.
    pub(crate) connect_timeout: Option<Duration>,
    /// The deadline for connecting; `None` afterwards.
    pub(crate) connect_until: Option<Instant>,
    /// The deadline of a login after connecting.
    pub(crate) login_until: Option<Instant>,
    /// The total time for one command.
    pub(crate) command_timeout: Option<Duration>,
    /// The interval after which IDLE is restarted.
    pub(crate) idle_renewal: Duration,
    /// The deadline for reading from a server that has sent BYE.
    pub(crate) bye_until: Option<Instant>,
}

impl Clock {
    /// Returns the limit on silence, if there is one.
    pub(crate) fn silence(&self) -> Option<TimeLimit> {
        self.timeout.map(TimeLimit::Silence)
    }

    /// Returns which setting has ended a wait, if it was one.
    pub(super) fn reached(&self, error: &transport::Error, wait: Wait) -> Option<TimeLimit> {
        let transport::Error::Timeout { idle, .. } = error else {
            return None;
        };
        let until = wait.until;
        let is_connecting = until == self.connect_until || until == self.login_until;
        match idle {
            true if self.bye_until.is_some() => None,
            true => self.silence(),
            false if until.is_none() || until == self.bye_until => None,
            false if is_connecting => self.connect_timeout.map(TimeLimit::Connect),
            false => self.command_timeout.map(TimeLimit::Command),
        }
    }
}

impl<S: Socket> Connection<S> {
    /// Returns the limits of a wait for an answer.
    pub(crate) fn wait(&self) -> Wait {
        Wait {
            idle: self.clock.timeout,
            until: self.clock.connect_until,
            ..Wait::default()
        }
    }

    /// Returns the deadline of a command that begins now, if there is such a setting.
    pub(crate) fn command_limit(&self) -> Option<Instant> {
        self.clock.command_timeout.and_then(Self::from_now)
    }

    /// Returns the limits of a wait for a command of this effect. Logging in has the limit of
    /// connecting, even if it is done later.
    pub(crate) fn command_wait(&mut self, effect: &Effect, limit: Option<Instant>) -> Wait {
        let mut wait = self.wait();
        wait.until = earlier(wait.until, limit);
        if matches!(effect, Effect::Login | Effect::Authenticate)
            && self.clock.connect_until.is_none()
        {
            let login = self.clock.connect_timeout.and_then(Self::from_now);
            self.clock.login_until = login;
            wait.until = earlier(wait.until, login);
        }
        wait
    }

    /// Returns the wait with the limits of the engine, and after BYE with those for the rest.
    pub(super) fn patient(&mut self, want: Want, wait: Wait) -> Wait {
        // During output, the beginning of a response is not seen.
        let judged = want != Want::Input || self.engine.is_within_response();
        let mut wait = Wait {
            most: self.engine.patience().filter(|_| judged),
            ..wait
        };
        if self.state().bye().is_some() {
            let until = self.clock.bye_until.or_else(|| Self::from_now(BYE_REST));
            self.clock.bye_until = until;
            wait.until = earlier(wait.until, until);
            wait.idle = Some(wait.idle.map_or(BYE_SILENCE, |idle| idle.min(BYE_SILENCE)));
        }
        wait
    }

    /// Runs work that does not wait for the server, and extends the deadline for connecting by its
    /// time.
    pub(crate) async fn offload<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let begun = S::now();
        let result = S::offload(work).await;
        let time = S::now().saturating_duration_since(begun);
        let until = &mut self.clock.connect_until;
        *until = until.and_then(|until| until.checked_add(time));
        result
    }

    /// Returns a point in time; `None` if it is out of range.
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
