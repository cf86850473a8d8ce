//! The number of round trips on a connection.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// The round trips of a connection, derived from what each side had received when it sent.
#[derive(Default)]
pub(super) struct Rounds {
    /// The last round trip of which the client has received data.
    client: AtomicU64,
    /// The last round trip of which the server has received data.
    server: AtomicU64,
    /// The last round trip in which the client has sent data.
    last: AtomicU64,
}

/// A side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

impl Rounds {
    /// Returns the round trip of data that this side sends now.
    pub(super) fn send(&self, side: Side) -> u64 {
        match side {
            Side::Client => self.client.load(SeqCst) + 1,
            Side::Server => self.server.load(SeqCst),
        }
    }

    /// Notes that data of this side and this round trip are delivered to the other side.
    pub(super) fn deliver(&self, from: Side, round: u64) {
        match from {
            Side::Client => {
                self.last.fetch_max(round, SeqCst);
                self.server.fetch_max(round, SeqCst);
            }
            Side::Server => {
                self.client.fetch_max(round, SeqCst);
            }
        }
    }

    /// Returns the number of round trips so far.
    pub(super) fn count(&self) -> u64 {
        self.last.load(SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::{Rounds, Side::*};

    #[test]
    fn only_data_that_may_answer_begin_a_round_trip() {
        let rounds = Rounds::default();
        assert_eq!(rounds.count(), 0);
        let greeting = rounds.send(Server);
        rounds.deliver(Server, greeting);
        let (first, second) = (rounds.send(Client), rounds.send(Client));
        rounds.deliver(Client, first);
        let answer = rounds.send(Server);
        rounds.deliver(Client, second);
        assert_eq!(rounds.count(), 1);
        rounds.deliver(Server, answer);
        let third = rounds.send(Client);
        assert_eq!((greeting, answer, third), (0, 1, 2));
        // The third is not delivered yet.
        assert_eq!(rounds.count(), 1);
        rounds.deliver(Client, third);
        assert_eq!(rounds.count(), 2);
    }
}
