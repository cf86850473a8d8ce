use crate::{Error, Pipe, Wait, Want};
use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

/// What one round over a stream that does not block has brought.
#[derive(Debug)]
pub(crate) enum Round {
    /// The exchange is over.
    Done,
    /// The stream has to be waited for. Says whether a byte moved.
    Wait { moved: bool },
}

/// Writes what can be written and reads what can be read, once each. What both sockets do between
/// their waits.
pub(crate) fn round<S: Read + Write>(
    pipe: &mut Pipe,
    want: Want,
    stream: &mut S,
) -> Result<Round, Error> {
    // A failed write does not count while there is something to read, such as why the peer closed: the bytes stay in the pipe, so the
    // error comes again.
    let sent = pipe.transmit(stream);
    if over(pipe, want) {
        return Ok(Round::Done);
    }
    let received = pipe.receive(stream);
    // What TLS has to say to that: its part of the handshake, or an alert, also before its failure is told.
    let answered = pipe.transmit(stream);
    let received = received?;
    if over(pipe, want) {
        return Ok(Round::Done);
    }
    let sent = match sent.and_then(|sent| Ok(sent + answered?)) {
        Ok(sent) => sent,
        Err(error) if received == 0 => return Err(error),
        Err(_) => 0,
    };
    Ok(Round::Wait {
        moved: sent + received > 0,
    })
}

/// Whether nothing more can be done here: the want holds, or the user must make room by reading
/// first.
fn over(pipe: &Pipe, want: Want) -> bool {
    pipe.meets(want) || (pipe.has_input() && !pipe.wants_receive())
}

/// The limits of one exchange, and the time that it has waited.
#[derive(Debug)]
pub(crate) struct Clock {
    idle: Option<Duration>,
    idle_end: Option<Instant>,
    until: Option<Instant>,
    most: Option<Duration>,
    waited: Duration,
    asleep: Option<Instant>,
}

/// With a limit on what is waited, a wait is looked at this often. One that took longer was not
/// polled in time, and the rest does not count.
const TICK: Duration = Duration::from_secs(1);

impl Clock {
    pub(crate) fn new(wait: Wait, now: Instant) -> Self {
        let mut clock = Self {
            idle: wait.idle,
            idle_end: None,
            until: wait.until,
            most: wait.most,
            waited: Duration::ZERO,
            asleep: None,
        };
        clock.moved(now);
        clock
    }

    /// A byte has moved.
    pub(crate) fn moved(&mut self, now: Instant) {
        self.idle_end = self.idle.and_then(|idle| now.checked_add(idle));
    }

    /// When to give up, if ever.
    fn end(&self) -> Option<Instant> {
        match (self.idle_end, self.until) {
            (Some(idle), Some(until)) => Some(idle.min(until)),
            (idle, until) => idle.or(until),
        }
    }

    /// A wait begins. Returns when to look again, if nothing happens before.
    pub(crate) fn sleep(&mut self, now: Instant) -> Option<Instant> {
        self.asleep = Some(now);
        let look = self.most.and_then(|most| {
            let left = most.saturating_sub(self.waited);
            // Under `Want::Room` there may be nothing left, and nothing to read either.
            let left = if left.is_zero() { TICK } else { left.min(TICK) };
            now.checked_add(left)
        });
        match (self.end(), look) {
            (Some(end), Some(look)) => Some(end.min(look)),
            (end, look) => end.or(look),
        }
    }

    /// The wait is over.
    pub(crate) fn wake(&mut self, now: Instant) {
        let Some(since) = self.asleep.take() else {
            return;
        };
        let time = now.saturating_duration_since(since);
        let time = if self.most.is_some() {
            time.min(TICK)
        } else {
            time
        };
        self.waited = self.waited.saturating_add(time);
    }

    /// The time that the exchange has waited so far.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// Reports whether it has waited for as long as it may, with something to say for it.
    pub(crate) fn is_over(&self, pipe: &Pipe, want: Want) -> bool {
        self.most.is_some_and(|most| most <= self.waited)
            && (want == Want::Input || pipe.has_input())
    }

    pub(crate) fn check(&self, now: Instant, pipe: &Pipe, want: Want) -> Result<(), Error> {
        match self.end() {
            Some(end) if end <= now => {
                Err(pipe.begun_in_clear().unwrap_or_else(|| timeout(pipe, want)))
            }
            _ => Ok(()),
        }
    }
}

fn timeout(pipe: &Pipe, want: Want) -> Error {
    Error::Timeout {
        what: match want {
            _ if pipe.is_handshaking() => "in the TLS handshake",
            Want::Input => "waiting for data",
            Want::Room(_) | Want::Flushed => "sending data",
        },
    }
}

#[cfg(test)]
mod tests;
