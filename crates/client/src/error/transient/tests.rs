//! The texts of providers, and whether another attempt makes sense after them.

use std::time::Duration;

use imapclient_codec::{Decoder, Limits, RawResponse, Response, StatusKind};
use imapclient_engine::End;

use super::*;
use crate::error::Refused;

/// The error that a command gives whose answer is this.
fn answered(answer: &str) -> Error {
    let line = format!("A1 {answer}\r\n");
    let response = Decoder::new(Limits::default()).decode(&RawResponse::from(line.as_bytes()));
    let Response::Tagged(_, status) = response else {
        panic!("{answer} is no answer: {response:?}");
    };
    assert_ne!(status.kind, StatusKind::Ok, "{answer}");
    Error::Refused(Box::new(Refused {
        command: "FETCH".to_owned(),
        kind: status.kind,
        code: status.code,
        text: status.text,
        detail: None,
        outcome: Outcome::NotDone,
        done: None,
        kept: Default::default(),
    }))
}

/// The error after this BYE.
fn farewell(bye: &str) -> Error {
    let line = format!("* BYE {bye}\r\n");
    let response = Decoder::new(Limits::default()).decode(&RawResponse::from(line.as_bytes()));
    let Response::Status(status) = response else {
        panic!("{bye} is no status: {response:?}");
    };
    let mut end = Box::<End>::default();
    end.bye = Some(status.text);
    end.code = status.code;
    Error::Closed { end, source: None }
}

#[test]
fn refusals_that_pass() {
    let seconds = Duration::from_secs;
    for (provider, answer, after) in [
        (
            "Exchange",
            "BAD Request is throttled. Suggested Backoff Time: 30000 milliseconds",
            Some(seconds(30)),
        ),
        (
            "Exchange",
            "BAD User is authenticated but not connected.",
            None,
        ),
        ("Exchange", "NO Server Unavailable. 15", None),
        ("Exchange", "BAD Connection is closed. 13", None),
        (
            "Gmail",
            "NO [ALERT] Too many simultaneous connections. (Failure)",
            None,
        ),
        (
            "Gmail",
            "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
            None,
        ),
        ("Gmail", "NO System Error (Failure)", None),
        ("Yahoo", "NO [LIMIT] UID FETCH Rate limit hit.", None),
        ("Yahoo", "NO LOGIN Rate limit hit", None),
        ("Yahoo", "NO [INUSE] Mailbox in use", None),
        ("Yahoo", "NO [SERVERBUG] SELECT Server error", None),
        ("Yandex", "NO FETCH Backend error", None),
        (
            "iCloud",
            "NO [UNAVAILABLE] Authentication service is not available",
            None,
        ),
        (
            "Courier",
            "NO Temporary problem, please try again later",
            None,
        ),
        (
            "Dovecot",
            "NO Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
            None,
        ),
        (
            "Dovecot",
            "NO Internal error occurred. Refer to server log for more information.",
            None,
        ),
        ("Cyrus", "NO Too many open connections for \"bob\"", None),
        ("IceWarp", "NO Server is busy", None),
        ("several", "NO TOO MANY CONNECTIONS", None),
        ("several", "NO [X-OWN 7] Temporarily unavailable", None),
        ("several", "NO Temporary failure in authentication", None),
        ("several", "NO Temporary authentication failure.", None),
        (
            "several",
            "NO Too many logins, try again in 5 minutes",
            Some(seconds(300)),
        ),
        (
            "several",
            "NO [UNAVAILABLE] Retry after 90 s",
            Some(seconds(90)),
        ),
        (
            "several",
            "NO [LIMIT] Retry in 2 hours",
            Some(seconds(7200)),
        ),
        (
            "a hostile one",
            "NO Backoff time: 99999999999999999999999999 milliseconds",
            Some(LONGEST),
        ),
        (
            "a hostile one",
            "NO [UNAVAILABLE] Backoff time: milliseconds",
            None,
        ),
        (
            "a hostile one",
            "NO [UNAVAILABLE] Backoff time: 30 parsecs",
            None,
        ),
    ] {
        let error = answered(answer);
        assert!(error.is_transient(), "{provider}: {answer}");
        assert_eq!(error.retry_after(), after, "{provider}: {answer}");
    }
}

#[test]
fn every_row_of_the_table_is_played() {
    for (provider, words) in PASSING {
        assert_eq!(*words, words.to_ascii_lowercase(), "{provider}");
        assert!(passes(None, &format!("-- {words} --")), "{provider}");
    }
}

#[test]
fn refusals_that_stay() {
    for (provider, answer) in [
        ("Exchange", "NO LOGIN failed."),
        ("Exchange", "NO AUTHENTICATE failed."),
        ("Exchange", "BAD Command Error. 10"),
        ("Exchange", "NO Inbox/x doesn't exist."),
        (
            "Gmail",
            "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
        ),
        (
            "Gmail",
            "NO [NONEXISTENT] Unknown Mailbox: x (now in authenticated state) (Failure)",
        ),
        (
            "Gmail",
            "NO [WEBALERT https://accounts.example/] Web login required.",
        ),
        ("Gmail", "NO [OVERQUOTA] Out of storage quota (Failure)"),
        (
            "Dovecot",
            "NO [OVERQUOTA] Quota exceeded (mailbox for user is full)",
        ),
        ("Dovecot", "NO [TRYCREATE] Mailbox doesn't exist: x"),
        (
            "Yahoo",
            "NO [AUTHENTICATIONFAILED] Incorrect username or password, try again later",
        ),
        (
            "QQ",
            "NO Login fail. Account is abnormal, service is not open, password is incorrect, \
             login frequency limited, or system is busy.",
        ),
        ("NetEase", "NO SELECT Unsafe Login. Please contact support"),
        ("several", "NO [BADCHARSET (US-ASCII)] no"),
        ("several", "BAD what is that"),
    ] {
        let error = answered(answer);
        assert!(!error.is_transient(), "{provider}: {answer}");
        assert_eq!(error.retry_after(), None, "{provider}: {answer}");
    }
}

#[test]
fn farewells() {
    for (bye, passes, after) in [
        ("Too many connections", true, None),
        ("[UNAVAILABLE] the back end is down", true, None),
        ("Autologout; idle for too long", true, None),
        ("try again in 10 seconds", true, Some(10)),
        ("[AUTHENTICATIONFAILED] go away", false, None),
        ("[CONTACTADMIN] your account is closed", false, None),
    ] {
        let error = farewell(bye);
        assert_eq!(error.is_transient(), passes, "{bye}");
        let after = after.map(Duration::from_secs);
        assert_eq!(error.retry_after(), after, "{bye}");
    }
}

#[test]
fn only_the_beginning_of_a_text_is_looked_at() {
    let long = format!("NO {} try again later", "x".repeat(LOOKED_AT));
    assert!(!answered(&long).is_transient());
    // Cut in the middle of a text that is not ASCII.
    let long = format!("NO {} try again later", "ä".repeat(LOOKED_AT));
    assert!(!answered(&long).is_transient());
}

#[test]
fn what_wraps_a_refusal_is_as_lasting_as_the_refusal() {
    let wrapped = |answer| Error::Login {
        mechanism: "PLAIN".to_owned(),
        first: None,
        instead: None,
        source: Box::new(answered(answer)),
    };
    let throttled = wrapped("NO Request is throttled. Suggested Backoff Time: 1500 ms");
    assert!(throttled.is_transient());
    assert_eq!(throttled.retry_after(), Some(Duration::from_millis(1500)));
    assert!(!wrapped("NO [AUTHENTICATIONFAILED] no").is_transient());
}
