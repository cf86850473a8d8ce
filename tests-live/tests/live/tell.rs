//! What an answer means for a trial.

use std::collections::BTreeMap;

use imapclient::{Code, Error, Fetch, Flag, Flags, Mailbox, Refused, Result};
use imapclient_tests_live::Stop;

/// The server's NO or BAD, which has to be the answer.
pub(crate) fn refused<T>(result: Result<T>) -> Result<Refused, Stop> {
    match result {
        Err(Error::Refused(refused)) => Ok(*refused),
        Err(other) => Err(other.into()),
        Ok(_) => Err(Stop::failed("the server did it, but should have refused")),
    }
}

/// Codes are for servers to give or not; a wrong one is a failure.
pub(crate) fn assert_code(refused: &Refused, expected: &Code) {
    if let Some(code) = &refused.code {
        assert_eq!(code, expected, "{refused}");
    }
}

/// Ignores the trial where the mailbox takes no new keywords.
pub(crate) fn need_keywords(mailbox: &Mailbox) -> Result<(), Stop> {
    let permanent = mailbox.permanent_flags.as_ref();
    if permanent.is_none_or(|flags| flags.contains(&Flag::Any)) {
        return Ok(());
    }
    Err(Stop::ignored("the server takes no new keywords"))
}

/// Flags less `\Recent`, which nobody sets.
pub(crate) fn without_recent(flags: &Flags) -> Flags {
    let mut flags = flags.clone();
    flags.remove(&Flag::Recent);
    flags
}

/// The UIDs, or sequence numbers, that a fetch has found.
pub(crate) fn keys<T>(found: &BTreeMap<u32, T>) -> Vec<u32> {
    found.keys().copied().collect()
}

/// The only message that was found.
pub(crate) fn only(found: BTreeMap<u32, Fetch>) -> Result<Fetch, Stop> {
    let count = found.len();
    match found.into_values().next() {
        Some(message) if count == 1 => Ok(message),
        _ => Err(Stop::failed(format_args!("{count} messages, not one"))),
    }
}

/// Two bodies, compared so that a difference can be read.
#[track_caller]
pub(crate) fn assert_bytes(actual: Option<&[u8]>, expected: &[u8]) {
    let Some(actual) = actual else {
        panic!("there is no such section")
    };
    let same = actual.iter().zip(expected).take_while(|(a, b)| a == b);
    let at = same.count();
    let near = |bytes: &[u8]| {
        let end = bytes.len().min(at + 20);
        bytes[at.min(end)..end].escape_ascii().to_string()
    };
    assert!(
        actual == expected,
        "{} bytes, not {}; at {at} \"{}\", not \"{}\"",
        actual.len(),
        expected.len(),
        near(actual),
        near(expected)
    );
}
