//! Tests in a terminal: what the doctor asks for, and when.

use std::path::Path;

use super::{
    common::{PASSWORD, no_password_came, options, server, with},
    connecting::closed_port,
};
use crate::pty::Window;

const QUESTION: &str = "password of bob at 127.0.0.1: ";

fn open(options: &[&str], env: &[(&str, &str)]) -> Window {
    let home = std::env::temp_dir();
    let options = [options, &["doctor"]].concat();
    Window::open(80, Path::new(&home), &options, env)
}

#[test]
fn the_password_is_asked_for_at_the_login_and_not_shown() {
    let server = server();
    let options = options(&server);
    let mut window = open(&with(&options, &[]), &[]);
    window.wait_for(QUESTION);
    no_password_came(&server);
    window.keys(&format!("{PASSWORD}\r"));
    assert_eq!(window.end(), 0);
    let written = window.written();
    assert!(!written.contains(PASSWORD), "{written}");
    // The line is green.
    let well = "\x1b[32mAll is well: bob can read mail at 127.0.0.1.\x1b[0m";
    assert!(written.contains(well), "{written}");
}

#[test]
fn without_colours_there_is_nothing_but_text() {
    let port = closed_port().to_string();
    let mut window = open(&["-H", "127.0.0.1", "-P", &port], &[("NO_COLOR", "1")]);
    assert_eq!(window.end(), 1);
    assert!(!window.written().contains('\x1b'), "{}", window.written());
}

#[test]
fn ctrl_c_takes_it_back() {
    let server = server();
    let options = options(&server);
    let mut window = open(&with(&options, &[]), &[]);
    window.wait_for(QUESTION);
    window.keys("\x03");
    assert_eq!(window.end(), 130);
    no_password_came(&server);
}

#[test]
fn who_is_asked_for_a_password_that_goes_in_clear_is_told_so_before() {
    let server = server();
    let port = server.addr().port().to_string();
    let options = ["-H", "127.0.0.1", "-P", &port, "-u", "bob", "--insecure"];
    let mut window = open(&options, &[]);
    window.wait_for(QUESTION);
    let screen = window.screen();
    let warning = "warning: the password will go over the network unencrypted";
    assert!(screen.starts_with(warning), "{screen}");
    window.keys("\x03");
    assert_eq!(window.end(), 130);
    no_password_came(&server);
}

#[test]
fn nothing_is_asked_for_where_there_is_no_way_to_the_server() {
    let port = closed_port().to_string();
    let mut window = open(&["-H", "127.0.0.1", "-P", &port], &[]);
    assert_eq!(window.end(), 1);
    let screen = window.screen();
    assert!(screen.starts_with("Nothing listens on port"), "{screen}");
    assert!(
        !screen.contains("username") && !screen.contains("password"),
        "{screen}"
    );
}
