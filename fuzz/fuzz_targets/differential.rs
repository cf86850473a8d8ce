//! Compares the codec with imap-codec.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| imapclient_fuzz::differential::differential(data));
