//! Servers that never come to an end, and honest ones that are only slow. The tests simulate the
//! time.

mod common;

use std::time::Duration;

use imapclient_engine::{
    Engine, Error, Event, Excess, Options, Tolerance,
    codec::{Effect, Outgoing, Response, UidSet, command, command::MessageSet},
};

use common::Talk;

const SECOND: Duration = Duration::from_secs(1);

/// Returns the limit that was exceeded.
fn excess(error: Error) -> Excess {
    match error {
        Error::Limit(overrun) => overrun.excess,
        other => panic!("{other:?}"),
    }
}

/// Sends a command to which no untagged response belongs, and returns its tag.
fn noop(talk: &mut Talk) -> String {
    let tag = talk.submit(command::noop());
    talk.output();
    tag.to_string()
}

/// Does what a client does: waits, hands over the bytes received, and reads the events. All
/// responses count as unsolicited.
fn wait(talk: &mut Talk, time: Duration, bytes: &[u8]) -> Result<Option<Event>, Error> {
    talk.engine.waited(time);
    talk.engine.feed(bytes);
    loop {
        match talk.engine.poll_event()? {
            Some(Event::Response(_)) => talk.engine.unsolicited()?,
            other => return Ok(other),
        }
    }
}

/// Sends the same bytes until a limit is exceeded. Returns the limit, and the number of times
/// before.
fn until_too_much(talk: &mut Talk, time: Duration, bytes: &[u8]) -> (Excess, u32) {
    for times in 0..2_000_000 {
        if let Err(error) = wait(talk, time, bytes) {
            return (excess(error), times);
        }
    }
    panic!("it goes on for ever");
}

/// Returns an engine with a selected mailbox and these limits.
fn selected(tolerance: Tolerance, body_limit: Option<u64>) -> Talk {
    let options = Options {
        tolerance,
        body_limit,
        ..Options::default()
    };
    let mut talk = Talk {
        engine: Engine::new(options),
    };
    talk.server("* PREAUTH hi");
    talk.event();
    talk
}

#[test]
fn a_flood_by_default() {
    let mut talk = Talk::selected();
    noop(&mut talk);
    let (excess, times) = until_too_much(&mut talk, Duration::ZERO, b"* 1 EXISTS\r\n");
    assert_eq!(
        (excess, times),
        (Excess::Responses { most: 100_000 }, 100_000)
    );
}

#[test]
fn a_flood_of_what_nobody_asked_for() {
    for line in [
        "* 1 EXISTS\r\n",
        "+ go on\r\n",
        "* OK still here\r\n",
        "* OK [INPROGRESS (\"A0001\" 1 2)] at it\r\n",
        "* NO warning\r\n",
        "nonsense\r\n",
        "\r\n",
    ] {
        let tolerance = Tolerance {
            unsolicited: 1000,
            ..Tolerance::default()
        };
        let mut talk = selected(tolerance, None);
        noop(&mut talk);
        let (excess, times) = until_too_much(&mut talk, Duration::ZERO, line.as_bytes());
        assert_eq!(excess, Excess::Responses { most: 1000 }, "{line}");
        // One line may have counted as a sign of work.
        assert!((1000..=1001).contains(&times), "{line} {times}");
    }
}

#[test]
fn a_flood_of_big_responses() {
    let mut talk = Talk::selected();
    noop(&mut talk);
    let line = format!(
        "* 1 FETCH (BODY[] {{1000000}}\r\n{})\r\n",
        "x".repeat(1_000_000)
    );
    let (excess, times) = until_too_much(&mut talk, Duration::ZERO, line.as_bytes());
    assert_eq!(excess, Excess::Bytes { most: 64 << 20 });
    assert_eq!(times, 67);
}

#[test]
fn each_command_has_a_limit_of_its_own() {
    let mut talk = Talk::selected();
    for _ in 0..3 {
        let tag = noop(&mut talk);
        for _ in 0..60_000 {
            wait(&mut talk, Duration::ZERO, b"* 1 EXISTS\r\n").unwrap();
        }
        let end = wait(
            &mut talk,
            Duration::ZERO,
            format!("{tag} OK\r\n").as_bytes(),
        );
        assert!(matches!(end, Ok(Some(Event::Done { .. }))), "{end:?}");
    }
}

#[test]
fn what_comes_while_idle_is_asked_for() {
    let mut talk = Talk::selected();
    let tag = talk.submit(command::idle());
    talk.output();
    let begun = wait(&mut talk, SECOND, b"+ idling\r\n");
    assert!(matches!(begun, Ok(Some(Event::Idling(_)))), "{begun:?}");
    for _ in 0..150_000 {
        assert!(
            wait(&mut talk, Duration::ZERO, b"* 1 EXISTS\r\n")
                .unwrap()
                .is_none()
        );
    }
    // The limit applies again while the end of the IDLE is awaited.
    talk.engine.finish_idle();
    talk.output();
    let (excess, _) = until_too_much(&mut talk, Duration::ZERO, b"* 1 EXISTS\r\n");
    assert_eq!(excess, Excess::Responses { most: 100_000 });
    drop(tag);
}

#[test]
fn signs_of_life_may_come_for_ever() {
    let mut talk = Talk::selected();
    let tag = noop(&mut talk);
    // This takes more than a day.
    for _ in 0..150_000 {
        let line = b"* OK [INPROGRESS (\"A0002\" 454 1000)] Searched 45% of the mailbox\r\n";
        assert!(wait(&mut talk, SECOND, line).unwrap().is_none());
    }
    let end = wait(&mut talk, SECOND, format!("{tag} OK\r\n").as_bytes());
    assert!(matches!(end, Ok(Some(Event::Done { .. }))), "{end:?}");
}

#[test]
fn a_line_of_one_byte_a_second() {
    let mut talk = Talk::selected();
    noop(&mut talk);
    talk.engine.feed(b"* ");
    let (excess, times) = until_too_much(&mut talk, SECOND, b"x");
    let Excess::Slow {
        bytes,
        waited,
        min_speed: 1024,
    } = excess
    else {
        panic!("{excess:?}");
    };
    assert!(
        (60..64).contains(&bytes) && waited == 60 * SECOND,
        "{excess:?}"
    );
    assert!((58..62).contains(&times), "{times}");
}

#[test]
fn a_literal_of_one_byte_a_second() {
    let mut talk = Talk::selected();
    let items = command::FetchItems::new().body();
    let fetch = command::fetch(&MessageSet::Uids(UidSet::from(1)), &items);
    talk.submit(fetch.unwrap());
    talk.output();
    talk.engine.feed(b"* 1 FETCH (UID 1 BODY[] {1000000}\r\n");
    let (excess, times) = until_too_much(&mut talk, SECOND, b"x");
    assert!(matches!(excess, Excess::Slow { .. }), "{excess:?}");
    assert!(times < 62, "{times}");
}

#[test]
fn literals_without_end_in_one_response_are_no_progress() {
    let mut talk = Talk::selected();
    noop(&mut talk);
    talk.engine.feed(b"* 1 FETCH (");
    let (excess, times) = until_too_much(&mut talk, SECOND, b"BODY[] {1}\r\nx ");
    assert!(matches!(excess, Excess::Slow { .. }), "{excess:?}");
    assert!(times < 62, "{times}");
}

#[test]
fn whole_lines_by_the_byte_are_no_progress_if_nobody_asked_for_them() {
    let mut talk = Talk::selected();
    noop(&mut talk);
    let line = b"* 1 EXISTS\r\n";
    let mut seconds = 0;
    let error = loop {
        match wait(&mut talk, SECOND, &line[seconds % line.len()..][..1]) {
            Ok(_) => seconds += 1,
            Err(error) => break error,
        }
        assert!(seconds < 100);
    };
    assert!(matches!(excess(error), Excess::Slow { .. }));
}

#[test]
fn a_server_that_thinks_for_an_hour_between_lines() {
    let mut talk = Talk::selected();
    let tag = noop(&mut talk);
    for _ in 0..100 {
        assert!(
            wait(&mut talk, 3600 * SECOND, b"* 1 EXISTS\r\n")
                .unwrap()
                .is_none()
        );
    }
    let end = wait(&mut talk, 3600 * SECOND, format!("{tag} OK\r\n").as_bytes());
    assert!(matches!(end, Ok(Some(Event::Done { .. }))), "{end:?}");
}

#[test]
fn lines_that_come_in_two_pieces() {
    let mut talk = Talk::selected();
    let tag = noop(&mut talk);
    // This is how Nagle's algorithm interacts with delayed acknowledgements.
    for n in 0..5000 {
        let head = format!("* {} EXISTS", n + 1);
        assert!(
            wait(&mut talk, Duration::ZERO, head.as_bytes())
                .unwrap()
                .is_none()
        );
        assert!(wait(&mut talk, SECOND / 5, b"\r\n").unwrap().is_none());
    }
    let end = wait(&mut talk, SECOND, format!("{tag} OK\r\n").as_bytes());
    assert!(matches!(end, Ok(Some(Event::Done { .. }))), "{end:?}");
}

#[test]
fn a_slow_link_is_fast_enough() {
    let mut talk = Talk::selected();
    noop(&mut talk);
    // 10 MiB at 1.5 KiB a second, with pauses of half a minute.
    talk.engine.feed(b"* 1 FETCH (BODY[] {10485760}\r\n");
    let chunk = vec![b'x'; 1536 * 30];
    let mut left = 10_485_760;
    while left > 0 {
        let now = chunk.len().min(left);
        left -= now;
        assert!(
            wait(&mut talk, 30 * SECOND, &chunk[..now])
                .unwrap()
                .is_none()
        );
    }
    wait(&mut talk, Duration::ZERO, b")\r\n").unwrap();
}

#[test]
fn no_limit_to_the_speed() {
    let tolerance = Tolerance {
        min_speed: 0,
        ..Tolerance::default()
    };
    let mut engine = selected(tolerance, None).engine;
    assert_eq!(engine.patience(), None);
    engine.feed(b"* OK ");
    for _ in 0..10_000 {
        engine.waited(3600 * SECOND);
        engine.feed(b"x");
        assert!(engine.poll_event().unwrap().is_none());
    }
}

#[test]
fn patience_grows_short_within_a_response_only() {
    let mut talk = Talk::selected();
    noop(&mut talk);
    assert_eq!(talk.engine.patience(), Some(60 * SECOND));
    wait(&mut talk, 50 * SECOND, b"* 1 EX").unwrap();
    assert_eq!(talk.engine.patience(), Some(60 * SECOND));
    wait(&mut talk, 50 * SECOND, b"IS").unwrap();
    assert_eq!(talk.engine.patience(), Some(10 * SECOND));
    wait(&mut talk, SECOND, b"TS\r\n* 2").unwrap();
    assert_eq!(talk.engine.patience(), Some(9 * SECOND));
}

#[test]
fn what_never_ends_is_given_up() {
    for (response, answer, about) in [
        (1 << 30, 8 << 20, 128),
        (1 << 20, 1 << 20, 17),
        (1, 64 << 20, 17),
    ] {
        for begin in ["* OK ", "x", "* 1 FETCH (BODY[] {99999999999}\r\n"] {
            if about > 100 && begin != "x" {
                continue;
            }
            let tolerance = Tolerance {
                response,
                ..Tolerance::default()
            };
            let mut talk = selected(tolerance, Some(answer));
            noop(&mut talk);
            talk.engine.feed(begin.as_bytes());
            let chunk = vec![b'x'; 8 << 20];
            let (excess, times) = until_too_much(&mut talk, Duration::ZERO, &chunk);
            let Excess::Endless { most } = excess else {
                panic!("{begin}: {excess:?}");
            };
            assert!(most >= response.max(answer), "{begin}: {most}");
            assert!(
                (about - 10..about + 10).contains(&times),
                "{begin}: {times}"
            );
        }
    }
}

#[test]
fn an_exchange_is_cancelled_once() {
    let mut talk = Talk::new();
    talk.submit(command::authenticate("PLAIN", None).unwrap());
    talk.output();
    talk.server("+ ");
    assert!(matches!(talk.event(), Event::Challenge { .. }));
    talk.engine.cancel();
    talk.wrote("*\r\n");
    talk.server("+ ");
    let error = talk.error().to_string();
    assert!(
        error.contains("during AUTHENTICATE") && error.contains("cancelled"),
        "{error}"
    );
    talk.wrote("");
}

#[test]
fn an_exchange_that_was_dropped_is_cancelled_once() {
    for asked in [false, true] {
        let mut talk = Talk::new();
        talk.submit(command::authenticate("PLAIN", None).unwrap());
        talk.output();
        if asked {
            talk.server("+ ");
            assert!(matches!(talk.event(), Event::Challenge { .. }));
        }
        assert!(talk.engine.orphan_all());
        if !asked {
            talk.server("+ ");
            talk.nothing();
        }
        talk.wrote("*\r\n");
        talk.server("+ ");
        let error = talk.error().to_string();
        assert!(error.contains("cancelled"), "{error}");
        talk.wrote("");
    }
}

#[test]
fn an_answer_that_nobody_waits_for_ends_too() {
    for line in ["* SEARCH 1 2 3\r\n", "* 1 FETCH (FLAGS ())\r\n", "* X\r\n"] {
        let mut talk = selected(Tolerance::default(), Some(1 << 20));
        let search = Outgoing::raw("UID SEARCH ALL").unwrap();
        assert_eq!(*search.effect(), Effect::None);
        talk.submit(search);
        talk.output();
        talk.engine.orphan_all();
        let (excess, times) = until_too_much(&mut talk, Duration::ZERO, line.as_bytes());
        assert_eq!(excess, Excess::Answer { most: 1 << 20 }, "{line}");
        let size = line.len() as u32 + 128;
        assert_eq!(times, (1 << 20) / size, "{line}");
    }
}

/// An orphan may have asked for many responses: its answer is not counted as unsolicited.
#[test]
fn the_long_answer_to_an_orphan_is_read_to_its_end() {
    let mut talk = Talk::selected();
    let tag = talk.submit(Outgoing::raw("UID FETCH 1:* FLAGS").unwrap());
    talk.output();
    talk.engine.orphan_all();
    for n in 1..=200_000 {
        let line = format!("* {n} FETCH (UID {n} FLAGS (\\Seen))\r\n");
        assert!(
            wait(&mut talk, Duration::ZERO, line.as_bytes())
                .unwrap()
                .is_none()
        );
    }
    let end = wait(&mut talk, SECOND, format!("{tag} OK\r\n").as_bytes());
    assert!(matches!(end, Ok(Some(Event::Done { .. }))), "{end:?}");
    assert!(!talk.engine.has_orphans());
    noop(&mut talk);
}

#[test]
fn the_text_tells_the_limit_and_what_raises_it() {
    let mut talk = Talk::selected();
    noop(&mut talk);
    let error = loop {
        if let Err(error) = wait(&mut talk, Duration::ZERO, b"* 1 EXISTS\r\n") {
            break error;
        }
    };
    assert_eq!(
        error.to_string(),
        "the server exceeded a limit during NOOP: it sent more than 100000 unsolicited responses"
    );
    let mut talk = Talk::selected();
    noop(&mut talk);
    wait(&mut talk, SECOND, b"* ").unwrap();
    let error = wait(&mut talk, 60 * SECOND, b"3").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server exceeded a limit during NOOP: it took 60.0s to send 3 bytes of a response, and at \
         least 1024 per second are required"
    );
}

#[test]
fn a_response_to_a_command_is_progress_however_slowly_it_comes() {
    let mut talk = Talk::selected();
    noop(&mut talk);
    // A caller accepts a response by not counting it as unsolicited.
    for _ in 0..100 {
        talk.engine.waited(SECOND);
        talk.engine.feed(b"* SEARCH 1");
        assert!(talk.engine.poll_event().unwrap().is_none());
        talk.engine.waited(50 * SECOND);
        talk.engine.feed(b"\r\n");
        let found = talk.engine.poll_event().unwrap();
        assert!(matches!(found, Some(Event::Response(Response::Search(_)))));
        assert!(talk.engine.poll_event().unwrap().is_none());
    }
}
