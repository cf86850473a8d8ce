//! Measures how fast responses are read: `cargo bench -p imapclient-codec [--bench speed -- a d
//! --rounds 5]`.
//!
//! `cargo xtask bench codec` compares with more readers, and counts allocations in the same table.

mod common;

use common::{
    line::{self, Measure},
    readers::{Framing, ImapCodec, Ours},
    rounds::way,
};

fn main() {
    let ways = vec![
        way(Framing),
        way(Ours::default()),
        way(ImapCodec::default()),
    ];
    line::main(ways, Measure::Time);
}
