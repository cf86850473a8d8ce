//! Encodes commands with any arguments.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| imapclient_fuzz::writer::writer(data));
