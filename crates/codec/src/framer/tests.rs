//! Tests of the framer.

use proptest::prelude::*;

use super::*;

mod buffer;

/// The output of the framer, with streamed literals put together again.
#[derive(Debug, PartialEq, Eq)]
enum Out {
    Message(Vec<u8>),
    Literal {
        head: Vec<u8>,
        size: u64,
        data: Vec<u8>,
    },
    Oversize {
        head: Vec<u8>,
        limit: Limit,
    },
}

fn run(framer: &mut Framer, pieces: &[&[u8]]) -> Vec<Out> {
    let mut out = Vec::new();
    let mut open: Option<(Vec<u8>, u64, Vec<u8>)> = None;
    for piece in pieces {
        framer.feed(piece);
        while let Some(frame) = framer.next_frame().unwrap() {
            match frame {
                Frame::Response(message) => out.push(Out::Message(message.to_vec())),
                Frame::LiteralStart { head, size } => {
                    assert!(open.is_none());
                    open = Some((head.to_vec(), size, Vec::new()));
                }
                Frame::LiteralChunk(chunk) => {
                    assert!(!chunk.is_empty());
                    open.as_mut().unwrap().2.extend_from_slice(chunk);
                }
                Frame::LiteralEnd => {
                    let (head, size, data) = open.take().unwrap();
                    assert_eq!(data.len() as u64, size);
                    out.push(Out::Literal { head, size, data });
                }
                Frame::Oversize { head, limit, .. } => {
                    out.push(Out::Oversize {
                        head: head.to_vec(),
                        limit,
                    });
                }
            }
        }
    }
    out
}

fn frames(input: &[u8]) -> Vec<Out> {
    run(&mut Framer::new(Limits::default()), &[input])
}

fn message(text: &str) -> Out {
    Out::Message(text.as_bytes().to_vec())
}

const TRANSCRIPT: &[u8] = b"* OK [CAPABILITY IMAP4rev1] ready {5}\r\n\
    * 1 FETCH (UID 7 BODY[] {12}\r\nhello\r\nworld FLAGS (\\Seen))\r\n\
    * 2 FETCH (BODY[1] ~{3+}\r\na\0b BODY[2] {0}\r\n BODY[3] {2}\r\n\r\n)\r\n\
    * LIST () \"/\" {3}\r\nfoo\r\n\
    * SEARCH 1 2 3\n\
    + go on {5}\r\n\
    A0001 OK done {5+}\r\n\
    * BYE ~{5}\r\n";

#[test]
fn cuts_a_transcript() {
    let expected = [
        message("* OK [CAPABILITY IMAP4rev1] ready {5}\r\n"),
        message("* 1 FETCH (UID 7 BODY[] {12}\r\nhello\r\nworld FLAGS (\\Seen))\r\n"),
        message("* 2 FETCH (BODY[1] ~{3+}\r\na\0b BODY[2] {0}\r\n BODY[3] {2}\r\n\r\n)\r\n"),
        message("* LIST () \"/\" {3}\r\nfoo\r\n"),
        message("* SEARCH 1 2 3\n"),
        message("+ go on {5}\r\n"),
        message("A0001 OK done {5+}\r\n"),
        message("* BYE ~{5}\r\n"),
    ];
    assert_eq!(frames(TRANSCRIPT), expected);
}

#[test]
fn text_for_people_announces_nothing() {
    for head in [
        "* OK",
        "* NO",
        "* BAD",
        "* BYE",
        "* PREAUTH",
        "+",
        "A1 OK",
        "A1 NO",
        "A1 BAD",
        "* ok",
        "*  No",
    ] {
        for end in ["{5}", "{5+}", "~{5}", "~{5+}"] {
            let line = format!("{head} text {end}\r\n");
            assert_eq!(
                frames(format!("{line}* 1 EXISTS\r\n").as_bytes()),
                [message(&line), message("* 1 EXISTS\r\n")]
            );
        }
    }
    // A response code without its `OK`, or without the space before it.
    for line in [
        "* [ALERT] {9}\r\n",
        "* OK[ALERT] {9}\r\n",
        "* no[x] {9}\r\n",
    ] {
        assert_eq!(frames(line.as_bytes()), [message(line)]);
    }
}

#[test]
fn braces_that_announce_nothing() {
    for line in [
        "* LIST {}\r\n",
        "* LIST {x}\r\n",
        "* LIST 5}\r\n",
        "* LIST {5\r\n",
        "* LIST {+}\r\n",
    ] {
        assert_eq!(frames(line.as_bytes()), [message(line)]);
    }
}

#[test]
fn a_length_over_64_bits_ends_the_stream() {
    let mut framer = Framer::new(Limits::default());
    framer.feed(b"* LIST {18446744073709551616}\r\n");
    assert_eq!(framer.next_frame().unwrap_err(), FramerError::LiteralLength);
}

#[test]
fn streams_what_was_asked_for() {
    let mut framer = Framer::new(Limits::default());
    framer.stream_from(Some(5));
    let input: &[u8] = b"* 1 FETCH (UID 7 BODY[1] {2}\r\nab BODY[2] ~{6}\r\nabc\r\nd BODY[3] {5}\r\nvwxyz FLAGS ())\r\n\
        * LIST () {7}\r\nabcdefg\r\n";
    let first = "* 1 FETCH (UID 7 BODY[1] {2}\r\nab BODY[2] NIL";
    let second = format!("{first} BODY[3] NIL");
    let expected = [
        Out::Literal {
            head: first.into(),
            size: 6,
            data: b"abc\r\nd".to_vec(),
        },
        Out::Literal {
            head: second.clone().into(),
            size: 5,
            data: b"vwxyz".to_vec(),
        },
        message(&format!("{second} FLAGS ())\r\n")),
        message("* LIST () {7}\r\nabcdefg\r\n"),
    ];
    assert_eq!(run(&mut framer, &[input]), expected);
    let bytes: Vec<&[u8]> = input.chunks(1).collect();
    assert_eq!(run(&mut framer, &bytes), expected);
}

#[test]
fn streams_nothing_but_the_data_of_sections() {
    let mut framer = Framer::new(Limits::default());
    framer.stream_from(Some(0));
    let input: &[u8] = b"* 1 FETCH (ENVELOPE (\"d\" {2}\r\nhi NIL) X-GM-LABELS ({1}\r\na) \
        BODY[HEADER.FIELDS ({4}\r\nFrom)] {0}\r\n RFC822.TEXT {1}\r\nx)\r\n";
    let first = "* 1 FETCH (ENVELOPE (\"d\" {2}\r\nhi NIL) X-GM-LABELS ({1}\r\na) \
        BODY[HEADER.FIELDS ({4}\r\nFrom)] NIL";
    let second = format!("{first} RFC822.TEXT NIL");
    let literal = |head: &str, data: &str| Out::Literal {
        head: head.into(),
        size: data.len() as u64,
        data: data.into(),
    };
    let expected = [
        literal(first, ""),
        literal(&second, "x"),
        message(&format!("{second})\r\n")),
    ];
    assert_eq!(run(&mut framer, &[input]), expected);
    let bytes: Vec<&[u8]> = input.chunks(1).collect();
    assert_eq!(run(&mut framer, &bytes), expected);
}

#[test]
fn a_chunk_is_lent_until_the_next_call() {
    let mut framer = Framer::new(Limits::default());
    framer.stream_from(Some(1));
    framer.feed(b"* 1 FETCH (BODY[] {5}\r\nabc");
    assert!(matches!(
        framer.next_frame(),
        Ok(Some(Frame::LiteralStart { size: 5, .. }))
    ));
    assert_eq!(framer.chunk(), b"");
    assert!(matches!(
        framer.next_frame(),
        Ok(Some(Frame::LiteralChunk(b"abc")))
    ));
    assert_eq!(framer.chunk(), b"abc");
    assert_eq!(framer.chunk(), b"abc");
    framer.feed(b"de");
    assert_eq!(framer.chunk(), b"");
    assert!(matches!(
        framer.next_frame(),
        Ok(Some(Frame::LiteralChunk(b"de")))
    ));
    assert_eq!(framer.chunk(), b"de");
    assert!(matches!(framer.next_frame(), Ok(Some(Frame::LiteralEnd))));
    assert_eq!(framer.chunk(), b"");
}

fn small() -> Limits {
    Limits {
        line: 40,
        search_line: 60,
        literal: 50,
        ..Limits::default()
    }
}

#[test]
fn a_line_at_its_limit_passes_and_one_above_is_read_past() {
    for (name, limit) in [("LIST ", 40), ("SEARCH ", 60)] {
        for split in [1, 7, 1000] {
            for size in [limit - 1, limit, limit + 1, limit + 5000] {
                let head = format!("* {name}");
                let line = format!("{head}{}\r\n", "1".repeat(size - head.len() - 2));
                let input = format!("{line}* 1 EXISTS\r\n");
                let pieces: Vec<&[u8]> = input.as_bytes().chunks(split).collect();
                let out = run(&mut Framer::new(small()), &pieces);
                assert_eq!(out.len(), 2, "{name} {split} {size}");
                assert_eq!(out[1], message("* 1 EXISTS\r\n"));
                match &out[0] {
                    Out::Message(bytes) => assert!(size <= limit && bytes == line.as_bytes()),
                    Out::Oversize {
                        head,
                        limit: Limit::Line,
                    } => {
                        assert!(size > limit);
                        assert!(line.as_bytes().starts_with(head) && head.starts_with(b"* "));
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

#[test]
fn an_oversized_line_is_checked_for_a_literal_at_its_end() {
    let line = format!(
        "* LIST {} {{7}}\r\n* 1 BAD\r\n* 2 EXISTS\r\n",
        "x".repeat(9000)
    );
    for split in [1, 3, 5000, 100_000] {
        let pieces: Vec<&[u8]> = line.as_bytes().chunks(split).collect();
        let out = run(&mut Framer::new(small()), &pieces);
        assert_eq!(out.len(), 2, "{split} {out:?}");
        assert!(matches!(
            &out[0],
            Out::Oversize {
                limit: Limit::Line,
                ..
            }
        ));
        assert_eq!(out[1], message("* 2 EXISTS\r\n"));
    }
}

#[test]
fn an_oversized_status_line_keeps_its_head_and_announces_nothing() {
    let line = format!("A0001 NO {} {{7}}\r\n* 2 EXISTS\r\n", "x".repeat(9000));
    for split in [1, 100_000] {
        let pieces: Vec<&[u8]> = line.as_bytes().chunks(split).collect();
        let out = run(&mut Framer::new(small()), &pieces);
        assert_eq!(out.len(), 2);
        let Out::Oversize { head, .. } = &out[0] else {
            panic!()
        };
        assert!(head.starts_with(b"A0001 NO xxx"));
        assert_eq!(out[1], message("* 2 EXISTS\r\n"));
    }
}

#[test]
fn literals_over_the_limit_are_read_past() {
    let literal = |n: usize| format!("{{{n}}}\r\n{}", "y".repeat(n));
    let at = format!("* 1 FETCH (A {} B {})\r\n", literal(25), literal(25));
    let above = format!(
        "* 1 FETCH (A {} B {} C {})\r\n",
        literal(25),
        literal(26),
        literal(3)
    );
    assert_eq!(
        run(&mut Framer::new(small()), &[at.as_bytes()]),
        [message(&at)]
    );
    for split in [1, 10, 1000] {
        let input = format!("{above}* 1 EXISTS\r\n");
        let pieces: Vec<&[u8]> = input.as_bytes().chunks(split).collect();
        let out = run(&mut Framer::new(small()), &pieces);
        assert_eq!(out.len(), 2, "{out:?}");
        assert!(
            matches!(&out[0], Out::Oversize { limit: Limit::Literal, head } if head == b"* 1 FETCH (A {0}\r\n B {0}\r\n C {0}\r\n)")
        );
        assert_eq!(out[1], message("* 1 EXISTS\r\n"));
    }
}

#[test]
fn what_stands_behind_a_literal_over_the_limit_is_kept() {
    let over = |size: usize, text: &str, split: usize| {
        let input = format!(
            "* 1 FETCH (X {{2}}\r\n{{\nY \"{text}\" BODY[] ~{{{size}}}\r\n{} UID 7)\r\n",
            "y".repeat(size)
        );
        let mut framer = Framer::new(Limits {
            line: 10_000,
            ..small()
        });
        for piece in input.as_bytes().chunks(split) {
            framer.feed(piece);
            match framer.next_frame().unwrap() {
                None => {}
                Some(Frame::Oversize {
                    head, most, size, ..
                }) => return (String::from_utf8(head.to_vec()).unwrap(), most, size),
                other => panic!("{other:?}"),
            }
        }
        panic!("it has an end")
    };
    for split in [1, 7, 50, 10_000] {
        let head = "* 1 FETCH (X {0}\r\nY \"text\" BODY[] ~{0}\r\n UID 7)";
        assert_eq!(over(100, "text", split), (head.to_owned(), 50, 102));
        let (head, ..) = over(100, &"t".repeat(5000), split);
        assert_eq!(head.len(), 4096, "{split}");
        assert!(head.starts_with("* 1 FETCH (X {0}\r\nY \"ttt") && head.ends_with('t'));
    }
}

#[test]
fn no_response_is_kept_that_cannot_be_decoded() {
    let mut framer = Framer::new(Limits {
        literal: u64::MAX,
        ..Limits::default()
    });
    framer.feed(b"* 1 FETCH (BODY[] {2147483648}\r\n");
    assert!(framer.next_frame().unwrap().is_none());
    assert!(framer.over.is_some());
}

#[test]
fn leftover_input_shows() {
    let mut framer = Framer::new(Limits::default());
    assert!(!framer.has_input());
    framer.feed(b"* OK hi\r\n*");
    framer.next_frame().unwrap();
    assert!(framer.has_input());
}

/// Responses of all kinds, most of them well-formed.
fn response() -> impl Strategy<Value = Vec<u8>> {
    let data = proptest::collection::vec(any::<u8>(), 0..300);
    let big = (60_000usize..70_000).prop_map(|n| vec![b'q'; n]);
    prop_oneof![
        8 => data.clone().prop_map(|data| literal("* 3 FETCH (BODY[] ", &data, " FLAGS ())")),
        1 => big.prop_map(|data| literal("* 3 FETCH (BODY[] ", &data, ")")),
        3 => data.clone().prop_map(|data| literal("* LIST () NIL ", &data, "")),
        3 => "[ -~]{0,60}".prop_map(|text| format!("* OK {text}\r\n").into_bytes()),
        3 => "[ -~]{0,60}".prop_map(|text| format!("A1 NO {text}{{3}}\r\n").into_bytes()),
        2 => "[0-9 ]{0,100}".prop_map(|text| format!("* SEARCH {text}\r\n").into_bytes()),
        2 => data,
    ]
}

fn literal(head: &str, data: &[u8], tail: &str) -> Vec<u8> {
    let mut out = format!("{head}{{{}}}\r\n", data.len()).into_bytes();
    out.extend_from_slice(data);
    out.extend_from_slice(format!("{tail}\r\n").as_bytes());
    out
}

proptest! {
    #[test]
    fn every_split_gives_the_same_frames(
        input in proptest::collection::vec(response(), 0..6),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
        stream in proptest::option::of(0u64..200),
        tight in any::<bool>(),
    ) {
        let input = input.concat();
        let limits = if tight { small() } else { Limits::default() };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        cuts.push(0);
        cuts.push(input.len());
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &input[cut[0]..cut[1]]).collect();
        let framed = |pieces: &[&[u8]]| {
            let mut framer = Framer::new(limits);
            framer.stream_from(stream);
            run(&mut framer, pieces)
        };
        let (whole, split, bytes) = (
            framed(&[&input]),
            framed(&pieces),
            framed(&input.chunks(1).collect::<Vec<_>>()),
        );
        prop_assert_eq!(&whole, &split);
        prop_assert_eq!(&whole, &bytes);
    }

    #[test]
    fn nothing_is_lost_within_the_limits(input in proptest::collection::vec(response(), 0..6)) {
        let input = input.concat();
        let mut framer = Framer::new(Limits::default());
        framer.feed(&input);
        let mut out = Vec::new();
        loop {
            match framer.next_frame() {
                Ok(Some(Frame::Response(message))) => out.extend_from_slice(&message),
                Ok(Some(other)) => prop_assert!(false, "{:?}", other),
                Ok(None) => break,
                Err(_) => return Ok(()),
            }
        }
        prop_assert_eq!(&input[..out.len()], &out[..]);
    }
}
