//! The workloads, and their variants.

use super::target::{
    Metric::{Cpu, Wall},
    Target,
};
use crate::failure::{Failure, Result};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;
/// The delay of each direction in milliseconds, so that a round trip takes 50.
const DELAY: u64 = 25;

/// The server of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    /// The server that sends prepared responses.
    Blaster,
    /// Dovecot with a mailbox of 20,000 messages.
    Dovecot,
}

/// A workload with its parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    /// The number of the workload.
    pub(super) id: &'static str,
    /// A description that distinguishes it from the other cases of the workload.
    pub(super) title: &'static str,
    /// The name by which clients know the workload.
    pub(super) workload: &'static str,
    pub(super) server: Server,
    /// The number of messages, mailboxes or connections.
    pub(super) count: u64,
    /// The size of a message.
    pub(super) size: u64,
    pub(super) tls: bool,
    /// The delay of each direction in milliseconds.
    pub(super) delay: u64,
    /// The most bytes that the server sends at once, or 0.
    pub(super) piece: u64,
    /// The capabilities of the server beside the usual ones.
    pub(super) capabilities: &'static str,
    /// The number of rounds, unless fewer were requested.
    pub(super) rounds: usize,
    /// `true` if the case is run with `--quick`.
    pub(super) quick: bool,
    /// `true` if other clients take part.
    pub(super) peers: bool,
    pub(super) targets: &'static [Target],
}

/// The values that most cases have.
const USUAL: Case = Case {
    id: "",
    title: "",
    workload: "",
    server: Server::Blaster,
    count: 1,
    size: 0,
    tls: false,
    delay: 0,
    piece: 0,
    capabilities: "LITERAL+",
    rounds: 5,
    quick: false,
    peers: true,
    targets: &[],
};

const CASES: &[Case] = &[
    Case {
        id: "W1",
        title: "flags of 100,000 messages",
        workload: "flags",
        count: 100_000,
        quick: true,
        targets: &[Target::TimesBestPeer(Cpu, 4.0), Target::Peak(4 * MIB)],
        ..USUAL
    },
    Case {
        id: "W1",
        title: "flags of 20,000 messages, Dovecot",
        workload: "flags",
        server: Server::Dovecot,
        count: DOVECOT,
        ..USUAL
    },
    Case {
        id: "W2",
        title: "metadata of 50,000 messages",
        workload: "metadata",
        count: 50_000,
        quick: true,
        targets: &[Target::TimesBestPeer(Cpu, 4.0), Target::Peak(4 * MIB)],
        ..USUAL
    },
    Case {
        id: "W2",
        title: "metadata of 20,000 messages, Dovecot",
        workload: "metadata",
        server: Server::Dovecot,
        count: DOVECOT,
        ..USUAL
    },
    Case {
        id: "W3",
        title: "20,000 bodies of 20 KiB",
        workload: "bodies",
        count: 20_000,
        size: 20 * KIB,
        quick: true,
        targets: &[Target::TimesNull(Cpu, 1.1), Target::Peak(5 * MIB)],
        ..USUAL
    },
    Case {
        id: "W3",
        title: "20,000 bodies of 20 KiB over TLS",
        workload: "bodies",
        count: 20_000,
        size: 20 * KIB,
        tls: true,
        targets: &[Target::TimesNull(Cpu, 1.15), Target::Peak(5 * MIB)],
        ..USUAL
    },
    Case {
        id: "W3",
        title: "20,000 bodies, Dovecot",
        workload: "bodies",
        server: Server::Dovecot,
        count: DOVECOT,
        ..USUAL
    },
    Case {
        id: "W4",
        title: "a body of 64 MiB to a file",
        workload: "save",
        size: 64 * MIB,
        quick: true,
        targets: &[Target::TimesNull(Cpu, 1.1), Target::Heap(2 * MIB)],
        ..USUAL
    },
    Case {
        id: "W4",
        title: "a body of 64 MiB to a file over TLS",
        workload: "save",
        size: 64 * MIB,
        tls: true,
        targets: &[Target::TimesNull(Cpu, 1.15), Target::Heap(2 * MIB)],
        ..USUAL
    },
    Case {
        id: "W4",
        title: "a body of 1 GiB to a file",
        workload: "save",
        size: GIB,
        rounds: 3,
        targets: &[Target::TimesNull(Cpu, 1.1), Target::Heap(2 * MIB)],
        ..USUAL
    },
    Case {
        id: "W5",
        title: "500 uploads of 20 KiB",
        workload: "append",
        count: 500,
        size: 20 * KIB,
        ..USUAL
    },
    Case {
        id: "W5",
        title: "500 uploads of 20 KiB, round trip 50 ms",
        workload: "append",
        count: 500,
        size: 20 * KIB,
        delay: DELAY,
        rounds: 1,
        targets: &[Target::RoundTrips(3), Target::TimesBestPeer(Wall, 10.0)],
        ..USUAL
    },
    Case {
        id: "W5",
        title: "500 uploads of 20 KiB, round trip 50 ms, LITERAL- and MULTIAPPEND",
        workload: "append",
        count: 500,
        size: 20 * KIB,
        delay: DELAY,
        capabilities: "LITERAL- MULTIAPPEND",
        rounds: 1,
        peers: false,
        ..USUAL
    },
    Case {
        id: "W5",
        title: "an upload of 1 GiB",
        workload: "upload",
        size: GIB,
        rounds: 3,
        targets: &[Target::Heap(2 * MIB)],
        ..USUAL
    },
    Case {
        id: "W6",
        title: "search with 250,000 answers in pieces of 4 KiB",
        workload: "search",
        count: 250_000,
        piece: 4 * KIB,
        ..USUAL
    },
    Case {
        id: "W6",
        title: "search with 1,000,000 answers in pieces of 4 KiB",
        workload: "search",
        count: 1_000_000,
        piece: 4 * KIB,
        targets: &[Target::TimesBestPeer(Cpu, 2.0), Target::Linear(4.0)],
        ..USUAL
    },
    Case {
        id: "W7",
        title: "500 fetches of one message each, round trip 50 ms",
        workload: "singles",
        count: 500,
        delay: DELAY,
        rounds: 1,
        quick: true,
        targets: &[Target::RoundTrips(3)],
        ..USUAL
    },
    Case {
        id: "W8",
        title: "10,000 idle connections",
        workload: "idle",
        count: 10_000,
        rounds: 1,
        targets: &[Target::PerConnection(16 * KIB)],
        ..USUAL
    },
    Case {
        id: "W8",
        title: "10,000 idle connections over TLS",
        workload: "idle",
        count: 10_000,
        tls: true,
        rounds: 1,
        targets: &[Target::PerConnection(40 * KIB)],
        ..USUAL
    },
    Case {
        id: "W9",
        title: "from connecting to the first message over TLS, round trip 50 ms",
        workload: "first",
        count: 1,
        tls: true,
        delay: DELAY,
        rounds: 3,
        targets: &[Target::FewestRoundTrips],
        ..USUAL
    },
    Case {
        id: "W9",
        title: "the same twice, so that the second connection resumes TLS",
        workload: "first",
        count: 2,
        tls: true,
        delay: DELAY,
        rounds: 3,
        targets: &[Target::FewestRoundTrips],
        ..USUAL
    },
    Case {
        id: "W10",
        title: "20,000 messages to a Maildir, Dovecot",
        workload: "pull",
        server: Server::Dovecot,
        count: DOVECOT,
        rounds: 3,
        targets: &[Target::TimesNull(Wall, 1.15)],
        ..USUAL
    },
    Case {
        id: "W11",
        title: "unread counts of 300 mailboxes, round trip 50 ms",
        workload: "unread",
        count: 300,
        delay: DELAY,
        rounds: 1,
        targets: &[Target::RoundTrips(3)],
        ..USUAL
    },
    Case {
        id: "W11",
        title: "unread counts of 300 mailboxes, round trip 50 ms, LIST-STATUS",
        workload: "unread",
        count: 300,
        delay: DELAY,
        capabilities: "LITERAL+ LIST-EXTENDED LIST-STATUS",
        rounds: 1,
        targets: &[Target::RoundTrips(3)],
        ..USUAL
    },
];

/// The number of messages in Dovecot's mailbox.
pub(super) const DOVECOT: u64 = 20_000;

/// Returns the cases of these workloads, or all of them.
pub(super) fn select(ids: &[String], quick: bool) -> Result<Vec<Case>> {
    for id in ids {
        if !CASES.iter().any(|case| case.id.eq_ignore_ascii_case(id)) {
            return Err(Failure::set_up(format!(
                "there is no benchmark {id:?}; there is codec, and W1 to W11"
            )));
        }
    }
    let wanted = |case: &Case| match ids {
        [] => case.quick || !quick,
        ids => ids.iter().any(|id| case.id.eq_ignore_ascii_case(id)),
    };
    let cases = CASES.iter().copied().filter(wanted);
    Ok(cases
        .map(|case| if quick { case.quick() } else { case })
        .collect())
}

impl Case {
    /// Returns the case with fewer rounds, and with fewer commands if each takes a round trip.
    fn quick(self) -> Self {
        Self {
            rounds: self.rounds.min(3),
            count: match self.workload {
                "singles" => 50,
                _ => self.count,
            },
            title: match self.workload {
                "singles" => "50 fetches of one message each, round trip 50 ms",
                _ => self.title,
            },
            ..self
        }
    }

    /// Returns the number of messages in the mailbox of the server.
    pub(super) fn messages(&self) -> u64 {
        match self.workload {
            "append" | "upload" | "save" | "first" | "idle" | "unread" => 1,
            _ => self.count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(ids: &[&str], quick: bool) -> Vec<&'static str> {
        let ids: Vec<_> = ids.iter().map(|&id| id.to_owned()).collect();
        let cases = select(&ids, quick).ok().unwrap();
        cases.iter().map(|case| case.title).collect()
    }

    #[test]
    fn all_workloads_have_cases() {
        for number in 1..=11 {
            assert!(
                !titles(&[&format!("w{number}")], false).is_empty(),
                "W{number}"
            );
        }
        assert_eq!(titles(&[], false).len(), CASES.len());
        let failure = select(&["W12".into()], false).unwrap_err();
        assert_eq!(failure.status(), 2);
    }

    #[test]
    fn quick_runs_are_short() {
        let quick = select(&[], true).ok().unwrap();
        let ids: Vec<_> = quick.iter().map(|case| case.id).collect();
        assert_eq!(ids, ["W1", "W2", "W3", "W4", "W7"]);
        assert!(quick.iter().all(|case| case.rounds <= 3));
        assert_eq!(titles(&["W9"], true).len(), 2);
    }

    #[test]
    fn titles_are_unique() {
        let mut titles = titles(&[], false);
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), CASES.len());
    }
}
