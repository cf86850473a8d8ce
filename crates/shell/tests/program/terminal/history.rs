//! Tests of the history.

use std::fs;

use super::Place;
use crate::pty::Window;

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
    // Up three times, to the first line.
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
        screen.matches("the history is not saved in").count(),
        1,
        "{screen}"
    );
    window.keys("\x1b[A");
    window.wait_for_typed("> select INBOX");
}
