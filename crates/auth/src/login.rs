//! The mechanism LOGIN.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    Error, Mechanism,
    message::{check, concat},
};

/// `LOGIN`: user name and password, one after the other. It was never standardised and is worse
/// than [`Plain`](crate::Plain) in every way, but some servers have nothing else. Use it within TLS
/// only.
///
/// It is different from the LOGIN command of IMAP.
#[derive(Clone)]
pub struct Login {
    username: String,
    password: SecretString,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Username,
    Password,
    Done,
}

impl Login {
    const NAME: &str = "LOGIN";

    /// Logs in as `username`.
    #[must_use]
    pub fn new(username: impl Into<String>, password: SecretString) -> Self {
        Self {
            username: username.into(),
            password,
            step: Step::Username,
        }
    }
}

impl Mechanism for Login {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        check(Self::NAME, "user name", &self.username, '\0')?;
        check(Self::NAME, "password", self.password.expose_secret(), '\0')?;
        // Servers ask for the user name, and not all of them accept an initial response.
        Ok(None)
    }

    /// Ignores the challenge: servers word their questions differently, but always in the same
    /// order.
    fn respond(&mut self, _challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (answer, next) = match self.step {
            Step::Username => (self.username.as_str(), Step::Password),
            Step::Password => (self.password.expose_secret(), Step::Done),
            Step::Done => {
                return Err(Error::UnexpectedChallenge {
                    mechanism: Self::NAME,
                });
            }
        };
        self.step = next;
        Ok(concat(&[answer.as_bytes()]))
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        Some(vec![self.password.clone()])
    }

    fn finish(&mut self) -> Result<(), Error> {
        match self.step {
            Step::Done => Ok(()),
            _ => Err(Error::Incomplete {
                mechanism: Self::NAME,
            }),
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_answers_and_no_more() {
        let mut login = Login::new("zoë", "pässword".into());
        assert_eq!(login.initial(), Ok(None));
        assert!(login.finish().is_err());
        assert_eq!(
            login.respond(b"User Name\0").unwrap().as_slice(),
            "zoë".as_bytes()
        );
        assert!(login.finish().is_err());
        assert_eq!(
            login.respond(b"").unwrap().as_slice(),
            "pässword".as_bytes()
        );
        assert_eq!(login.finish(), Ok(()));
        assert!(login.respond(b"Username:").is_err());
    }
}
