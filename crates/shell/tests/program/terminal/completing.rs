//! Tests of completion.

use imapclient_testkit::{Gate, Rule};

use super::Place;

#[test]
fn commands_and_mailboxes_are_completed() {
    let place = Place::new();
    let mut window = place.window(80);
    window.wait_for_prompt();
    // A command, followed by a space.
    window.keys("exam\t");
    window.wait_for_typed("> examine ");
    // A non-ASCII name from the server.
    window.keys("Reisen/Z\t");
    window.wait_for_typed("> examine Reisen/Zürich ");
    window.keys("\r");
    window.wait_for("READ-ONLY");
    window.wait_for_prompt();
    // A name that has to be quoted, with or without its opening quote.
    for begun in ["Tom", "\"Tom &"] {
        window.keys(&format!("cd {begun}\t"));
        window.wait_for_typed("> cd \"Tom & Jerry\" ");
        window.keys("\r");
        window.wait_for_prompt();
    }
    // All candidates.
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
    // The server refuses.
    place.server.add_rule(Rule::on("LIST").once().no("not now"));
    window.keys("cd Tras\t");
    place.server.wait_for("LIST");
    window.keys("\t");
    window.wait_for_typed("> cd Trash ");
    window.keys("\x03");
    window.run("noop");
    // The server does not answer. The previous list is outdated.
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
    // The connection is lost.
    window.run("mkdir Cellar");
    place.server.disconnect("bob");
    place.server.wait_for_no_connections();
    window.keys("cd Sen\tt\r");
    window.wait_for("bob@localhost Sent> ");
}
