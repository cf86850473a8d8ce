//! The mechanism PLAIN.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    Error, Mechanism,
    message::{check, concat},
};

/// `PLAIN` (RFC 4616): user name and password in one message. Use it within TLS only.
#[derive(Clone)]
pub struct Plain {
    authorization: String,
    username: String,
    password: SecretString,
}

impl Plain {
    const NAME: &str = "PLAIN";

    /// Logs in as `username`.
    #[must_use]
    pub fn new(username: impl Into<String>, password: SecretString) -> Self {
        Self {
            authorization: String::new(),
            username: username.into(),
            password,
        }
    }

    /// Acts as another user, if the server permits that to `username`.
    #[must_use]
    pub fn authorization(mut self, identity: impl Into<String>) -> Self {
        self.authorization = identity.into();
        self
    }
}

impl Mechanism for Plain {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let (identity, username) = (&self.authorization, &self.username);
        let password = self.password.expose_secret();
        check(Self::NAME, "authorization identity", identity, '\0')?;
        check(Self::NAME, "user name", username, '\0')?;
        check(Self::NAME, "password", password, '\0')?;
        let parts: [&[u8]; 5] = [
            identity.as_bytes(),
            b"\0",
            username.as_bytes(),
            b"\0",
            password.as_bytes(),
        ];
        Ok(Some(concat(&parts)))
    }

    fn respond(&mut self, _challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        Err(Error::UnexpectedChallenge {
            mechanism: Self::NAME,
        })
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        Some(vec![self.password.clone()])
    }

    fn finish(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plain")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_of_rfc_4616() {
        let mut plain = Plain::new("Kurt", "xipj3plmq".into()).authorization("Ursel");
        let message = plain.initial().unwrap().unwrap();
        assert_eq!(message.as_slice(), b"Ursel\0Kurt\0xipj3plmq");
        assert_eq!(
            plain.respond(b"more"),
            Err(Error::UnexpectedChallenge { mechanism: "PLAIN" })
        );
    }

    #[test]
    fn text_outside_ascii_is_utf_8() {
        let message = Plain::new("zoë", "pässword".into())
            .initial()
            .unwrap()
            .unwrap();
        assert_eq!(message.as_slice(), "\0zoë\0pässword".as_bytes());
    }

    #[test]
    fn nul_is_refused_by_name() {
        for (plain, what) in [
            (Plain::new("a\0b", "c".into()), "user name"),
            (Plain::new("a", "c\0".into()), "password"),
            (
                Plain::new("a", "c".into()).authorization("\0"),
                "authorization identity",
            ),
        ] {
            let mut plain = plain;
            let error = plain.initial().unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
        }
    }
}
