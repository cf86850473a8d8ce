//! All effects of rules, pushed responses and removed capabilities.

use imapclient_server::{Gate, Rule};

use crate::client::{Client, server};

#[test]
fn no_bad_and_ok_instead_of_the_command() {
    let server = server();
    server.add_rule(Rule::on("delete").once().no("[UNAVAILABLE] not now"));
    server.add_rule(Rule::on("DELETE").once().bad("what?"));
    server.add_rule(Rule::on("DELETE").once().ok("as you say"));
    let mut client = Client::login(&server);
    assert_eq!(client.end("DELETE Trash"), "NO [UNAVAILABLE] not now");
    assert_eq!(client.end("DELETE Trash"), "BAD what?");
    assert_eq!(client.end("DELETE Trash"), "OK as you say");
    assert_eq!(
        client.ok("STATUS Trash (MESSAGES)").len(),
        1,
        "it was deleted"
    );
    assert_eq!(client.end("DELETE Trash"), "OK Deleted.");
}

#[test]
fn the_second_of_a_user_only() {
    let server = server();
    server.add_rule(Rule::on("UID FETCH").user("bob").skip(1).times(1).no("x"));
    server.add_rule(Rule::on("NOOP").user("ann").no("x"));
    let mut client = Client::inbox(&server);
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(client.end("UID FETCH 1 (UID)"));
    }
    assert_eq!(answers, ["OK Fetched.", "NO x", "OK Fetched."]);
    client.ok("FETCH 1 (UID)");
    client.ok("NOOP");
    server.add_rule(Rule::on("*").no("nothing works"));
    assert_eq!(client.end("NOOP"), "NO nothing works");
    assert_eq!(client.end("XYZZY"), "NO nothing works");
    server.clear_rules();
    client.ok("NOOP");
}

#[test]
fn bye_and_cut_end_the_connection() {
    let server = server();
    server.add_rule(Rule::on("NOOP").once().bye("going down"));
    server.add_rule(Rule::on("NOOP").cut());
    let mut client = Client::login(&server);
    client.start("NOOP");
    assert_eq!(client.line(), "* BYE going down");
    client.assert_closed();
    let mut client = Client::login(&server);
    client.start("NOOP");
    client.assert_closed();
}

#[test]
fn silence_and_garbage() {
    let server = server();
    server.add_rule(Rule::on("NOOP").once().silence());
    server.add_rule(
        Rule::on("NOOP")
            .once()
            .garbage("* 1 FETCH (((\r\n<tag> OK \u{1F4A3}\r\n"),
    );
    let mut client = Client::inbox(&server);
    client.start("NOOP");
    assert_eq!(
        client.ok("CHECK").len(),
        0,
        "nothing before the next answer"
    );
    assert_eq!(client.run("NOOP"), ["* 1 FETCH (((", "OK \u{1F4A3}"]);
}

#[test]
fn untagged_responses_at_each_moment() {
    let server = server();
    server.add_rule(
        Rule::on("FETCH")
            .untagged("OK [ALERT] first")
            .untagged("OK second")
            .untagged_last("7 EXISTS")
            .untagged_after("OK late"),
    );
    let mut client = Client::inbox(&server);
    assert_eq!(
        client.run("FETCH 2 (UID)"),
        [
            "* OK [ALERT] first",
            "* OK second",
            "* 2 FETCH (UID 2)",
            "* 7 EXISTS",
            "OK Fetched."
        ]
    );
    assert_eq!(client.line(), "* OK late");
}

#[test]
fn responses_are_rewritten() {
    let server = server();
    server.add_rule(Rule::on("SELECT").replace("[UIDNEXT 3]", "[UIDNEXT 0]"));
    server.add_rule(Rule::on("FETCH").rewrite(|line| match line {
        [b'*', ..] => line.to_ascii_lowercase(),
        _ => Vec::new(),
    }));
    let mut client = Client::login(&server);
    let selected = client.ok("SELECT INBOX");
    assert!(
        selected
            .iter()
            .any(|line| line.starts_with("OK [UIDNEXT 0]")),
        "{selected:?}"
    );
    client.start("FETCH 1 (UID)");
    assert_eq!(client.line(), "* 1 fetch (uid 1)");
    assert_eq!(
        client.run("NOOP"),
        ["OK Nothing done."],
        "the tagged line was not sent"
    );
}

#[test]
fn cuts_within_the_answer() {
    let server = server();
    server.add_rule(Rule::on("FETCH").cut_after(5));
    let mut client = Client::inbox(&server);
    client.start("FETCH 1:2 (UID)");
    let error = client.try_line().unwrap_err();
    assert!(error.to_string().contains("* 1 F"), "{error}");
    client.assert_closed();
}

#[test]
fn the_greeting_has_rules_too() {
    let server = server();
    server.add_rule(Rule::on_greeting().once().bye("too many"));
    server.add_rule(
        Rule::on_greeting()
            .once()
            .garbage("HTTP/1.1 400 Bad Request\r\n"),
    );
    server.add_rule(Rule::on_greeting().once().cut());
    server.add_rule(Rule::on_greeting().once().no("x"));
    server.add_rule(Rule::on_greeting().replace("Ready.", "Hi."));
    let mut client = Client::open(server.addr());
    assert_eq!(client.line(), "* BYE too many");
    client.assert_closed();
    assert!(Client::open(server.addr()).line().starts_with("HTTP"));
    Client::open(server.addr()).assert_closed();
    assert_eq!(Client::open(server.addr()).line(), "* NO x");
    assert!(Client::open(server.addr()).line().ends_with("] Hi."));
}

#[test]
fn a_gate_holds_a_command_and_nobody_else() {
    let server = server();
    let gate = Gate::new();
    server.add_rule(Rule::on("STORE").once().hold(&gate));
    let (mut held, mut free) = (Client::inbox(&server), Client::inbox(&server));
    let tag = held.start("STORE 1 +FLAGS (\\Seen)");
    gate.wait_for(1);
    assert_eq!(free.ok("NOOP").len(), 0, "it was done already");
    gate.open();
    assert_eq!(held.finish(&tag).len(), 2);
    assert_eq!(free.ok("NOOP").len(), 1);
}

#[test]
fn a_gate_holds_an_answer() {
    let server = server();
    let gate = Gate::new();
    server.add_rule(Rule::on("STORE").once().hold_answer(&gate));
    let (mut held, mut free) = (Client::inbox(&server), Client::inbox(&server));
    let tag = held.start("STORE 1 +FLAGS (\\Seen)");
    gate.wait_for(1);
    assert_eq!(free.ok("NOOP").len(), 1, "it was not done yet");
    gate.open();
    assert_eq!(held.finish(&tag).len(), 2);
}

#[test]
fn a_server_that_stops_waits_for_no_gate() {
    let server = server();
    let gate = Gate::new();
    server.add_rule(Rule::on("NOOP").hold(&gate));
    let mut client = Client::login(&server);
    client.start("NOOP");
    gate.wait_for(1);
    drop(server);
    client.assert_closed();
}

#[test]
fn a_literal_can_be_refused() {
    let server = server();
    server.add_rule(
        Rule::on("APPEND")
            .at_literal()
            .once()
            .no("[TRYCREATE] no such mailbox"),
    );
    server.add_rule(
        Rule::on("APPEND")
            .at_literal()
            .once()
            .untagged("OK still there"),
    );
    let mut client = Client::login(&server);
    assert_eq!(
        client.end("APPEND INBOX {5}"),
        "NO [TRYCREATE] no such mailbox"
    );
    client.send("x APPEND INBOX {5}\r\n");
    assert_eq!(client.line(), "* OK still there");
    assert_eq!(client.line(), "+ Go on.");
    client.send("12345\r\n");
    assert!(client.line().starts_with("x OK "));
}

#[test]
fn the_end_of_idle_has_rules() {
    let server = server();
    server.add_rule(Rule::on("DONE").once().no("stay"));
    server.add_rule(Rule::on("IDLE").skip(1).no("not now"));
    let mut client = Client::inbox(&server);
    let tag = client.start("IDLE");
    assert_eq!(client.line(), "+ idling");
    client.send("DONE\r\n");
    assert_eq!(client.finish(&tag), ["NO stay"]);
    assert_eq!(client.end("IDLE"), "NO not now");
}

#[test]
fn a_push_comes_at_once_to_who_waits() {
    let server = server();
    let (mut idler, mut other) = (Client::inbox(&server), Client::login(&server));
    let nobody = Client::connect(server.addr());
    idler.start("IDLE");
    assert_eq!(idler.line(), "+ idling");
    assert_eq!(server.push("bob", "OK [ALERT] hear"), 2);
    assert_eq!(idler.line(), "* OK [ALERT] hear");
    assert_eq!(other.line(), "* OK [ALERT] hear");
    assert_eq!(server.push("ann", "OK"), 0);
    drop(nobody);
    assert_eq!(server.disconnect("bob"), 2);
    idler.assert_closed();
    other.assert_closed();
}

#[test]
fn a_forgotten_capability_is_not_there() {
    let server = server();
    let mut client = Client::inbox(&server);
    for name in ["IDLE", "UIDPLUS", "CONDSTORE", "SASL-IR", "STATUS=SIZE"] {
        server.forget_capability(name);
    }
    server.say_capability("X-SOMETHING");
    let capabilities = client.ok("CAPABILITY").remove(0);
    assert!(!capabilities.contains(" IDLE"), "{capabilities}");
    assert!(capabilities.ends_with(" X-SOMETHING"), "{capabilities}");
    for command in [
        "IDLE",
        "UID EXPUNGE 1",
        "FETCH 1 (MODSEQ)",
        "SELECT INBOX (CONDSTORE)",
        "STATUS Trash (SIZE)",
    ] {
        assert!(client.end(command).starts_with("BAD "), "{command}");
    }
    client.ok("SELECT INBOX");
    assert_eq!(client.end("COPY 1 Trash"), "OK Copied.");
    let mut client = Client::connect(server.addr());
    assert!(
        client
            .end("AUTHENTICATE PLAIN AGJvYgBzZWtyZXQ=")
            .starts_with("BAD ")
    );
}

#[test]
fn the_record_has_all_that_was_sent() {
    let server = server();
    let mut client = Client::login(&server);
    let mut other = Client::connect(server.addr());
    other.ok("NOOP");
    client.ok("noop");
    assert_eq!(server.wait_for("login").command(), "LOGIN bob sekret");
    let all: Vec<_> = server
        .received()
        .iter()
        .map(|r| (r.connection, r.text()))
        .collect();
    let expected = [(1, "t1 LOGIN bob sekret"), (2, "t1 NOOP"), (1, "t2 noop")];
    assert_eq!(
        all,
        expected.map(|(number, text)| (number, text.to_owned()))
    );
    server.clear_received();
    assert!(server.received().is_empty());
}

#[test]
fn only_where_the_arguments_match() {
    let server = server();
    server.add_rule(
        Rule::on("UID FETCH")
            .when(|command| command.ends_with(" RFC822"))
            .once()
            .no("ask otherwise"),
    );
    let mut client = Client::inbox(&server);
    client.ok("UID FETCH 1 RFC822.SIZE");
    assert_eq!(client.end("UID FETCH 1 RFC822"), "NO ask otherwise");
    client.ok("UID FETCH 1 RFC822");
}

#[test]
fn until_a_command_came_and_after_it() {
    let server = server();
    let is_id = |command: &str| command.starts_with("ID (");
    server.add_rule(Rule::on("SELECT").until(is_id).no("Unsafe Login"));
    server.add_rule(Rule::on("CHECK").after(is_id).no("no more"));
    let mut client = Client::login(&server);
    assert_eq!(client.end("SELECT INBOX"), "NO Unsafe Login");
    client.ok("ID NIL");
    assert_eq!(client.end("SELECT INBOX"), "NO Unsafe Login");
    client.ok("ID (\"name\" \"x\")");
    client.ok("SELECT INBOX");
    assert_eq!(client.end("CHECK"), "NO no more");
    // Commands on one connection do not count for another.
    let mut other = Client::login(&server);
    assert_eq!(other.end("SELECT INBOX"), "NO Unsafe Login");
}

#[test]
fn counted_for_each_connection() {
    let server = server();
    server.add_rule(Rule::on("NOOP").skip(1).once().each_connection().no("x"));
    for _ in 0..2 {
        let mut client = Client::login(&server);
        let answers: Vec<_> = (0..3).map(|_| client.end("NOOP")).collect();
        assert_eq!(answers, ["OK Nothing done.", "NO x", "OK Nothing done."]);
    }
}

#[test]
fn logins_that_succeed_and_logins_that_fail() {
    let server = server();
    server.add_rule(
        Rule::on_login()
            .beyond(1)
            .no("[ALERT] Too many connections."),
    );
    server.add_rule(Rule::on_failed_login().skip(1).each_connection().cut());
    let first = Client::login(&server);
    let mut second = Client::connect(server.addr());
    assert_eq!(
        second.end("LOGIN bob sekret"),
        "NO [ALERT] Too many connections."
    );
    assert!(second.end("NOOP").starts_with("OK "), "it is still open");
    assert!(
        second.end("SELECT INBOX").starts_with("BAD "),
        "it is not logged in"
    );
    drop(first);
    while server.connections() > 1 {
        std::thread::yield_now();
    }
    second.ok("LOGIN bob sekret");
    let mut third = Client::connect(server.addr());
    let end = third.end("LOGIN bob wrong");
    assert!(end.starts_with("NO [AUTHENTICATIONFAILED]"), "{end}");
    third.send("a AUTHENTICATE PLAIN AGJvYgB3cm9uZw==\r\n");
    third.assert_closed();
}
