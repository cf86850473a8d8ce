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

/// Writes what can be written and reads what can be read, once each. What both sockets do between their waits.
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

/// Whether nothing more can be done here: the want holds, or the user must make room by reading first.
fn over(pipe: &Pipe, want: Want) -> bool {
    pipe.meets(want) || (pipe.has_input() && !pipe.wants_receive())
}

/// The limits of one exchange.
#[derive(Debug)]
pub(crate) struct Clock {
    idle: Option<Duration>,
    idle_end: Option<Instant>,
    until: Option<Instant>,
}

impl Clock {
    pub(crate) fn new(wait: Wait, now: Instant) -> Self {
        let mut clock = Self {
            idle: wait.idle,
            idle_end: None,
            until: wait.until,
        };
        clock.moved(now);
        clock
    }

    /// A byte has moved.
    pub(crate) fn moved(&mut self, now: Instant) {
        self.idle_end = self.idle.and_then(|idle| now.checked_add(idle));
    }

    /// When to give up, if ever.
    pub(crate) fn end(&self) -> Option<Instant> {
        match (self.idle_end, self.until) {
            (Some(idle), Some(until)) => Some(idle.min(until)),
            (idle, until) => idle.or(until),
        }
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
