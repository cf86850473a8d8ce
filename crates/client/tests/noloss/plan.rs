//! The places at which an exchange is cut, and the faults of its commands.

use std::collections::BTreeMap;

use imapclient_testkit::Mishap;

/// The seed of the random places.
const SEED: u64 = 20_261_201;

/// The side whose bytes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// A disturbance of an exchange.
#[derive(Clone, Debug)]
pub(crate) enum Disturbance {
    /// The connection is closed after this many bytes of a side.
    Cut(Side, usize),
    /// Something goes wrong with a command, after `skip` others of the same name.
    Mishap {
        command: String,
        skip: u64,
        mishap: Mishap,
    },
    /// A command is refused because the mailbox is full.
    Full { command: String, skip: u64 },
}

/// The bytes that both sides send in an exchange without a disturbance.
pub(crate) struct Texts {
    /// The bytes of the client and the server before the call.
    pub(crate) begins: (usize, usize),
    /// The bytes of the client and the server.
    pub(crate) sent: (Vec<u8>, Vec<u8>),
    /// The commands.
    pub(crate) received: Vec<String>,
    /// The number of commands before the call.
    pub(crate) before: usize,
}

impl Disturbance {
    /// Returns whether the server says in answer to a question that there is nothing, or that it
    /// has done what it has not, in a way that no client can find out.
    pub(crate) fn is_lie(&self) -> bool {
        let Self::Mishap {
            command, mishap, ..
        } = self
        else {
            return false;
        };
        let asks = ["UID SEARCH", "UID FETCH", "STATUS"].contains(&command.as_str());
        match mishap {
            Mishap::OkUndone => asks || command == "UID MOVE",
            Mishap::BareOk => asks,
            _ => false,
        }
    }
}

impl Texts {
    fn of(&self, side: Side) -> (usize, &[u8]) {
        match side {
            Side::Client => (self.begins.0, &self.sent.0),
            Side::Server => (self.begins.1, &self.sent.1),
        }
    }

    /// Returns every place in the call.
    pub(crate) fn every(&self, side: Side) -> Vec<usize> {
        let (begin, sent) = self.of(side);
        (begin..=sent.len()).collect()
    }

    /// Returns as many places in the call, by the seed.
    pub(crate) fn some(&self, side: Side, count: usize) -> Vec<usize> {
        let (begin, sent) = self.of(side);
        let mut random = SEED;
        let mut places: Vec<usize> = (0..count)
            .map(|_| {
                // Knuth's generator, whose upper bits are good.
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                begin + (random >> 33) as usize % (sent.len() - begin + 1)
            })
            .collect();
        places.push(sent.len());
        places
    }

    /// Returns the places at line ends, one byte before and after each, and inside of each literal.
    pub(crate) fn borders(&self, side: Side) -> Vec<usize> {
        let (begin, sent) = self.of(side);
        let mut places = vec![begin];
        let mut line = begin;
        for at in begin..sent.len() {
            if !sent[at..].starts_with(b"\r\n") {
                continue;
            }
            let end = at + 2;
            places.extend([end - 1, end, end + 1]);
            if let Some(size) = literal(&sent[line..at]) {
                places.push(end + size / 2);
            }
            line = end;
        }
        places.retain(|at| *at <= sent.len());
        places
    }

    /// Returns the faults of each command of the call.
    pub(crate) fn disturbances(&self) -> Vec<Disturbance> {
        let mut all = Vec::new();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for (index, command) in self.received.iter().enumerate() {
            let name = name(command);
            let count = counts.entry(name).or_default();
            let skip = *count;
            *count += 1;
            if index < self.before {
                continue;
            }
            let command = name.to_owned();
            all.extend(mishaps(name).map(|mishap| Disturbance::Mishap {
                command: command.clone(),
                skip,
                mishap,
            }));
            all.push(Disturbance::Full { command, skip });
        }
        all
    }
}

/// Returns the faults of a command, except those that only a time-out ends.
fn mishaps(command: &str) -> impl Iterator<Item = Mishap> {
    let all = Mishap::ALL.into_iter().filter(|mishap| !mishap.is_silent());
    let of_uids: &[Mishap] = match command {
        "UID COPY" | "UID MOVE" => &Mishap::OF_UIDS,
        _ => &[],
    };
    let in_part: &[Mishap] = match command {
        "UID MOVE" | "UID EXPUNGE" => &[Mishap::NoAfter],
        _ => &[],
    };
    all.chain(of_uids.iter().copied())
        .chain(in_part.iter().copied())
}

/// Returns the name of a command, with `UID`.
fn name(command: &str) -> &str {
    let mut spaces = command.match_indices(' ').map(|(at, _)| at);
    let end = match command.starts_with("UID ") {
        true => spaces.nth(1),
        false => spaces.next(),
    };
    &command[..end.unwrap_or(command.len())]
}

/// Returns the size of the literal that a line announces.
fn literal(line: &[u8]) -> Option<usize> {
    let line = std::str::from_utf8(line).ok()?;
    let (_, size) = line.strip_suffix('}')?.rsplit_once('{')?;
    size.trim_end_matches('+').parse().ok()
}
