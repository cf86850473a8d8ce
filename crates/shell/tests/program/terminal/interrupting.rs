//! Tests of Ctrl-C while a command runs.

use imapclient_testkit::{Gate, Rule};

use super::Place;

#[test]
fn ctrl_c_ends_a_command_whose_rest_is_short_and_not_the_session() {
    // The rest has to arrive within a second. On a busy machine it may take longer and cause a new
    // connection; but not each time.
    let kept = std::iter::repeat_with(the_rest_is_short).take(10);
    assert!(
        kept.into_iter().any(|kept| kept),
        "it always connects again"
    );
}

/// Returns whether the connection was kept.
fn the_rest_is_short() -> bool {
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
    sent.iter().all(|one| one.connection == 1)
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
    let again = sent
        .iter()
        .filter(|one| one.command() == "EXAMINE \"Trash\"");
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
    // The command takes longer than a second, so progress is shown.
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
    // The answer to DONE has to arrive within a second, as above.
    let kept = std::iter::repeat_with(news_are_interrupted).take(10);
    assert!(
        kept.into_iter().any(|kept| kept),
        "it always connects again"
    );
}

/// Returns whether the connection was kept.
fn news_are_interrupted() -> bool {
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
    sent.iter().all(|one| one.connection == 1)
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
    // The rest of the text is not read: it may take longer than a new connection.
    window.run("fetch 1 size");
    let screen = window.screen();
    assert!(screen.contains("6.1M"), "{screen}");
    let written = window.written().len();
    assert!(written < 3_000_000, "{written}");
}
