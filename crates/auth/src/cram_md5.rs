//! The mechanism CRAM-MD5.

use std::fmt::{self, Write as _};

use hmac::{Hmac, Mac};
use md5::Md5;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    Error, Mechanism,
    message::{check, concat},
};

/// `CRAM-MD5` (RFC 2195). The password is not sent, but an eavesdropper can test guesses against
/// the exchange very fast, and the server proves nothing. It was replaced by SCRAM.
#[derive(Clone)]
pub struct CramMd5 {
    username: String,
    password: SecretString,
    /// The digest of the password and the challenge.
    digest: Option<SecretString>,
}

impl CramMd5 {
    const NAME: &str = "CRAM-MD5";

    /// Logs in as `username`.
    #[must_use]
    pub fn new(username: impl Into<String>, password: SecretString) -> Self {
        Self {
            username: username.into(),
            password,
            digest: None,
        }
    }
}

impl Mechanism for CramMd5 {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        check(Self::NAME, "user name", &self.username, '\0')?;
        Ok(None)
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mechanism = Self::NAME;
        if self.digest.is_some() {
            return Err(Error::UnexpectedChallenge { mechanism });
        }
        if challenge.is_empty() {
            let why = "it is empty";
            return Err(Error::BadChallenge { mechanism, why });
        }
        // HMAC accepts keys of any length.
        let Ok(mut digest) = Hmac::<Md5>::new_from_slice(self.password.expose_secret().as_bytes())
        else {
            unreachable!("HMAC takes keys of any length");
        };
        digest.update(challenge);
        // Sized beforehand, since growing would leave a copy behind.
        let mut made = Zeroizing::new(String::with_capacity(32));
        for byte in digest.finalize().into_bytes() {
            // Writing to a `String` does not fail.
            let _ = write!(made, "{byte:02x}");
        }
        self.digest = Some(made.as_str().into());
        Ok(concat(&[self.username.as_bytes(), b" ", made.as_bytes()]))
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        let digest = self.digest.iter();
        Some(digest.chain([&self.password]).cloned().collect())
    }

    fn finish(&mut self) -> Result<(), Error> {
        if self.digest.is_some() {
            return Ok(());
        }
        Err(Error::Incomplete {
            mechanism: Self::NAME,
        })
    }
}

impl fmt::Debug for CramMd5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CramMd5")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exchange_of_rfc_2195() {
        let mut cram = CramMd5::new("tim", "tanstaaftanstaaf".into());
        assert_eq!(cram.initial(), Ok(None));
        assert!(cram.finish().is_err());
        let answer = cram
            .respond(b"<1896.697170952@postoffice.reston.mci.net>")
            .unwrap();
        assert_eq!(answer.as_slice(), b"tim b913a602c7eda7a495b4e6e7334d3890");
        assert_eq!(cram.finish(), Ok(()));
    }

    #[test]
    fn one_challenge_and_not_an_empty_one() {
        let mut cram = CramMd5::new("tim", "x".into());
        assert!(matches!(cram.respond(b""), Err(Error::BadChallenge { .. })));
        cram.respond(b"<1@x>").unwrap();
        assert!(matches!(
            cram.respond(b"<2@x>"),
            Err(Error::UnexpectedChallenge { .. })
        ));
    }
}
