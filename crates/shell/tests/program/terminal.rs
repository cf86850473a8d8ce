//! Who sits at a terminal.

use std::{fs, path::PathBuf};

use imapclient_testkit::{Gate, Rule, Server};
use tempfile::TempDir;

use crate::pty::Window;

/// A server with the sample, and a home whose file says how to get there.
struct Place {
    server: Server,
    home: TempDir,
}

impl Place {
    fn new() -> Self {
        Self::with(Server::builder().user("bob", "sekret").sample().start())
    }

    fn with(server: Server) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("conf.ini"), server.ini("bob")).unwrap();
        Self { server, home }
    }

    fn window(&self, columns: u16) -> Window {
        Window::open(columns, self.home.path(), &["-f", "conf.ini"], &[])
    }

    fn history(&self) -> PathBuf {
        self.home.path().join(".local/state/imapclient/history")
    }
}

#[test]
fn commands_and_mailboxes_are_completed() {
    let place = Place::new();
    let mut window = place.window(80);
    window.wait_for_prompt();
    // A command, with a blank after it.
    window.keys("exam\t");
    window.wait_for_typed("> examine ");
    // A name that is not ASCII, from the server.
    window.keys("Reisen/Z\t");
    window.wait_for_typed("> examine Reisen/Zürich ");
    window.keys("\r");
    window.wait_for("READ-ONLY");
    window.wait_for_prompt();
    // One that has to be quoted; the quote may be there already.
    for begun in ["Tom", "\"Tom &"] {
        window.keys(&format!("cd {begun}\t"));
        window.wait_for_typed("> cd \"Tom & Jerry\" ");
        window.keys("\r");
        window.wait_for_prompt();
    }
    // All that there are.
    window.keys("cd Ar\t");
    window.wait_for_typed("> cd Archive");
    window.keys("\t");
    window.wait_for("Archive       Archive/2023");
    window.keys("/\t");
    window.wait_for_typed("> cd Archive/2023 ");
    window.keys("\r");
    window.line("quit");
    assert_eq!(window.end(), 0);
    place.server.wait_for_no_connections();
}

#[test]
fn a_server_that_does_not_tell_the_mailboxes_is_not_waited_for() {
    let place = Place::new();
    let mut window = place.window(80);
    window.run("select INBOX");
    // It refuses.
    place.server.add_rule(Rule::on("LIST").once().no("not now"));
    window.keys("cd Tras\t");
    place.server.wait_for("LIST");
    window.keys("\t");
    window.wait_for_typed("> cd Trash ");
    window.keys("\x03");
    window.run("noop");
    // It says nothing. What it said before is not good any more.
    window.run("mkdir Attic");
    let gate = Gate::new();
    place.server.add_rule(Rule::on("LIST").hold(&gate));
    window.keys("cd Tras\t");
    gate.wait_for(1);
    window.wait_for_typed("cd Tras");
    window.keys("\x03");
    window.run("noop");
    window.keys("cd Tras\t");
    gate.wait_for(2);
    window.keys("h\r");
    window.wait_for("bob@localhost Trash> ");
    place.server.clear_rules();
    // It is gone.
    window.run("mkdir Cellar");
    place.server.disconnect("bob");
    place.server.wait_for_no_connections();
    window.keys("cd Sen\tt\r");
    window.wait_for("bob@localhost Sent> ");
}

#[test]
fn what_was_typed_can_be_typed_again() {
    let place = Place::new();
    let mut window = place.window(80);
    window.run("noop");
    window.run("noop");
    window.run("select INBOX");
    window.run(" examine Junk");
    window.line("raw LOGIN bob sekret");
    window.wait_for_prompt();
    // Up three times: to the first of all.
    window.keys("\x1b[A");
    window.wait_for_typed("> select INBOX");
    window.keys("\x1b[A");
    window.wait_for_typed("> noop");
    window.keys("\x1b[B");
    window.wait_for_typed("> select INBOX");
    window.keys("\x03");
    window.wait_for_prompt();
    // Ctrl-D.
    window.keys("\x04");
    assert_eq!(window.end(), 0);
    place.server.wait_for("LOGOUT");
    let kept = fs::read_to_string(place.history()).unwrap();
    assert_eq!(kept, "#V2\nnoop\nselect INBOX\n");

    let mut window = place.window(80);
    window.wait_for_prompt();
    window.keys("\x1b[A");
    window.wait_for_typed("> select INBOX");
    window.keys("\r");
    window.wait_for("READ-WRITE");
    window.line("quit");
    assert_eq!(window.end(), 0);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_what_was_typed() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let mut window = place.window(80);
    window.run("noop");
    window.line("quit");
    assert_eq!(window.end(), 0);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.history()), 0o600);
    assert_eq!(mode(place.history().parent().unwrap()), 0o700);
}

#[test]
fn a_session_without_a_place_for_history_says_so_once() {
    let place = Place::new();
    fs::write(place.home.path().join("state"), "not a directory").unwrap();
    let state = place.home.path().join("state");
    let env = [("XDG_STATE_HOME", state.to_str().unwrap())];
    let mut window = Window::open(200, place.home.path(), &["-f", "conf.ini"], &env);
    window.run("noop");
    window.run("select INBOX");
    let screen = window.screen();
    assert_eq!(
        screen.matches("what is typed is not kept in").count(),
        1,
        "{screen}"
    );
    window.keys("\x1b[A");
    window.wait_for_typed("> select INBOX");
}

#[test]
fn a_line_is_taken_back_and_goes_on() {
    let place = Place::new();
    let mut window = place.window(80);
    window.wait_for_prompt();
    window.keys("select INBOX");
    window.wait_for_typed("select INBOX");
    window.keys("\x03");
    window.run("examine Trash");
    // A quote that is open.
    window.line("noop; cd 'Trash");
    window.keys("and more'\r");
    window.wait_for("error: ");
    window.line("cd \"IN");
    window.keys("BOX");
    window.wait_for_typed("> BOX");
    window.keys("\x03");
    window.wait_for_prompt();
    // What is pasted is several commands.
    window.keys("\x1b[200~examine Junk\rexamine Sent\x1b[201~");
    window.wait_for("examine Sent");
    window.keys("\r");
    window.wait_for("bob@localhost Sent> ");
    let commands: Vec<_> = place
        .server
        .received()
        .iter()
        .map(|one| one.command())
        .collect();
    let opened: Vec<_> = commands
        .iter()
        .filter(|command| command.contains("SELECT") || command.contains("EXAMINE"))
        .collect();
    assert_eq!(
        opened,
        [
            "EXAMINE Trash",
            // With the line end that was within the quotes.
            "SELECT \"Trash&AAo-and more\"",
            "EXAMINE Junk",
            "EXAMINE Sent"
        ]
    );
}

#[test]
fn a_lost_connection_is_reported_and_made_again() {
    let place = Place::new();
    let mut window = place.window(80);
    window.run("examine INBOX");
    place.server.disconnect("bob");
    place.server.wait_for_no_connections();
    window.run("noop");
    window.wait_for("error: ");
    window.run("noop");
    let screen = window.screen();
    assert!(screen.contains("connecting to localhost again"), "{screen}");
    assert!(screen.ends_with("bob@localhost INBOX>"), "{screen}");
    let sent = place.server.received();
    let again = sent.iter().filter(|one| one.command() == "EXAMINE INBOX");
    let connections: Vec<_> = again.map(|one| one.connection).collect();
    assert_eq!(connections.len(), 2);
    assert_ne!(connections[0], connections[1]);
}

#[test]
fn a_connection_that_cannot_be_made_ends_the_program() {
    let place = Place::new();
    place
        .server
        .add_rule(Rule::on_greeting().bye("too many of you"));
    let mut window = place.window(80);
    assert_eq!(window.end(), 1);
    let screen = window.screen();
    assert!(
        screen.starts_with("error: ") && screen.contains("too many of you"),
        "{screen}"
    );
}

#[test]
fn a_password_is_asked_for_and_not_shown() {
    let place = Place::new();
    let port = place.server.tls_addr().port().to_string();
    let ca_file = place.server.ca_file().to_str().unwrap().to_owned();
    let args = [
        "-P",
        &port,
        "--ca-file",
        &ca_file,
        "-H",
        "localhost",
        "--trace",
    ];
    let mut window = Window::open(80, place.home.path(), &args, &[]);
    window.wait_for("username: ");
    window.keys("bob\r");
    window.wait_for("password of bob at localhost: ");
    window.keys("sekret\r");
    window.run("noop");
    window.line("quit");
    assert_eq!(window.end(), 0);
    let written = window.written();
    assert!(!written.contains("sekret"), "{written}");
    // "sekret", as PLAIN has it.
    assert!(
        !written.contains("c2VrcmV0") && !written.contains("AGJvYgBz"),
        "{written}"
    );
    assert!(written.contains("NOOP"), "{written}");
}

#[cfg(unix)]
#[test]
fn a_password_that_is_not_given_leaves_the_terminal_as_it_was() {
    let place = Place::new();
    for (keys, status) in [("sek\x03", 130), ("\x04", 130)] {
        let args = ["-H", "localhost", "-u", "bob"];
        let mut window = Window::open(80, place.home.path(), &args, &[]);
        window.wait_for("password of bob at localhost: ");
        let (before, now) = window.settings();
        assert_ne!(now, before);
        window.keys(keys);
        assert_eq!(window.end(), status);
        let (before, now) = window.settings();
        assert_eq!(now, before);
        assert!(!window.written().contains("sek"));
    }
}

#[test]
fn what_is_said_on_the_wire_is_shown_while_it_is_wanted() {
    let place = Place::new();
    let mut window = place.window(80);
    window.run("noop");
    assert!(!window.screen().contains("NOOP"));
    window.run("trace on");
    window.run("noop");
    window.wait_for("NOOP");
    let shown = window.screen().matches("NOOP").count();
    window.run("trace off");
    window.run("noop");
    assert_eq!(window.screen().matches("NOOP").count(), shown);
}

#[test]
fn a_window_may_change_between_commands() {
    let place = Place::new();
    let mut window = place.window(80);
    let flags = r"PERMANENTFLAGS  \Seen \Answered \Flagged \Deleted \Draft \* $Forwarded $MDNSent to-do Work";
    window.run("select INBOX");
    assert!(!window.screen().lines().any(|line| line == flags));
    window.resize(200);
    window.run("select INBOX");
    assert!(
        window.screen().lines().any(|line| line == flags),
        "{}",
        window.screen()
    );
    window.resize(40);
    window.run("select INBOX");
    let screen = window.screen();
    let last = screen.rsplit_once("PERMANENTFLAGS").unwrap().1;
    assert!(last.lines().count() > 8, "{screen}");
}

#[test]
fn colours_are_for_who_wants_them() {
    let place = Place::new();
    let coloured = "\x1b[32mbob@localhost\x1b[0m> ";
    let mut window = place.window(80);
    window.wait_for_prompt();
    assert!(window.written().contains(coloured));
    window.line("quit");
    let env = [("NO_COLOR", "1")];
    let mut window = Window::open(80, place.home.path(), &["-f", "conf.ini"], &env);
    window.run("ls");
    let written = window.written();
    assert!(written.contains("bob@localhost> "), "{written:?}");
    assert!(
        !written.contains("\x1b[32m") && !written.contains("\x1b[2m"),
        "{written:?}"
    );
}

#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    let place = Place::new();
    let server = &place.server;
    let evil = "evil\u{1b}]0;title\u{7}\u{202e}x";
    let shown = r"evil\u{1b}]0;title\u{7}\u{202e}x";
    // As IMAP writes it: an escape, a bell and a mark for text from right to left.
    let name = "evil&ABs-]0;title&AAcgLg-x";
    let long = "y".repeat(1 << 20);
    let list = |name: &str| format!("LIST () \"/\" {name}");
    let mut window = place.window(200);
    window.wait_for_prompt();
    server.add_rule(
        Rule::on("LIST")
            .untagged(&list(&format!("\"{name}\"")))
            .untagged(&list(&format!("{{{}}}\r\n{long}", long.len()))),
    );
    server.add_rule(Rule::on("SELECT").ok("[READ-WRITE] as you like"));
    server.add_rule(Rule::on("NOOP").untagged("OK [ALERT] \u{1b}]0;title\u{7} \u{1b}[2J"));
    window.run("ls");
    window.wait_for(shown);
    // Completed, it is typed by numbers, and sent as what it is.
    window.keys("cd ev\t");
    window.wait_for_typed(&format!("> cd \"{shown}\" "));
    window.keys("\r");
    window.wait_for(&format!("{shown}> "));
    assert_eq!(
        server.wait_for("SELECT").command(),
        format!("SELECT {name}")
    );
    window.keys("cd yy\t");
    window.wait_for_typed("> cd yy");
    window.keys("\x03");
    window.run("noop");
    window.wait_for(r"the server alerts: \u{1b}]0;title\u{7} \u{1b}[2J");
    let written = window.written();
    for obeyed in [evil, "\u{1b}]0;", "\u{202e}", "\u{1b}[2J"] {
        assert!(!written.contains(obeyed), "{obeyed:?} in {written:?}");
    }
    assert!(written.len() < 100_000, "{}", written.len());
}

#[test]
fn ctrl_c_ends_a_command_whose_rest_is_short_and_not_the_session() {
    let place = Place::new();
    let mut window = place.window(80);
    window.run("select INBOX");
    let gate = Gate::new();
    let hold = Rule::on("UID FETCH").once().hold_answer(&gate);
    place.server.add_rule(hold);
    window.line("fetch 1:* envelope");
    gate.wait_for(1);
    window.keys("\x03");
    window.wait_for("cancelled");
    gate.open();
    window.run("fetch 46 envelope");
    let screen = window.screen();
    assert!(screen.contains("来週の会議について"), "{screen}");
    assert!(!screen.contains("Alice Archer"), "{screen}");
    assert!(screen.ends_with("bob@localhost INBOX>"), "{screen}");
    let sent = place.server.received();
    assert!(sent.iter().all(|one| one.connection == 1), "{sent:?}");
}

#[test]
fn ctrl_c_ends_a_command_whose_rest_is_long_and_connects_again() {
    let place = Place::new();
    let long = format!("Subject: long\n\n{}", "a line of text\n".repeat(200_000));
    place.server.deliver("bob", "Trash", long);
    let mut window = place.window(80);
    window.run("examine Trash");
    let gate = Gate::new();
    let hold = Rule::on("UID FETCH").once().hold_answer(&gate);
    place.server.add_rule(hold);
    window.line("fetch all message");
    gate.wait_for(1);
    window.keys("\x03");
    window.wait_for("cancelled");
    gate.open();
    window.run("fetch 1 flags");
    let screen = window.screen();
    assert!(screen.contains("connecting to localhost again"), "{screen}");
    assert!(screen.ends_with("bob@localhost Trash>"), "{screen}");
    let sent = place.server.received();
    let again = sent.iter().filter(|one| one.command() == "EXAMINE Trash");
    assert_eq!(again.map(|one| one.connection).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn ctrl_c_ends_a_command_that_is_not_answered() {
    let place = Place::new();
    let mut window = place.window(80);
    window.run("select INBOX");
    let gate = Gate::new();
    place
        .server
        .add_rule(Rule::on("UID FETCH").once().hold(&gate));
    window.line("fetch 1:* envelope");
    gate.wait_for(1);
    // It takes longer than a second, which is told.
    window.wait_for("(Ctrl-C cancels)");
    window.keys("\x03");
    window.wait_for("cancelled");
    window.run("fetch 46 envelope");
    let screen = window.screen();
    assert!(screen.contains("来週の会議について"), "{screen}");
    assert!(screen.contains("connecting to localhost again"), "{screen}");
    assert!(
        !screen.contains("(Ctrl-C cancels)"),
        "{screen}\n{:?}",
        window.written()
    );
}

#[test]
fn ctrl_c_ends_waiting_for_news() {
    let place = Place::new();
    let mut window = place.window(80);
    window.run("select INBOX");
    window.line("idle");
    place.server.wait_for("IDLE");
    place
        .server
        .deliver("bob", "INBOX", "Subject: news\n\nThis came.\n");
    window.wait_for("129 messages now");
    window.keys("\x03");
    window.wait_for("cancelled");
    window.run("fetch * envelope");
    let screen = window.screen();
    assert!(screen.contains("news"), "{screen}");
    let sent = place.server.received();
    assert!(sent.iter().all(|one| one.connection == 1), "{sent:?}");
}

#[test]
fn ctrl_c_ends_what_is_written() {
    let place = Place::new();
    let long = format!("Subject: long\n\n{}", "a line of text\n".repeat(400_000));
    place.server.deliver("bob", "Empty", long);
    let mut window = place.window(80);
    window.run("examine Empty");
    window.hold_at("a line of text");
    window.line("fetch 1 source");
    window.wait_for("a line of text");
    window.keys("\x03");
    window.go_on();
    window.wait_for("cancelled");
    window.run("fetch 1 size");
    let sent = place.server.received();
    assert!(sent.iter().all(|one| one.connection == 1), "{sent:?}");
    let written = window.written().len();
    assert!(written < 3_000_000, "{written}");
}

#[test]
fn what_would_be_lost_is_asked_about() {
    let place = Place::new();
    let mut window = place.window(80);
    window.line("rmdir Junk");
    window.wait_for("Go on? [y/N] ");
    window.keys("n\r");
    window.wait_for_prompt();
    window.line("rmdir Junk");
    window.wait_for_typed("[y/N] ");
    window.keys("\x03");
    window.wait_for_prompt();
    assert_eq!(place.server.messages("bob", "Junk").len(), 25);
    let deletes = |place: &Place| {
        let sent = place.server.received().into_iter();
        sent.filter(|one| one.command().starts_with("DELETE"))
            .count()
    };
    assert_eq!(deletes(&place), 0);
    window.line("rmdir Junk");
    window.wait_for_typed("[y/N] ");
    window.keys("y\r");
    window.wait_for_prompt();
    assert_eq!(deletes(&place), 1);
}

/// What is on the screen after these commands, in windows of 80 and of 200 columns.
fn screens(name: &str, commands: &[&str]) {
    let place = Place::new();
    for columns in [80, 200] {
        let mut window = place.window(columns);
        for command in commands {
            window.run(command);
        }
        insta::assert_snapshot!(format!("{name}_{columns}"), window.screen());
        window.line("quit");
        assert_eq!(window.end(), 0);
    }
}

#[test]
fn screens_of_help() {
    screens("help", &["help"]);
    screens("help_search", &["help search"]);
}

#[test]
fn screens_of_mailboxes() {
    screens(
        "mailboxes",
        &["ls", "status INBOX", "special", "examine INBOX"],
    );
}

#[test]
fn screens_of_messages() {
    screens(
        "messages",
        &[
            "examine INBOX",
            "fetch 1:12",
            "search from alice since 1-Feb-2024",
            "fetch $ envelope",
            "thread subject contract",
        ],
    );
}

#[test]
fn screens_of_a_message() {
    screens("message", &["examine INBOX", "show 13", "show 46"]);
}

#[test]
fn screens_of_mistakes() {
    screens(
        "mistakes",
        &[
            "serch unseen",
            "cd Nowhere",
            "fetch",
            "search form alice",
            "cd INBOX extra",
        ],
    );
}
