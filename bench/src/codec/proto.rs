//! imap-proto, in the versions that rust-imap and async-imap use.

use crate::common::readers::Reader;

/// The version of rust-imap.
pub(crate) struct Proto16;

impl Reader for Proto16 {
    const NAME: &'static str = "imap-proto 0.16";
    type Value = imap_proto_16::Response<'static>;

    fn read(&mut self, response: &[u8]) -> Self::Value {
        match imap_proto_16::Response::from_bytes(response) {
            Ok(([], value)) => value.into_owned(),
            other => panic!("{other:?}"),
        }
    }
}

/// The version of async-imap.
pub(crate) struct Proto17;

impl Reader for Proto17 {
    const NAME: &'static str = "imap-proto 0.17";
    type Value = imap_proto_17::Response<'static>;

    fn read(&mut self, response: &[u8]) -> Self::Value {
        match imap_proto_17::Response::parse(response) {
            Ok(([], value)) => value.into_owned(),
            other => panic!("{other:?}"),
        }
    }
}
