//! The mechanism ANONYMOUS.

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{Error, Mechanism};

/// `ANONYMOUS` (RFC 4505): access for anyone, for example to a public archive.
#[derive(Debug, Clone, Default)]
pub struct Anonymous {
    trace: String,
}

impl Anonymous {
    const NAME: &str = "ANONYMOUS";

    /// Logs in without any information about the user.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a text for the server's log: an email address, or any text without `@`; at most 255
    /// characters.
    #[must_use]
    pub fn trace(mut self, trace: impl Into<String>) -> Self {
        self.trace = trace.into();
        self
    }
}

impl Mechanism for Anonymous {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let why = if self.trace.chars().any(char::is_control) {
            "it must not contain control characters"
        } else if self.trace.chars().count() > 255 {
            "it is longer than 255 characters"
        } else {
            return Ok(Some(Zeroizing::new(self.trace.as_bytes().to_vec())));
        };
        Err(Error::Invalid {
            mechanism: Self::NAME,
            what: "trace",
            why,
        })
    }

    fn respond(&mut self, _challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        Err(Error::UnexpectedChallenge {
            mechanism: Self::NAME,
        })
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        Some(Vec::new())
    }

    fn finish(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_of_255_characters_without_control_characters() {
        let initial = |trace: &str| Anonymous::new().trace(trace).initial();
        assert_eq!(initial("").unwrap().unwrap().as_slice(), b"");
        assert_eq!(
            initial("sirhc@example.org").unwrap().unwrap().as_slice(),
            b"sirhc@example.org"
        );
        assert!(initial(&"ë".repeat(255)).is_ok());
        assert!(initial(&"ë".repeat(256)).is_err());
        assert!(initial("a\nb").is_err());
    }
}
