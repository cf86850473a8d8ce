//! The bodies of the fuzz targets, each in a file of its own that the tests of its crate include,
//! to run it over `corpus/`. They know nothing of libFuzzer.

pub mod differential;
pub mod framer;
#[cfg(feature = "config")]
pub mod ini;
pub mod response;
#[cfg(feature = "client")]
pub mod session;
pub mod sets;
pub mod utf7;
pub mod writer;
