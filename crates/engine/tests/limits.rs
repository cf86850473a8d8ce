//! The bytes of literals that are kept, depending on the commands under way.

mod common;

use imapclient_engine::{
    Engine, Event, Options, Oversize, Setting,
    codec::{Limit, Limits, Outgoing, Response, Seq, Uid, command},
};

use common::Talk;

const BEFORE_LOGIN: usize = 64 * 1024;

/// Returns a logged-in engine that keeps 1000 bytes of literals, and 2000 of requested bodies.
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

/// Returns whether a literal of `size` bytes in such a response is kept.
fn keeps(talk: &mut Talk, response: &str, size: usize) -> bool {
    talk.server(&format!("* {response} {{{size}}}\r\n{})", "x".repeat(size)));
    match talk.event() {
        Event::Oversize(oversize) => {
            assert_eq!(
                (oversize.limit, oversize.size),
                (Limit::Literal, size as u64)
            );
            assert_eq!(talk.engine.response_size(), oversize.head.len() as u64);
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
        // A long name was not asked for.
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
    talk.server(&format!(
        "* 1 FETCH (BODY[] {{1001}}\r\n{})",
        "x".repeat(1001)
    ));
    talk.nothing();
    let log = talk.engine.wire_log().last().unwrap().to_string();
    assert_eq!(log, "S: * 1 FETCH (BODY[] {0} ... (3 bytes more)");
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

/// Returns the event for a response that exceeds a limit.
fn oversize(talk: &mut Talk, response: &str) -> Oversize {
    talk.server(response);
    match talk.event() {
        Event::Oversize(oversize) => *oversize,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_over_a_limit_still_says_what_it_is_about() {
    let mut talk = small();
    talk.submit(Outgoing::raw("UID FETCH 7 BODY[]").unwrap());
    talk.output();
    let body = format!(
        "BODY[1] {{3}}\r\nabc BODY[] {{3000}}\r\n{}",
        "x".repeat(3000)
    );
    let lost = oversize(&mut talk, &format!("* 1 FETCH ({body} UID 7 FLAGS ())"));
    let Response::Fetch(fetch) = &lost.response else {
        panic!("{lost:?}")
    };
    assert_eq!((fetch.seq(), fetch.uid()), (Seq::new(1), Uid::new(7)));
    assert_eq!(
        (lost.name.as_str(), lost.size, lost.most),
        ("FETCH", 3003, 2000)
    );
    assert_eq!(lost.setting, Setting::Answer);
    assert_eq!(
        &*lost.head,
        b"* 1 FETCH (BODY[1] {0}\r\n BODY[] {0}\r\n UID 7 FLAGS ())"
    );

    let names = format!("* list () \"/\" {{1001}}\r\n{}", "x".repeat(1001));
    let lost = oversize(&mut talk, &names);
    assert_eq!(
        (lost.name.as_str(), lost.size, lost.most),
        ("LIST", 1001, 1000)
    );
    assert_eq!(lost.setting, Setting::Literal);
}

#[test]
fn the_setting_that_holds_is_named() {
    let limits = Limits {
        line: 100_000,
        search_line: 200_000,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let mut talk = Talk {
        engine: Engine::new(options),
    };
    talk.server("* PREAUTH hi");
    talk.event();
    for (left, response, setting, most) in [
        (u64::MAX, "* LIST", Setting::Line, 100_000),
        (u64::MAX, "* ESEARCH", Setting::SearchLine, 200_000),
        (150_000, "* SEARCH", Setting::Answer, 150_000),
        (150_000, "* LIST", Setting::Line, 100_000),
        // Some text is always accepted.
        (0, "* LIST", Setting::Answer, 65536),
        (1, "* ID {2}\r\nab", Setting::Answer, 1),
    ] {
        talk.engine.limit_answer(left);
        let lost = oversize(&mut talk, &format!("{response} {}", "1".repeat(250_000)));
        assert_eq!((lost.setting, lost.most), (setting, most), "{response}");
    }
    talk.engine.limit_answer(0);
    talk.server(&format!("* LIST () NIL {}", "x".repeat(65_000)));
    assert!(matches!(talk.event(), Event::Response(Response::List(_))));
}

#[test]
fn what_is_cut_off_is_no_challenge() {
    let limits = Limits {
        line: 1000,
        ..Limits::default()
    };
    let mut talk = Talk {
        engine: Engine::new(Options {
            limits,
            ..Options::default()
        }),
    };
    talk.server("* OK hi");
    talk.event();
    talk.submit(command::authenticate("PLAIN", None).unwrap());
    talk.output();
    talk.server(&format!("+ {}", "YWJj".repeat(1000)));
    assert!(matches!(
        talk.event(),
        Event::Challenge { data: Err(_), .. }
    ));
}
