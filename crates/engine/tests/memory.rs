//! Compares the memory that decoded responses take with the engine's estimate. There is only one
//! test, because the allocations of the whole process are counted.

mod common;

use std::alloc::System;

use imapclient_engine::{Event, codec::command};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use common::Talk;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The bytes that a response counts for in addition to the engine's estimate.
const OVERHEAD: u64 = 128;

#[test]
fn no_response_takes_much_more_than_it_counts_for() {
    let many = |piece: &str| piece.repeat(3000);
    // All of them are different.
    let words = |before: &str| {
        let words: Vec<_> = (0..3000).map(|n| format!("{before}{n:x}")).collect();
        words.join(" ")
    };
    let lines = [
        "* 1 EXISTS".to_owned(),
        "* 1 FETCH (FLAGS ())".to_owned(),
        "* 1 FETCH (UID 1 FLAGS (\\Seen))".to_owned(),
        "* 1 FETCH (FLAGS (a b c d e f g))".to_owned(),
        format!("* 1 FETCH (FLAGS ({}))", words("")),
        format!("* 1 FETCH (FLAGS ({}))", words("\\")),
        "* 1 FETCH (A 1)".to_owned(),
        "* 1 FETCH (A 1 B 1)".to_owned(),
        "* 1 FETCH (A 1 B 1 C 1 D 1 E 1)".to_owned(),
        "* ACL x a b c d".to_owned(),
        format!("* 1 FETCH ({}UID 1)", many("UID 1 ")),
        format!("* 1 FETCH ({}UID 1)", many("A 1 ")),
        format!("* 1 FETCH ({}UID 1)", many("BODY[] \"\" ")),
        format!("* 1 FETCH (X-GM-LABELS ({}))", words("")),
        format!(
            "* 1 FETCH (ENVELOPE (NIL NIL ({}) NIL NIL NIL NIL NIL NIL NIL))",
            many("(NIL NIL a b)")
        ),
        format!(
            "* 1 FETCH (BODYSTRUCTURE ({} \"mixed\"))",
            many("(\"a\" \"b\" NIL NIL NIL \"7bit\" 1)")
        ),
        format!("* 1 FETCH (BODY[HEADER.FIELDS ({}x)] \"\")", many("a ")),
        format!("* SEARCH {}1", many("1 ")),
        format!("* SORT {}1", many("1 ")),
        format!("* THREAD {}", many("(1)")),
        format!("* THREAD {}", many("(1 2)")),
        format!("* ESEARCH (TAG \"A1\") UID ALL {}9", many("1,3,5,7,")),
        format!("* VANISHED {}9", many("1,3,")),
        format!("* LIST ({}) \"/\" x", words("\\")),
        "* LIST () \"/\" x".to_owned(),
        format!("* FLAGS ({})", words("")),
        format!("* CAPABILITY {}", words("A")),
        format!("* ENABLED {}", words("A")),
        format!("* ID ({}\"a\" \"b\")", many("\"a\" \"b\" ")),
        format!("* NAMESPACE ({}) NIL NIL", many("(\"\" \"/\")")),
        format!("* ACL x {}a b", many("a b ")),
        format!("* LISTRIGHTS x a {}b", many("b ")),
        format!("* QUOTA x ({}a 1 2)", many("a 1 2 ")),
        format!("* QUOTAROOT x {}a", many("a ")),
        format!("* STATUS x ({}UIDNEXT 1)", many("MESSAGES 1 ")),
        format!("* X {}", many("a ")),
        format!("* OK {}", many("a ")),
        format!("* OK [PERMANENTFLAGS ({})] y", words("")),
        format!("* OK [COPYUID 1 {}9 {}9] y", many("1,3,"), many("1,3,")),
        format!("* OK [BADCHARSET ({}x)] y", many("a ")),
        format!("* OK [CAPABILITY {}] y", words("A")),
    ];
    let mut faults = Vec::new();
    for line in lines {
        let mut talk = Talk::greeted("* PREAUTH hi");
        talk.submit(command::noop());
        talk.output();
        talk.server("* 1 EXISTS");
        talk.event();
        talk.server(&line);
        let region = Region::new(ALLOCATOR);
        let event = talk.event();
        let Event::Response(response) = event else {
            panic!("{event:?}");
        };
        // The response is what a caller keeps; the rest are buffers of the engine.
        let held = region.change();
        drop(response);
        let left = region.change();
        let freed = (left.bytes_deallocated - held.bytes_deallocated) as u64;
        let counted = talk.engine.response_memory() + OVERHEAD;
        let head: String = line.chars().take(40).collect();
        println!("{freed:8} {counted:8} {head}");
        // A `Vec` of one item has capacity for four.
        if freed > counted + counted / 4 + 256 {
            faults.push(format!("{head}: {freed} bytes, counted as {counted}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
