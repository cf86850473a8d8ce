//! Decides which address is tried when: RFC 8305 §5, "Connection Attempts".

use std::{
    collections::VecDeque,
    fmt, io,
    net::SocketAddr,
    time::{Duration, Instant},
};

/// The time after which the next address is tried in parallel.
const HEAD_START: Duration = Duration::from_millis(250);

/// The addresses of one host while connecting. Does no I/O: it returns the address to be tried
/// next, and keeps the errors of those before.
#[derive(Debug)]
pub(super) struct Race {
    waiting: VecDeque<SocketAddr>,
    /// The time at which the next address is tried even if no other has failed.
    next_at: Option<Instant>,
    failed: Vec<(SocketAddr, io::Error)>,
}

impl Race {
    /// Takes the addresses in the order of the resolver, but alternates between the families: if
    /// one of them is unreachable, the second attempt uses the other.
    pub(super) fn new(addresses: &[SocketAddr]) -> Self {
        let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
        let (mut one, mut other): (VecDeque<SocketAddr>, VecDeque<SocketAddr>) = addresses
            .iter()
            .copied()
            .partition(|address| address.is_ipv6() == first_is_v6);
        let mut waiting = VecDeque::with_capacity(addresses.len());
        while !one.is_empty() || !other.is_empty() {
            waiting.extend(one.pop_front());
            waiting.extend(other.pop_front());
        }
        Self {
            waiting,
            next_at: None,
            failed: Vec::new(),
        }
    }

    /// Returns the address to try now, if it is time for one.
    pub(super) fn next(&mut self, now: Instant) -> Option<SocketAddr> {
        if self.next_at.is_some_and(|at| now < at) {
            return None;
        }
        let address = self.waiting.pop_front()?;
        self.next_at = now.checked_add(HEAD_START);
        Some(address)
    }

    /// Returns when to try the next address, or `None` if none is left.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.next_at.filter(|_| !self.waiting.is_empty())
    }

    /// Records that an attempt has failed. The next one may begin at once.
    pub(super) fn failed(&mut self, address: SocketAddr, error: io::Error) {
        tracing::debug!(%address, %error, "could not connect");
        self.failed.push((address, error));
        self.next_at = None;
    }

    /// Records that all running attempts have timed out.
    pub(super) fn timed_out(&mut self, running: impl IntoIterator<Item = SocketAddr>) {
        for address in running {
            self.failed(address, io::ErrorKind::TimedOut.into());
        }
    }

    /// Returns the reason why there is no connection: a single one, or one for each address.
    pub(super) fn error(mut self) -> io::Error {
        if self.waiting.is_empty() && self.failed.len() == 1 {
            return self.failed.remove(0).1;
        }
        let late = |(_, error): &&(SocketAddr, io::Error)| error.kind() == io::ErrorKind::TimedOut;
        let telling = self.failed.iter().find(late).or_else(|| self.failed.last());
        // Without any attempt, the time was used up before the first.
        let kind = telling.map_or(io::ErrorKind::TimedOut, |(_, error)| error.kind());
        io::Error::new(
            kind,
            Reasons {
                failed: self.failed,
                untried: self.waiting.into(),
            },
        )
    }
}

/// The results of several addresses.
#[derive(Debug)]
struct Reasons {
    failed: Vec<(SocketAddr, io::Error)>,
    untried: Vec<SocketAddr>,
}

impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for (address, error) in &self.failed {
            write!(f, "{between}{}: {error}", address.ip())?;
            between = "; ";
        }
        for address in &self.untried {
            write!(f, "{between}{}: no time was left to try it", address.ip())?;
            between = "; ";
        }
        Ok(())
    }
}

impl std::error::Error for Reasons {}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts
            .iter()
            .map(|text| SocketAddr::new(text.parse().unwrap(), 993))
            .collect()
    }

    #[test]
    fn the_families_take_turns() {
        for (given, order) in [
            (
                &["::1", "::2", "::3", "10.0.0.1", "10.0.0.2"][..],
                &["::1", "10.0.0.1", "::2", "10.0.0.2", "::3"][..],
            ),
            (
                &["10.0.0.1", "10.0.0.2", "::1"],
                &["10.0.0.1", "::1", "10.0.0.2"],
            ),
            (&["10.0.0.2", "10.0.0.1"], &["10.0.0.2", "10.0.0.1"]),
            (&[], &[]),
        ] {
            let race = Race::new(&addresses(given));
            assert_eq!(Vec::from(race.waiting), addresses(order));
        }
    }

    #[test]
    fn a_dead_address_costs_a_quarter_of_a_second() {
        let [one, two, three] = addresses(&["::1", "10.0.0.1", "::2"]).try_into().unwrap();
        let mut race = Race::new(&[one, two, three]);
        let begin = Instant::now();
        let after = |millis| begin + Duration::from_millis(millis);
        assert_eq!(race.next(begin), Some(one));
        assert_eq!(race.next(begin), None);
        assert_eq!(race.next_at(), Some(after(250)));
        assert_eq!(race.next(after(249)), None);
        assert_eq!(race.next(after(250)), Some(two));
        assert_eq!(race.next_at(), Some(after(500)));
        assert_eq!(race.next(after(500)), Some(three));
        assert_eq!(race.next_at(), None);
        assert_eq!(race.next(after(9000)), None);
    }

    #[test]
    fn after_a_failure_the_next_one_begins_at_once() {
        let [one, two] = addresses(&["::1", "10.0.0.1"]).try_into().unwrap();
        let mut race = Race::new(&[one, two]);
        let now = Instant::now();
        assert_eq!(race.next(now), Some(one));
        race.failed(one, io::ErrorKind::ConnectionRefused.into());
        assert_eq!(race.next(now), Some(two));
        race.failed(two, io::ErrorKind::NetworkUnreachable.into());
        assert_eq!(race.next(now), None);
        let error = race.error();
        assert_eq!(error.kind(), io::ErrorKind::NetworkUnreachable);
        assert_eq!(
            error.to_string(),
            "::1: connection refused; 10.0.0.1: network unreachable"
        );
    }

    #[test]
    fn what_the_time_was_too_short_for() {
        let [one, two, three] = addresses(&["::1", "10.0.0.1", "::2"]).try_into().unwrap();
        let mut race = Race::new(&[one, two, three]);
        let now = Instant::now();
        assert_eq!(race.next(now), Some(one));
        race.failed(one, io::ErrorKind::ConnectionRefused.into());
        assert_eq!(race.next(now), Some(two));
        race.timed_out([two]);
        let error = race.error();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(
            error.to_string(),
            "::1: connection refused; 10.0.0.1: timed out; ::2: no time was left to try it"
        );
    }

    #[test]
    fn the_reason_of_the_only_address_is_told_as_it_is() {
        let [one] = addresses(&["::1"]).try_into().unwrap();
        let mut race = Race::new(&[one]);
        race.next(Instant::now());
        race.failed(one, io::Error::from_raw_os_error(111));
        assert_eq!(race.error().raw_os_error(), Some(111));
    }
}
