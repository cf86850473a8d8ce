//! How many bytes of literals are kept, by what is under way.

mod common;

use common::Talk;
use imapclient_engine::{
    Engine, Event, Options,
    codec::{Limits, Outgoing, Response},
};

const BEFORE_LOGIN: usize = 64 * 1024;

/// Logged in, with 1000 bytes for literals, and 2000 for bodies that were asked for.
fn small() -> Talk {
    let limits = Limits {
        literal: 1000,
        ..Limits::default()
    };
    let options = Options {
        limits,
        body_limit: Some(2000),
        ..Options::default()
    };
    let mut talk = Talk {
        engine: Engine::new(options),
    };
    talk.server("* PREAUTH hi");
    talk.event();
    talk
}

/// Whether this many bytes in a literal of such a response are kept.
fn keeps(talk: &mut Talk, response: &str, size: usize) -> bool {
    talk.server(&format!("* {response} {{{size}}}\r\n{})", "x".repeat(size)));
    match talk.event() {
        Event::Response(Response::Malformed(malformed)) => {
            let why = format!("its literals take {size} bytes, more than the limit");
            assert_eq!(malformed.why, why);
            false
        }
        Event::Response(_) => true,
        other => panic!("{other:?}"),
    }
}

#[test]
fn bodies_that_were_asked_for_may_be_bigger() {
    for command in [
        "UID FETCH 1 (UID BODY.PEEK[])",
        "FETCH 1 body[1.2]<0.9999>",
        "FETCH 1 (FLAGS RFC822)",
        "UID FETCH 1 BINARY.PEEK[1]",
    ] {
        let mut talk = small();
        let fetch = "1 FETCH (UID 7 BODY[]";
        assert!(!keeps(&mut talk, fetch, 1001), "{command}");
        let tag = talk.submit(Outgoing::raw(command).unwrap());
        talk.output();
        assert!(keeps(&mut talk, fetch, 2000), "{command}");
        assert!(!keeps(&mut talk, fetch, 2001), "{command}");
        // Nobody has asked for a long name.
        assert!(!keeps(&mut talk, "LIST () (", 1001), "{command}");
        talk.server("A0001 OK");
        talk.done(&tag);
        assert!(!keeps(&mut talk, fetch, 1001), "{command}");
    }
}

#[test]
fn nothing_else_raises_the_limit() {
    for command in ["NOOP", "FETCH 1 (RFC822.SIZE BODY)", "SEARCH BODY RFC822"] {
        let mut talk = small();
        talk.submit(Outgoing::raw(command).unwrap());
        talk.output();
        let fetch = "1 FETCH (UID 7 BODY[]";
        assert!(keeps(&mut talk, fetch, 1000), "{command}");
        assert!(!keeps(&mut talk, fetch, 1001), "{command}");
    }
}

#[test]
fn what_nobody_waits_for_any_more_is_read_past() {
    let mut talk = small();
    talk.submit(Outgoing::raw("FETCH 1 BODY[]").unwrap());
    talk.output();
    assert!(talk.engine.orphan_all());
    assert!(!keeps(&mut talk, "1 FETCH (BODY[]", 1001));
}

#[test]
fn before_a_login_little_is_kept() {
    let mut talk = Talk::new();
    talk.submit(Outgoing::raw("FETCH 1 BODY[]").unwrap());
    talk.output();
    for response in ["1 FETCH (BODY[]", "ID (\"name\""] {
        assert!(keeps(&mut talk, response, BEFORE_LOGIN), "{response}");
        assert!(!keeps(&mut talk, response, BEFORE_LOGIN + 1), "{response}");
    }
    let mut talk = Talk::selected();
    assert!(keeps(&mut talk, "1 FETCH (BODY[]", BEFORE_LOGIN + 1));
}
