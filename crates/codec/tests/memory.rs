//! What responses cost in memory.

use std::{
    alloc::System,
    sync::{Mutex, MutexGuard, PoisonError},
};

use imapclient_codec::{Decoder, Frame, Framer, Limits, Message, OwnedEnvelope, Response};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Allocations are counted for the whole process.
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

/// How often memory is asked for to read this response, once the decoder is warm.
fn allocations(wire: &str) -> usize {
    let mut decoder = Decoder::new(Limits::default());
    let message = Message::from(wire.as_bytes());
    for _ in 0..2 {
        drop(decoder.decode(&message));
    }
    let region = Region::new(ALLOCATOR);
    let response = decoder.decode(&message);
    let change = region.change();
    assert!(matches!(&response, Response::Fetch(fetch) if fetch.malformed().is_empty()));
    change.allocations + change.reallocations
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
        let Ok(Some(Frame::Message(message))) = framer.next_frame() else {
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
    let response = decoder.decode(&Message::from(wire.as_bytes()));
    assert!(matches!(&response, Response::Fetch(fetch) if fetch.body_structure().is_some()));
    drop(response);
    // The next one gives back what that one took.
    drop(decoder.decode(&Message::from(&b"* 1 FETCH (UID 1)\r\n"[..])));
    let change = region.change();
    let held = change.bytes_allocated as i64 - change.bytes_deallocated as i64;
    assert!(held < 1024 * 1024, "{held}");
}
