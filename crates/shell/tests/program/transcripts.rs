//! Compares the transcripts: each command in both forms, including its errors.
//!
//! `TRYCMD=overwrite cargo test -p imapclient-shell transcripts` updates them; review the changes.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .env("COLUMNS", "80")
        .env("HOME", "/nonexistent")
        .case("tests/transcripts/*.trycmd");
}
