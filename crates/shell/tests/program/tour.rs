//! The tour, where there is no terminal.

use std::{fs::File, process::Stdio};

use serde_json::Value;

use crate::start::{printed, program};

/// Standard output and standard error of the tour in so many columns, as a terminal shows them.
fn tour(columns: &str) -> String {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("tour");
    let file = File::create(&path).unwrap();
    let status = program()
        .arg("demo")
        .env("COLUMNS", columns)
        .stdin(Stdio::null())
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn it_fits_a_narrow_window() {
    let tour = tour("80");
    assert!(tour.lines().count() < 70);
    insta::assert_snapshot!("tour_80", tour);
}

#[test]
fn it_fits_a_wide_window() {
    insta::assert_snapshot!("tour_200", tour("200"));
}

#[test]
fn it_is_for_programs_too() {
    let output = program()
        .args(["demo", "--json"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success());
    let (printed, _) = printed(&output);
    let values: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let commands: Vec<_> = values
        .iter()
        .filter_map(|value| value.get("command")?.as_str())
        .map(|command| command.split(' ').next().unwrap_or_default())
        .collect();
    assert_eq!(
        commands,
        [
            "imapclient",
            "ls",
            "select",
            "search",
            "fetch",
            "thread",
            "idle",
            "logout"
        ]
    );
    assert!(values.contains(&serde_json::json!({ "exists": 129 })));
}

#[test]
fn commands_that_are_given_are_run_instead() {
    let output = program()
        .args(["demo", "-c", "examine Empty"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success());
    let (printed, _) = printed(&output);
    assert!(printed.starts_with("EXISTS          0\n"), "{printed}");
}
