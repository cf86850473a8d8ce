//! Bodies that are handed on in pieces.

mod common;

use imapclient_engine::{
    Engine, Error, Event, Excess, Options, Tolerance,
    codec::{
        Outgoing, Response, Uid,
        command::{self, FetchItems, MessageSet},
    },
};

use common::Talk;

fn fetch() -> Outgoing {
    let set = MessageSet::Uids("1:9".parse().unwrap());
    command::fetch(&set, &FetchItems::new().flags().body()).unwrap()
}

/// Returns an engine that has sent a FETCH of bodies and streams literals of this size.
fn fetching(from: u64) -> Talk {
    let mut talk = Talk::selected();
    talk.submit(fetch());
    talk.engine.stream_literals(Some(from));
    talk.output();
    talk
}

/// The events, with the chunks of a literal put together.
#[derive(Debug, PartialEq)]
enum Seen {
    Literal {
        uid: Option<u32>,
        section: String,
        size: u64,
        data: Vec<u8>,
    },
    Fetch(Option<u32>, Vec<(String, Option<Vec<u8>>)>),
    Done,
}

/// Reads all events that there are.
fn read(engine: &mut Engine, seen: &mut Vec<Seen>) {
    while let Some(event) = engine.poll_event().unwrap() {
        match event {
            Event::LiteralStart {
                head: Response::Fetch(head),
                size,
            } => {
                let section = head.sections().last().unwrap();
                assert_eq!(section.data, None);
                seen.push(Seen::Literal {
                    uid: head.uid().map(Uid::get),
                    section: section.name.to_owned(),
                    size,
                    data: Vec::new(),
                });
            }
            Event::LiteralChunk => {
                let chunk = engine.chunk();
                assert!(!chunk.is_empty());
                match seen.last_mut() {
                    Some(Seen::Literal { data, .. }) => data.extend_from_slice(chunk),
                    other => panic!("a chunk after {other:?}"),
                }
            }
            Event::LiteralEnd => {
                assert!(engine.chunk().is_empty());
                assert!(
                    matches!(seen.last(), Some(Seen::Literal { size, data, .. }) if *size == data.len() as u64)
                );
            }
            Event::Response(Response::Fetch(fetch)) => {
                let sections = fetch.sections().map(|section| {
                    let data = section.data.map(<[u8]>::to_vec);
                    (section.name.to_owned(), data)
                });
                seen.push(Seen::Fetch(fetch.uid().map(Uid::get), sections.collect()));
            }
            Event::Done { .. } => seen.push(Seen::Done),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn bodies_arrive_in_pieces_however_the_input_is_split() {
    let wire = b"* 1 FETCH (UID 1 BODY[HEADER] {4}\r\nA: b BODY[1] {12}\r\nhello\r\nworld BODY[2] \
        {5}\r\nsmall BODY[3] ~{8}\r\n(UID 99) FLAGS ())\r\n* 2 FETCH (RFC822 {6}\r\nabcdef UID 2)\r\n\
        A0002 OK done\r\n";
    let literal = |uid: Option<u32>, section: &str, data: &[u8]| Seen::Literal {
        uid,
        section: section.to_owned(),
        size: data.len() as u64,
        data: data.to_vec(),
    };
    let section = |name: &str, data: Option<&[u8]>| (name.to_owned(), data.map(<[u8]>::to_vec));
    let expected = [
        literal(Some(1), "1", b"hello\r\nworld"),
        // The items since the literal before.
        literal(None, "3", b"(UID 99)"),
        Seen::Fetch(
            Some(1),
            vec![
                section("HEADER", Some(b"A: b")),
                section("1", None),
                section("2", Some(b"small")),
                section("3", None),
            ],
        ),
        literal(None, "", b"abcdef"),
        Seen::Fetch(Some(2), vec![section("", None)]),
        Seen::Done,
    ];
    for at in 0..wire.len() {
        let mut talk = fetching(6);
        let mut seen = Vec::new();
        for part in [&wire[..at], &wire[at..]] {
            talk.engine.feed(part);
            read(&mut talk.engine, &mut seen);
        }
        assert_eq!(seen, expected, "split at {at}");
    }
}

#[test]
fn streaming_ends_with_the_command() {
    let mut talk = fetching(0);
    talk.server("A0002 OK done");
    talk.event();
    talk.submit(fetch());
    talk.output();
    talk.server("* 1 FETCH (UID 1 BODY[] {3}\r\nabc)");
    let Event::Response(Response::Fetch(fetch)) = talk.event() else {
        panic!()
    };
    assert_eq!(fetch.body(), Some(&b"abc"[..]));
}

#[test]
fn nothing_is_streamed_that_no_command_asked_for() {
    let mut talk = Talk::selected();
    talk.submit(command::noop());
    talk.engine.stream_literals(Some(0));
    talk.output();
    talk.server("* 1 FETCH (UID 1 BODY[] {3}\r\nabc)");
    assert!(matches!(talk.event(), Event::Response(Response::Fetch(_))));
}

#[test]
fn an_orphan_drops_the_rest_at_every_byte() {
    let wire = b"* 1 FETCH (UID 1 BODY[1] {5}\r\nhello BODY[2] {5}\r\nworld FLAGS ())\r\n\
        * 2 FETCH (UID 2 BODY[] {3}\r\nabc)\r\n";
    for at in 0..wire.len() {
        let mut talk = fetching(0);
        let mut seen = Vec::new();
        talk.engine.feed(&wire[..at]);
        read(&mut talk.engine, &mut seen);
        assert!(talk.engine.orphan_all());
        talk.engine.feed(&wire[at..]);
        talk.nothing();
        talk.server("A0002 OK done");
        assert!(matches!(talk.event(), Event::Done { .. }));
        // A later command gets its bodies whole.
        talk.submit(fetch());
        talk.output();
        talk.server("* 3 FETCH (UID 3 BODY[] {3}\r\nabc)");
        let Event::Response(Response::Fetch(fetch)) = talk.event() else {
            panic!("cut at {at}")
        };
        assert_eq!(fetch.body(), Some(&b"abc"[..]), "cut at {at}");
    }
}

#[test]
fn a_body_may_have_any_size_but_not_if_nobody_reads_it() {
    let tolerant = |orphaned: bool| {
        let mut engine = Engine::new(Options {
            body_limit: Some(100_000),
            tolerance: Tolerance {
                response: 100_000,
                ..Tolerance::default()
            },
            ..Options::default()
        });
        engine.feed(b"* PREAUTH hi\r\n");
        engine.poll_event().unwrap();
        engine.submit(fetch()).unwrap();
        engine.stream_literals(Some(1000));
        engine.wrote(engine.output().len());
        engine.feed(b"* 1 FETCH (UID 1 BODY[] {500000000}\r\n");
        assert!(matches!(
            engine.poll_event(),
            Ok(Some(Event::LiteralStart { .. }))
        ));
        if orphaned {
            engine.orphan_all();
        }
        let mut bytes = 0;
        while bytes < 500_000_000 {
            let space = engine.space().len().min(500_000_000 - bytes);
            engine.filled(space);
            bytes += space;
            while let Some(event) = engine.poll_event()? {
                assert!(matches!(event, Event::LiteralChunk | Event::LiteralEnd));
            }
        }
        engine.feed(b" FLAGS ())\r\n");
        let event = engine.poll_event()?;
        assert!(matches!(event, Some(Event::Response(Response::Fetch(_)))));
        // It took no more memory than this.
        assert!(engine.response_size() < 100, "{}", engine.response_size());
        Ok(())
    };
    tolerant(false).unwrap();
    let Err(Error::Limit(overrun)) = tolerant(true) else {
        panic!()
    };
    assert!(
        matches!(overrun.excess, Excess::Endless { .. }),
        "{overrun:?}"
    );
}

#[test]
fn many_bodies_in_one_response_take_linear_time() {
    let mut talk = fetching(0);
    talk.engine.feed(b"* 1 FETCH (UID 1");
    let mut read = 0_u64;
    for part in 1..=4000 {
        let head = format!(" BODY[{part}] {{0}}\r\n");
        talk.engine.feed(head.as_bytes());
        let event = talk.event();
        let Event::LiteralStart {
            head: Response::Fetch(head),
            ..
        } = &event
        else {
            panic!("{event:?}")
        };
        read += head.sections().count() as u64;
        assert!(matches!(talk.event(), Event::LiteralEnd));
    }
    // Each section was decoded once.
    assert_eq!(read, 4000);
}

#[test]
fn a_response_that_cannot_be_read_says_so_before_its_body() {
    let mut talk = fetching(0);
    talk.server("* 1 FETCH (UID x BODY[] {3}\r\nabc)");
    let event = talk.event();
    let Event::LiteralStart { head, size: 3 } = &event else {
        panic!("{event:?}")
    };
    match head {
        Response::Malformed(bad) => assert!(!bad.raw.is_empty()),
        Response::Fetch(fetch) => assert_eq!(fetch.uid(), None),
        other => panic!("{other:?}"),
    }
}
