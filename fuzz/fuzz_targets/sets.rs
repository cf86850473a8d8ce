//! Parses any set of messages.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| imapclient_fuzz::sets::sets(data));
