//! APPEND of several messages (RFC 3502).

use imapclient_server::Server;

use crate::client::{Client, server};

/// Sends an APPEND of several messages, each with its arguments before the literal. Returns the
/// tagged response.
fn append(client: &mut Client, messages: &[(&str, &str)]) -> String {
    let mut command = b"m APPEND Trash".to_vec();
    for (before, text) in messages {
        command.extend_from_slice(format!("{before} {{{}+}}\r\n{text}", text.len()).as_bytes());
    }
    command.extend_from_slice(b"\r\n");
    client.send(command);
    client.line()
}

#[test]
fn several_messages_have_one_set_of_uids() {
    let server = server();
    let mut client = Client::login(&server);
    let answer = append(&mut client, &[("", "one"), (" (\\Seen)", "two")]);
    assert!(
        answer.starts_with("m OK [APPENDUID ") && answer.contains(" 1:2] "),
        "{answer}"
    );
    let three = [
        (" (\\Flagged $Work) \" 7-Jan-2024 20:15:00 -0800\"", "three"),
        (" \"08-Jan-2024 20:15:00 +0000\"", "four {4}\r\n"),
        (" ()", "five"),
    ];
    assert!(append(&mut client, &three).contains(" 3:5] "));
    let stored = server.messages("bob", "Trash");
    let texts: Vec<_> = stored
        .iter()
        .map(|m| m.bytes.escape_ascii().to_string())
        .collect();
    assert_eq!(texts, ["one", "two", "three", "four {4}\\r\\n", "five"]);
    assert_eq!(stored[1].flags, ["\\Seen"]);
    assert_eq!(stored[2].flags, ["\\Flagged", "$Work"]);
    assert_eq!(stored[2].date.to_rfc3339(), "2024-01-07T20:15:00-08:00");
    assert_eq!(stored[3].date.to_rfc3339(), "2024-01-08T20:15:00+00:00");
    assert!(stored[4].flags.is_empty());
}

#[test]
fn each_literal_has_its_go_ahead() {
    let server = server();
    let mut client = Client::login(&server);
    client.send("a APPEND {5}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send("Trash (\\Seen) {3}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send("one {3}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send("two\r\n");
    assert!(client.line().starts_with("a OK [APPENDUID "));
    assert_eq!(server.messages("bob", "Trash").len(), 2);
    // An invalid argument is refused at its place.
    client.send("b APPEND Trash {3}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send("one (\\Seen {3}\r\n");
    assert_eq!(client.line(), "b BAD That is no command.");
    client.send("c APPEND ( {3}\r\n");
    assert_eq!(client.line(), "c BAD That is no command.");
    assert_eq!(server.messages("bob", "Trash").len(), 2);
}

#[test]
fn all_come_or_none() {
    let server = Server::builder()
        .user("bob", "sekret")
        .mailbox("Trash", |m| m)
        .quota(None, Some(2))
        .append_limit(10)
        .start();
    let mut client = Client::login(&server);
    let three = [("", "one"), ("", "two"), ("", "three")];
    assert!(append(&mut client, &three).starts_with("m NO [OVERQUOTA] "));
    assert!(append(&mut client, &[("", "one"), ("", "")]).starts_with("m NO "));
    let flags = [("", "one"), (" (\\Recent)", "two")];
    assert!(append(&mut client, &flags).starts_with("m BAD "));
    let size = [("", "0123456789"), ("", "0123456789+")];
    assert!(append(&mut client, &size).starts_with("m NO [TOOBIG] "));
    assert!(append(&mut client, &[("", "one"), (" x", "two")]).starts_with("m BAD "));
    assert!(server.messages("bob", "Trash").is_empty());
    let two = [("", "0123456789"), ("", "0123456789")];
    assert!(append(&mut client, &two).starts_with("m OK [APPENDUID "));
    client.send("x APPEND Nowhere {1+}\r\na {1+}\r\nb\r\n");
    assert!(client.line().starts_with("x NO [TRYCREATE] "));
    server.forget_capability("MULTIAPPEND");
    client.ok("SETQUOTA \"\" ()");
    assert!(append(&mut client, &two).starts_with("m BAD "));
    assert!(append(&mut client, &two[..1]).starts_with("m OK "));
    server.forget_capability("UIDPLUS");
    assert_eq!(append(&mut client, &two[..1]), "m OK Appended.");
}
