//! Decodes and encodes any mailbox name.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| imapclient_fuzz::utf7::utf7(data));
