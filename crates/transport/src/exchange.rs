//! The part of an exchange that both sockets share: rounds over a stream, and their time limits.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use crate::{Error, Pipe, Received, Sink, Wait, Waiting, Want};

/// The result of one round over a non-blocking stream.
#[derive(Debug)]
pub(crate) enum Round {
    /// The exchange is over.
    Done,
    /// The caller has to wait for the stream.
    Wait { moved: Moved },
}

/// The bytes that moved in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moved {
    Nothing,
    /// Bytes of TLS without any data: session tickets, key updates and the answers to them, and a
    /// record that is not complete yet; or compressed bytes that do not result in any others yet.
    Overhead,
    /// Data, or bytes of a handshake.
    Data,
}

/// The longest time for which bytes without data count as progress, unless the idle limit is
/// longer. A record has at most 16 KiB of data.
const OVERHEAD: Duration = Duration::from_secs(60);

/// Writes and reads once each, as far as the stream allows. Both sockets do this between their
/// waits.
pub(crate) fn round<S: Read + Write>(
    pipe: &mut Pipe,
    want: Want,
    stream: &mut S,
) -> Result<Round, Error> {
    round_into(pipe, None, want, stream)
}

/// Does the same, but the round may put plaintext into `sink`; it is over then.
pub(crate) fn round_into<S: Read + Write>(
    pipe: &mut Pipe,
    sink: Option<&mut (dyn Sink + '_)>,
    want: Want,
    stream: &mut S,
) -> Result<Round, Error> {
    // A failed write is ignored while there is something to read, such as the peer's reason for
    // closing: the bytes stay in the pipe, so the error comes again.
    let sent = pipe.transmit(stream);
    // A peer that takes whatever is sent may have answered long ago, such as by a refusal.
    let is_upload = matches!(want, Want::Room(_));
    if over(pipe, want) && !is_upload {
        return Ok(Round::Done);
    }
    let received = match sink {
        Some(sink) => pipe.receive_into(stream, sink),
        None => pipe.receive(stream).map(Received::Here),
    };
    // Sends the response of TLS to that, which is its part of the handshake or an alert. This comes
    // before an error of `receive` is returned.
    let answered = pipe.transmit(stream);
    let received = match received? {
        Received::There(_) => return Ok(Round::Done),
        Received::Here(count) => count,
    };
    if over(pipe, want) {
        return Ok(Round::Done);
    }
    let (sent, answered) = match sent.and_then(|sent| Ok((sent, answered?))) {
        Ok(sent) => sent,
        Err(error) if received == 0 => return Err(error),
        Err(_) => (0, 0),
    };
    // A peer must not keep an exchange going by records or compressed blocks that carry nothing,
    // nor by what they make this end answer.
    let is_plain = !pipe.is_tls() && !pipe.is_compressed();
    let counts = is_plain || pipe.is_handshaking() || pipe.has_input();
    let moved = match sent + received + answered {
        0 => Moved::Nothing,
        _ if sent > 0 || counts => Moved::Data,
        _ => Moved::Overhead,
    };
    Ok(Round::Wait { moved })
}

/// Returns whether nothing more can be done here: `want` is met, or the user must first make room
/// by reading.
fn over(pipe: &Pipe, want: Want) -> bool {
    pipe.meets(want) || (pipe.has_input() && !pipe.wants_receive())
}

/// The limits of one exchange, and the time it has spent waiting.
#[derive(Debug)]
pub(crate) struct Clock {
    idle: Option<Duration>,
    idle_end: Option<Instant>,
    /// When the first bytes without data came since the last data.
    overhead_since: Option<Instant>,
    until: Option<Instant>,
    most: Option<Duration>,
    waited: Duration,
    asleep: Option<Instant>,
}

/// With a limit on the time spent waiting, each wait is checked at this interval. If one took
/// longer, the exchange was not polled in time, and the excess does not count.
const TICK: Duration = Duration::from_secs(1);

impl Clock {
    pub(crate) fn new(wait: Wait, now: Instant) -> Self {
        let mut clock = Self {
            idle: wait.idle,
            idle_end: None,
            overhead_since: None,
            until: wait.until,
            most: wait.most,
            waited: Duration::ZERO,
            asleep: None,
        };
        clock.moved(Moved::Data, now);
        clock
    }

    /// Records that bytes have moved, which restarts the idle limit.
    pub(crate) fn moved(&mut self, moved: Moved, now: Instant) {
        let Some(idle) = self.idle else {
            return;
        };
        match moved {
            Moved::Nothing => {}
            Moved::Data => {
                self.overhead_since = None;
                self.idle_end = now.checked_add(idle);
            }
            Moved::Overhead => {
                let since = *self.overhead_since.get_or_insert(now);
                let most = since.checked_add(idle.max(OVERHEAD));
                self.idle_end = match (now.checked_add(idle), most) {
                    (Some(end), Some(most)) => Some(end.min(most)),
                    (end, most) => end.or(most),
                };
            }
        }
    }

    /// Returns when to give up, if ever.
    fn end(&self) -> Option<Instant> {
        match (self.idle_end, self.until) {
            (Some(idle), Some(until)) => Some(idle.min(until)),
            (idle, until) => idle.or(until),
        }
    }

    /// Begins a wait. Returns when to check again if nothing happens before.
    pub(crate) fn sleep(&mut self, now: Instant) -> Option<Instant> {
        self.asleep = Some(now);
        let look = self.most.and_then(|most| {
            let left = most.saturating_sub(self.waited);
            // Under `Want::Room` the time may be used up while there is still nothing to read.
            let left = if left.is_zero() { TICK } else { left.min(TICK) };
            now.checked_add(left)
        });
        match (self.end(), look) {
            (Some(end), Some(look)) => Some(end.min(look)),
            (end, look) => end.or(look),
        }
    }

    /// Ends the wait.
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

    /// Returns the time that the exchange has spent waiting so far.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// Returns whether the limit on waiting is reached and the exchange may end: it wants input, or
    /// has some to be read.
    pub(crate) fn is_over(&self, pipe: &Pipe, want: Want) -> bool {
        self.most.is_some_and(|most| most <= self.waited)
            && (want == Want::Input || pipe.has_input())
    }

    pub(crate) fn check(&self, now: Instant, pipe: &Pipe, want: Want) -> Result<(), Error> {
        match self.end() {
            Some(end) if end <= now => {
                let idle = self.idle_end.is_some_and(|end| end <= now);
                Err(pipe
                    .begun_in_clear()
                    .unwrap_or_else(|| timeout(pipe, want, idle)))
            }
            _ => Ok(()),
        }
    }
}

fn timeout(pipe: &Pipe, want: Want, idle: bool) -> Error {
    Error::Timeout {
        waiting: match want {
            _ if pipe.is_handshaking() => Waiting::Handshake,
            Want::Input => Waiting::Input,
            Want::Room(_) | Want::Flushed => Waiting::Output,
        },
        idle,
    }
}

#[cfg(test)]
mod tests;
