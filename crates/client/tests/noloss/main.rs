//! Moves and removals whose exchange is disturbed: afterwards no message is lost, none is there
//! twice without being reported, and those of other clients are as before.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod judge;
mod plan;
mod scene;
mod tap;

use std::{collections::BTreeMap, time::Instant};

use imapclient_testkit::{Fault, Gate, Profile, Proxy, Rule};

use judge::{Verdict, judge};
use plan::{Disturbance, Side, Texts};
use scene::{Scene, Way};
use tap::Tap;

/// The results of all runs.
struct Tally {
    began: Instant,
    runs: usize,
    rows: Vec<(String, BTreeMap<Verdict, usize>)>,
    wrong: Vec<String>,
}

impl Tally {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            runs: 0,
            rows: Vec::new(),
            wrong: Vec::new(),
        }
    }

    fn begin(&mut self, scene: Scene) {
        self.rows.push((scene.to_string(), BTreeMap::new()));
    }

    fn add(&mut self, scene: Scene, disturbance: &Disturbance) {
        self.runs += 1;
        match run(scene, disturbance) {
            Ok(verdict) => {
                if let Some((_, row)) = self.rows.last_mut() {
                    *row.entry(verdict).or_default() += 1;
                }
            }
            Err(wrong) => self
                .wrong
                .push(format!("{scene}, {disturbance:?}: {wrong}")),
        }
    }

    /// Prints the table, and fails if any run was wrong.
    fn end(self) -> usize {
        let lost = self.wrong.iter().filter(|wrong| wrong.contains("LOST"));
        println!(
            "{} runs in {:?}, lost {}, otherwise wrong {}",
            self.runs,
            self.began.elapsed(),
            lost.clone().count(),
            self.wrong.len() - lost.count(),
        );
        for (scene, row) in self.rows {
            println!("{scene:28} {row:?}");
        }
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        self.runs
    }
}

/// Runs a scene once, without a disturbance, and returns what both sides have sent.
fn undisturbed(scene: Scene) -> Texts {
    let server = scene.server();
    let tap = Tap::start(server.addr());
    let mut client = scene.open(tap.addr()).expect("a session");
    let (from_client, from_server) = tap.sent();
    let commands = server.received().len();
    let told = scene.call(&mut client).expect("a success");
    let texts = Texts {
        begins: (from_client.len(), from_server.len()),
        sent: tap.sent(),
        received: server.received().iter().map(|one| one.command()).collect(),
        before: commands,
    };
    drop(client);
    server.wait_for_no_connections();
    let verdict = judge(scene, &Ok(told), &server, false);
    assert_eq!(verdict, Ok(Verdict::Done), "{scene}");
    texts
}

/// Runs a scene with a disturbance, and judges its result by the mailboxes.
fn run(scene: Scene, disturbance: &Disturbance) -> Result<Verdict, String> {
    let server = scene.server();
    let proxy = Proxy::start(server.addr());
    let mut is_lie = false;
    match disturbance {
        Disturbance::Cut(Side::Client, at) => proxy.from_client(Fault::cut_after(*at as u64)),
        Disturbance::Cut(Side::Server, at) => proxy.from_server(Fault::cut_after(*at as u64)),
        Disturbance::Mishap {
            command,
            skip,
            mishap,
        } => {
            let rule = Rule::on(command).skip(*skip).once();
            // Only its own tests need the size of the answer.
            server.add_rule(mishap.rule(rule, Default::default(), &Gate::new()));
            is_lie = disturbance.is_lie();
        }
        Disturbance::Full { command, skip } => {
            let rule = Rule::on(command).skip(*skip).once();
            server.add_rule(rule.no("[OVERQUOTA] the mailbox is full"));
        }
    }
    let result = scene
        .open(proxy.addr())
        .and_then(|mut client| scene.call(&mut client));
    // Until then, the server may still execute what it has received.
    proxy.wait_for_no_connections();
    server.wait_for_no_connections();
    judge(scene, &result, &server, is_lie)
}

fn all(scenes: impl Iterator<Item = Scene>, places: impl Fn(&Texts, Side) -> Vec<usize>) -> usize {
    let mut tally = Tally::new();
    for scene in scenes {
        tally.begin(scene);
        let texts = undisturbed(scene);
        for side in [Side::Client, Side::Server] {
            for at in places(&texts, side) {
                tally.add(scene, &Disturbance::Cut(side, at));
            }
        }
        for disturbance in texts.disturbances() {
            tally.add(scene, &disturbance);
        }
    }
    tally.end()
}

fn on_the_usual_server() -> impl Iterator<Item = Scene> {
    Way::ALL.into_iter().map(|way| Scene { way, profile: None })
}

fn on_profiles() -> impl Iterator<Item = Scene> {
    Profile::all().flat_map(|profile| {
        // Proton Mail Bridge announces UIDPLUS and does not know UID EXPUNGE.
        let removes = (profile != Profile::Proton).then_some(Way::Remove);
        let ways = [Way::Usual, Way::Untold].into_iter().chain(removes);
        ways.map(move |way| Scene {
            way,
            profile: Some(profile),
        })
    })
}

#[test]
fn nothing_is_lost_at_some_places() {
    let runs = all(on_the_usual_server(), |texts, side| texts.some(side, 40));
    assert!(runs > 500, "{runs}");
}

#[test]
#[ignore = "takes minutes: see `cargo xtask soak noloss`"]
fn nothing_is_lost_at_any_byte() {
    let runs = all(on_the_usual_server(), Texts::every);
    assert!(runs > 3000, "{runs}");
}

#[test]
#[ignore = "takes minutes: see `cargo xtask soak noloss`"]
fn nothing_is_lost_on_any_profile() {
    let runs = all(on_profiles(), |texts, side| {
        let mut places = texts.borders(side);
        places.extend(texts.some(side, 50));
        places
    });
    assert!(runs > 3000, "{runs}");
}
