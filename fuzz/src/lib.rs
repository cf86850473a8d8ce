//! The bodies of the fuzz targets, each in its own file, which the tests of its crate include to
//! run it on `corpus/`. They do not depend on libFuzzer.

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
