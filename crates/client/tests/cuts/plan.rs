//! The places at which sessions are cut, and the table of the results.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use imapclient::Error;
use imapclient_testkit::{Fault, Proxy, Server};

/// The distance between two cuts where not every byte is one.
const STRIDE: u64 = 7;
/// The number of cuts in a series of the sample, in addition to those that find its end.
const SAMPLE: usize = 5;
/// The seed of the first series of the sample.
const SEED: u64 = 20_261_130;
/// The fewest runs of a thorough series for the responses of the server: a session has more bytes.
const FEWEST: usize = 120;

/// The number of series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// A few places in each series, which the seed determines.
    Sample,
    /// Every byte of connections that are closed without TLS and compression, and every seventh of
    /// the others.
    Thorough,
}

/// The protection of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Plain,
    /// None, and the server has no non-synchronising literals.
    Synchronising,
    Tls,
    StartTls,
    /// None, and everything after the login is compressed.
    Compressed,
    /// TLS, and everything after the login is compressed.
    CompressedTls,
    CompressedStartTls,
}

/// The side whose bytes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// The end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It is closed in both directions.
    Closed,
    /// It is reset.
    Reset,
    /// The direction ends, and the other one continues.
    HalfClosed,
}

/// A cut of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) way: Way,
    from: Side,
    end: End,
    /// The number of bytes that pass before.
    at: u64,
}

/// Sessions that are cut in the same way at several places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Series {
    plan: Plan,
    way: Way,
    from: Side,
    end: End,
    seed: u64,
}

impl Plan {
    pub(crate) fn series(self) -> impl Iterator<Item = Series> {
        let ways = [
            Way::Plain,
            Way::Synchronising,
            Way::Tls,
            Way::StartTls,
            Way::Compressed,
            Way::CompressedTls,
            Way::CompressedStartTls,
        ];
        let ends = [End::Closed, End::Reset, End::HalfClosed];
        let all = ways.into_iter().flat_map(move |way| {
            let ends = ends.into_iter();
            ends.flat_map(move |end| [(way, Side::Client, end), (way, Side::Server, end)])
        });
        all.zip(SEED..).map(move |((way, from, end), seed)| Series {
            plan: self,
            way,
            from,
            end,
            seed,
        })
    }
}

impl Series {
    pub(crate) fn at(self, at: u64) -> Cut {
        let Self { way, from, end, .. } = self;
        Cut { way, from, end, at }
    }

    pub(crate) fn places(self) -> Places {
        match (self.plan, self.way, self.end) {
            (Plan::Sample, ..) => Places::Sample {
                fails: 0,
                succeeds: None,
                left: SAMPLE,
                random: self.seed,
            },
            (Plan::Thorough, Way::Plain | Way::Synchronising, End::Closed) => Places::Every {
                next: Some(0),
                step: 1,
            },
            (Plan::Thorough, ..) => Places::Every {
                next: Some(0),
                step: STRIDE,
            },
        }
    }
}

/// The places of a series, which ends with the session.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Places {
    /// Places at the same distance, up to the first at which the session succeeds.
    Every { next: Option<u64>, step: u64 },
    /// First those of a search for the end of the session, then random ones before it.
    Sample {
        /// The greatest place known at which the session fails.
        fails: u64,
        /// The smallest place known at which it succeeds.
        succeeds: Option<u64>,
        /// The number of random places that are left.
        left: usize,
        random: u64,
    },
}

impl Places {
    pub(crate) fn next(&mut self) -> Option<u64> {
        match self {
            Self::Every { next, .. } => *next,
            Self::Sample {
                fails,
                succeeds: None,
                ..
            } => Some((*fails * 2).max(512)),
            Self::Sample {
                fails,
                succeeds: Some(end),
                left,
                random,
            } => {
                // Sessions over TLS differ in length by a few bytes.
                if end.saturating_sub(*fails) > 1 {
                    return Some(fails.midpoint(*end));
                }
                *left = left.checked_sub(1)?;
                // Knuth's generator, whose upper bits are good.
                *random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                Some((*random >> 33) % *end)
            }
        }
    }

    /// Notes whether the session succeeded although it was cut at this place.
    pub(crate) fn ran(&mut self, at: u64, is_whole: bool) {
        match self {
            Self::Every { next, step } => *next = (!is_whole).then_some(at + *step),
            Self::Sample {
                fails, succeeds, ..
            } => match is_whole {
                true => *succeeds = Some(succeeds.map_or(at, |end| end.min(at))),
                false => *fails = at.max(*fails),
            },
        }
    }
}

impl Cut {
    /// Returns the address of the server for this protection.
    pub(crate) fn target(self, server: &Server) -> SocketAddr {
        match self.way {
            Way::Tls | Way::CompressedTls => server.tls_addr(),
            Way::Plain
            | Way::Synchronising
            | Way::StartTls
            | Way::Compressed
            | Way::CompressedStartTls => server.addr(),
        }
    }

    /// Sets the cut for the next connection.
    pub(crate) fn set(self, proxy: &Proxy) {
        let fault = match self.end {
            End::Closed => Fault::cut_after(self.at),
            End::Reset => Fault::reset_after(self.at),
            End::HalfClosed => Fault::half_close_after(self.at),
        };
        match self.from {
            Side::Client => proxy.from_client(fault),
            Side::Server => proxy.from_server(fault),
        }
    }
}

/// The results of all runs so far.
#[derive(Debug)]
pub(crate) struct Tally {
    face: &'static str,
    began: Instant,
    longest: Duration,
    last: Instant,
    rows: Vec<(Series, BTreeMap<&'static str, usize>)>,
    wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn new(face: &'static str) -> Self {
        let now = Instant::now();
        Self {
            face,
            began: now,
            longest: Duration::ZERO,
            last: now,
            rows: Vec::new(),
            wrong: Vec::new(),
        }
    }

    pub(crate) fn begin(&mut self, series: Series) {
        self.rows.push((series, BTreeMap::new()));
    }

    /// Adds a run with its faults, which the journal names.
    pub(crate) fn add(&mut self, cut: Cut, result: &Result<(), Error>, wrong: Vec<String>) {
        let wrong = wrong.into_iter();
        self.wrong
            .extend(wrong.map(|wrong| format!("{cut:?}: {wrong}; {result:?}")));
        if let Some((_, row)) = self.rows.last_mut() {
            *row.entry(kind(result)).or_default() += 1;
        }
        self.longest = self.longest.max(self.last.elapsed());
        self.last = Instant::now();
    }

    /// Prints the table, and fails if any run was wrong.
    pub(crate) fn end(self, plan: Plan) {
        let runs = |row: &BTreeMap<_, usize>| row.values().sum::<usize>();
        let all: usize = self.rows.iter().map(|(_, row)| runs(row)).sum();
        println!(
            "{}: {all} runs in {:?}, the longest in {:?}",
            self.face,
            self.began.elapsed(),
            self.longest
        );
        for (Series { way, from, end, .. }, row) in &self.rows {
            println!("{way:?} {from:?} {end:?}: {} runs, {row:?}", runs(row));
        }
        assert!(
            self.wrong.is_empty(),
            "{}:\n{}",
            self.face,
            self.wrong.join("\n")
        );
        for (series, row) in &self.rows {
            // Otherwise, the sessions were not cut.
            let fewest = match (plan, series.from) {
                (Plan::Sample, _) => SAMPLE,
                (Plan::Thorough, Side::Client) => FEWEST / 3,
                (Plan::Thorough, Side::Server) => FEWEST,
            };
            assert!(runs(row) > fewest, "{series:?}: {row:?}");
        }
    }
}

/// Returns the kind of an error, for the table.
fn kind(result: &Result<(), Error>) -> &'static str {
    match result {
        Ok(()) => "Ok",
        Err(Error::Closed { .. }) => "Closed",
        Err(Error::Connect(_)) => "Connect",
        Err(Error::PartialBody { .. }) => "PartialBody",
        Err(Error::Tls(_)) => "Tls",
        Err(Error::Unfinished { .. }) => "Unfinished",
        Err(_) => "other",
    }
}
