//! Every command that changes something, under everything that can go wrong with it: the words of
//! the program agree with what another client sees afterwards, or say that it is unknown.

use std::{collections::BTreeMap, fs};

use imapclient::UidSet;
use imapclient_testkit::{AnswerSize, Gate, Mail, Mishap, Rule, Server};
use regex_lite::Regex;

use crate::{
    start::{printed, program},
    world::{Seen, World},
};

/// A command of the program, and the IMAP command of it with which something goes wrong.
struct Row {
    line: &'static str,
    command: &'static str,
    /// The commands of this name before it that are answered as usual.
    skip: u64,
    /// The capabilities that the server lacks.
    without: &'static [&'static str],
    /// The changes that the command makes, one after the other.
    steps: &'static [fn(&mut World)],
    /// The changes that are made before the command with which something goes wrong.
    before: usize,
}

const fn row(
    line: &'static str,
    command: &'static str,
    steps: &'static [fn(&mut World)],
    before: usize,
) -> Row {
    Row {
        line,
        command,
        skip: 0,
        without: &[],
        steps,
        before,
    }
}

const APPEND: &str = "append n1.eml n2.eml --to Archive";
const RM: &[fn(&mut World)] = &[mark, remove];
const EXPUNGE: &[fn(&mut World)] = &[remove_all];
const TABLE: &[Row] = &[
    row("copy 1,3 Archive", "UID COPY", &[copy], 0),
    row("move 1,3 Archive", "UID MOVE", &[copy_and_take], 0),
    row("move 1,3 Archive", "UID SEARCH", &[copy_and_take], 1),
    row("rm 2,3", "UID STORE", RM, 0),
    row("rm 2,3", "UID EXPUNGE", RM, 1),
    row("rm 2,3", "UID SEARCH", RM, 2),
    Row {
        without: &["UIDPLUS"],
        ..row("rm 2,3", "UID STORE", &[mark], 0)
    },
    row("expunge", "EXPUNGE", EXPUNGE, 0),
    Row {
        skip: 1,
        ..row("expunge", "UID SEARCH", EXPUNGE, 1)
    },
    row("expunge 2:3", "UID EXPUNGE", &[remove], 0),
    row(APPEND, "APPEND", &[append_both], 0),
    Row {
        skip: 1,
        without: &["MULTIAPPEND", "LITERAL+"],
        ..row(APPEND, "APPEND", &[append_first, append_second], 1)
    },
    row("store 1,3 +FLAGS (\\Flagged)", "UID STORE", &[flag], 0),
    row("flag 1,3 flagged", "UID STORE", &[flag], 0),
    row("mkdir New", "CREATE", &[create], 0),
    row("rmdir Old", "DELETE", &[delete], 0),
    row("rename Old New", "RENAME", &[rename], 0),
    row("subscribe Archive", "SUBSCRIBE", &[subscribe], 0),
    row("unsubscribe Old", "UNSUBSCRIBE", &[unsubscribe], 0),
];

/// The runs that the table makes.
const RUNS: usize = 279;

fn mailbox<'a>(world: &'a mut World, name: &str) -> &'a mut Vec<Seen> {
    world.mailboxes.entry(name.to_owned()).or_default()
}

fn is_deleted(seen: &Seen) -> bool {
    seen.flags.contains("\\Deleted")
}

fn copy(world: &mut World) {
    let odd = mailbox(world, "INBOX")
        .iter()
        .filter(|seen| [1, 3].contains(&seen.uid));
    let odd: Vec<Seen> = odd.cloned().collect();
    mailbox(world, "Archive").extend(odd);
}

fn copy_and_take(world: &mut World) {
    copy(world);
    mailbox(world, "INBOX").retain(|seen| ![1, 3].contains(&seen.uid));
}

fn mark(world: &mut World) {
    for seen in mailbox(world, "INBOX") {
        if [2, 3].contains(&seen.uid) {
            seen.flags.insert("\\Deleted".to_owned());
        }
    }
}

fn remove(world: &mut World) {
    mailbox(world, "INBOX").retain(|seen| !([2, 3].contains(&seen.uid) && is_deleted(seen)));
}

fn remove_all(world: &mut World) {
    mailbox(world, "INBOX").retain(|seen| !is_deleted(seen));
}

fn append_first(world: &mut World) {
    mailbox(world, "Archive").push(upload(1));
}

fn append_second(world: &mut World) {
    mailbox(world, "Archive").push(upload(2));
}

fn append_both(world: &mut World) {
    append_first(world);
    append_second(world);
}

fn flag(world: &mut World) {
    for seen in mailbox(world, "INBOX") {
        if [1, 3].contains(&seen.uid) {
            seen.flags.insert("\\Flagged".to_owned());
        }
    }
}

fn create(world: &mut World) {
    mailbox(world, "New");
}

fn delete(world: &mut World) {
    world.mailboxes.remove("Old");
}

fn rename(world: &mut World) {
    let messages = world.mailboxes.remove("Old");
    world
        .mailboxes
        .insert("New".to_owned(), messages.unwrap_or_default());
}

fn subscribe(world: &mut World) {
    world.subscribed.insert("Archive".to_owned());
}

fn unsubscribe(world: &mut World) {
    world.subscribed.remove("Old");
}

fn text(name: &str) -> String {
    format!("Message-ID: <{name}@x>\r\n\r\n{name}\r\n")
}

fn mail(name: &str) -> Mail {
    Mail::from(text(name).into_bytes())
}

fn upload(number: u32) -> Seen {
    Seen {
        uid: 0,
        text: text(&format!("n{number}")),
        flags: Default::default(),
    }
}

/// One run of the program.
struct Run<'a> {
    row: &'a Row,
    mishap: Mishap,
    size: AnswerSize,
    was_reached: bool,
    code: Option<i32>,
    out: String,
    err: String,
    world: World,
    after: World,
}

impl Row {
    fn server(&self) -> Server {
        let mut builder = Server::builder().user("bob", "sekret");
        for capability in self.without {
            builder = builder.forget_capability(capability);
        }
        builder
            .mailbox("INBOX", |inbox| {
                inbox
                    .message(mail("i1").flag("\\Seen"))
                    .message(mail("i2").flag("\\Deleted"))
                    .message(mail("i3"))
                    .message(mail("i4").flag("\\Deleted"))
            })
            .mailbox("Archive", |archive| {
                archive.messages(["a1", "a2"].map(mail))
            })
            .mailbox("Old", |old| old.message(mail("o1")).subscribed())
            .start()
    }

    fn rule(&self) -> Rule {
        Rule::on(self.command).skip(self.skip).once()
    }

    /// Returns the mishaps that are tried.
    fn mishaps(&self, answer: usize) -> Vec<Mishap> {
        let mut mishaps = Mishap::ALL.to_vec();
        mishaps.extend([answer / 2, answer - 1, answer].map(Mishap::CutAfter));
        // Nobody waits for an answer that comes late.
        mishaps.retain(|mishap| !mishap.is_late());
        match self.command {
            "UID COPY" | "UID MOVE" => mishaps.extend(Mishap::OF_UIDS),
            "APPEND" => mishaps.extend([Mishap::NoUids, Mishap::AllUids, Mishap::UnpairedUids]),
            // The program believes the answer to its search.
            "UID SEARCH" => {
                mishaps.retain(|mishap| ![Mishap::OkUndone, Mishap::BareOk].contains(mishap));
            }
            _ => {}
        }
        if self.without.contains(&"LITERAL+") {
            mishaps.extend(Mishap::OF_LITERALS);
        }
        mishaps
    }

    /// Runs the program on a server that is given a rule.
    fn run(&self, rule: Rule, is_silent: bool) -> (Server, World, std::process::Output) {
        let server = self.server();
        let world = World::seen(&server, "bob").unwrap();
        server.clear_received();
        server.add_rule(rule);
        let folder = tempfile::tempdir().unwrap();
        for name in ["n1", "n2"] {
            fs::write(folder.path().join(format!("{name}.eml")), text(name)).unwrap();
        }
        // Soon enough for what is meant to run out, and long enough for all else.
        let timeout = if is_silent { "0.2" } else { "30" };
        let conf = folder.path().join("conf.ini");
        let port = server.addr().port();
        let ini = format!(
            "[DEFAULT]\nhost = 127.0.0.1\nport = {port}\nssl = no\nusername = bob\n\
             password = sekret\ntimeout = {timeout}\n"
        );
        crate::start::write_private(&conf, ini).unwrap();
        let output = program()
            .current_dir(&folder)
            .arg("-f")
            .arg(&conf)
            .args(["-m", "INBOX", "--yes", "-c", self.line])
            .output()
            .unwrap();
        server.clear_rules();
        server.wait_for_no_connections();
        (server, world, output)
    }

    /// Returns the size of the answer when nothing is wrong.
    fn size(&self) -> AnswerSize {
        let (rule, measured) = Mishap::measure(self.rule());
        let (_, _, output) = self.run(rule, false);
        assert_eq!(output.status.code(), Some(0), "{}: {output:?}", self.line);
        measured.size()
    }

    fn try_out(&self, mishap: Mishap, size: AnswerSize) -> Run<'_> {
        let rule = mishap.rule(self.rule(), size, &Gate::new());
        let (server, world, output) = self.run(rule, mishap.is_silent());
        let (out, err) = printed(&output);
        let name = format!("{} ", self.command);
        let received = server.received();
        let got = received
            .iter()
            .map(|received| format!("{} ", received.command()));
        let got = got.filter(|command| command.starts_with(&name)).count();
        Run {
            row: self,
            mishap,
            size,
            was_reached: got as u64 > self.skip,
            code: output.status.code(),
            out,
            err,
            world,
            after: World::seen(&server, "bob").unwrap(),
        }
    }
}

/// The words of the program, as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Done,
    NotDone,
    Unknown,
}

impl Run<'_> {
    /// Returns the mailboxes after this many steps; a step that the server lies about is none.
    fn stage(&self, steps: usize) -> Option<World> {
        let mut world = self.world.clone();
        for (index, step) in self.row.steps.get(..steps)?.iter().enumerate() {
            if !(self.mishap.is_lie() && index == self.row.before) {
                step(&mut world);
            }
        }
        Some(world.without_uids())
    }

    fn is_at(&self, steps: usize) -> bool {
        self.stage(steps) == Some(self.after.clone().without_uids())
    }

    /// Returns how many steps are said to be done in an error.
    fn steps_told(&self) -> usize {
        let marked = usize::from(self.err.contains("after OK to marking"));
        let other = [
            "after OK to EXPUNGE",
            "after OK to moving",
            "after OK to the change",
        ];
        let done = other.iter().any(|words| self.err.contains(words));
        let removed = self.err.contains("were removed before");
        let stored = find(&self.err, r"(\d+) messages? (?:was|were) stored");
        let stored = stored.map_or(0, |many| many.parse().unwrap());
        marked + usize::from(done) + usize::from(removed) + stored
    }

    /// Holds the words of the program against what is there.
    fn judge(&self) -> Result<Verdict, String> {
        self.check_uids()?;
        if self.code == Some(0) {
            self.judge_success()?;
            return Ok(Verdict::Done);
        }
        ensure(self.code == Some(1), "the exit status")?;
        let said = |words: &[&str]| words.iter().any(|words| self.err.contains(words));
        if let Some(told) = find(
            &self.err,
            "(?:still t?here|is not|are not): UID ([0-9:,]*[0-9])",
        ) {
            self.judge_refuted(&told.parse().unwrap())?;
            return Ok(Verdict::NotDone);
        }
        let told = self.steps_told();
        let (now, next) = (self.is_at(told), self.is_at(told + 1));
        let verdict = if said(&["it is unknown whether", "a part of it may be done"]) {
            ensure(now || next, "neither as before nor as after it")?;
            Verdict::Unknown
        } else {
            ensure(now, "not as after the steps that are told")?;
            Verdict::NotDone
        };
        // Time may be up before, and the command after may fail.
        let whole = self.mishap == Mishap::CutAfter(self.size.whole);
        let reads = self.row.before == self.row.steps.len();
        if whole || (self.mishap.is_silent() && !self.was_reached) {
            return Ok(verdict);
        }
        ensure(told == self.row.before, "other steps are told")?;
        let refused = matches!(self.mishap, Mishap::No | Mishap::Bad)
            || Mishap::OF_LITERALS.contains(&self.mishap);
        let due = if reads || refused {
            Verdict::NotDone
        } else {
            Verdict::Unknown
        };
        ensure(verdict == due, "the outcome is said to be another")?;
        Ok(verdict)
    }

    /// Compares the changes that the program found not to be done, although the server said OK,
    /// with the mailbox.
    fn judge_refuted(&self, told: &UidSet) -> Result<(), String> {
        let asked = match self.row.line {
            "expunge" => vec![2, 4],
            // The third is not marked as deleted.
            "expunge 2:3" => vec![2],
            "rm 2,3" => vec![2, 3],
            _ => vec![1, 3],
        };
        let marks = self.row.without.contains(&"UIDPLUS");
        let inbox = self.after.mailboxes["INBOX"].iter();
        let undone = inbox.filter(|seen| asked.contains(&seen.uid) && !(marks && is_deleted(seen)));
        let undone: UidSet = undone.map(|seen| seen.uid).collect();
        ensure(
            *told == undone && self.mishap.is_lie(),
            "other messages are left",
        )
    }

    fn judge_success(&self) -> Result<(), String> {
        ensure(self.is_at(self.row.steps.len()), "it is not done")?;
        let refutes = [
            Mishap::No,
            Mishap::Bad,
            Mishap::Cut,
            Mishap::Bye,
            Mishap::Silence,
        ];
        ensure(!refutes.contains(&self.mishap), "the mishap went unnoticed")?;
        let inbox = |world: &World| world.mailboxes["INBOX"].len();
        if let Some(removed) = find(&self.out, r"removed (\d+) message") {
            let gone = inbox(&self.world) - inbox(&self.after);
            ensure(removed == gone.to_string(), "another number is removed")?;
        }
        if self.mishap.is_lie() {
            // The program looks up what is gone; of all else there is only the word of the server.
            let looked_up = ["rm ", "expunge", "move "];
            let looked_up = looked_up.iter().any(|name| self.row.line.starts_with(name));
            ensure(!looked_up, "the lie was believed")?;
        }
        if self.row.command == "UID STORE" && self.row.line.contains("lag") {
            let flagged = self.after.mailboxes["INBOX"].iter();
            let flagged = flagged
                .filter(|seen| seen.flags.contains("\\Flagged"))
                .count();
            let told = self.out.matches("\\Flagged").count();
            ensure(told == flagged, "other flags are told")?;
        }
        Ok(())
    }

    /// Checks that the new UIDs that are told are those of these messages, and that all are told
    /// where nothing is wrong.
    fn check_uids(&self) -> Result<(), String> {
        let words = format!("{}{}", self.out, self.err);
        let told =
            find(&words, "as UID ([0-9:,]*[0-9])").map(|uids| uids.parse::<UidSet>().unwrap());
        let due: Vec<&str> = match self.row.line.split(' ').next() {
            Some("copy" | "move") => vec!["i1", "i3"],
            Some("append") => vec!["n1", "n2"],
            _ => Vec::new(),
        };
        let Some(told) = told else {
            let due = !due.is_empty() && self.mishap == Mishap::Nothing;
            return ensure(!due, "no UIDs are told");
        };
        let texts = told.iter().into_iter().flatten().take(9).map(|uid| {
            let mut archive = self.after.mailboxes["Archive"].iter();
            archive
                .find(|seen| uid == seen.uid)
                .map(|seen| seen.text.clone())
        });
        let texts: Vec<_> = texts.collect();
        let due: Vec<_> = due.into_iter().map(|name| Some(text(name))).collect();
        let many = if self.steps_told() == 1 && self.row.skip == 1 {
            1
        } else {
            2
        };
        ensure(texts == due[..many], "other messages have these UIDs")
    }
}

/// Returns what is in the parentheses of an expression.
fn find<'t>(text: &'t str, expression: &str) -> Option<&'t str> {
    let captures = Regex::new(expression).unwrap().captures(text)?;
    captures.get(1).map(|found| found.as_str())
}

fn ensure(is_so: bool, what: &str) -> Result<(), String> {
    is_so.then_some(()).ok_or_else(|| what.to_owned())
}

#[test]
fn what_is_said_is_what_is_there() {
    let mut runs = 0;
    let mut wrong = Vec::new();
    for row in TABLE {
        let size = row.size();
        let mut verdicts: BTreeMap<Verdict, usize> = BTreeMap::new();
        for mishap in row.mishaps(size.whole) {
            let run = row.try_out(mishap, size);
            runs += 1;
            match run.judge() {
                Ok(verdict) => *verdicts.entry(verdict).or_default() += 1,
                Err(why) => wrong.push(format!(
                    "{}, {}, {mishap:?}: {why}\n  {:?}\n  {}\n  {}",
                    row.line, row.command, run.code, run.out, run.err
                )),
            }
        }
        println!("{:35} {:12} {verdicts:?}", row.line, row.command);
    }
    println!("{runs} runs");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(runs, RUNS);
}
