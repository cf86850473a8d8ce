//! COMPRESS (RFC 4978): the input behind its OK, and the commands that are refused after it.

mod common;

use imapclient_engine::{
    Busy, Error, Event,
    codec::{Code, StatusKind, command},
};

use common::Talk;

/// Returns an engine whose connection is compressed.
fn compressed() -> Talk {
    let mut talk = Talk::greeted("* PREAUTH hi");
    let tag = talk.submit(command::compress());
    talk.wrote("A0001 COMPRESS DEFLATE\r\n");
    talk.server("A0001 OK compressing");
    talk.done(&tag);
    assert!(talk.engine.take_unread().is_empty());
    talk
}

#[test]
fn the_bytes_behind_the_ok_are_handed_back_wherever_the_input_is_split() {
    let answer = b"* 4 EXISTS\r\nA0001 OK compressing\r\n";
    let behind = b"\x52\x0a\r\nA0002 {5}\r\n* no line of it\n";
    let all = [&answer[..], behind].concat();
    for first in 0..=all.len() {
        let mut talk = Talk::greeted("* PREAUTH hi");
        let tag = talk.submit(command::compress());
        talk.output();
        assert!(!talk.engine.state().is_compressed());
        talk.engine.feed(&all[..first]);
        let mut rest = &all[first..];
        let done = loop {
            match talk.engine.poll_event().unwrap() {
                Some(Event::Done { tag, .. }) => break tag,
                Some(_) => {}
                None => {
                    talk.engine.feed(&rest[..1]);
                    rest = &rest[1..];
                }
            }
        };
        assert_eq!(done, tag);
        assert!(talk.engine.state().is_compressed());
        let unread = talk.engine.take_unread();
        assert_eq!([&unread, rest].concat(), behind, "{first}");
        assert!(talk.engine.take_unread().is_empty());
        // The engine reads on with what those bytes inflate to.
        let tag = talk.submit(command::noop());
        talk.wrote("A0002 NOOP\r\n");
        talk.server("A0002 OK done");
        talk.done(&tag);
    }
}

#[test]
fn a_refused_compress_changes_nothing() {
    let mut talk = Talk::greeted("* PREAUTH hi");
    for (answer, kind) in [
        ("NO [COMPRESSIONACTIVE] by TLS", StatusKind::No),
        ("BAD what?", StatusKind::Bad),
    ] {
        let tag = talk.submit(command::compress());
        talk.output();
        talk.server(&format!("{tag} {answer}"));
        talk.server("* 4 EXISTS");
        let status = talk.answered(&tag);
        assert_eq!(status.kind, kind);
        assert_eq!(
            status.code,
            (kind == StatusKind::No).then_some(Code::CompressionActive)
        );
        assert!(!talk.engine.state().is_compressed());
        assert!(talk.engine.take_unread().is_empty());
        talk.event();
    }
}

#[test]
fn it_stands_alone() {
    let mut talk = Talk::greeted("* PREAUTH hi");
    talk.submit(command::noop());
    let refused = talk.engine.submit(command::compress());
    assert!(matches!(refused, Err(Error::Busy(Busy::Others))));
    talk.wrote("A0001 NOOP\r\n");
    talk.server("A0001 OK done");
    talk.event();
    talk.submit(command::compress());
    let refused = talk.engine.submit(command::noop());
    assert!(matches!(refused, Err(Error::Busy(Busy::Compress))));
    talk.wrote("A0002 COMPRESS DEFLATE\r\n");
}

#[test]
fn an_abandoned_one_takes_effect() {
    let mut talk = Talk::greeted("* PREAUTH hi");
    let tag = talk.submit(command::compress());
    talk.output();
    assert!(talk.engine.orphan_all());
    talk.engine.feed(b"A0001 OK compressing\r\n\x52\x0a");
    talk.done(&tag);
    assert!(talk.engine.state().is_compressed());
    assert_eq!(talk.engine.take_unread(), b"\x52\x0a");
}

#[test]
fn what_must_not_be_sent_afterwards_is_refused() {
    let mut talk = compressed();
    for (outgoing, name) in [
        (command::starttls(), "STARTTLS"),
        (command::login("bob", "sekret").unwrap(), "LOGIN"),
        (
            command::authenticate("PLAIN", None).unwrap(),
            "AUTHENTICATE",
        ),
        (command::unauthenticate(), "UNAUTHENTICATE"),
        (command::compress(), "COMPRESS"),
    ] {
        match talk.engine.submit(outgoing) {
            Err(Error::Compressed { command }) => assert_eq!(command, name),
            other => panic!("{other:?}"),
        }
        talk.wrote("");
    }
    let tag = talk.submit(command::logout());
    talk.wrote("A0002 LOGOUT\r\n");
    talk.server("A0002 OK done");
    talk.done(&tag);
}
