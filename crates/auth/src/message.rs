//! Builds messages without leaving copies of secrets behind.

use zeroize::Zeroizing;

use crate::Error;

/// Concatenates the parts in memory that is sized beforehand, since growing would leave copies.
pub(crate) fn concat(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let size = parts.iter().map(|part| part.len()).sum();
    let mut message = Zeroizing::new(Vec::with_capacity(size));
    for part in parts {
        message.extend_from_slice(part);
    }
    message
}

/// Fails if the text contains `forbidden`, which separates the fields of the mechanism's message.
pub(crate) fn check(
    mechanism: &'static str,
    what: &'static str,
    text: &str,
    forbidden: char,
) -> Result<(), Error> {
    if !text.contains(forbidden) {
        return Ok(());
    }
    let why = match forbidden {
        '\0' => "it must not contain NUL",
        '\x01' => "it must not contain the control character 1",
        _ => "it must not contain line breaks",
    };
    Err(Error::Invalid {
        mechanism,
        what,
        why,
    })
}
