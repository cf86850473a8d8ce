//! What is typed and what comes back: each command in both forms, its errors included.
//!
//! `TRYCMD=overwrite cargo test -p imapclient-shell transcripts` writes what comes back now; read it.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .env("COLUMNS", "80")
        .env("HOME", "/nonexistent")
        .case("tests/transcripts/*.trycmd");
}
