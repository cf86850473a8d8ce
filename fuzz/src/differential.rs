//! A response that imap-codec accepts is accepted by our reader with the same meaning.

#[path = "../../crates/codec/tests/oracle/compare/mod.rs"]
pub mod compare;

/// `data` begins with a response.
///
/// # Panics
/// Panics if the two readers disagree without a justified reason.
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
