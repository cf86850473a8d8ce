//! Tests in a terminal.

mod completing;
mod history;
mod interrupting;
mod screens;

use std::path::PathBuf;

use imapclient_testkit::{Rule, Server};
use tempfile::TempDir;

use crate::pty::Window;

/// A server with the sample, and a home whose INI file contains its address.
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
        crate::start::write_private(home.path().join("conf.ini"), server.ini("bob")).unwrap();
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
fn a_line_is_taken_back_and_goes_on() {
    let place = Place::new();
    let mut window = place.window(80);
    window.wait_for_prompt();
    window.keys("select INBOX");
    window.wait_for_typed("select INBOX");
    window.keys("\x03");
    window.run("examine Trash");
    // An open quote.
    window.line("noop; cd 'Trash");
    window.wait_for("'Trash\n> ");
    window.keys("and more'\r");
    window.wait_for("error: ");
    window.line("cd \"IN");
    window.wait_for("\"IN\n> ");
    window.keys("BOX");
    window.wait_for_typed("> BOX");
    window.keys("\x03");
    window.wait_for_prompt();
    window.line("cd \"Out");
    window.wait_for("cd \"Out\n> ");
    window.keys("\x04");
    window.wait_for("cd \"Out\n> \nbob@localhost> ");
    window.run("noop");
    // Pasted text is run as several commands.
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
            "EXAMINE \"Trash\"",
            // With the line end that was inside the quotes.
            "SELECT \"Trash&AAo-and more\"",
            "EXAMINE \"Junk\"",
            "EXAMINE \"Sent\""
        ]
    );
}

#[test]
fn the_demo_has_a_prompt() {
    let home = tempfile::tempdir().unwrap();
    let mut window = Window::open(80, home.path(), &["demo"], &[]);
    window.run("cd INBOX");
    assert!(window.screen().ends_with("bob@localhost INBOX>"));
    window.line("quit");
    assert_eq!(window.end(), 0);
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
    let again = sent
        .iter()
        .filter(|one| one.command() == "EXAMINE \"INBOX\"");
    let connections: Vec<_> = again.map(|one| one.connection).collect();
    assert_eq!(connections.len(), 2);
    assert_ne!(connections[0], connections[1]);
}

#[test]
fn leaving_a_connection_that_is_lost_is_no_failure() {
    let place = Place::new();
    let mut window = place.window(80);
    window.run("examine INBOX");
    place.server.disconnect("bob");
    place.server.wait_for_no_connections();
    window.keys("\x04");
    assert_eq!(window.end(), 0);
    let screen = window.screen();
    assert!(screen.contains("\nwarning: "), "{screen}");
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
    // "sekret" in the encoding of PLAIN.
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
    // In IMAP's encoding: an escape, a bell and a mark for right-to-left text.
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
    // Completion types it as numbers, and it is sent as the original name.
    window.keys("cd ev\t");
    window.wait_for_typed(&format!("> cd \"{shown}\" "));
    window.keys("\r");
    window.wait_for(&format!("{shown}> "));
    assert_eq!(
        server.wait_for("SELECT").command(),
        format!("SELECT \"{name}\"")
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
