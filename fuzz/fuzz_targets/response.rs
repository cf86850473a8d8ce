//! Decodes any response.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| imapclient_fuzz::response::response(data));
