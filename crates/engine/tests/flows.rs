//! AUTHENTICATE, IDLE, LOGOUT and abandoned commands.

mod common;

use imapclient_engine::{
    Busy, Error, Event, Phase,
    codec::{
        Effect, Response, StatusKind,
        command::{self, Notify, Scope},
    },
};

use common::Talk;

#[test]
fn authenticate_answers_challenges() {
    let mut talk = Talk::new();
    let tag = talk.submit(command::authenticate("PLAIN", None).unwrap());
    talk.wrote("A0001 AUTHENTICATE PLAIN\r\n");
    talk.server("+ ");
    assert!(matches!(talk.event(), Event::Challenge { data: Ok(data), .. } if data.is_empty()));
    talk.engine.respond(b"\0bob\0pw");
    talk.wrote("AGJvYgBwdw==\r\n");
    talk.server("+ bW9yZQ");
    assert!(matches!(talk.event(), Event::Challenge { data: Ok(data), .. } if data == b"more"));
    talk.engine.respond(b"");
    talk.wrote("\r\n");
    talk.server("A0001 OK in");
    talk.done(&tag);
    assert_eq!(talk.engine.state().phase(), Phase::Authenticated);
}

#[test]
fn a_response_without_a_challenge_never_leaves() {
    let mut talk = Talk::new();
    talk.engine.respond(b"sekret");
    talk.engine.cancel();
    talk.wrote("");
    let tag = talk.submit(command::authenticate("PLAIN", None).unwrap());
    talk.engine.respond(b"sekret");
    talk.wrote("A0001 AUTHENTICATE PLAIN\r\n");
    talk.server("+ ");
    assert!(matches!(talk.event(), Event::Challenge { .. }));
    talk.engine.respond(b"sekret");
    // A challenge has only one answer.
    talk.engine.respond(b"sekret");
    talk.engine.cancel();
    talk.wrote("c2VrcmV0\r\n");
    talk.server("A0001 OK in");
    talk.done(&tag);
    talk.engine.respond(b"sekret");
    talk.wrote("");
}

#[test]
fn authenticate_with_an_initial_response() {
    for (initial, wire) in [(&b"\0a\0b"[..], "AGEAYg=="), (b"", "=")] {
        let mut talk = Talk::new();
        talk.submit(command::authenticate("PLAIN", Some(initial)).unwrap());
        talk.wrote(&format!("A0001 AUTHENTICATE PLAIN {wire}\r\n"));
    }
}

#[test]
fn a_challenge_that_is_no_base64_shows_and_can_be_cancelled() {
    let mut talk = Talk::new();
    let tag = talk.submit(command::authenticate("PLAIN", None).unwrap());
    talk.output();
    talk.server("+ !!!");
    assert!(matches!(talk.event(), Event::Challenge { data: Err(text), .. } if text == "!!!"));
    talk.engine.cancel();
    talk.wrote("*\r\n");
    talk.server("A0001 BAD cancelled");
    assert_eq!(talk.answered(&tag).kind, StatusKind::Bad);
    assert_eq!(talk.engine.state().phase(), Phase::NotAuthenticated);
}

#[test]
fn an_orphaned_authenticate_is_cancelled_whenever_the_server_asks() {
    // Orphaned before the challenge.
    let mut talk = Talk::new();
    let tag = talk.submit(command::authenticate("PLAIN", None).unwrap());
    talk.output();
    assert!(talk.engine.orphan_all());
    talk.server("+ ");
    talk.nothing();
    talk.wrote("*\r\n");
    talk.server("A0001 BAD cancelled");
    assert_eq!(talk.answered(&tag).kind, StatusKind::Bad);
    assert!(!talk.engine.has_orphans());

    // Orphaned while the server waits for the response.
    let mut talk = Talk::new();
    talk.submit(command::authenticate("PLAIN", None).unwrap());
    talk.output();
    talk.server("+ ");
    talk.event();
    assert!(talk.engine.orphan_all());
    talk.wrote("*\r\n");
}

#[test]
fn idle_runs_and_ends() {
    let mut talk = Talk::selected();
    let tag = talk.submit(command::idle());
    talk.wrote("A0002 IDLE\r\n");
    talk.server("* 4 EXISTS");
    assert!(matches!(talk.event(), Event::Response(Response::Exists(count)) if count == 4));
    talk.server("+ idling");
    assert!(matches!(talk.event(), Event::Idling(idling) if idling == tag));
    talk.server("* 5 EXISTS");
    assert!(matches!(talk.event(), Event::Response(Response::Exists(count)) if count == 5));
    talk.engine.finish_idle();
    talk.engine.finish_idle();
    talk.wrote("DONE\r\n");
    talk.server("A0002 OK done");
    talk.done(&tag);
}

#[test]
fn done_never_comes_before_the_plus() {
    let mut talk = Talk::selected();
    let tag = talk.submit(command::idle());
    talk.wrote("A0002 IDLE\r\n");
    talk.engine.finish_idle();
    talk.wrote("");
    talk.server("+ idling");
    talk.event();
    talk.wrote("DONE\r\n");
    talk.server("A0002 OK done");
    talk.done(&tag);
}

#[test]
fn done_is_not_sent_when_idle_was_refused() {
    let mut talk = Talk::selected();
    let tag = talk.submit(command::idle());
    talk.output();
    talk.engine.finish_idle();
    talk.server("A0002 NO not now");
    assert_eq!(talk.answered(&tag).kind, StatusKind::No);
    talk.engine.finish_idle();
    talk.wrote("");
}

#[test]
fn a_done_that_crosses_the_end_of_idle_harms_nothing() {
    let mut talk = Talk::selected();
    let tag = talk.submit(command::idle());
    talk.output();
    talk.server("+ idling");
    talk.event();
    talk.engine.finish_idle();
    talk.server("A0002 OK that was long enough");
    talk.done(&tag);
    talk.wrote("DONE\r\n");
    talk.server("DONE BAD missing command");
    assert!(matches!(talk.event(), Event::Response(Response::Status(_))));
    talk.server("DONE BAD again");
    assert!(matches!(talk.error(), Error::Protocol { .. }));
}

#[test]
fn nothing_else_is_sent_during_exclusive_commands() {
    let mut talk = Talk::selected();
    talk.submit(command::idle());
    assert!(matches!(
        talk.engine.submit(command::noop()),
        Err(Error::Busy(Busy::Idle))
    ));
    let mut talk = Talk::selected();
    talk.submit(command::noop());
    assert!(matches!(
        talk.engine.submit(command::idle()),
        Err(Error::Busy(Busy::Others))
    ));
    let mut talk = Talk {
        engine: imapclient_engine::Engine::new(Default::default()),
    };
    assert!(matches!(
        talk.engine.submit(command::noop()),
        Err(Error::Busy(Busy::Greeting))
    ));
}

#[test]
fn an_orphan_keeps_its_effect_and_loses_its_data() {
    let mut talk = Talk::selected();
    let select = command::select(&"other".into(), true).unwrap();
    let tag = talk.submit(select);
    talk.wrote("A0002 EXAMINE \"other\"\r\n");
    assert!(talk.engine.orphan_all());
    assert!(talk.engine.has_orphans());
    talk.server("* 9 EXISTS");
    talk.server("A0002 OK [READ-ONLY] done");
    assert!(matches!(talk.event(), Event::Response(Response::Exists(count)) if count == 9));
    let done = talk.event();
    let Event::Done {
        tag: answered,
        effect: Effect::Select { name, .. },
        ..
    } = done
    else {
        panic!("{done:?}");
    };
    assert_eq!((answered, name.as_str()), (tag, "other"));
    assert!(!talk.engine.has_orphans());
    let selected = talk.engine.state().selected().unwrap();
    assert_eq!(
        (selected.name.as_str(), selected.exists, selected.read_only),
        ("other", 9.into(), true)
    );

    let search = command::search("ALL").unwrap();
    let tag = talk.submit(search);
    talk.output();
    talk.engine.orphan_all();
    talk.server("* SEARCH 1 2 3");
    talk.server("* LIST () \"/\" box");
    talk.server("* 1 FETCH (UID 5 BODY[] {2}\r\nhi)");
    talk.nothing();
    // Data that may be news are kept.
    talk.server("* 2 FETCH (FLAGS (\\Seen))");
    assert!(matches!(talk.event(), Event::Response(Response::Fetch(_))));
    talk.server("A0003 OK done");
    talk.done(&tag);
    assert!(!talk.engine.is_busy());
}

#[test]
fn an_orphan_without_data_takes_none() {
    let mut talk = Talk::selected();
    for command in [
        command::noop(),
        command::notify_usual(),
        command::notify(&Notify::new().on(Scope::Personal, [])).unwrap(),
        command::idle(),
    ] {
        let is_idle = *command.effect() == Effect::Idle;
        let tag = talk.submit(command);
        talk.output();
        if is_idle {
            talk.server("+ idling");
            talk.event();
        }
        talk.engine.orphan_all();
        talk.output();
        talk.server("* STATUS box (MESSAGES 1)");
        talk.server("* LIST () \"/\" box");
        assert!(matches!(
            talk.event(),
            Event::Response(Response::MailboxStatus(_))
        ));
        assert!(matches!(talk.event(), Event::Response(Response::List(_))));
        talk.server(&format!("{tag} OK done"));
        talk.done(&tag);
    }
}

#[test]
fn a_starttls_cannot_be_left_half_way() {
    let mut talk = Talk::new();
    talk.submit(command::starttls());
    assert!(!talk.engine.orphan_all());
}

#[test]
fn logout_ends_with_its_answer_or_with_bye() {
    let mut talk = Talk::new();
    let tag = talk.submit(command::logout());
    talk.wrote("A0001 LOGOUT\r\n");
    talk.server("* BYE see you");
    talk.server("A0001 OK done");
    talk.event();
    talk.done(&tag);
    assert!(matches!(
        talk.engine.submit(command::noop()),
        Err(Error::Closed { .. })
    ));

    let mut talk = Talk::new();
    let tag = talk.submit(command::logout());
    talk.output();
    talk.server("* BYE see you");
    talk.event();
    talk.engine.closed();
    assert_eq!(talk.done(&tag).text, "see you");

    // Without BYE, the connection counts as lost.
    let mut talk = Talk::new();
    talk.submit(command::logout());
    talk.output();
    talk.engine.closed();
    assert!(matches!(talk.error(), Error::Closed(end) if end.bye.is_none()));
}

#[test]
fn the_end_of_the_stream_comes_after_all_that_was_before_it() {
    let mut talk = Talk::selected();
    let tag = talk.submit(command::noop());
    talk.output();
    talk.server("* 7 EXISTS");
    talk.server("A0002 OK done");
    talk.server("* BYE idle for too long");
    talk.engine.closed();
    assert!(matches!(talk.event(), Event::Response(Response::Exists(count)) if count == 7));
    talk.done(&tag);
    assert!(matches!(talk.event(), Event::Response(Response::Status(_))));
    let error = talk.error();
    assert_eq!(
        error.to_string(),
        "the server closed the connection: idle for too long"
    );
}
