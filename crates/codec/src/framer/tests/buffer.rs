//! The memory that the framer takes.

use super::*;

#[test]
fn what_is_read_past_takes_no_memory() {
    let mut framer = Framer::new(Limits {
        line: 1000,
        literal: 1000,
        ..Limits::default()
    });
    framer.feed(b"* LIST ");
    for _ in 0..1000 {
        framer.feed(&[b'x'; 10_000]);
        assert!(framer.next_frame().unwrap().is_none());
        assert!(framer.buf.capacity() <= 2 * BLOCK);
    }
    framer.feed(b"\r\n* 1 FETCH (BODY[] {10000000}\r\n");
    assert!(matches!(
        framer.next_frame().unwrap(),
        Some(Frame::Oversize { .. })
    ));
    for _ in 0..1000 {
        framer.feed(&[b'x'; 10_000]);
        assert!(framer.next_frame().unwrap().is_none());
        assert!(framer.buf.capacity() <= 2 * BLOCK);
    }
    framer.feed(b")\r\n");
    assert!(matches!(
        framer.next_frame().unwrap(),
        Some(Frame::Oversize { .. })
    ));
    assert!(!framer.has_input());
}

#[test]
fn an_announced_length_reserves_nothing() {
    let mut framer = Framer::new(Limits {
        literal: u64::MAX,
        ..Limits::default()
    });
    framer.feed(b"* 1 FETCH (BODY[] {2000000000}\r\n");
    assert!(framer.next_frame().unwrap().is_none());
    assert!(framer.buf.capacity() <= 2 * BLOCK);
}

#[test]
fn a_growing_literal_is_moved_at_most_once() {
    for size in [
        50_000, 65_500, 65_536, 130_000, 1_000_000, 1_048_577, 3_333_333,
    ] {
        for in_place in [false, true] {
            let input = literal("* 1 FETCH (BODY[] ", &vec![b'z'; size], ")");
            let mut framer = Framer::new(Limits::default());
            let mut moved = 0;
            for piece in input.chunks(MIN_SPACE) {
                let (capacity, there) = (framer.buf.capacity(), framer.end);
                if in_place {
                    framer.space()[..piece.len()].copy_from_slice(piece);
                    framer.filled(piece.len());
                } else {
                    framer.feed(piece);
                }
                if framer.buf.capacity() != capacity {
                    moved += there;
                }
                let arrived = framer.end;
                assert!(framer.buf.capacity() <= BLOCK.max(2 * (arrived + MIN_SPACE)));
                if let Some(frame) = framer.next_frame().unwrap() {
                    let Frame::Response(message) = frame else {
                        panic!()
                    };
                    assert_eq!(&*message, &input[..]);
                }
            }
            assert!(!framer.has_input());
            assert!(moved <= size, "{moved} of {size}");
        }
    }
}

#[test]
fn big_messages_share_the_buffer_and_small_ones_are_copied() {
    let big = format!(
        "* 1 FETCH (BODY[] {{100000}}\r\n{})\r\n",
        "z".repeat(100_000)
    );
    let mut framer = Framer::new(Limits::default());
    framer.feed(big.as_bytes());
    framer.feed(b"* 2 EXISTS\r\n");
    let Some(Frame::Response(message)) = framer.next_frame().unwrap() else {
        panic!()
    };
    let (one, two) = (message.to_bytes(), message.to_bytes());
    assert_eq!(one, big.as_bytes());
    assert_eq!(one.as_ptr(), two.as_ptr());
    let Some(Frame::Response(message)) = framer.next_frame().unwrap() else {
        panic!()
    };
    assert_eq!(&*message, b"* 2 EXISTS\r\n");
    assert_ne!(message.to_bytes().as_ptr(), message.as_ptr());
}

#[test]
fn the_buffer_is_given_back_between_responses_only() {
    let whole = b"* 1 FETCH (BODY[] {5}\r\nhello FLAGS (a))\r\n* 2 EXISTS\r\n";
    for streamed in [None, Some(1)] {
        let mut framer = Framer::new(Limits::default());
        framer.stream_from(streamed);
        let mut out = Vec::new();
        let mut without = Vec::new();
        for (at, byte) in whole.iter().enumerate() {
            framer.space()[0] = *byte;
            framer.filled(1);
            while let Some(frame) = framer.next_frame().unwrap() {
                out.push(format!("{frame:?}"));
            }
            framer.release();
            assert_eq!(framer.received(), at as u64 + 1);
            if framer.buf.capacity() == 0 {
                without.push(at + 1);
            }
        }
        let first = whole.len() - b"* 2 EXISTS\r\n".len();
        assert_eq!(without, [first, whole.len()]);
        assert_eq!(framer.position(), whole.len() as u64);
        let mut kept = Framer::new(Limits::default());
        kept.stream_from(streamed);
        let mut expected = Vec::new();
        for byte in whole {
            kept.feed(&[*byte]);
            while let Some(frame) = kept.next_frame().unwrap() {
                expected.push(format!("{frame:?}"));
            }
        }
        assert_eq!(out, expected);
    }
}

#[test]
fn a_response_whose_literal_was_streamed_has_begun() {
    let mut framer = Framer::new(Limits::default());
    framer.stream_from(Some(1));
    framer.feed(b"* 1 FETCH (BODY[] {1}\r\nx");
    while framer.next_frame().unwrap().is_some() {}
    assert!(framer.has_input());
    framer.feed(b")\r\n");
    assert!(framer.next_frame().unwrap().is_some());
    assert!(!framer.has_input());
}

#[test]
fn reads_that_are_filled_grow_up_to_256_kib_and_messages_keep_little_of_that() {
    for size in [20_000, 100_000, 200_000] {
        let one = literal("* 1 FETCH (BODY[] ", &vec![b'z'; size], ")");
        let input = one.repeat(4_000_000 / one.len());
        let (mut framer, mut rest) = (Framer::new(Limits::default()), &input[..]);
        let (mut most, mut count, mut kept) = (0, 0, Vec::new());
        while !rest.is_empty() {
            let space = framer.space();
            most = most.max(space.len());
            let (now, later) = rest.split_at(space.len().min(rest.len()));
            space[..now.len()].copy_from_slice(now);
            framer.filled(now.len());
            rest = later;
            while let Some(frame) = framer.next_frame().unwrap() {
                let Frame::Response(message) = frame else {
                    panic!()
                };
                assert_eq!(&*message, &one[..]);
                count += 1;
                kept.extend(message.shared.cloned());
            }
            assert!(framer.buf.capacity() <= 2 * WIDE);
        }
        assert_eq!(count, input.len() / one.len());
        // Room for a literal that fills the buffer alone ends where that ends.
        let least = if size < WIDE / 2 { WIDE / 2 } else { MIN_SPACE };
        assert!(most > least && most <= 2 * WIDE, "{most} at {size}");
        for message in kept {
            // It is the only owner of its memory, and may therefore take it over.
            let memory = message.try_into_mut().unwrap().capacity();
            assert!(
                memory <= size + BLOCK.max(size / 2) + 100,
                "{memory} at {size}"
            );
        }
    }
}
