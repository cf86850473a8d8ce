//! A stream produces the same responses however it is split, and every byte is accounted for.

use imapclient_codec::{Frame, Framer, FramerError, Limit, Limits};

/// The output of a framer; the chunks of a streamed literal count as one event.
#[derive(Debug, PartialEq)]
enum Event {
    Message(Vec<u8>),
    Literal {
        head: Vec<u8>,
        size: u64,
        data: Vec<u8>,
        ended: bool,
    },
    /// Without head and size, which depend on how much of the line had arrived when it was refused.
    Oversize(Limit),
    Broken(FramerError),
}

/// The first three bytes choose limits and splits; the rest is the stream.
///
/// # Panics
/// Panics if a split makes a difference.
pub fn framer(data: &[u8]) {
    let [small, stream, split, wire @ ..] = data else {
        return;
    };
    let limits = if small % 2 == 0 {
        Limits::default()
    } else {
        Limits {
            line: 16 + usize::from(*small),
            search_line: 32 + usize::from(*small),
            literal: u64::from(*small),
            ..Limits::default()
        }
    };
    let stream_from = (stream % 2 == 1).then_some(u64::from(stream / 2));
    let whole = events(limits, stream_from, wire, |left| left);
    let bytes = events(limits, stream_from, wire, |_| 1);
    assert_eq!(whole, bytes, "{}", wire.escape_ascii());
    let mut state = u32::from(*split) + 1;
    let random = events(limits, stream_from, wire, |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 27) as usize + 1
    });
    assert_eq!(whole, random, "{}", wire.escape_ascii());
}

/// Frames `wire`, of which each read returns the number of bytes that `next` returns. Every other
/// read is in place.
fn events(
    limits: Limits,
    stream_from: Option<u64>,
    wire: &[u8],
    mut next: impl FnMut(usize) -> usize,
) -> Vec<Event> {
    let mut framer = Framer::new(limits);
    framer.stream_from(stream_from);
    let mut events = Vec::new();
    let mut left = wire;
    let mut in_place = false;
    while !left.is_empty() {
        let (now, later) = left.split_at(next(left.len()).min(left.len()));
        left = later;
        if in_place {
            read_in_place(&mut framer, now);
        } else {
            framer.feed(now);
        }
        in_place = !in_place;
        loop {
            let frame = match framer.next_frame() {
                Ok(Some(frame)) => frame,
                Ok(None) => break,
                Err(error) => {
                    events.push(Event::Broken(error));
                    return events;
                }
            };
            take(frame, &limits, &mut events);
            assert!(framer.position() <= framer.received());
        }
    }
    assert_eq!(framer.received(), wire.len() as u64);
    check(&limits, &events);
    events
}

fn read_in_place(framer: &mut Framer, mut input: &[u8]) {
    while !input.is_empty() {
        let space = framer.space();
        let (now, later) = input.split_at(space.len().min(input.len()));
        space[..now.len()].copy_from_slice(now);
        framer.filled(now.len());
        input = later;
    }
}

fn take(frame: Frame<'_>, limits: &Limits, events: &mut Vec<Event>) {
    match frame {
        Frame::Response(message) => events.push(Event::Message(message.to_vec())),
        Frame::LiteralStart { head, size } => events.push(Event::Literal {
            head: head.to_vec(),
            size,
            data: Vec::new(),
            ended: false,
        }),
        Frame::LiteralChunk(chunk) => match events.last_mut() {
            Some(Event::Literal {
                data, ended: false, ..
            }) if !chunk.is_empty() => data.extend_from_slice(chunk),
            other => panic!("a chunk after {other:?}"),
        },
        Frame::LiteralEnd => match events.last_mut() {
            Some(Event::Literal {
                size, data, ended, ..
            }) if *size == data.len() as u64 => *ended = true,
            other => panic!("an end after {other:?}"),
        },
        Frame::Oversize {
            head,
            limit,
            most,
            size,
        } => {
            let least = match limit {
                Limit::Line => limits.line.min(limits.search_line) as u64,
                Limit::Literal => limits.literal,
            };
            assert!(size > most && most >= least && !head.is_empty());
            events.push(Event::Oversize(limit));
        }
    }
}

/// Checks that no response is larger than the limits allow.
fn check(limits: &Limits, events: &[Event]) {
    let most = limits.line.max(limits.search_line) as u64 + limits.literal;
    for event in events {
        if let Event::Message(message) = event {
            assert!(message.ends_with(b"\n"));
            assert!(message.len() as u64 <= most, "{} bytes", message.len());
        }
    }
}
