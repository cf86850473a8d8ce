//! The parts that these benchmarks share with those in `bench/`.
//!
//! ```text
//!  data ──▶ ways: one reader each, whole buffer or 16 KiB pieces ──▶ rounds: median CPU time ──▶ table
//! ```

pub(crate) mod clock;
pub(crate) mod cut;
pub(crate) mod data;
pub(crate) mod line;
pub(crate) mod readers;
pub(crate) mod rounds;
pub(crate) mod table;
