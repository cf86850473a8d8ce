//! Tests of the tour, which is played without a terminal.

use std::{fs::File, process::Stdio};

use imapclient_testkit::Profile;
use serde_json::Value;

use crate::start::{printed, program};

/// Returns standard output and standard error of the tour, as a terminal of `columns` columns shows
/// them.
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

/// Returns the JSON values that the tour prints.
fn values(arguments: &[&str]) -> Vec<Value> {
    let output = program()
        .args(["demo", "--json"])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (printed, said) = printed(&output);
    assert!(output.status.success(), "{arguments:?}: {printed}{said}");
    printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Returns the names of the commands in these values.
fn commands(values: &[Value]) -> Vec<&str> {
    values
        .iter()
        .filter_map(|value| value.get("command")?.as_str())
        .map(|command| command.split(' ').next().unwrap_or_default())
        .collect()
}

#[test]
fn it_is_for_programs_too() {
    let values = values(&[]);
    assert_eq!(
        commands(&values),
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
fn what_a_provider_lacks_is_left_out() {
    for profile in Profile::all() {
        let has = |wanted: &str| profile.capabilities().any(|name| name.starts_with(wanted));
        let values = values(&["--profile", profile.name()]);
        let news = if has("IDLE") { "idle" } else { "noop" };
        assert_eq!(
            commands(&values),
            [
                "imapclient",
                "ls",
                "select",
                "search",
                "fetch",
                "thread",
                news,
                "logout"
            ],
            "{profile}"
        );
        let left_out: Vec<_> = values
            .iter()
            .filter_map(|value| value.get("lacks"))
            .collect();
        match has("THREAD=") {
            true => assert!(left_out.is_empty(), "{profile}: {left_out:?}"),
            false => assert_eq!(left_out, ["THREAD"], "{profile}"),
        }
        assert!(values.last().unwrap().get("next").is_some(), "{profile}");
    }
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
