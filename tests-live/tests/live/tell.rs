//! Checks of results that are common to many trials.

use std::collections::BTreeMap;

use imapclient::{Code, Error, Fetch, Flag, Flags, Mailbox, Refused, Result};
use imapclient_tests_live::Stop;

/// Returns the server's NO or BAD. Any other result is a failure.
pub(crate) fn refused<T>(result: Result<T>) -> Result<Refused, Stop> {
    match result {
        Err(Error::Refused(refused)) => Ok(*refused),
        Err(other) => Err(other.into()),
        Ok(_) => Err(Stop::failed(
            "the server answered OK, but should have refused",
        )),
    }
}

/// Asserts that the response code is `expected`. It may be missing, since servers need not send it.
pub(crate) fn assert_code(refused: &Refused, expected: &Code) {
    if let Some(code) = &refused.code {
        assert_eq!(code, expected, "{refused}");
    }
}

/// Skips the trial if the mailbox does not accept new keywords.
pub(crate) fn need_keywords(mailbox: &Mailbox) -> Result<(), Stop> {
    let permanent = mailbox.permanent_flags.as_ref();
    if permanent.is_none_or(|flags| flags.contains(&Flag::Any)) {
        return Ok(());
    }
    Err(Stop::ignored("the server does not accept new keywords"))
}

/// Returns the flags without `\Recent`, which clients cannot set.
pub(crate) fn without_recent(flags: &Flags) -> Flags {
    let mut flags = flags.clone();
    flags.remove(&Flag::Recent);
    flags
}

/// Returns the UIDs or sequence numbers in the result of a fetch.
pub(crate) fn keys<'a, Id: Copy + 'a, T: 'a>(
    found: impl IntoIterator<Item = (&'a Id, &'a T)>,
) -> Vec<Id> {
    found.into_iter().map(|(id, _)| *id).collect()
}

/// Returns the only message in the result of a fetch.
pub(crate) fn only<Id>(found: BTreeMap<Id, Fetch>) -> Result<Fetch, Stop> {
    let count = found.len();
    match found.into_values().next() {
        Some(message) if count == 1 => Ok(message),
        _ => Err(Stop::failed(format_args!("{count} messages, not one"))),
    }
}

/// Asserts that two bodies are equal. The message of a failure shows the first difference.
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
