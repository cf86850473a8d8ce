//! The memory that responses need.

use std::{
    alloc::System,
    sync::{Mutex, MutexGuard, PoisonError},
};

use imapclient_codec::{
    Decoder, Frame, Framer, Limit, Limits, OwnedEnvelope, RawResponse, Response,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Serialises the tests, since allocations are counted for the whole process.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const ENVELOPE: &str = "ENVELOPE (\"Wed, 17 Jul 2024 02:23:25 -0700 (PDT)\" \
    \"IMAP4rev2 WG mtg summary and minutes, and more\" \
    ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
    ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
    ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
    ((NIL NIL \"imap\" \"cac.washington.edu\")) \
    ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) \
    NIL NIL \"<B27397-0100000@cac.washington.edu>\")";

const STRUCTURE: &str = "BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 12 1 NIL NIL NIL NIL)\
    (\"application\" \"pdf\" (\"name\" \"a.pdf\") NIL NIL \"base64\" 34 NIL (\"attachment\" (\"filename\" \"a.pdf\")) NIL NIL) \
    \"mixed\" (\"boundary\" \"x\") NIL NIL NIL)";

/// Returns the number of allocations for this response, after the decoder has warmed up.
fn allocations(wire: &str) -> usize {
    let mut decoder = Decoder::new(Limits::default());
    let message = RawResponse::from(wire.as_bytes());
    // The test harness allocates too, on its own thread. That adds to a round, but never subtracts
    // from one.
    let round = |decoder: &mut Decoder| {
        let region = Region::new(ALLOCATOR);
        let response = decoder.decode(&message);
        let change = region.change();
        assert!(matches!(&response, Response::Fetch(fetch) if fetch.malformed().is_empty()));
        change.allocations + change.reallocations
    };
    for _ in 0..2 {
        round(&mut decoder);
    }
    (0..16).map(|_| round(&mut decoder)).min().unwrap()
}

#[test]
fn small_responses_need_no_memory() {
    let _alone = alone();
    for (items, expected) in [
        ("UID 42 FLAGS (\\Seen)", 0),
        ("UID 42 FLAGS (\\Answered \\Seen \\Draft) MODSEQ (7)", 0),
        ("FLAGS (\\Seen $Forwarded $Junk) UID 42", 1),
        (
            "UID 42 RFC822.SIZE 5 INTERNALDATE \"17-Jul-2024 02:44:25 -0700\"",
            0,
        ),
        ("UID 42 BODY[HEADER] {4}\r\nA: b", 3),
    ] {
        let wire = format!("* 1 FETCH ({items})\r\n");
        assert_eq!(allocations(&wire), expected, "{items}");
    }
    let whole = format!(
        "* 1 FETCH (UID 42 INTERNALDATE \"17-Jul-2024 02:44:25 -0700\" RFC822.SIZE 5 {ENVELOPE} {STRUCTURE})\r\n"
    );
    assert!(allocations(&whole) <= 4);
}

#[test]
fn a_kept_envelope_holds_nothing_else() {
    const MESSAGES: usize = 10_000;
    let _alone = alone();
    let body = "x".repeat(20 * 1024);
    let mut framer = Framer::new(Limits::default());
    let mut decoder = Decoder::new(Limits::default());
    let mut kept: Vec<OwnedEnvelope> = Vec::with_capacity(MESSAGES);
    let region = Region::new(ALLOCATOR);
    for number in 1..=MESSAGES {
        let head = format!(
            "* {number} FETCH (UID {number} {ENVELOPE} BODY[] {{{}}}\r\n",
            body.len()
        );
        framer.feed(head.as_bytes());
        framer.feed(body.as_bytes());
        framer.feed(b")\r\n");
        let Ok(Some(Frame::Response(message))) = framer.next_frame() else {
            panic!("the response is complete")
        };
        let Response::Fetch(fetch) = decoder.decode(&message) else {
            panic!("it is a FETCH")
        };
        assert_eq!(fetch.body().map(<[u8]>::len), Some(body.len()));
        kept.extend(fetch.into_envelope());
    }
    drop((framer, decoder));
    let change = region.change();
    let held = change.bytes_allocated - change.bytes_deallocated + size_of_val(&*kept);
    let fields = MESSAGES * ENVELOPE.len();
    assert_eq!(kept.len(), MESSAGES);
    assert!(held <= 2 * fields, "{held} bytes for {fields}");
    let last = kept.last().unwrap().view();
    assert_eq!(last.cc().count(), 2);
}

#[test]
fn what_a_decoder_keeps_is_bounded() {
    let _alone = alone();
    let mut decoder = Decoder::new(Limits::default());
    let many = "(\"a\" \"b\" NIL NIL NIL NIL 1)".repeat(30_000);
    let wire = format!("* 1 FETCH (BODYSTRUCTURE ({many} \"mixed\"))\r\n");
    let region = Region::new(ALLOCATOR);
    let response = decoder.decode(&RawResponse::from(wire.as_bytes()));
    assert!(matches!(&response, Response::Fetch(fetch) if fetch.body_structure().is_some()));
    drop(response);
    // The next response frees the memory that this one took.
    drop(decoder.decode(&RawResponse::from(&b"* 1 FETCH (UID 1)\r\n"[..])));
    let change = region.change();
    let held = change.bytes_allocated as i64 - change.bytes_deallocated as i64;
    assert!(held < 1024 * 1024, "{held}");
}

/// Feeds `total` bytes of unspecified contents, as fast as they are read.
fn pour(framer: &mut Framer, total: u64, mut each: impl FnMut(&mut Framer)) {
    let mut left = total;
    while left > 0 {
        let room = framer.space().len() as u64;
        let read = room.min(left);
        framer.filled(read as usize);
        left -= read;
        each(framer);
    }
}

const MEBIBYTE: u64 = 1024 * 1024;

#[test]
fn what_breaks_a_limit_is_read_past_in_constant_memory() {
    let _alone = alone();
    for (head, size, limit, most) in [
        // A line is kept up to its limit of 1 MiB, in a buffer that doubles.
        ("* LIST () NIL ", 64 * MEBIBYTE, Limit::Line, 5 * MEBIBYTE),
        (
            "* 1 FETCH (BODY[] {1073741824}\r\n",
            1 << 30,
            Limit::Literal,
            MEBIBYTE,
        ),
    ] {
        let region = Region::new(ALLOCATOR);
        let mut framer = Framer::new(Limits::default());
        framer.feed(head.as_bytes());
        pour(&mut framer, size, |framer| {
            assert!(matches!(framer.next_frame(), Ok(None)));
        });
        framer.feed(b")\r\n* 1 EXISTS\r\n");
        match framer.next_frame() {
            Ok(Some(Frame::Oversize {
                head: kept,
                limit: broken,
                ..
            })) => {
                // The literal was left out.
                let head = head.replace("1073741824", "0");
                assert!(kept.starts_with(head.as_bytes()));
                assert_eq!(broken, limit);
            }
            other => panic!("{other:?}"),
        }
        let Ok(Some(Frame::Response(message))) = framer.next_frame() else {
            panic!("the next response is read")
        };
        assert_eq!(&*message, b"* 1 EXISTS\r\n");
        // The total of all allocations, whether freed or not.
        let allocated = region.change().bytes_allocated as u64;
        assert!(allocated <= most, "{allocated} bytes for {head}");
    }
}

#[test]
fn a_streamed_literal_of_any_size_takes_constant_memory() {
    let _alone = alone();
    let region = Region::new(ALLOCATOR);
    let mut framer = Framer::new(Limits::default());
    framer.stream_from(Some(1));
    framer.feed(b"* 1 FETCH (BODY[] {4294967296}\r\n");
    assert!(matches!(
        framer.next_frame(),
        Ok(Some(Frame::LiteralStart { size, .. })) if size == 1 << 32
    ));
    let mut streamed = 0;
    pour(&mut framer, 1 << 32, |framer| match framer.next_frame() {
        Ok(Some(Frame::LiteralChunk(chunk))) => streamed += chunk.len() as u64,
        other => panic!("{other:?}"),
    });
    assert_eq!(streamed, 1 << 32);
    framer.feed(b")\r\n");
    assert!(matches!(framer.next_frame(), Ok(Some(Frame::LiteralEnd))));
    assert!(matches!(framer.next_frame(), Ok(Some(Frame::Response(_)))));
    let allocated = region.change().bytes_allocated as u64;
    assert!(allocated <= MEBIBYTE, "{allocated}");
}

#[test]
fn a_search_of_64_mib_is_read_and_one_byte_more_is_not() {
    let _alone = alone();
    let head = "* SEARCH";
    let numbers = (64 * MEBIBYTE as usize - head.len() - "\r\n".len()) / " 1234567".len();
    let line = |more: &str| format!("{head}{}{more}\r\n", " 1234567".repeat(numbers));
    let padding = " ".repeat(64 * MEBIBYTE as usize - line("").len());
    for (line, good) in [
        (line(&padding), true),
        (line(&format!("{padding} ")), false),
    ] {
        let mut framer = Framer::new(Limits::default());
        framer.feed(line.as_bytes());
        match framer.next_frame() {
            Ok(Some(Frame::Response(message))) if good => {
                let response = Decoder::new(Limits::default()).decode(&message);
                let Response::Search(search) = response else {
                    panic!("{}", response.name())
                };
                assert_eq!(search.numbers.len(), numbers);
            }
            Ok(Some(Frame::Oversize { limit, size, .. })) if !good => {
                assert_eq!((limit, size), (Limit::Line, 64 * MEBIBYTE + 1));
            }
            _ => panic!("{} bytes", line.len()),
        }
    }
}
