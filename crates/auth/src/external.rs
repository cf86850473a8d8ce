//! The mechanism EXTERNAL.

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::{Error, Mechanism, message::check};

/// `EXTERNAL` (RFC 4422 appendix A): the server knows the user by other means, such as the client
/// certificate in TLS.
#[derive(Debug, Clone, Default)]
pub struct External {
    authorization: String,
}

impl External {
    const NAME: &str = "EXTERNAL";

    /// Logs in as the user that the certificate names.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Acts as this user, if the server permits that to the owner of the certificate.
    #[must_use]
    pub fn authorization(mut self, identity: impl Into<String>) -> Self {
        self.authorization = identity.into();
        self
    }
}

impl Mechanism for External {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let identity = &self.authorization;
        check(Self::NAME, "authorization identity", identity, '\0')?;
        Ok(Some(Zeroizing::new(identity.as_bytes().to_vec())))
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
    fn the_identity_is_all_there_is() {
        let initial = |mut external: External| external.initial().unwrap().unwrap().to_vec();
        assert_eq!(initial(External::new()), b"");
        assert_eq!(
            initial(External::new().authorization("zoë")),
            "zoë".as_bytes()
        );
        assert!(External::new().authorization("\0").initial().is_err());
        assert!(External::new().respond(b"").is_err());
    }
}
