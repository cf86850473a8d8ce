//! Two clients with random commands on one mailbox. The reports to each must match the mailbox.

use imapclient_server::Server;

use crate::{client::Client, garbage::Numbers};

const SEEDS: u64 = 20;
const STEPS: usize = 150;

/// The state of the mailbox that was reported to a client.
#[derive(Default)]
struct Told {
    /// The UIDs by sequence number, if they were reported.
    uids: Vec<Option<u32>>,
    /// The reported flags without `\Recent`, which depends on the client.
    flags: Vec<Option<String>>,
}

struct Watcher {
    client: Client,
    told: Told,
}

#[test]
fn sequence_numbers_never_lie() {
    for seed in 1..=SEEDS {
        let mut numbers = Numbers(seed);
        let server = Server::builder()
            .say_capability("NOTIFY")
            .user("bob", "sekret")
            .mailbox("INBOX", |m| {
                m.messages((0..8).map(|n| format!("Subject: {n}\n\n")))
            })
            .mailbox("Other", |m| m)
            .start();
        // With NOTIFY, changes arrive at any time, except for removals.
        let mut watchers = [false, seed % 2 == 0].map(|notify| Watcher::start(&server, notify));
        for step in 0..STEPS {
            let at = numbers.below(2);
            let watcher = &mut watchers[at];
            let command = command(&mut numbers, watcher.told.uids.len());
            if command == "deliver" {
                server.deliver("bob", "INBOX", "Subject: new\n\n");
                continue;
            }
            watcher.run(
                &command,
                &format!("seed {seed}, step {step}, client {at}: {command}"),
            );
            if step % 10 == 9 {
                let views = watchers.each_mut().map(|watcher| watcher.view(seed));
                assert_eq!(views[0], views[1], "seed {seed}, step {step}");
            }
        }
    }
}

impl Watcher {
    fn start(server: &Server, notify: bool) -> Self {
        let mut watcher = Self {
            client: Client::login(server),
            told: Told::default(),
        };
        if notify {
            let events = "(MessageNew MessageExpunge FlagChange)";
            watcher
                .client
                .ok(&format!("NOTIFY SET (SELECTED-DELAYED {events})"));
        }
        watcher.run("SELECT INBOX", "at the start");
        watcher
    }

    /// Runs a command and records the responses.
    fn run(&mut self, command: &str, context: &str) {
        let lines = if command == "IDLE" {
            let tag = self.client.start("IDLE");
            let mut lines = Vec::new();
            // Earlier changes arrive with the continuation request; others would arrive later.
            while !lines
                .last()
                .is_some_and(|line: &String| line.starts_with("+ "))
            {
                lines.push(self.client.line());
            }
            self.client.send("DONE\r\n");
            lines.extend(self.client.finish(&tag));
            lines
        } else {
            self.client.run(command)
        };
        if command.contains(".SILENT") {
            // The server does not report the client's own change.
            let number: usize = command.split(' ').nth(1).unwrap().parse().unwrap();
            self.told.flags[number - 1] = None;
        }
        let last = lines.last().unwrap();
        assert!(
            last.starts_with("OK ") || last.contains("EXPUNGEISSUED"),
            "{context}: {last}"
        );
        let numbers_count = ["FETCH", "STORE", "SEARCH"]
            .iter()
            .any(|word| command.starts_with(word));
        for line in &lines {
            let expunges = self.told.take_in(line, context);
            assert!(!(expunges && numbers_count), "{context}: {line}");
        }
    }

    /// Returns all messages as this client sees them after a NOOP.
    fn view(&mut self, seed: u64) -> Vec<(u32, String)> {
        let context = format!("seed {seed}, at the end");
        self.run("NOOP", &context);
        if self.told.uids.is_empty() {
            return Vec::new();
        }
        let before = self.told.flags.clone();
        self.run("FETCH 1:* (UID FLAGS)", &context);
        // The earlier reports must still be right.
        for (was, is) in before.iter().zip(&self.told.flags) {
            assert!(
                was.is_none() || was == is,
                "{context}: {was:?}, then {is:?}"
            );
        }
        let uids = self.told.uids.iter().map(|uid| uid.unwrap());
        uids.zip(self.told.flags.iter().map(|flags| flags.clone().unwrap()))
            .collect()
    }
}

impl Told {
    /// Records a response. Returns whether it is an EXPUNGE.
    fn take_in(&mut self, line: &str, context: &str) -> bool {
        let words: Vec<&str> = line.split(' ').collect();
        let ["*", number, kind, ..] = words[..] else {
            return false;
        };
        let Ok(number) = number.parse::<usize>() else {
            return false;
        };
        match kind {
            "EXISTS" => {
                assert!(number >= self.uids.len(), "{context}: {line}");
                self.uids.resize(number, None);
                self.flags.resize(number, None);
            }
            "EXPUNGE" => {
                assert!((1..=self.uids.len()).contains(&number), "{context}: {line}");
                self.uids.remove(number - 1);
                self.flags.remove(number - 1);
                return true;
            }
            "FETCH" => {
                assert!((1..=self.uids.len()).contains(&number), "{context}: {line}");
                if let Some(uid) = after(line, "UID ") {
                    let uid = uid.parse().unwrap();
                    let known = self.uids[number - 1].get_or_insert(uid);
                    assert_eq!(*known, uid, "{context}: {line}");
                }
                if let Some(flags) = line.split_once("FLAGS (") {
                    let flags = flags.1.split(')').next().unwrap();
                    let lasting = flags.split(' ').filter(|&flag| flag != "\\Recent");
                    self.flags[number - 1] = Some(lasting.collect::<Vec<_>>().join(" "));
                }
            }
            _ => {}
        }
        false
    }
}

/// Returns the word after a text.
fn after<'a>(line: &'a str, text: &str) -> Option<&'a str> {
    line.split_once(text)?.1.split([' ', ')']).next()
}

/// Returns a command that is allowed in a mailbox with `count` messages.
fn command(numbers: &mut Numbers, count: usize) -> String {
    let flag = ["\\Seen", "\\Deleted", "\\Flagged", "$One", "$Two"][numbers.below(5)];
    let sign = ["+", "-", ""][numbers.below(3)];
    if count == 0 {
        return ["NOOP", "deliver", "IDLE"][numbers.below(3)].to_owned();
    }
    let (one, other) = (1 + numbers.below(count), 1 + numbers.below(count));
    let uids = format!("{}:{}", 1 + numbers.below(60), 1 + numbers.below(60));
    match numbers.below(16) {
        0 => "NOOP".to_owned(),
        1 => "IDLE".to_owned(),
        2 | 3 => "deliver".to_owned(),
        4 => format!("FETCH {one}:{other} (UID FLAGS)"),
        5 => format!("FETCH {one} (UID BODY[])"),
        6 => format!("UID FETCH {uids} (FLAGS)"),
        7 => format!("STORE {one}:{other} {sign}FLAGS ({flag})"),
        8 => format!("STORE {one} {sign}FLAGS.SILENT ({flag})"),
        9 => format!("UID STORE {uids} {sign}FLAGS ({flag})"),
        10 => "SEARCH DELETED".to_owned(),
        11 => format!("UID SEARCH {one}:{other}"),
        12 => "EXPUNGE".to_owned(),
        13 => format!("UID EXPUNGE {uids}"),
        14 => format!("UID COPY {uids} INBOX"),
        _ => format!("UID MOVE {uids} Other"),
    }
}
