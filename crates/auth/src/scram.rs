//! SCRAM (RFC 5802, RFC 7677).

use std::{fmt, ops::RangeInclusive};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{ChannelBinding, Error, Mechanism, saslprep::saslprep};
use hash::Hash;

mod hash;
mod server_first;

use server_first::ServerFirst;

/// `SCRAM-SHA-1`, `SCRAM-SHA-256` and their `-PLUS` forms (RFC 5802, RFC 7677). The password is not
/// sent, and the server proves that it knows it too.
///
/// The `-PLUS` forms bind the login to the TLS connection, which defeats a man in the middle with a
/// certificate of his own. [`bind`](Mechanism::bind) supplies the channel binding; the other forms
/// use it to detect that the `-PLUS` forms were removed from the server's list.
///
/// ```
/// use imapclient_auth::{Mechanism, Scram};
///
/// let mut scram = Scram::sha256("bob", "sekret".into());
/// assert_eq!(scram.name(), "SCRAM-SHA-256");
/// assert!(scram.initial()?.unwrap().starts_with(b"n,,n=bob,r="));
/// # Ok::<(), imapclient_auth::Error>(())
/// ```
#[derive(Clone)]
pub struct Scram {
    hash: Hash,
    plus: bool,
    authorization: String,
    username: String,
    password: SecretString,
    binding: ChannelBinding,
    state: State,
    /// The proof of the password, once it was sent to the server.
    proof: Option<SecretString>,
}

/// The message that the server has to send next.
#[derive(Clone)]
enum State {
    /// None: the client begins.
    Start,
    First {
        nonce: String,
        /// The client's first message without its header.
        bare: String,
    },
    Final {
        /// The only signature that proves the server's identity.
        signature: Zeroizing<Vec<u8>>,
    },
    /// None: the server has proved its identity.
    Done,
    /// None: the exchange has failed.
    Failed,
}

impl Scram {
    /// The number of hash iterations that a server may demand. RFC 7677 §4 requires at least 4096;
    /// more than the upper bound takes over half a second and is an attack or a mistake.
    pub const ITERATIONS: RangeInclusive<u32> = 4096..=1_000_000;

    /// Creates an exchange of `SCRAM-SHA-1`.
    #[must_use]
    pub fn sha1(username: impl Into<String>, password: SecretString) -> Self {
        Self::new(Hash::Sha1, false, username.into(), password)
    }

    /// Creates an exchange of `SCRAM-SHA-1-PLUS`.
    #[must_use]
    pub fn sha1_plus(username: impl Into<String>, password: SecretString) -> Self {
        Self::new(Hash::Sha1, true, username.into(), password)
    }

    /// Creates an exchange of `SCRAM-SHA-256`.
    #[must_use]
    pub fn sha256(username: impl Into<String>, password: SecretString) -> Self {
        Self::new(Hash::Sha256, false, username.into(), password)
    }

    /// Creates an exchange of `SCRAM-SHA-256-PLUS`.
    #[must_use]
    pub fn sha256_plus(username: impl Into<String>, password: SecretString) -> Self {
        Self::new(Hash::Sha256, true, username.into(), password)
    }

    /// Acts as another user, if the server permits that to `username`.
    #[must_use]
    pub fn authorization(mut self, identity: impl Into<String>) -> Self {
        self.authorization = identity.into();
        self
    }

    fn new(hash: Hash, plus: bool, username: String, password: SecretString) -> Self {
        Self {
            hash,
            plus,
            authorization: String::new(),
            username,
            password,
            binding: ChannelBinding::None,
            state: State::Start,
            proof: None,
        }
    }

    fn mechanism(&self) -> &'static str {
        match (self.hash, self.plus) {
            (Hash::Sha1, false) => "SCRAM-SHA-1",
            (Hash::Sha1, true) => "SCRAM-SHA-1-PLUS",
            (Hash::Sha256, false) => "SCRAM-SHA-256",
            (Hash::Sha256, true) => "SCRAM-SHA-256-PLUS",
        }
    }

    /// Starts the exchange with this nonce and returns the first message.
    fn first(&mut self, nonce: String) -> Result<Zeroizing<Vec<u8>>, Error> {
        let header = self.header()?;
        let bare = format!("n={},r={nonce}", self.name_of("user name", &self.username)?);
        // Reports an invalid password now rather than after the server has answered.
        self.prepare("password", self.password.expose_secret())?;
        let message = Zeroizing::new(format!("{header}{bare}").into_bytes());
        self.state = State::First { nonce, bare };
        Ok(message)
    }

    /// Returns the proof that the client knows the password, and computes the one that the server
    /// has to send.
    fn answer(
        &mut self,
        nonce: &str,
        bare: &str,
        challenge: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let first = ServerFirst::read(self.mechanism(), nonce, challenge)?;
        let password = self.prepare("password", self.password.expose_secret())?;
        let salted = self
            .hash
            .salted(password.as_bytes(), &first.salt, first.iterations);
        let bound = Zeroizing::new(BASE64_STANDARD.encode(&*self.bound()?));
        let without_proof = format!("c={},r={}", &*bound, first.nonce);
        let message = format!("{bare},{challenge},{without_proof}");
        let proof = self.hash.proof(&salted, message.as_bytes());
        let proof = Zeroizing::new(BASE64_STANDARD.encode(&*proof));
        self.state = State::Final {
            signature: self.hash.server_signature(&salted, message.as_bytes()),
        };
        self.proof = Some(proof.as_str().into());
        let answer = format!("{without_proof},p={}", &*proof);
        Ok(Zeroizing::new(answer.into_bytes()))
    }

    /// Checks the server's proof.
    fn verify(&mut self, signature: &[u8], challenge: &str) -> Result<(), Error> {
        let mechanism = self.mechanism();
        let Some(said) = challenge.strip_prefix("v=") else {
            let why = "it holds no proof";
            return Err(Error::BadChallenge { mechanism, why });
        };
        // Extensions may follow.
        let said = said.split(',').next().unwrap_or_default();
        let said = BASE64_STANDARD.decode(said).unwrap_or_default();
        if !hash::same(&said, signature) {
            return Err(Error::ServerSignature { mechanism });
        }
        self.state = State::Done;
        Ok(())
    }

    /// Returns the header of the client's first message (RFC 5802 §7): the kind of channel binding,
    /// and the authorization identity.
    fn header(&self) -> Result<String, Error> {
        let flag = match (&self.binding, self.plus) {
            (ChannelBinding::TlsExporter(_), true) => "p=tls-exporter",
            (_, true) => {
                return Err(Error::NoChannelBinding {
                    mechanism: self.mechanism(),
                });
            }
            (ChannelBinding::NotOffered, false) => "y",
            // Unbound by choice: `y` would make a server that supports binding suspect tampering.
            (ChannelBinding::None | ChannelBinding::TlsExporter(_), false) => "n",
        };
        Ok(match self.authorization.as_str() {
            "" => format!("{flag},,"),
            identity => {
                let identity = self.name_of("authorization identity", identity)?;
                format!("{flag},a={identity},")
            }
        })
    }

    /// Returns the channel binding data that the proof covers: the header and the exported bytes.
    fn bound(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut bound = Zeroizing::new(self.header()?.into_bytes());
        if let (ChannelBinding::TlsExporter(exported), true) = (&self.binding, self.plus) {
            bound.extend_from_slice(exported);
        }
        Ok(bound)
    }

    /// Prepares and escapes a name for a message.
    fn name_of(&self, what: &'static str, name: &str) -> Result<String, Error> {
        let prepared = self.prepare(what, name)?;
        if prepared.is_empty() {
            return Err(self.invalid(what, "it is empty"));
        }
        Ok(prepared.replace('=', "=3D").replace(',', "=2C"))
    }

    fn prepare(&self, what: &'static str, text: &str) -> Result<Zeroizing<String>, Error> {
        saslprep(text).map_err(|why| self.invalid(what, why))
    }

    fn invalid(&self, what: &'static str, why: &'static str) -> Error {
        Error::Invalid {
            mechanism: self.mechanism(),
            what,
            why,
        }
    }
}

impl Mechanism for Scram {
    fn name(&self) -> &str {
        self.mechanism()
    }

    fn bind(&mut self, binding: &ChannelBinding) {
        self.binding = binding.clone();
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let mut random = [0; 18];
        getrandom::getrandom(&mut random).map_err(|error| Error::Random {
            mechanism: self.mechanism(),
            why: error.to_string(),
        })?;
        self.first(BASE64_STANDARD.encode(random)).map(Some)
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mechanism = self.mechanism();
        // If anything below fails, the exchange is over.
        let state = std::mem::replace(&mut self.state, State::Failed);
        let Ok(challenge) = std::str::from_utf8(challenge) else {
            let why = "it is not UTF-8";
            return Err(Error::BadChallenge { mechanism, why });
        };
        if let Some(said) = challenge.strip_prefix("e=") {
            let said = said.chars().take(200).collect();
            return Err(Error::Refused { mechanism, said });
        }
        match state {
            State::First { nonce, bare } => self.answer(&nonce, &bare, challenge),
            State::Final { signature } => {
                self.verify(&signature, challenge)?;
                Ok(Zeroizing::default())
            }
            State::Start | State::Done | State::Failed => {
                Err(Error::UnexpectedChallenge { mechanism })
            }
        }
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        let prepared = saslprep(self.password.expose_secret());
        let prepared = prepared.ok().map(|prepared| prepared.as_str().into());
        let proof = self.proof.clone();
        let known = [Some(self.password.clone()), prepared, proof];
        Some(known.into_iter().flatten().collect())
    }

    fn proves_server(&self) -> bool {
        true
    }

    fn finish(&mut self) -> Result<(), Error> {
        match self.state {
            State::Done => Ok(()),
            _ => Err(Error::Incomplete {
                mechanism: self.mechanism(),
            }),
        }
    }
}

impl fmt::Debug for Scram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scram")
            .field("mechanism", &self.mechanism())
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
