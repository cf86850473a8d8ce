//! The server's side of SCRAM (RFC 5802, RFC 7677), with the cryptography of ring. It shares no
//! code with the client's side, which it judges.

use std::num::NonZeroU32;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ring::{
    digest, hmac, pbkdf2,
    rand::{SecureRandom, SystemRandom},
};

/// The iteration count of the password hash.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).unwrap();

/// A SCRAM exchange.
pub(super) struct Scram {
    algorithms: Algorithms,
    /// `true` if the mechanism uses channel binding.
    plus: bool,
    /// `true` if a mechanism with channel binding is announced.
    offers_plus: bool,
    /// The keying material that TLS exports for this connection.
    exporter: Option<[u8; 32]>,
}

#[derive(Clone, Copy)]
struct Algorithms {
    pbkdf2: pbkdf2::Algorithm,
    hmac: hmac::Algorithm,
    digest: &'static digest::Algorithm,
}

/// The client's first message.
pub(super) struct First {
    pub(super) user: String,
    header: String,
    bare: String,
    nonce: String,
}

/// An exchange after the server's first message.
pub(super) struct Asked {
    first: First,
    server_first: String,
    nonce: String,
    salted: Vec<u8>,
}

impl Scram {
    /// Returns the exchange of a mechanism, by its name.
    pub(super) fn new(
        mechanism: &str,
        offers_plus: bool,
        exporter: Option<[u8; 32]>,
    ) -> Option<Self> {
        let (base, plus) = match mechanism.strip_suffix("-PLUS") {
            Some(base) => (base, true),
            None => (mechanism, false),
        };
        let algorithms = match base {
            "SCRAM-SHA-1" => Algorithms {
                pbkdf2: pbkdf2::PBKDF2_HMAC_SHA1,
                hmac: hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
                digest: &digest::SHA1_FOR_LEGACY_USE_ONLY,
            },
            "SCRAM-SHA-256" => Algorithms {
                pbkdf2: pbkdf2::PBKDF2_HMAC_SHA256,
                hmac: hmac::HMAC_SHA256,
                digest: &digest::SHA256,
            },
            _ => return None,
        };
        Some(Self {
            algorithms,
            plus,
            offers_plus,
            exporter,
        })
    }

    /// Parses the client's first message. Returns `None` if it is invalid, or if its channel
    /// binding does not fit.
    pub(super) fn first(&self, message: &[u8]) -> Option<First> {
        let message = std::str::from_utf8(message).ok()?;
        let (flag, rest) = message.split_once(',')?;
        let bound_well = match flag {
            "p=tls-exporter" => self.plus && self.exporter.is_some(),
            "n" => !self.plus,
            // The client supports binding, but did not see it announced, which indicates an attack.
            "y" => !self.plus && !self.offers_plus,
            _ => false,
        };
        let (authorize, bare) = rest.split_once(',').filter(|_| bound_well)?;
        let (user, rest) = bare.strip_prefix("n=")?.split_once(",r=")?;
        let user = name(user)?;
        // No user may act for another one.
        if !authorize.is_empty() && name(authorize.strip_prefix("a=")?)? != user {
            return None;
        }
        // Extensions may follow, none of which is supported (section 5.1).
        let nonce = rest.split(',').next().filter(|nonce| !nonce.is_empty())?;
        Some(First {
            user,
            header: format!("{flag},{authorize},"),
            bare: bare.to_owned(),
            nonce: nonce.to_owned(),
        })
    }

    /// Returns the server's first message, and the proof that is expected after it.
    pub(super) fn ask(&self, first: First, password: &str) -> (String, Asked) {
        let mut random = [0; 30];
        SystemRandom::new().fill(&mut random).expect("random bytes");
        let (salt, ours) = random.split_at(12);
        let nonce = format!("{}{}", first.nonce, BASE64_STANDARD.encode(ours));
        let salt_text = BASE64_STANDARD.encode(salt);
        let message = format!("r={nonce},s={salt_text},i={ITERATIONS}");
        let mut salted = vec![0; self.algorithms.digest.output_len()];
        let algorithm = self.algorithms.pbkdf2;
        pbkdf2::derive(
            algorithm,
            ITERATIONS,
            salt,
            password.as_bytes(),
            &mut salted,
        );
        let asked = Asked {
            first,
            server_first: message.clone(),
            nonce,
            salted,
        };
        (message, asked)
    }

    /// Returns the server's last message, if the client knows the password and the binding is that
    /// of this connection.
    pub(super) fn verify(&self, asked: &Asked, message: &[u8]) -> Option<String> {
        let message = std::str::from_utf8(message).ok()?;
        let (without_proof, proof) = message.rsplit_once(",p=")?;
        let mut bound = asked.first.header.clone().into_bytes();
        if self.plus {
            bound.extend_from_slice(&self.exporter?);
        }
        let bound = BASE64_STANDARD.encode(bound);
        if without_proof != format!("c={bound},r={}", asked.nonce) {
            return None;
        }
        let exchange = format!(
            "{},{},{without_proof}",
            asked.first.bare, asked.server_first
        );
        let client_key = self.hmac(&asked.salted, b"Client Key");
        let stored_key = digest::digest(self.algorithms.digest, &client_key);
        let signature = self.hmac(stored_key.as_ref(), exchange.as_bytes());
        let expected: Vec<u8> = client_key
            .iter()
            .zip(&signature)
            .map(|(a, b)| a ^ b)
            .collect();
        if BASE64_STANDARD.decode(proof).ok()? != expected {
            return None;
        }
        let server_key = self.hmac(&asked.salted, b"Server Key");
        let signature = self.hmac(&server_key, exchange.as_bytes());
        Some(format!("v={}", BASE64_STANDARD.encode(signature)))
    }

    fn hmac(&self, key: &[u8], data: &[u8]) -> Vec<u8> {
        let key = hmac::Key::new(self.algorithms.hmac, key);
        hmac::sign(&key, data).as_ref().to_vec()
    }
}

/// Decodes a `saslname` (RFC 5802 §7), in which `=` always begins an escape.
fn name(escaped: &str) -> Option<String> {
    let mut parts = escaped.split('=');
    let mut name = parts.next()?.to_owned();
    for part in parts {
        let (c, rest) = match part.strip_prefix("2C") {
            Some(rest) => (',', rest),
            None => ('=', part.strip_prefix("3D")?),
        };
        name.push(c);
        name.push_str(rest);
    }
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(mechanism: &str, offers_plus: bool, exporter: bool, message: &str) -> bool {
        let exporter = exporter.then_some([1; 32]);
        let scram = Scram::new(mechanism, offers_plus, exporter).unwrap();
        scram.first(message.as_bytes()).is_some()
    }

    #[test]
    fn the_binding_has_to_be_the_one_of_the_mechanism() {
        let plain = |offers_plus, message| header("SCRAM-SHA-256", offers_plus, true, message);
        assert!(plain(false, "n,,n=u,r=x") && plain(true, "n,,n=u,r=x"));
        assert!(plain(false, "y,,n=u,r=x"));
        assert!(!plain(true, "y,,n=u,r=x"), "a downgrade");
        assert!(!plain(true, "p=tls-exporter,,n=u,r=x"));
        let plus = |exporter, message| header("SCRAM-SHA-1-PLUS", true, exporter, message);
        assert!(plus(true, "p=tls-exporter,,n=u,r=x"));
        assert!(!plus(false, "p=tls-exporter,,n=u,r=x"));
        for message in [
            "n,,n=u,r=x",
            "y,,n=u,r=x",
            "p=tls-unique,,n=u,r=x",
            "n=u,r=x",
            "",
        ] {
            assert!(!plus(true, message), "{message}");
        }
        assert!(Scram::new("SCRAM-SHA-512", true, None).is_none());
    }

    #[test]
    fn who_acts_for_another_is_refused() {
        let first = |message: &str| {
            let scram = Scram::new("SCRAM-SHA-256", false, None).unwrap();
            scram.first(message.as_bytes())
        };
        let same = first("n,a=b=2Cb=3D,n=b=2Cb=3D,r=x,future=y").unwrap();
        assert_eq!((&*same.user, &*same.nonce), ("b,b=", "x"));
        assert_eq!(same.header, "n,a=b=2Cb=3D,");
        for wrong in [
            "n,a=ann,n=bob,r=x",
            "n,a=,n=bob,r=x",
            "n,bob,n=bob,r=x",
            "n,a=bob,m=x,n=bob,r=x",
            "n,,n=,r=x",
            "n,,n=b=2c,r=x",
            "n,,n=b=,r=x",
            "n,,n=bob,r=",
            "n,,n=bob",
        ] {
            assert!(first(wrong).is_none(), "{wrong}");
        }
    }

    /// The example of RFC 5802 §5, except for the server's nonce and salt, which are random.
    #[test]
    fn who_does_not_know_the_password_is_not_let_in() {
        let scram = Scram::new("SCRAM-SHA-1", false, None).unwrap();
        let first = scram.first(b"n,,n=a=2Cb=3D,r=xyz").unwrap();
        assert_eq!(first.user, "a,b=");
        let (message, asked) = scram.ask(first, "pencil");
        assert!(message.starts_with("r=xyz") && message.ends_with(",i=4096"));
        let nonce = message
            .strip_prefix("r=")
            .unwrap()
            .split(',')
            .next()
            .unwrap();
        for answer in [
            format!("c=biws,r={nonce},p=AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            format!("c=biws,r={nonce},p="),
            format!("c=biws,r={nonce}"),
            "c=biws,r=xyz,p=AAAA".to_owned(),
        ] {
            assert_eq!(scram.verify(&asked, answer.as_bytes()), None, "{answer}");
        }
    }
}
