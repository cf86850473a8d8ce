//! Literals of all kinds in all places.

use imapclient_server::Server;

use crate::client::{Client, server};

#[test]
fn synchronising_literals_get_a_go_ahead_each() {
    let server = server();
    let mut client = Client::connect(server.addr());
    client.send("a LOGIN {3}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send("bob {6}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send("sekret\r\n");
    assert!(client.line().starts_with("a OK "));
    assert_eq!(
        server.received()[0].bytes,
        b"a LOGIN {3}\r\nbob {6}\r\nsekret"
    );
}

#[test]
fn non_synchronising_literals_may_come_byte_by_byte() {
    let server = server();
    let mut client = Client::login(&server);
    for byte in b"a APPEND INBOX (\\Seen) {10+}\r\nSubject: \n\r\nb NOOP\r\n" {
        client.send([*byte]);
    }
    assert!(client.line().starts_with("a OK [APPENDUID "));
    assert!(client.line().starts_with("b OK "));
    let last = server.messages("bob", "INBOX").pop().unwrap();
    assert_eq!(
        (last.bytes, last.flags),
        (b"Subject: \n".to_vec(), vec!["\\Seen".to_owned()])
    );
}

#[test]
fn empty_literals_and_literals_in_searches() {
    let server = server();
    let mut client = Client::inbox(&server);
    client.send("a SEARCH CHARSET UTF-8 SUBJECT {0+}\r\n FROM {3}\r\n");
    assert_eq!(client.line(), "+ Go on.");
    client.send("ben\r\n");
    assert_eq!(client.line(), "* SEARCH 2");
    assert!(client.line().starts_with("a OK "));
    client.send("a APPEND INBOX {0+}\r\n\r\n");
    assert!(client.line().starts_with("a NO "));
}

#[test]
fn bytes_of_all_kinds_survive() {
    let server = server();
    let mut client = Client::login(&server);
    let message: Vec<u8> = (1..=255).cycle().take(100_000).collect();
    client.send(format!("a APPEND INBOX {{{}}}\r\n", message.len()));
    assert_eq!(client.line(), "+ Go on.");
    client.send(&message);
    client.send("\r\n");
    assert!(client.line().starts_with("a OK "));
    assert_eq!(server.messages("bob", "INBOX")[2].bytes, message);
    // NUL is not allowed without BINARY (RFC 3501 §9, CHAR8).
    client.send(b"a APPEND INBOX {3+}\r\na\0b\r\n");
    assert!(client.line().starts_with("a BAD "));
    client.send(b"a APPEND INBOX ~{3+}\r\na\0b\r\n");
    assert!(client.line().starts_with("a NO [UNKNOWN-CTE] "));
    client.send(b"a APPEND INBOX ~{3+}\r\nabc\r\n");
    assert!(client.line().starts_with("a OK [APPENDUID "));
    server.forget_capability("BINARY");
    client.send(b"a APPEND INBOX ~{3+}\r\nabc\r\n");
    assert!(client.line().starts_with("a BAD "));
}

#[test]
fn what_is_too_long_is_refused_before_or_after() {
    let server = Server::builder()
        .user("bob", "sekret")
        .append_limit(10)
        .start();
    let mut client = Client::login(&server);
    client.send("a APPEND INBOX {11}\r\n");
    assert_eq!(client.line(), "a NO [TOOBIG] That message is too big.");
    client.send("b APPEND INBOX {11+}\r\nb X\r\n\r\nc Y\r\nd NOOP\r\n");
    assert_eq!(client.line(), "b NO [TOOBIG] That message is too big.");
    assert!(client.line().starts_with("d OK "));
    client.send("a SELECT {2000000}\r\n");
    assert_eq!(client.line(), "a BAD That is too long.");
}

#[test]
fn a_literal_that_makes_no_sense_is_refused_at_once() {
    let server = server();
    let mut client = Client::login(&server);
    client.send("a NOOP {5}\r\n");
    assert!(client.line().starts_with("a BAD "));
    client.ok("NOOP");
}

#[test]
fn without_the_capability_a_plus_means_nothing() {
    let server = server();
    let mut client = Client::login(&server);
    server.forget_capability("LITERAL+");
    client.ok("NOOP");
    client.send("a SELECT {4+}\r\n");
    assert!(client.line().starts_with("a BAD "));
    client.send("a SELECT {5}\r\n");
    assert_eq!(client.line(), "+ Go on.");
}
