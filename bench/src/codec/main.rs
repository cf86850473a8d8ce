//! Compares the speed and the allocations of reading responses: this crate, imap-codec, imap-proto.
//!
//! `cargo xtask bench codec [-- a d --rounds 5]`.

#[path = "../../../crates/codec/benches/common/mod.rs"]
mod common;
mod counting;
mod proto;

use common::{
    line::{self, Measure},
    readers::{Framing, ImapCodec, Ours},
    rounds::way,
};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

fn main() {
    let ways = vec![
        way(Framing),
        way(Ours::default()),
        way(ImapCodec::default()),
        way(proto::Proto16),
        way(proto::Proto17),
    ];
    line::main(ways, Measure::Both(counting::count));
}
