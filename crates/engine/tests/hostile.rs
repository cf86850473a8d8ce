//! Attacks by a server, or by someone who impersonates it.

mod common;

use imapclient_engine::{
    Engine, Error, Event, Misbehaviour, Options, Phase, Service, Violation,
    codec::{Limits, Response, StatusKind, command},
};
use proptest::prelude::*;

use common::Talk;

#[track_caller]
fn violation(error: Error) -> Violation {
    match error {
        Error::Protocol(violation) => {
            assert!(!violation.log.is_empty());
            *violation
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn what(error: Error) -> Misbehaviour {
    violation(error).misbehaviour
}

#[test]
fn greetings() {
    for (line, phase) in [
        ("* OK hi", Phase::NotAuthenticated),
        ("* PREAUTH hi", Phase::Authenticated),
        ("* BYE no", Phase::Logout),
    ] {
        let mut talk = Talk {
            engine: Engine::new(Options::default()),
        };
        talk.server(line);
        assert!(matches!(talk.event(), Event::Greeting(_)));
        assert_eq!(talk.engine.state().phase(), phase);
    }
    for (line, misbehaviour) in [
        ("* NO go away", Misbehaviour::GreetingStatus),
        ("* BAD", Misbehaviour::GreetingStatus),
        ("A0001 OK hi", Misbehaviour::NoGreeting),
        ("+ hi", Misbehaviour::NoGreeting),
        ("* 3 EXISTS", Misbehaviour::NoGreeting),
        ("HTTP/1.1 400", Misbehaviour::OtherService(Service::Http)),
        ("", Misbehaviour::NoGreeting),
    ] {
        let mut talk = Talk {
            engine: Engine::new(Options::default()),
        };
        talk.server(line);
        let violation = violation(talk.error());
        assert_eq!(violation.misbehaviour, misbehaviour);
        assert_eq!(violation.line.as_deref(), Some(line));
        let text = format!(": {misbehaviour}: \"{line}\"");
        assert_eq!(violation.to_string(), text);
    }
}

#[test]
fn preauth_where_tls_must_come() {
    let options = Options {
        require_starttls: true,
        ..Options::default()
    };
    let mut talk = Talk {
        engine: Engine::new(options),
    };
    talk.server("* PREAUTH [CAPABILITY STARTTLS] come in");
    assert_eq!(what(talk.error()), Misbehaviour::PreAuthBeforeTls);
    let mut talk = Talk {
        engine: Engine::new(options),
    };
    talk.server("* OK hi");
    assert!(matches!(talk.event(), Event::Greeting(_)));
}

#[test]
fn bytes_behind_the_answer_to_starttls() {
    for extra in ["* CAPABILITY AUTH=PLAIN", "A", "\r\n"] {
        let mut talk = Talk::new();
        talk.submit(command::starttls());
        talk.output();
        talk.engine
            .feed(format!("A0001 OK begin\r\n{extra}").as_bytes());
        assert_eq!(what(talk.error()), Misbehaviour::DataBeforeTls);
    }
}

#[test]
fn all_from_before_tls_is_forgotten() {
    let mut talk = Talk::greeted("* OK [CAPABILITY IMAP4rev1 LITERAL+ STARTTLS] hi");
    let tag = talk.submit(command::starttls());
    talk.output();
    talk.server("* CAPABILITY IMAP4rev1 AUTH=PLAIN");
    talk.event();
    talk.server("A0001 OK [CAPABILITY IMAP4rev1 LOGINDISABLED] begin");
    talk.done(&tag);
    assert!(talk.engine.state().capabilities().is_none());
    assert_eq!(talk.engine.state().phase(), Phase::NotAuthenticated);
}

#[test]
fn a_refused_starttls_changes_nothing() {
    let mut talk = Talk::greeted("* OK [CAPABILITY IMAP4rev1 STARTTLS] hi");
    let tag = talk.submit(command::starttls());
    talk.output();
    talk.server("A0001 NO not today");
    assert_eq!(talk.answered(&tag).kind, StatusKind::No);
    assert!(talk.engine.state().has("STARTTLS"));
}

#[test]
fn answers_to_what_was_never_asked() {
    let mut talk = Talk::new();
    talk.server("A0001 OK sure");
    assert_eq!(what(talk.error()), Misbehaviour::UnknownTag);

    // The command was submitted, but not yet written.
    let mut talk = Talk::new();
    talk.submit(command::noop());
    talk.server("A0001 OK sure");
    assert_eq!(what(talk.error()), Misbehaviour::EarlyAnswer);

    // The answer was received before the command was written, and read afterwards.
    let mut talk = Talk::new();
    talk.engine.feed(b"A0001 OK sure\r\n");
    talk.submit(command::noop());
    talk.output();
    assert_eq!(what(talk.error()), Misbehaviour::EarlyAnswer);

    // An answer is sent twice.
    let mut talk = Talk::new();
    let tag = talk.submit(command::noop());
    talk.output();
    talk.server("A0001 OK sure");
    talk.server("A0001 OK sure");
    talk.done(&tag);
    assert_eq!(what(talk.error()), Misbehaviour::UnknownTag);
}

#[test]
fn a_plus_nobody_waits_for_is_passed_on() {
    let mut talk = Talk::new();
    talk.server("+ yes?");
    assert!(
        matches!(talk.event(), Event::Response(Response::Continue(text)) if &text.text[..] == b"yes?")
    );
    let tag = talk.submit(command::noop());
    talk.output();
    talk.server("+ ");
    talk.server("A0001 OK");
    assert!(matches!(
        talk.event(),
        Event::Response(Response::Continue(_))
    ));
    talk.done(&tag);
}

#[test]
fn oversized_responses_do_not_end_the_session() {
    let limits = Limits {
        line: 2000,
        literal: 2000,
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
    let tag = talk.submit(command::noop());
    talk.output();
    talk.server(&format!("* LIST () \"/\" \"{}\"", "x".repeat(5000)));
    talk.server(&format!(
        "* 1 FETCH (BODY[] {{5000}}\r\n{})",
        "y".repeat(5000)
    ));
    talk.server(&format!("* OK {}", "z".repeat(5000)));
    talk.server(&format!("A0001 NO [ALERT] {}", "z".repeat(5000)));
    for _ in 0..2 {
        match talk.event() {
            Event::Oversize(oversize) => {
                let Response::Malformed(malformed) = oversize.into_malformed() else {
                    panic!()
                };
                assert!(malformed.why.contains("limit"), "{}", malformed.why);
                assert!(malformed.raw.starts_with(b"* "));
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(talk.event(), Event::Response(Response::Status(_))));
    assert_eq!(talk.answered(&tag).kind, StatusKind::No);
}

#[test]
fn secrets_are_in_no_log() {
    let mut talk = Talk::new();
    for (user, password) in [("bob", "pässw0rd"), ("bob", "sekret \"1\"")] {
        let tag = talk.submit(command::login(user, password).unwrap());
        talk.output();
        talk.server(&format!("{tag} NO no"));
        talk.answered(&tag);
    }
    let tag = talk.submit(command::authenticate("PLAIN", Some(b"\0bob\0sekret")).unwrap());
    talk.output();
    talk.server("+ ");
    talk.event();
    talk.engine.respond(b"sekret");
    talk.output();
    talk.server(&format!("{tag} NO no"));
    talk.answered(&tag);
    let log: Vec<String> = talk.engine.wire_log().map(ToString::to_string).collect();
    assert!(
        log.contains(&"C: A0001 LOGIN \"bob\" <secret, 9 bytes>".to_owned()),
        "{log:#?}"
    );
    assert!(log.contains(&"C: <secret, 8 bytes>".to_owned()), "{log:#?}");
    for secret in ["ssw0rd", "sekret", "c2VrcmV0", "AGJvY"] {
        assert!(!log.iter().any(|line| line.contains(secret)), "{log:#?}");
    }
}

#[test]
fn the_log_is_short_and_printable() {
    let mut talk = Talk::new();
    for n in 0..500 {
        talk.server(&format!("* {n} EXISTS"));
        talk.event();
    }
    talk.server(&format!("* OK \x1b[31m\u{202e}{}", "x".repeat(1000)));
    talk.event();
    let log: Vec<String> = talk.engine.wire_log().map(ToString::to_string).collect();
    assert_eq!(log.len(), 64);
    assert_eq!(log[0], "S: * 437 EXISTS");
    let last = log.last().unwrap();
    assert!(
        last.starts_with("S: * OK \\u{1b}[31m\\u{202e}xxx") && last.ends_with("bytes more)"),
        "{last}"
    );
}

proptest! {
    /// No input causes a panic or an endless loop.
    #[test]
    fn any_server(
        lines in proptest::collection::vec(prop_oneof![
            "[ -~]{0,40}",
            "\\* [A-Z]{2,7} [ -~]{0,30}",
            "A000[1-4] (OK|NO|BAD) [ -~]{0,10}",
            "\\+ [A-Za-z=]{0,8}",
            "\\* [0-9]{1,3} (EXISTS|EXPUNGE|FETCH \\(FLAGS \\(\\)\\))",
            Just("* BYE".to_owned()),
        ], 0..20),
        commands in proptest::collection::vec(0u8..6, 0..8),
        split in 1usize..40,
    ) {
        let mut engine = Engine::new(Options::default());
        engine.feed(b"* OK hi\r\n");
        let input = lines.join("\r\n") + "\r\n";
        let mut commands = commands.into_iter();
        for piece in input.as_bytes().chunks(split) {
            engine.feed(piece);
            loop {
                match engine.poll_event() {
                    Ok(Some(Event::Challenge { .. })) => engine.respond(b"x"),
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(_) => return Ok(()),
                }
            }
            // Commands may be refused here because another one is under way.
            let _ = match commands.next() {
                Some(0) => engine.submit(command::noop()).err(),
                Some(1) => engine.submit(command::idle()).err(),
                Some(2) => engine.submit(command::authenticate("PLAIN", None).unwrap()).err(),
                Some(3) => engine.submit(command::login("ä", "ö").unwrap()).err(),
                Some(4) => {
                    engine.orphan_all();
                    None
                }
                Some(_) => {
                    engine.finish_idle();
                    None
                }
                None => None,
            };
            while !engine.output().is_empty() {
                engine.wrote(engine.output().len());
            }
        }
        engine.closed();
        for _ in 0..=lines.len() + 2 {
            if engine.poll_event().is_err() {
                return Ok(());
            }
        }
        prop_assert!(false, "the end of the stream never showed");
    }
}
