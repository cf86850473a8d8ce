//! Splits any bytes at any place.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| imapclient_fuzz::framer::framer(data));
