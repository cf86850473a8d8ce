//! What imap-codec accepts, ours accepts with the same meaning.

#[path = "../../crates/codec/tests/oracle/compare/mod.rs"]
pub mod compare;

/// `data` begins with a response.
///
/// # Panics
/// If the two readers do not agree and there is no good reason for it.
pub fn differential(data: &[u8]) {
    if let Some(readings) = compare::readings(data) {
        assert_eq!(
            readings.ours,
            readings.theirs,
            "ours (left) and imap-codec (right) of {}",
            data.escape_ascii()
        );
    }
}
