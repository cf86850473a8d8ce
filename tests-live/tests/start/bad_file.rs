//! Invalid INI files, with which no connection is attempted.

use std::path::Path;

use crate::way::{assert_refused, assert_set_up_fails, never, run_file};

#[test]
fn the_file_is_missing() {
    let ran = run_file(Path::new("no/such/conf.ini"), vec![never()]);
    assert_refused(ran, &["no/such/conf.ini", "cannot be read", "No such file"]);
}

#[test]
fn the_file_is_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run_file(folder.path(), vec![never()]);
    assert_refused(ran, &["cannot be read", "directory"]);
}

#[test]
fn there_is_no_section() {
    assert_set_up_fails("host = localhost\n", &["conf.ini:1: ", "[DEFAULT]"]);
}

#[test]
fn there_is_no_host() {
    assert_set_up_fails("[DEFAULT]\nusername = bob\n", &["host", "missing"]);
    assert_set_up_fails("", &["host", "missing"]);
}

#[test]
fn a_boolean_is_none() {
    assert_set_up_fails(
        "[DEFAULT]\nhost = localhost\nstarttls = maybe\n",
        &["conf.ini:3: [DEFAULT] starttls: ", "\"maybe\""],
    );
}

#[test]
fn a_port_is_none() {
    for port in ["imaps", "0", "65536", "-1"] {
        assert_set_up_fails(
            &format!("[DEFAULT]\nhost = localhost\nport = {port}\n"),
            &["conf.ini:3: [DEFAULT] port: ", port],
        );
    }
}

#[test]
fn an_alternate_is_wrong() {
    let ini = "[DEFAULT]\nhost = localhost\n[other]\nssl = perhaps\n";
    assert_set_up_fails(ini, &["conf.ini:4: [other] ssl: ", "\"perhaps\""]);
}

#[test]
fn the_expected_failure_is_no_pattern() {
    let ini = "[DEFAULT]\nhost = localhost\n[other]\nexpect_failure = (never ends\n";
    assert_set_up_fails(ini, &["conf.ini: [other] expect_failure: not a pattern: "]);
}

#[test]
fn there_is_no_password() {
    // The empty value overrides the environment.
    let ini = "[DEFAULT]\nhost = localhost\nusername = bob\npassword =\n";
    assert_set_up_fails(ini, &["[DEFAULT] password: ", "missing"]);
}

#[test]
fn a_secret_in_a_broken_file_is_not_shown() {
    let ini = "[DEFAULT]\nhost = localhost\npassword = hunter2-is-secret%\n";
    assert_set_up_fails(ini, &["conf.ini:3:", "%%"]);
}
