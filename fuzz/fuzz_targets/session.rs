//! Runs commands against a server that sends any bytes.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| imapclient_fuzz::session::session(data));
