//! Servers that are slow for good reasons, with the default limits.

use std::time::Duration;

use imapclient::{FetchItems, Update};

use super::{SECOND, builder, now, reader, timed};
use crate::common::uid;

#[test]
fn an_hour_of_keep_alives() {
    let mut client = reader(builder(), |times, tag| {
        let line = match times {
            ..=360 => "* OK Still here\r\n".to_owned(),
            _ => format!("* SEARCH 3 5\r\n{tag} OK done\r\n"),
        };
        Some((10 * SECOND, line.into_bytes()))
    });
    let (found, time) = timed(|| now(client.search("ALL")));
    assert_eq!(found.unwrap(), [3, 5]);
    assert_eq!(time, 3610 * SECOND);
}

#[test]
fn a_search_of_texts_that_takes_minutes() {
    let mut client = reader(builder(), |times, tag| {
        let line = match times {
            ..=600 => format!("* OK [INPROGRESS (\"{tag}\" {times} 600)] Searched\r\n"),
            // This is new mail meanwhile.
            601..=700 => format!("* {times} EXISTS\r\n"),
            _ => format!("* SEARCH 7\r\n{tag} OK done\r\n"),
        };
        Some((SECOND, line.into_bytes()))
    });
    assert_eq!(now(client.search("TEXT needle")).unwrap(), [7]);
}

#[test]
fn an_answer_of_a_million_lines() {
    let mut client = reader(builder(), |times, tag| {
        if times > 1000 {
            return Some((SECOND, format!("{tag} OK done\r\n").into_bytes()));
        }
        let mut lines = String::new();
        for n in (times - 1) * 200..times * 200 {
            lines += &format!("* {} FETCH (UID {} FLAGS (\\Seen))\r\n", n + 1, n + 1);
        }
        Some((SECOND / 10, lines.into_bytes()))
    });
    let found = now(client.fetch(1.., FetchItems::new().flags())).unwrap();
    assert_eq!(found.len(), 200_000);
}

#[test]
fn a_big_message_over_a_slow_line() {
    const SIZE: usize = 2_000_000;
    let mut client = reader(builder(), |times, tag| {
        let bytes = match times {
            1 => format!("* 1 FETCH (UID 1 BODY[] {{{SIZE}}}\r\n").into_bytes(),
            // This is the speed of a modem, 2 KB per second.
            ..=1001 => vec![b'x'; SIZE / 1000],
            _ => format!(")\r\n{tag} OK done\r\n").into_bytes(),
        };
        Some((SECOND, bytes))
    });
    let found = now(client.fetch(1, FetchItems::new().body())).unwrap();
    assert_eq!(found[&uid(1)].body().map(<[u8]>::len), Some(SIZE));
}

#[test]
fn a_disk_that_takes_its_time_within_a_line() {
    let mut client = reader(builder(), |times, tag| {
        let bytes = match times {
            1 => "* 1 FETCH (UID 1 BODY[1] {5}\r\nhello BODY[2] {5}\r\n".to_owned(),
            _ => format!("world)\r\n{tag} OK done\r\n"),
        };
        Some((55 * SECOND, bytes.into_bytes()))
    });
    let found = now(client.fetch(1, FetchItems::new().section("1").section("2"))).unwrap();
    assert_eq!(found.len(), 1);
}

#[test]
fn a_program_that_does_other_things_meanwhile() {
    // The server sends two bytes per second, and the client waits for a tenth of that time.
    let mut client = reader(builder(), |times, tag| match times {
        ..=300 => Some((
            SECOND / 10,
            b"* OK he".to_vec().split_off(usize::from(times > 1) * 5),
        )),
        _ => Some((SECOND, format!("\r\n{tag} OK\r\n").into_bytes())),
    });
    now(client.noop()).unwrap();
}

#[test]
fn silence_is_bounded_as_it_was() {
    let mut client = reader(builder(), |_, _| None);
    let (result, time) = timed(|| now(client.noop()));
    let error = result.unwrap_err();
    assert!(error.is_timeout() && !error.is_closed(), "{error:?}");
    assert_eq!(time, 120 * SECOND);
}

#[test]
fn the_silence_within_a_line_ends_by_what_is_shorter() {
    for (timeout, expected) in [(120, 60), (30, 30)] {
        let builder = builder().timeout(timeout * SECOND);
        let mut client = reader(builder, |times, _| {
            (times == 1).then(|| (Duration::ZERO, b"* OK".to_vec()))
        });
        let (result, time) = timed(|| now(client.noop()));
        let error = result.unwrap_err();
        assert_eq!(time, expected * SECOND, "{error}");
    }
}

#[test]
fn updates_come_for_as_long_as_idle_lasts() {
    let mut client = reader(builder(), |times, tag| {
        let line = if tag == "DONE" {
            "A0003 OK\r\n"
        } else {
            "* 4 EXISTS\r\n"
        };
        let line = if times == 1 { "+ idling\r\n" } else { line };
        Some((Duration::from_millis(1), line.as_bytes().to_vec()))
    });
    let mut idle = now(client.idle()).unwrap();
    for _ in 0..150_000 {
        assert_eq!(now(idle.next()).unwrap(), Update::Exists(4.into()));
    }
}
