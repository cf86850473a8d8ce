//! Bodies in pieces, on servers that stop at every byte, and for callers that take their time.

use std::time::Duration;

use imapclient::{Client, Error, LimitedBy, PartialBody, Uid};

use super::{SECOND, Stepped, builder, now, reader, step};

/// The answer of the server. Each message has two bodies.
const ANSWER: &str = "* 1 FETCH (UID 1 BODY[1] {5}\r\nhello BODY[2] {7}\r\n) world FLAGS (a))\r\n\
    * 3 EXISTS\r\n\
    * 2 FETCH (BODY[1] {5}\r\nother BODY[2] {0}\r\n FLAGS (b) UID 2)\r\n";

/// Reads everything, and returns what was read as text.
fn read(client: &mut Client<Stepped>, from: u64, seen: &mut String) -> Result<(), Error> {
    let messages = now(client.fetch_each("1:9", "(FLAGS BODY.PEEK[])"))?;
    let mut messages = messages.pieces_from(from);
    while let Some(mut message) = now(messages.next())? {
        while let Some(mut body) = now(message.body())? {
            *seen += &format!("[{} {} ", body.section(), body.size());
            while let Some(chunk) = now(body.chunk())? {
                *seen += str::from_utf8(chunk).unwrap();
            }
            *seen += "]";
        }
        let fetch = now(message.finish())?;
        *seen += &format!(
            "{:?} {}; ",
            fetch.uid().map(Uid::get),
            fetch.flags().unwrap()
        );
    }
    Ok(())
}

const SEEN: &str = "[1 5 hello][2 7 ) world]Some(1) (a); [1 5 other][2 0 ]Some(2) (b); ";

#[test]
fn the_input_may_be_split_at_every_byte() {
    for from in [0, 1, 6, 100] {
        for at in 1..=ANSWER.len() {
            let mut client = reader(builder(), move |times, tag| {
                let whole = format!("{ANSWER}{tag} OK done\r\n");
                let (first, second) = whole.as_bytes().split_at(at);
                let part = if times == 1 { first } else { second };
                Some((SECOND, part.to_vec())).filter(|_| times <= 2)
            });
            let mut seen = String::new();
            read(&mut client, from, &mut seen).unwrap();
            assert_eq!(seen, SEEN, "split at {at}, pieces from {from}");
        }
    }
}

#[test]
fn a_server_that_falls_silent_at_any_byte_ends_in_a_typed_error() {
    for from in [0, 6, 100] {
        for at in 1..ANSWER.len() {
            let builder = builder().min_speed(0, SECOND);
            let mut client = reader(builder, move |times, _| {
                let part = ANSWER.as_bytes().get(..at).unwrap_or_default();
                (times == 1).then(|| (SECOND, part.to_vec()))
            });
            let mut seen = String::new();
            let error = read(&mut client, from, &mut seen).unwrap_err();
            assert!(error.is_timeout() && !error.is_closed(), "{error:?}");
            // The bytes read are the beginning of the body: nothing partial was taken for whole.
            assert!(SEEN.starts_with(&seen), "{seen:?} at {at}");
            match &error {
                Error::PartialBody { body, .. } => {
                    assert!(body.received <= body.size && body.seq.is_some(), "{body:?}");
                    assert!(!seen.ends_with([']', ';']) || body.received == body.size);
                }
                Error::Timeout { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn an_error_within_a_body_tells_how_much_of_it_was_received() {
    let mut client = reader(builder().min_speed(0, SECOND), |times, _| {
        let first = &ANSWER.as_bytes()[..ANSWER.find("lo BODY").unwrap()];
        (times == 1).then(|| (SECOND, first.to_vec()))
    });
    let error = read(&mut client, 0, &mut String::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "only 3 of 5 bytes of BODY[1] of UID 1 were received"
    );
    assert_eq!(error.limited_by(), Some(LimitedBy::Timeout));
    let Error::PartialBody { body, .. } = error else {
        panic!()
    };
    let PartialBody {
        uid,
        received,
        size,
        ..
    } = *body;
    assert_eq!((uid.map(Uid::get), received, size), (Some(1), 3, 5));
}

#[test]
fn a_caller_may_take_its_time() {
    let timeout = 10 * SECOND;
    let builder = builder().timeout(timeout).command_timeout(timeout);
    let mut client = reader(builder, |times, tag| {
        let whole = format!("{ANSWER}{tag} OK done\r\n");
        let mut bytes = whole.into_bytes().into_iter();
        // A byte every 20 ms.
        let byte = bytes.nth(times - 1);
        byte.map(|byte| (Duration::from_millis(20), vec![byte]))
    });
    let messages = now(client.fetch_each("1:9", "(FLAGS BODY.PEEK[])")).unwrap();
    let mut messages = messages.pieces_from(0);
    let mut bytes = 0;
    while let Some(mut message) = now(messages.next()).unwrap() {
        step(1000 * SECOND);
        while let Some(mut body) = now(message.body()).unwrap() {
            step(1000 * SECOND);
            while let Some(chunk) = now(body.chunk()).unwrap() {
                bytes += chunk.len();
                step(1000 * SECOND);
            }
        }
    }
    assert_eq!(bytes, 17);
}

#[test]
fn the_time_for_a_command_includes_its_bodies() {
    let builder = builder().timeout(10 * SECOND).command_timeout(20 * SECOND);
    let mut client = reader(builder, |times, _| {
        let byte = ANSWER.as_bytes().get(times - 1)?;
        Some((SECOND, vec![*byte]))
    });
    let error = read(&mut client, 0, &mut String::new()).unwrap_err();
    assert_eq!(
        error.limited_by(),
        Some(LimitedBy::CommandTimeout),
        "{error:?}"
    );
}

#[test]
fn a_body_may_be_huge_but_not_slow() {
    // More than a response may have otherwise.
    let size = 3_000_000;
    let run = move |delay: Duration| {
        let builder = builder().answer_limit(100_000).response_limit(100_000);
        let mut client = reader(builder, move |times, tag| match times {
            1 => Some((
                SECOND,
                format!("* 1 FETCH (BODY[] {{{size}}}\r\n").into_bytes(),
            )),
            2..=1001 => Some((delay, vec![b'x'; size / 1000])),
            _ => Some((SECOND, format!(" UID 1)\r\n{tag} OK done\r\n").into_bytes())),
        });
        let mut messages = now(client.fetch_each(1, "BODY.PEEK[]")).unwrap();
        let mut message = now(messages.next()).unwrap().unwrap();
        let mut body = now(message.body()).unwrap().unwrap();
        let mut read = 0;
        while let Some(chunk) = now(body.chunk())? {
            read += chunk.len();
        }
        assert_eq!(read, size);
        let fetch = now(message.finish())?;
        assert_eq!(fetch.uid().map(Uid::get), Some(1));
        assert!(now(messages.next())?.is_none());
        Ok::<_, Error>(())
    };
    run(SECOND).unwrap();
    // 100 bytes per second.
    let error = run(30 * SECOND).unwrap_err();
    assert_eq!(error.limited_by(), Some(LimitedBy::MinSpeed), "{error:?}");
    assert!(matches!(error, Error::PartialBody { .. }), "{error:?}");
}

#[test]
fn a_time_out_can_be_waited_out() {
    let builder = builder().timeout(10 * SECOND);
    let mut client = reader(builder, |times, tag| match times {
        1 => Some((SECOND, b"* 1 FETCH (UID 1 BODY[] {6}\r\nabc".to_vec())),
        2 => Some((25 * SECOND, b"def".to_vec())),
        3 => Some((
            SECOND,
            format!(" FLAGS ())\r\n{tag} OK done\r\n").into_bytes(),
        )),
        _ => None,
    });
    let messages = now(client.fetch_each(1, "(FLAGS BODY.PEEK[])")).unwrap();
    let mut messages = messages.pieces_from(0);
    let mut message = now(messages.next()).unwrap().unwrap();
    let mut body = now(message.body()).unwrap().unwrap();
    assert_eq!(now(body.chunk()).unwrap(), Some(&b"abc"[..]));
    for _ in 0..2 {
        let error = now(body.chunk()).unwrap_err();
        assert!(error.is_timeout() && !error.is_closed(), "{error:?}");
    }
    assert_eq!(now(body.chunk()).unwrap(), Some(&b"def"[..]));
    assert_eq!(now(body.chunk()).unwrap(), None);
    assert!(now(message.finish()).unwrap().flags().is_some());
    assert!(now(messages.next()).unwrap().is_none());
}

#[test]
fn dropped_at_every_byte_the_next_command_works() {
    for read in 0..20 {
        let mut client = reader(builder(), |times, tag| {
            let whole = format!("{ANSWER}{tag} OK done\r\n");
            let (count, fetch) = (whole.len(), whole.as_bytes().get(times - 1).copied());
            let next = format!("{tag} OK done\r\n").into_bytes();
            match fetch {
                Some(byte) => Some((SECOND / 1000, vec![byte])),
                None => (times == count + 1).then_some((SECOND, next)),
            }
        });
        let messages = now(client.fetch_each("1:9", "(FLAGS BODY.PEEK[])")).unwrap();
        let mut messages = messages.pieces_from(0);
        let mut left = read;
        // Reads this number of chunks, each of which is one byte, and stops.
        'read: while let Some(mut message) = now(messages.next()).unwrap() {
            while let Some(mut body) = now(message.body()).unwrap() {
                while left > 0 {
                    left -= 1;
                    if now(body.chunk()).unwrap().is_none() {
                        break;
                    }
                }
                if left == 0 {
                    break 'read;
                }
            }
        }
        now(client.noop()).unwrap();
        let updates: Vec<_> = client.updates().collect();
        assert_eq!(updates.len(), 1, "{updates:?}");
    }
}
