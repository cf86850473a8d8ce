//! Runs every call that changes something with every fault of its command: the reported outcome
//! must match what another client sees afterwards, or be unknown.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod change;
mod judge;
mod world;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use imapclient::{Append, AppendStream, Builder, Error, Flag, FlagChange, SeqSet};
use imapclient_test_macros::faces;
use imapclient_testkit::{AnswerSize, Gate, Mishap, Server};

use change::{CHANGES, Change, NEW, OLD, TO};
use judge::{Run, Told, Verdict};
use world::World;

/// A time that is long enough for anything that is not meant to time out.
const LONG: Duration = Duration::from_secs(30);
/// A time-out that is meant to elapse.
const SHORT: Duration = Duration::from_millis(40);
/// The number of runs of the table for each kind of client.
const RUNS: usize = 543;

/// Returns settings for a connection without TLS to a server.
fn to<C>(server: &Server) -> Builder<C> {
    Builder::new("127.0.0.1")
        .port(server.addr().port())
        .dangerous_plaintext()
        .login("bob", "sekret".to_owned())
        .timeout(LONG)
}

/// The results of all runs so far.
struct Tally {
    began: Instant,
    rows: Vec<(&'static str, BTreeMap<Verdict, usize>)>,
    runs: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn begin(&mut self, change: &Change) {
        self.rows.push((change.name, BTreeMap::new()));
    }

    fn add(&mut self, run: &Run<'_>) {
        self.runs += 1;
        match run.judge() {
            Ok(verdict) => {
                if let Some((_, row)) = self.rows.last_mut() {
                    *row.entry(verdict).or_default() += 1;
                }
            }
            Err(wrong) => {
                let (name, mishap) = (run.change.name, run.mishap);
                self.wrong
                    .push(format!("{name}, {mishap:?}: {wrong}; {:?}", run.said));
            }
        }
    }

    /// Prints the table, and fails if any result was wrong.
    fn end(self, face: &str) -> usize {
        println!("{face}: {} runs in {:?}", self.runs, self.began.elapsed());
        for (name, row) in self.rows {
            println!("{name:25} {row:?}");
        }
        assert!(self.wrong.is_empty(), "{face}:\n{}", self.wrong.join("\n"));
        self.runs
    }
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn open(server: &Server) -> Client {
        let mut client = to::<Client>(server).connect().await.unwrap();
        client.select("INBOX").await.unwrap();
        server.clear_received();
        client
    }

    async fn call(client: &mut Client, change: &Change) -> Result<Told, Error> {
        let asked = change.asked();
        let numbers = SeqSet::from_iter([1, 3]);
        let uploads = || change.uploads().into_iter().map(Append::from);
        let flagged = || FlagChange::add(Flag::Flagged);
        Ok(match change.name {
            "copy" | "copy in pieces" => Told::Copied(client.copy(asked, TO).await?),
            "copy by number" => Told::Copied(client.copy(numbers, TO).await?),
            "move_to" | "move_to in pieces" => Told::Copied(client.move_to(asked, TO).await?.copied),
            "move_to by number" => Told::Copied(client.move_to(numbers, TO).await?.copied),
            "expunge" => Told::Expunged(client.expunge().await?),
            "close" => {
                client.close().await?;
                Told::Word
            }
            "uid_expunge" | "uid_expunge in pieces" | "uid_expunge, looking up" => {
                Told::Expunged(client.uid_expunge(asked).await?)
            }
            "append" | "append without waiting" => {
                let text = change.uploads().remove(0);
                Told::Appended(client.append(TO, text).await?)
            }
            "append_from" | "append_from without waiting" => {
                let text = change.uploads().remove(0);
                let message = AppendStream::new(text.len() as u64);
                Told::Appended(client.append_from(TO, message, text.as_bytes()).await?)
            }
            "append_all" | "append_all one by one" => {
                Told::Appended(client.append_all(TO, uploads()).await?)
            }
            "append_all_or_none" => {
                Told::Appended(client.append_all_or_none(TO, uploads()).await?)
            }
            "store" | "store in pieces" => {
                Told::stored(client.store(asked, flagged()).await?)
            }
            "store by number" => Told::stored(client.store(numbers, flagged()).await?),
            "store silently" => {
                Told::stored(client.store(asked, flagged().silent()).await?)
            }
            "store unless changed" => {
                let change = flagged().unchanged_since(u64::from(u32::MAX));
                Told::stored(client.store(asked, change).await?)
            }
            name => {
                match name {
                    "create" => client.create(NEW).await?,
                    "delete" => client.delete(OLD).await?,
                    "rename" => client.rename(OLD, NEW).await?,
                    "subscribe" => client.subscribe(TO).await?,
                    "unsubscribe" => client.unsubscribe(OLD).await?,
                    other => panic!("{other}"),
                }
                Told::Word
            }
        })
    }

    /// Returns the size of the answer without a fault.
    async fn size(change: &Change) -> AnswerSize {
        let server = change.server();
        let mut client = open(&server).await;
        let (rule, measured) = Mishap::measure(change.rule());
        server.add_rule(rule);
        call(&mut client, change).await.unwrap();
        measured.size()
    }

    async fn run(change: &Change, mishap: Mishap, size: AnswerSize) -> Run<'_> {
        let server = change.server();
        let before = World::seen(&server, "bob").unwrap();
        let mut client = open(&server).await;
        let gate = Gate::new();
        server.add_rule(mishap.rule(change.rule(), size, &gate));
        if mishap.is_silent() {
            client.set_timeout(SHORT);
        }
        let said = call(&mut client, change).await;
        gate.open();
        client.set_timeout(LONG);
        let mut late = None;
        match &said {
            Err(error) if mishap.is_late() && !error.is_closed() => {
                client.noop().await.unwrap();
                late = client.unanswered();
            }
            Err(Error::Refused(_)) => client.noop().await.unwrap(),
            _ => {}
        }
        drop(client);
        server.clear_rules();
        // A command that the server is still running has ended after that.
        server.wait_for_no_connections();
        let received = server.received();
        Run {
            change,
            mishap,
            size,
            said,
            late,
            sets: change.sets(&received),
            was_reached: change.was_reached(&received),
            before,
            after: World::seen(&server, "bob").unwrap(),
        }
    }

    async fn all(thorough: bool) -> usize {
        let mut tally = Tally { began: Instant::now(), rows: Vec::new(), runs: 0, wrong: Vec::new() };
        for change in CHANGES {
            tally.begin(change);
            let size = size(change).await;
            for mishap in change.mishaps(size.whole, thorough) {
                tally.add(&run(change, mishap, size).await);
            }
        }
        tally.end(FACE)
    }

    #[case]
    async fn what_is_said_is_what_is_there() {
        assert_eq!(all(false).await, RUNS);
    }

    #[case]
    #[ignore = "takes minutes: see `cargo xtask soak faults`"]
    async fn however_much_comes_of_the_answer() {
        assert!(all(true).await > 2 * RUNS);
    }
}
