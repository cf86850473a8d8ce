//! Parses and checks the first message of the server in SCRAM.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::Scram;
use crate::Error;

/// The server's first message (RFC 5802 §7), checked.
pub(super) struct ServerFirst<'c> {
    /// The client's nonce followed by the server's.
    pub(super) nonce: &'c str,
    pub(super) salt: Vec<u8>,
    pub(super) iterations: u32,
}

impl<'c> ServerFirst<'c> {
    /// Parses the message of an exchange that the client began with the nonce `ours`.
    pub(super) fn read(
        mechanism: &'static str,
        ours: &str,
        message: &'c str,
    ) -> Result<Self, Error> {
        let bad = |why| Error::BadChallenge { mechanism, why };
        if message.starts_with("m=") {
            return Err(bad("it requires an unknown extension"));
        }
        // Extensions may follow.
        let mut attributes = message.split(',');
        let mut next = |name: &str| attributes.next().and_then(|text| text.strip_prefix(name));
        let nonce = next("r=").ok_or_else(|| bad("it does not begin with a nonce"))?;
        if nonce.len() <= ours.len() || !nonce.starts_with(ours) {
            return Err(Error::Nonce { mechanism });
        }
        let salt = next("s=").and_then(|salt| BASE64_STANDARD.decode(salt).ok());
        let salt = salt
            .filter(|salt| !salt.is_empty())
            .ok_or_else(|| bad("it has no salt after the nonce"))?;
        let count = next("i=")
            .filter(|count| !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()))
            .ok_or_else(|| bad("it has no number of iterations after the salt"))?;
        // A number that does not fit is above the limit too.
        let count = count.parse().unwrap_or(u64::MAX);
        let iterations = u32::try_from(count)
            .ok()
            .filter(|count| Scram::ITERATIONS.contains(count))
            .ok_or(Error::Iterations { mechanism, count })?;
        Ok(Self {
            nonce,
            salt,
            iterations,
        })
    }
}
