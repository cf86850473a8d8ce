//! Tests of the screens in windows of 80 and of 200 columns.

use super::Place;

/// Compares the screens after these commands, in windows of 80 and of 200 columns, with snapshots.
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
