//! Logs in with access tokens of OAuth 2.0 instead of passwords.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    Error, Mechanism,
    message::{check, concat},
};

/// Upper bound on the kept part of the server's error text, in bytes.
const SAID: usize = 1024;

/// `OAUTHBEARER` (RFC 7628): logs in with an access token of OAuth 2.0.
#[derive(Clone)]
pub struct OAuthBearer {
    username: String,
    token: SecretString,
    server: Option<(String, u16)>,
    failure: Failure,
}

/// `XOAUTH2`: logs in with an access token of OAuth 2.0, as defined by Google, Microsoft and Yahoo.
#[derive(Clone)]
pub struct XOAuth2 {
    username: String,
    token: SecretString,
    vendor: Option<String>,
    failure: Failure,
}

impl OAuthBearer {
    const NAME: &str = "OAUTHBEARER";

    /// Logs in as `username`, or if that is empty, as the user that the token is for.
    #[must_use]
    pub fn new(username: impl Into<String>, token: SecretString) -> Self {
        Self {
            username: username.into(),
            token,
            server: None,
            failure: Failure::default(),
        }
    }

    /// Names the host and port of the connection, which a server may compare.
    #[must_use]
    pub fn server(mut self, host: impl Into<String>, port: u16) -> Self {
        self.server = Some((host.into(), port));
        self
    }
}

impl XOAuth2 {
    const NAME: &str = "XOAUTH2";

    /// Logs in as `username`.
    #[must_use]
    pub fn new(username: impl Into<String>, token: SecretString) -> Self {
        Self {
            username: username.into(),
            token,
            vendor: None,
            failure: Failure::default(),
        }
    }

    /// Names this program, which some providers require.
    #[must_use]
    pub fn vendor(mut self, vendor: impl Into<String>) -> Self {
        self.vendor = Some(vendor.into());
        self
    }
}

impl Mechanism for OAuthBearer {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        check(Self::NAME, "user name", &self.username, '\0')?;
        check(Self::NAME, "user name", &self.username, '\x01')?;
        let token = bearer(Self::NAME, &self.token)?;
        let identity = match self.username.as_str() {
            "" => String::new(),
            name => format!("a={}", name.replace('=', "=3D").replace(',', "=2C")),
        };
        let server = match &self.server {
            Some((host, port)) => {
                check(Self::NAME, "host", host, '\x01')?;
                format!("host={host}\x01port={port}\x01")
            }
            None => String::new(),
        };
        let parts: [&[u8]; 7] = [
            b"n,",
            identity.as_bytes(),
            b",\x01",
            server.as_bytes(),
            b"auth=Bearer ",
            token.as_bytes(),
            b"\x01\x01",
        ];
        Ok(Some(concat(&parts)))
    }

    /// Keeps the challenge, which gives the reason for a refusal to come, and acknowledges it with
    /// the dummy response that the server waits for (RFC 7628 §3.2.3).
    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.failure.take(Self::NAME, challenge)?;
        Ok(Zeroizing::new(vec![1]))
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        Some(vec![self.token.clone()])
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.failure.finish(Self::NAME)
    }

    fn failure(&self) -> Option<&str> {
        self.failure.0.as_deref()
    }
}

impl Mechanism for XOAuth2 {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        check(Self::NAME, "user name", &self.username, '\x01')?;
        let token = bearer(Self::NAME, &self.token)?;
        let vendor = match &self.vendor {
            Some(vendor) => {
                check(Self::NAME, "vendor", vendor, '\x01')?;
                format!("vendor={vendor}\x01")
            }
            None => String::new(),
        };
        let parts: [&[u8]; 7] = [
            b"user=",
            self.username.as_bytes(),
            b"\x01auth=Bearer ",
            token.as_bytes(),
            b"\x01",
            vendor.as_bytes(),
            b"\x01",
        ];
        Ok(Some(concat(&parts)))
    }

    /// Keeps the challenge, which gives the reason for a refusal to come, and acknowledges it with
    /// the empty response that the server waits for.
    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.failure.take(Self::NAME, challenge)?;
        Ok(Zeroizing::default())
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        Some(vec![self.token.clone()])
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.failure.finish(Self::NAME)
    }

    fn failure(&self) -> Option<&str> {
        self.failure.0.as_deref()
    }
}

/// The server's description of what is wrong with the token: usually JSON.
#[derive(Clone, Default)]
struct Failure(Option<String>);

impl Failure {
    fn take(&mut self, mechanism: &'static str, challenge: &[u8]) -> Result<(), Error> {
        if self.0.is_some() {
            return Err(Error::UnexpectedChallenge { mechanism });
        }
        let start = &challenge[..challenge.len().min(SAID)];
        self.0 = Some(String::from_utf8_lossy(start).into_owned());
        Ok(())
    }

    /// Fails if the server has announced a refusal: a later OK must not be trusted.
    fn finish(&self, mechanism: &'static str) -> Result<(), Error> {
        match &self.0 {
            None => Ok(()),
            Some(said) => Err(Error::Refused {
                mechanism,
                said: said.clone(),
            }),
        }
    }
}

/// Returns the token if it can be part of a message.
fn bearer<'t>(mechanism: &'static str, token: &'t SecretString) -> Result<&'t str, Error> {
    let token = token.expose_secret();
    if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(token);
    }
    Err(Error::Invalid {
        mechanism,
        what: "access token",
        why: "it must be visible ASCII characters without spaces",
    })
}

impl fmt::Debug for OAuthBearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthBearer")
            .field("username", &self.username)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for XOAuth2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XOAuth2")
            .field("username", &self.username)
            .field("vendor", &self.vendor)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn initial(mut mechanism: impl Mechanism) -> String {
        let message = mechanism.initial().unwrap().unwrap();
        String::from_utf8(message.to_vec()).unwrap()
    }

    #[test]
    fn messages() {
        // The example of RFC 7628 §4.1.
        let bearer = OAuthBearer::new(
            "user@example.com",
            "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==".into(),
        );
        assert_eq!(
            initial(bearer.server("server.example.com", 143)),
            "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01\
             auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
        );
        assert_eq!(
            initial(OAuthBearer::new("", "t".into())),
            "n,,\x01auth=Bearer t\x01\x01"
        );
        assert_eq!(
            initial(OAuthBearer::new("a=b,c", "t".into())),
            "n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01"
        );
        // The example of Google's description.
        assert_eq!(
            initial(XOAuth2::new(
                "someuser@example.com",
                "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg".into()
            )),
            "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"
        );
        assert_eq!(
            initial(XOAuth2::new("zoë", "t".into()).vendor("us")),
            "user=zoë\x01auth=Bearer t\x01vendor=us\x01\x01"
        );
    }

    #[test]
    fn what_would_end_a_field_is_refused() {
        for token in ["", "a b", "a\x01b", "a\n", "ü"] {
            let error = OAuthBearer::new("u", token.into()).initial().unwrap_err();
            assert!(error.to_string().contains("access token"), "{error}");
            assert!(XOAuth2::new("u", token.into()).initial().is_err());
        }
        assert!(XOAuth2::new("u\x01", "t".into()).initial().is_err());
        assert!(
            XOAuth2::new("u", "t".into())
                .vendor("\x01")
                .initial()
                .is_err()
        );
        assert!(OAuthBearer::new("u\x01", "t".into()).initial().is_err());
        assert!(
            OAuthBearer::new("u", "t".into())
                .server("\x01", 1)
                .initial()
                .is_err()
        );
    }

    #[test]
    fn the_refusal_is_acknowledged_once_and_kept() {
        const SAID: &str = r#"{"status":"401","schemes":"bearer"}"#;
        let mut bearer = OAuthBearer::new("u", "t".into());
        let mut google = XOAuth2::new("u", "t".into());
        assert_eq!((bearer.failure(), google.failure()), (None, None));
        assert_eq!(bearer.respond(SAID.as_bytes()).unwrap().as_slice(), b"\x01");
        assert_eq!(google.respond(SAID.as_bytes()).unwrap().as_slice(), b"");
        for mechanism in [&mut bearer as &mut dyn Mechanism, &mut google] {
            assert_eq!(mechanism.failure(), Some(SAID));
            assert!(mechanism.respond(b"more").is_err());
            assert!(matches!(mechanism.finish(), Err(Error::Refused { .. })));
        }
    }

    #[test]
    fn long_and_broken_refusals() {
        let mut google = XOAuth2::new("u", "t".into());
        google.respond(&[0xff; 5000]).unwrap();
        assert_eq!(google.failure().unwrap().chars().count(), 1024);
    }
}
