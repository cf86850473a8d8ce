//! Tests of Ctrl-C within a command that changes something: the program says what is known of it.

use std::fs;

use imapclient_testkit::{Gate, Rule, Server};

use crate::{
    running::{Ended, Running},
    start::{program, write_private},
    world::World,
};

/// The moment at which the server opens the gate that it waits at.
#[derive(Clone, Copy, PartialEq)]
enum Opens {
    /// After Ctrl-C, so that the program still gets the answer.
    Soon,
    /// After the end of the program.
    Late,
}

/// A user with four messages in INBOX and one in Archive.
fn server() -> Server {
    let numbered = |number: u32| format!("Subject: {number}\n\n{number}\n");
    Server::builder()
        .user("bob", "sekret")
        .mailbox("INBOX", |inbox| inbox.messages((1..=4).map(numbered)))
        .mailbox("Archive", |archive| archive.messages([numbered(9)]))
        .start()
}

/// A program that was interrupted.
struct Interrupted {
    ended: Ended,
    /// The number of messages in INBOX, of those there that are marked as deleted, and in Archive.
    counts: [usize; 3],
}

impl Interrupted {
    /// Runs a command on a server without these capabilities until it is at the gate of a rule, and
    /// presses Ctrl-C.
    fn at(without: &[&str], line: &str, rule: impl FnOnce(&Gate) -> Rule, opens: Opens) -> Self {
        let server = server();
        for capability in without {
            server.forget_capability(capability);
        }
        let gate = Gate::new();
        server.add_rule(rule(&gate));
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.eml", "b.eml"] {
            fs::write(folder.path().join(name), "Subject: new\n\n").unwrap();
        }
        let conf = folder.path().join("conf.ini");
        write_private(&conf, server.ini("bob")).unwrap();
        let mut command = program();
        command
            .current_dir(&folder)
            .arg("-f")
            .arg(&conf)
            .args(["-m", "INBOX", "--yes", "-c", line]);
        let running = Running::start(&mut command);
        gate.wait_for(1);
        running.interrupt();
        if opens == Opens::Soon {
            gate.open();
        }
        let ended = running.end();
        server.clear_rules();
        server.wait_for_no_connections();
        let world = World::seen(&server, "bob").unwrap();
        let inbox = &world.mailboxes["INBOX"];
        let deleted = inbox.iter().filter(|seen| seen.flags.contains("\\Deleted"));
        let counts = [
            inbox.len(),
            deleted.count(),
            world.mailboxes["Archive"].len(),
        ];
        assert_eq!(ended.status.code(), Some(130), "{}", ended.said);
        Self { ended, counts }
    }

    /// Holds what is there, and what the program said before `error: cancelled`, against this.
    #[track_caller]
    fn assert(self, counts: [usize; 3], said: &[&str]) {
        let lines: Vec<&str> = self.ended.said.lines().collect();
        assert_eq!(lines, [said, &["error: cancelled"]].concat());
        assert_eq!(self.counts, counts, "{lines:?}");
    }
}

#[test]
fn a_change_without_an_answer_is_unknown() {
    let held = |gate: &Gate| Rule::on("UID COPY").hold_answer(gate);
    let cancelled = Interrupted::at(&[], "copy 1:2 Archive", held, Opens::Late);
    let unknown = "warning: UID COPY: it is unknown whether the server copied them";
    cancelled.assert([4, 0, 3], &[unknown]);
}

#[test]
fn an_answer_that_comes_in_time_is_told() {
    let held = |gate: &Gate| Rule::on("UID COPY").hold_answer(gate);
    let cancelled = Interrupted::at(&[], "copy 1:2 Archive", held, Opens::Soon);
    // Either the answer or Ctrl-C arrives first; on a busy machine the answer may come too late.
    let late = "warning: UID COPY: it is unknown whether the server copied them";
    let told = match cancelled.ended.printed.as_str() {
        "" if cancelled.ended.said.contains(late) => &[late][..],
        "" => &["warning: the server said OK to UID COPY"],
        printed => {
            assert_eq!(printed, "copied 2 messages to Archive, as UID 2:3\n");
            &[]
        }
    };
    cancelled.assert([4, 0, 3], told);
}

#[test]
fn an_upload_that_has_not_left_is_never_done() {
    let held = |gate: &Gate| Rule::on("APPEND").at_literal().hold(gate);
    let line = "append a.eml --to Archive";
    let cancelled = Interrupted::at(&["LITERAL+"], line, held, Opens::Late);
    cancelled.assert([4, 0, 1], &["warning: the server did not do APPEND"]);
}

#[test]
fn the_messages_stored_before_are_told() {
    let held = |gate: &Gate| Rule::on("APPEND").skip(1).hold_answer(gate);
    let line = "append a.eml b.eml --to Archive";
    let cancelled = Interrupted::at(&["MULTIAPPEND"], line, held, Opens::Late);
    let told = "warning: APPEND: it is unknown whether the server stored it; \
                1 message was stored as UID 2 before that";
    cancelled.assert([4, 0, 3], &[told]);
}

#[test]
fn the_steps_before_are_told() {
    let held = |gate: &Gate| Rule::on("UID EXPUNGE").hold(gate).no("not now");
    let marked = "warning: cancelled after OK to marking 2 messages as deleted";
    let unknown = "warning: UID EXPUNGE: it is unknown whether the server removed them";
    let cancelled = Interrupted::at(&[], "rm 2:3", held, Opens::Late);
    cancelled.assert([4, 2, 1], &[marked, unknown]);

    let held = |gate: &Gate| Rule::on("UID SEARCH").hold(gate);
    let removed = "warning: the messages of 2:3 marked as deleted were removed";
    let cancelled = Interrupted::at(&[], "rm 2:3", held, Opens::Late);
    cancelled.assert([2, 0, 1], &[marked, removed]);

    let moved = "warning: cancelled after OK to moving 2 messages to Archive, as UID 2:3, \
                 looking up what is left";
    let cancelled = Interrupted::at(&[], "move 2:3 Archive", held, Opens::Late);
    cancelled.assert([2, 0, 3], &["2 messages are gone", moved]);

    let held = |gate: &Gate| Rule::on("UID SEARCH").skip(1).hold(gate);
    let line = "store 2:3 +FLAGS.SILENT (\\Deleted); expunge";
    let gone = "warning: cancelled after OK to EXPUNGE, looking up what is left";
    let cancelled = Interrupted::at(&[], line, held, Opens::Late);
    assert_eq!(cancelled.counts, [2, 0, 1]);
    assert!(
        cancelled.ended.said.contains(gone),
        "{}",
        cancelled.ended.said
    );
}

#[test]
fn a_command_that_reads_changes_nothing() {
    let held = |gate: &Gate| Rule::on("UID SEARCH").hold(gate);
    let cancelled = Interrupted::at(&[], "search all", held, Opens::Late);
    cancelled.assert([4, 0, 1], &[]);
}
