use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{Error, Mechanism};

/// `PLAIN` (RFC 4616): user name and password in one message. For use within TLS only.
pub struct Plain {
    authorization: String,
    username: String,
    password: SecretString,
}

impl Plain {
    /// Logs in as `username`.
    #[must_use]
    pub fn new(username: impl Into<String>, password: SecretString) -> Self {
        Self {
            authorization: String::new(),
            username: username.into(),
            password,
        }
    }

    /// Acts as another user, where the server lets `username` do so.
    #[must_use]
    pub fn authorization(mut self, identity: impl Into<String>) -> Self {
        self.authorization = identity.into();
        self
    }
}

impl Mechanism for Plain {
    fn name(&self) -> &str {
        "PLAIN"
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let password = self.password.expose_secret();
        let parts = [
            ("authorization identity", self.authorization.as_str()),
            ("user name", &self.username),
            ("password", password),
        ];
        // Sized beforehand, so that no copy is left behind by growing.
        let size = parts.iter().map(|(_, part)| part.len()).sum::<usize>() + 2;
        let mut message = Zeroizing::new(Vec::with_capacity(size));
        for (index, (what, part)) in parts.into_iter().enumerate() {
            if part.contains('\0') {
                let why = "it must not contain NUL";
                return Err(Error::Invalid {
                    mechanism: "PLAIN",
                    what,
                    why,
                });
            }
            if index > 0 {
                message.push(0);
            }
            message.extend_from_slice(part.as_bytes());
        }
        Ok(Some(message))
    }

    fn respond(&mut self, _challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        Err(Error::UnexpectedChallenge { mechanism: "PLAIN" })
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

    #[test]
    fn debug_shows_no_password() {
        let text = format!("{:?}", Plain::new("bob", "sekret".into()));
        assert!(text.contains("bob") && !text.contains("sekret"), "{text}");
    }
}
