//! Servers that keep a client busy, with the default limits.

use std::time::Duration;

use imapclient::{Error, Excess, FetchItems};

use super::{SECOND, builder, connect, now, reader, timed};

/// Returns the limit that was exceeded.
fn excess(error: Error) -> Excess {
    assert!(
        error.is_closed() && !error.wire_log().is_empty(),
        "{error:?}"
    );
    match error {
        Error::Limit(overrun) => overrun.excess,
        // The command changes something.
        Error::Unfinished { source, .. } => excess(*source),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_byte_a_second() {
    let mut client = reader(builder(), |times, _| {
        Some((
            SECOND,
            if times == 1 {
                b"* ".to_vec()
            } else {
                b"x".to_vec()
            },
        ))
    });
    let (result, time) = timed(|| now(client.noop()));
    let error = result.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert!(matches!(excess(error), Excess::Slow { .. }));
    assert!(time <= 62 * SECOND, "{time:?}");
    let error = now(client.noop()).unwrap_err();
    assert!(error.is_closed(), "{error:?}");
}

#[test]
fn a_byte_a_second_of_a_message() {
    let mut client = reader(builder(), |times, _| match times {
        1 => Some((SECOND, b"* 1 FETCH (UID 1 BODY[] {1000000}\r\n".to_vec())),
        _ => Some((SECOND, b"x".to_vec())),
    });
    let (result, time) = timed(|| now(client.fetch(1, FetchItems::new().body())));
    assert!(matches!(excess(result.unwrap_err()), Excess::Slow { .. }));
    assert!(time <= 62 * SECOND, "{time:?}");
}

#[test]
fn a_server_that_sends_by_the_byte_and_does_not_read() {
    // The upload waits for a continuation request, which never comes.
    let mut client = reader(builder(), |times, _| {
        Some((
            SECOND,
            if times == 1 {
                b"* ".to_vec()
            } else {
                b"x".to_vec()
            },
        ))
    });
    let (result, time) = timed(|| now(client.append("INBOX", vec![b'x'; 1 << 20])));
    assert!(matches!(excess(result.unwrap_err()), Excess::Slow { .. }));
    assert!(time <= 122 * SECOND, "{time:?}");
}

#[test]
fn what_nobody_asked_for_at_leisure() {
    let line = b"* 1 EXISTS\r\n";
    let mut client = reader(builder(), move |times, _| {
        Some((SECOND, vec![line[(times - 1) % line.len()]]))
    });
    let (result, time) = timed(|| now(client.noop()));
    assert!(matches!(excess(result.unwrap_err()), Excess::Slow { .. }));
    assert!(time <= 75 * SECOND, "{time:?}");
}

#[test]
fn updates_without_end() {
    let mut client = reader(builder(), |_, _| {
        Some((Duration::from_millis(1), b"* 1 EXISTS\r\n".to_vec()))
    });
    let (result, time) = timed(|| now(client.noop()));
    assert_eq!(
        excess(result.unwrap_err()),
        Excess::Responses { most: 100_000 }
    );
    assert!(time < 101 * SECOND, "{time:?}");
    // The number of updates is limited like that of any others.
    assert_eq!(client.updates().count(), 10_001);
}

#[test]
fn a_login_that_goes_on_for_ever() {
    for line in ["* OK wait\r\n", "+ \r\n", "* CAPABILITY IMAP4rev1\r\n"] {
        let mut begun = false;
        let (result, time) = timed(|| {
            connect(builder().login("bob", "sekret"), move |_| {
                let greeting = "* OK [CAPABILITY IMAP4rev1] hi\r\n";
                if !begun {
                    begun = true;
                    return Some((Duration::ZERO, greeting.as_bytes().to_vec()));
                }
                Some((5 * SECOND, line.as_bytes().to_vec()))
            })
        });
        let error = result.unwrap_err();
        assert!(error.is_timeout(), "{line}: {error:?}");
        assert_eq!(
            error.to_string(),
            "timed out waiting for the answer to LOGIN after 30s",
            "{line}"
        );
        assert_eq!(time, 30 * SECOND, "{line}");
    }
}

#[test]
fn a_login_later_has_as_much_time() {
    let mut begun = false;
    let mut client = connect(builder(), move |_| {
        let greeting = "* OK [CAPABILITY IMAP4rev1] hi\r\n";
        if !begun {
            begun = true;
            return Some((Duration::ZERO, greeting.as_bytes().to_vec()));
        }
        Some((5 * SECOND, b"* OK wait\r\n".to_vec()))
    })
    .unwrap();
    let (result, time) = timed(|| now(client.login_command("bob", "sekret")));
    let text = result.unwrap_err().to_string();
    assert!(text.ends_with(" after 30s"), "{text}");
    assert_eq!(time, 30 * SECOND);
}

#[test]
fn the_total_of_a_command_is_as_it_is_set() {
    let keep_alive = |_: usize, _: &str| Some((5 * SECOND, b"* OK wait\r\n".to_vec()));
    let mut client = reader(builder().command_timeout(60 * SECOND), keep_alive);
    let (result, time) = timed(|| now(client.noop()));
    let error = result.unwrap_err();
    assert!(error.is_timeout() && !error.is_closed(), "{error:?}");
    assert_eq!(
        error.to_string(),
        "timed out waiting for the answer to NOOP after 60s"
    );
    assert_eq!(time, 60 * SECOND);
    // The wait for the abandoned command is limited in the same way.
    let (result, time) = timed(|| now(client.noop()));
    assert!(result.unwrap_err().is_timeout());
    assert_eq!(time, 60 * SECOND);
}

#[test]
fn a_bye_costs_no_time_out() {
    let byes: [&str; 3] = [
        "* BYE going down\r\n",
        "* BYE\r\n* OK",
        "* BYE x\r\n* 1 EXISTS\r\n",
    ];
    for bye in byes {
        let mut client = reader(builder(), move |times, _| {
            (times == 1).then(|| (SECOND, bye.as_bytes().to_vec()))
        });
        let (result, time) = timed(|| now(client.noop()));
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Closed { .. }), "{bye}: {error:?}");
        assert_eq!(time, 2 * SECOND, "{bye}");
        let (result, time) = timed(|| now(client.noop()));
        assert!(result.unwrap_err().is_closed());
        assert_eq!(time, Duration::ZERO);
    }
}

#[test]
fn what_follows_a_bye_is_heard() {
    let mut client = reader(builder(), |times, tag| match times {
        1 => Some((SECOND, b"* BYE after this\r\n".to_vec())),
        2 => Some((
            SECOND / 2,
            format!("* SEARCH 5\r\n{tag} OK\r\n").into_bytes(),
        )),
        _ => None,
    });
    assert_eq!(now(client.search("ALL")).unwrap(), [5]);
}

#[test]
fn words_without_end_after_a_bye() {
    for line in ["* OK and another thing\r\n", "x"] {
        let mut client = reader(builder(), move |times, _| {
            let line = if times == 1 { "* BYE\r\n" } else { line };
            Some((SECOND / 2, line.as_bytes().to_vec()))
        });
        let (result, time) = timed(|| now(client.noop()));
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Closed { .. }), "{error:?}");
        assert!(time <= 6 * SECOND, "{time:?}");
    }
}

#[test]
fn a_bye_ends_a_logout_and_an_idle() {
    let bye = |times: usize, _: &str| match times {
        1 => Some((SECOND, b"+ idling\r\n".to_vec())),
        2 => Some((SECOND, b"* BYE\r\n".to_vec())),
        _ => None,
    };
    let mut client = reader(builder(), bye);
    let mut idle = now(client.idle()).unwrap();
    assert!(matches!(now(idle.next()), Ok(imapclient::Update::Bye(_))));
    let (result, time) = timed(|| now(idle.next()));
    assert!(matches!(result, Err(Error::Closed { .. })), "{result:?}");
    assert_eq!(time, SECOND);

    let client = reader(builder(), |times, _| {
        (times == 1).then(|| (SECOND, b"* BYE\r\n".to_vec()))
    });
    let (result, time) = timed(|| now(client.logout()));
    result.unwrap();
    assert_eq!(time, 2 * SECOND);
}

#[test]
fn the_end_of_idle_is_not_put_off() {
    let mut client = reader(builder(), |times, _| match times {
        1 => Some((SECOND, b"+ idling\r\n".to_vec())),
        _ => Some((SECOND, b"* OK Still here\r\n".to_vec())),
    });
    let idle = now(client.idle()).unwrap();
    let (result, time) = timed(|| now(idle.done()));
    assert!(result.unwrap_err().is_timeout());
    assert_eq!(time, 120 * SECOND);
}
