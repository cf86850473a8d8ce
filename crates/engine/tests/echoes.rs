//! Servers that repeat the secrets of a login.

mod common;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imapclient_engine::{
    Engine, Error, Event, Options, WITHHELD,
    codec::{Code, Limits, Outgoing, Response, StatusKind, Tag, command},
};

use common::Talk;

const PASSWORD: &str = r#"hun"ter\2 50%"#;

fn encode(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

/// Returns the forms in which servers may repeat the password.
fn spellings() -> Vec<String> {
    let mut all = vec![
        PASSWORD.to_owned(),
        r#""hun\"ter\\2 50%""#.to_owned(),
        "hun%22ter%5C2%2050%25".to_owned(),
        "hun%22ter%5c2+50%25".to_owned(),
    ];
    all.extend(["", "b", "bo", "bob"].map(|before| encode(&format!("{before}{PASSWORD}\0"))));
    all
}

/// Returns logins under way, by the command or by a mechanism that has sent all its responses.
fn logins() -> Vec<(Talk, Tag)> {
    let plain = format!("\0bob\0{PASSWORD}");
    let login = || command::login("bob", PASSWORD).unwrap();
    // The command, whether its secrets are named, and whether the server asks for the response.
    let commands: [(Outgoing, bool, bool); 3] = [
        (login(), false, false),
        (
            command::authenticate("PLAIN", Some(plain.as_bytes())).unwrap(),
            true,
            false,
        ),
        (command::authenticate("LOGIN", None).unwrap(), true, true),
    ];
    let mut logins = Vec::new();
    for (outgoing, named, asked) in commands {
        let mut talk = Talk::new();
        let tag = talk.submit(outgoing);
        if named {
            talk.engine.name_secrets(&[PASSWORD.as_bytes()]);
        }
        talk.output();
        if asked {
            talk.server("+ ");
            assert!(matches!(
                talk.event(),
                Event::Challenge { echoes: false, .. }
            ));
            talk.engine.respond(PASSWORD.as_bytes());
            talk.output();
        }
        logins.push((talk, tag));
    }
    logins
}

/// Asserts that nothing that is shown contains the password in any of its forms.
#[track_caller]
fn clean(talk: &Talk, shown: &str) {
    let log: Vec<_> = talk.engine.wire_log().map(ToString::to_string).collect();
    let log = log.join("\n");
    let all = format!("{shown}\n{:?}\n{log}", talk.engine);
    for part in ["hun", "ter\\2", "ter%5", "2050", "2+50"] {
        assert!(!all.contains(part), "{part} in {all}");
    }
    for before in ["", "b", "bo", "bob"] {
        let encoded = encode(&format!("{before}{PASSWORD}\0"));
        assert!(!all.contains(&encoded[4..12]), "{encoded} in {all}");
    }
    assert!(log.contains(WITHHELD), "{log}");
}

#[test]
fn answers_keep_their_code() {
    for spelling in spellings() {
        for kind in ["NO", "BAD", "OK"] {
            for (mut talk, tag) in logins() {
                talk.server(&format!(
                    "{tag} {kind} [AUTHENTICATIONFAILED] no: {spelling}"
                ));
                let status = talk.answered(&tag);
                assert_eq!(status.text, WITHHELD);
                assert_eq!(status.code, Some(Code::AuthenticationFailed));
                assert_eq!(status.kind.as_str(), kind);
                clean(&talk, &format!("{status:?}"));
            }
        }
    }
}

#[test]
fn codes_that_repeat_it() {
    for (code, kept) in [
        ("X-WHY", Some("X-WHY")),
        ("REFERRAL", Some("REFERRAL")),
        ("CAPABILITY IMAP4rev1", None),
    ] {
        let (mut talk, tag) = logins().remove(0);
        talk.server(&format!("{tag} NO [{code} hun%22ter%5C2+50%25] no"));
        let status = talk.answered(&tag);
        assert_eq!(status.code.as_ref().map(Code::name), kept);
        assert_eq!(status.text, WITHHELD);
        clean(&talk, &format!("{status:?}"));
    }
}

#[test]
fn whatever_comes_before_the_answer() {
    for spelling in spellings() {
        for line in [
            format!("* OK [ALERT] {spelling}"),
            format!("* NO {spelling}"),
            format!("* BYE [UNAVAILABLE] {spelling}"),
            format!("* X-WHAT {spelling}"),
            format!("* LIST () \"/\" {{{}}}\r\n{spelling}", spelling.len()),
            format!("* CAPABILITY IMAP4rev1 {spelling}"),
            format!("* ID (\"you\" \"{spelling}\")"),
            format!("* 1 FETCH (ENVELOPE {spelling}"),
            format!("+ {spelling}"),
        ] {
            for (mut talk, tag) in logins() {
                talk.server(&line);
                let event = talk.event();
                if let Event::Challenge { data, echoes, .. } = &event {
                    assert!(echoes, "{line}");
                    // The mechanism receives the challenge as the server sent it.
                    assert!(data.is_ok() || *data == Err(WITHHELD.to_owned()));
                } else {
                    clean(&talk, &format!("{event:?}"));
                }
                if let Event::Response(Response::Status(status)) = &event {
                    assert_eq!(status.text, WITHHELD);
                    assert_eq!(status.code.is_some(), line.contains('['), "{line}");
                }
                clean(&talk, &format!("{:?}", talk.engine.last_words()));
                talk.server(&format!("{tag} NO no"));
                assert_eq!(talk.answered(&tag).text, "no");
            }
        }
    }
}

#[test]
fn lines_that_end_a_connection() {
    for spelling in spellings() {
        for line in [
            format!("{spelling} is wrong"),
            format!("A0007 NO {spelling}"),
            format!("A0001 WHAT {spelling}"),
        ] {
            for (mut talk, _) in logins() {
                talk.server(&line);
                let error = talk.error();
                assert!(matches!(error, Error::Protocol(_)), "{error:?}");
                clean(&talk, &format!("{error} {error:?}"));
            }
        }
        // The stream ends within a line, after the whole password or a part of it.
        for end in [spelling.len(), spelling.len() * 2 / 3] {
            for (mut talk, tag) in logins() {
                let whole = format!("{tag} NO [ALERT] wrong: {spelling}");
                let cut = &whole[..whole.len() - spelling.len() + end];
                talk.engine.feed(cut.as_bytes());
                talk.nothing();
                talk.engine.closed();
                let error = talk.error();
                assert!(error.to_string().contains(WITHHELD), "{error}");
                talk.server("");
                let shown = format!("{error} {error:?}");
                assert!(
                    !shown.contains("hun") && !shown.contains(&spelling[1..9]),
                    "{shown}"
                );
            }
        }
    }
}

#[test]
fn lines_that_are_too_long() {
    let options = Options {
        limits: Limits {
            line: 64,
            ..Limits::default()
        },
        ..Options::default()
    };
    for cut in 20..64 {
        let mut talk = Talk {
            engine: Engine::new(options),
        };
        talk.server("* OK hi");
        talk.event();
        let tag = talk.submit(command::login("bob", "hunter2hunter2").unwrap());
        talk.output();
        let dots = ".".repeat(cut);
        talk.server(&format!(
            "{tag} NO [ALERT] {dots}hunter2hunter2 {dots}{dots}"
        ));
        let status = talk.answered(&tag);
        assert_eq!(
            (status.kind, status.code),
            (StatusKind::No, Some(Code::Alert))
        );
        // Three of its letters are allowed.
        assert!(!status.text.contains("hunt"), "{}", status.text);
        let log: Vec<_> = talk.engine.wire_log().map(ToString::to_string).collect();
        assert!(!log.join("\n").contains("hunt"), "{log:?}");
    }
}

#[test]
fn a_secret_that_is_in_our_tag_costs_no_answer() {
    let mut talk = Talk::new();
    let tag = talk.submit(command::login("bob", "0").unwrap());
    assert!(tag.as_ref().contains('0'), "{tag}");
    talk.output();
    talk.server(&format!("{tag} NO [AUTHENTICATIONFAILED] not you"));
    let Event::Done { status, .. } = talk.event() else {
        panic!("no answer");
    };
    assert_eq!(
        (status.text.as_str(), status.code),
        (WITHHELD, Some(Code::AuthenticationFailed))
    );
}

#[test]
fn short_secrets_withhold_every_text() {
    for outgoing in [
        command::login("bob", "abc").unwrap(),
        command::authenticate("X", Some(b"abc")).unwrap(),
    ] {
        let mut talk = Talk::new();
        let tag = talk.submit(outgoing);
        talk.output();
        talk.server("* OK [ALERT] hello");
        let Event::Response(Response::Status(status)) = talk.event() else {
            panic!("no status");
        };
        assert_eq!(
            (status.text.as_str(), status.code),
            (WITHHELD, Some(Code::Alert))
        );
        // Data are not withheld.
        talk.server("* CAPABILITY IMAP4rev1 IDLE");
        assert!(matches!(
            talk.event(),
            Event::Response(Response::Capability(_))
        ));
        talk.server(&format!("{tag} OK [CAPABILITY IMAP4rev1 SORT] hello"));
        assert_eq!(talk.done(&tag).text, WITHHELD);
        assert!(talk.engine.state().has("SORT"));
        // After the login, texts are not withheld any more.
        let tag = talk.submit(command::noop());
        talk.output();
        talk.server(&format!("{tag} OK abc"));
        assert_eq!(talk.done(&tag).text, "abc");
    }
}

#[test]
fn nothing_is_compared_before_or_afterwards() {
    for (mut talk, tag) in logins() {
        talk.server(&format!("{tag} OK in"));
        assert_eq!(talk.done(&tag).text, "in");
        let tag = talk.submit(command::noop());
        talk.output();
        talk.server(&format!("* OK {PASSWORD}"));
        talk.server(&format!("{tag} OK {PASSWORD}"));
        let Event::Response(Response::Status(status)) = talk.event() else {
            panic!("no status");
        };
        assert_eq!(status.text, PASSWORD);
        assert_eq!(talk.done(&tag).text, PASSWORD);
    }
}

/// If the secrets are not named, each response is a secret as a whole.
#[test]
fn responses_of_unknown_mechanisms() {
    let mut talk = Talk::new();
    let tag = talk.submit(command::authenticate("X", None).unwrap());
    talk.output();
    talk.server("+ ");
    talk.event();
    talk.engine.respond(b"what I say");
    talk.output();
    talk.server(&format!("+ {}", encode("you said: what I say")));
    let Event::Challenge { data, echoes, .. } = talk.event() else {
        panic!("no challenge");
    };
    assert!(echoes && data.unwrap() == b"you said: what I say");
    talk.engine.cancel();
    talk.output();
    talk.server(&format!("{tag} NO cancelled: what+I+say"));
    assert_eq!(talk.answered(&tag).text, WITHHELD);
}

/// An abandoned login is still under way.
#[test]
fn a_login_that_was_given_up() {
    for (mut talk, tag) in logins() {
        talk.engine.orphan_all();
        talk.output();
        talk.server(&format!("* OK [ALERT] {PASSWORD}"));
        talk.server(&format!("{tag} NO {PASSWORD}"));
        let event = talk.event();
        let done = talk.answered(&tag);
        talk.nothing();
        clean(&talk, &format!("{event:?} {done:?}"));
    }
}
