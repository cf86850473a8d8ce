//! The computations of SCRAM (RFC 5802 §3), for either hash.

use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The hash of a mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
}

impl Hash {
    /// Computes `SaltedPassword`.
    pub(super) fn salted(
        self,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
    ) -> Zeroizing<Vec<u8>> {
        let mut salted = Zeroizing::new(vec![0; self.size()]);
        match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut salted),
            Self::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut salted),
        }
        salted
    }

    /// Computes `ClientProof`: `ClientKey` masked by a signature that only a party with the hash of
    /// the key can compute.
    pub(super) fn proof(self, salted: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut proof = self.hmac(salted, b"Client Key");
        let stored = self.digest(&proof);
        let signature = self.hmac(&stored, message);
        for (byte, mask) in proof.iter_mut().zip(signature.iter()) {
            *byte ^= mask;
        }
        proof
    }

    /// Computes `ServerSignature`.
    pub(super) fn server_signature(self, salted: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
        let key = self.hmac(salted, b"Server Key");
        self.hmac(&key, message)
    }

    fn size(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    fn digest(self, data: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Sha1 => Sha1::digest(data).to_vec(),
            Self::Sha256 => Sha256::digest(data).to_vec(),
        })
    }

    fn hmac(self, key: &[u8], data: &[u8]) -> Zeroizing<Vec<u8>> {
        fn run<M: Mac + hmac::digest::KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
            let Ok(mut mac) = <M as Mac>::new_from_slice(key) else {
                unreachable!("HMAC takes keys of any length");
            };
            mac.update(data);
            mac.finalize().into_bytes().to_vec()
        }
        Zeroizing::new(match self {
            Self::Sha1 => run::<Hmac<Sha1>>(key, data),
            Self::Sha256 => run::<Hmac<Sha256>>(key, data),
        })
    }
}

/// Compares in a time that does not depend on where the first difference is.
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    let difference = one
        .iter()
        .zip(other)
        .fold(0, |difference, (a, b)| difference | (a ^ b));
    one.len() == other.len() && difference == 0
}
