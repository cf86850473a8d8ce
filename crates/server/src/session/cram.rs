//! The server's side of CRAM-MD5 (RFC 2195).

use std::fmt::Write as _;

use hmac::{Hmac, Mac as _};
use md5::Md5;
use ring::rand::{SecureRandom, SystemRandom};

/// A challenge, of which the client must compute the digest.
pub(super) struct Challenge(String);

impl Challenge {
    pub(super) const MECHANISM: &str = "CRAM-MD5";

    /// Returns a new challenge.
    pub(super) fn new() -> Self {
        let mut random = [0; 16];
        SystemRandom::new().fill(&mut random).expect("random bytes");
        Self(format!("<{}@localhost>", hexadecimal(&random)))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Splits a response into the user name, which may contain spaces, and the digest.
    pub(super) fn parts(answer: &[u8]) -> Option<(&str, &str)> {
        std::str::from_utf8(answer).ok()?.rsplit_once(' ')
    }

    /// Returns whether the digest belongs to this password.
    pub(super) fn is_met(&self, password: &str, digest: &str) -> bool {
        let key = Hmac::<Md5>::new_from_slice(password.as_bytes());
        let mut key = key.expect("HMAC takes keys of any length");
        key.update(self.0.as_bytes());
        hexadecimal(&key.finalize().into_bytes()) == digest
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 2195 §2.
    #[test]
    fn only_who_knows_the_password_meets_a_challenge() {
        let challenge = Challenge("<1896.697170952@postoffice.reston.mci.net>".into());
        let answer = b"tim b913a602c7eda7a495b4e6e7334d3890";
        let (user, digest) = Challenge::parts(answer).unwrap();
        assert_eq!(user, "tim");
        assert!(challenge.is_met("tanstaaftanstaaf", digest));
        assert!(!challenge.is_met("tanstaaf", digest));
        assert!(!challenge.is_met("tanstaaftanstaaf", &digest.to_uppercase()));
        assert!(!Challenge::new().is_met("tanstaaftanstaaf", digest));
        assert_eq!(Challenge::parts(b"a b c"), Some(("a b", "c")));
        assert_eq!(Challenge::parts(b"tim"), None);
        assert_ne!(Challenge::new().text(), Challenge::new().text());
    }
}
