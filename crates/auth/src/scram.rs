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

/// `SCRAM-SHA-1`, `SCRAM-SHA-256` and their `-PLUS` forms (RFC 5802, RFC 7677): the password is
/// not sent, and the server proves that it knows it too.
///
/// The `-PLUS` forms bind the login to the TLS connection: who stands in between with a
/// certificate of his own gets nowhere. Whether there is something to bind to, the connection
/// tells by [`bind`](Mechanism::bind); by it the other forms too notice if somebody took the
/// `-PLUS` form out of the server's offer.
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

/// What the server is to say next.
#[derive(Clone)]
enum State {
    /// Nothing: it is our turn to begin.
    Start,
    First {
        nonce: String,
        /// Our first message without its header.
        bare: String,
    },
    Final {
        /// The only signature that proves it.
        signature: Zeroizing<Vec<u8>>,
    },
    /// Nothing: it has proved itself.
    Done,
    /// Nothing: it has not.
    Failed,
}

impl Scram {
    /// How often the server may have the password hashed. RFC 7677 §4 wants 4096 at least; what
    /// is above the upper end takes more than half a second and is an attack or a mistake.
    pub const ITERATIONS: RangeInclusive<u32> = 4096..=1_000_000;

    /// `SCRAM-SHA-1`.
    #[must_use]
    pub fn sha1(username: impl Into<String>, password: SecretString) -> Self {
        Self::new(Hash::Sha1, false, username.into(), password)
    }

    /// `SCRAM-SHA-1-PLUS`.
    #[must_use]
    pub fn sha1_plus(username: impl Into<String>, password: SecretString) -> Self {
        Self::new(Hash::Sha1, true, username.into(), password)
    }

    /// `SCRAM-SHA-256`.
    #[must_use]
    pub fn sha256(username: impl Into<String>, password: SecretString) -> Self {
        Self::new(Hash::Sha256, false, username.into(), password)
    }

    /// `SCRAM-SHA-256-PLUS`.
    #[must_use]
    pub fn sha256_plus(username: impl Into<String>, password: SecretString) -> Self {
        Self::new(Hash::Sha256, true, username.into(), password)
    }

    /// Acts as another user, where the server lets `username` do so.
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

    /// The exchange from its beginning, with this nonce.
    fn first(&mut self, nonce: String) -> Result<Zeroizing<Vec<u8>>, Error> {
        let header = self.header()?;
        let bare = format!("n={},r={nonce}", self.name_of("user name", &self.username)?);
        // Told now rather than after the server has answered.
        self.prepare("password", self.password.expose_secret())?;
        let message = Zeroizing::new(format!("{header}{bare}").into_bytes());
        self.state = State::First { nonce, bare };
        Ok(message)
    }

    /// Proves that we know the password, and works out how the server is to prove it.
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

    /// Looks at the server's proof.
    fn verify(&mut self, signature: &[u8], challenge: &str) -> Result<(), Error> {
        let mechanism = self.mechanism();
        let Some(said) = challenge.strip_prefix("v=") else {
            let why = "it holds no proof";
            return Err(Error::BadChallenge { mechanism, why });
        };
        // What may follow are extensions.
        let said = said.split(',').next().unwrap_or_default();
        let said = BASE64_STANDARD.decode(said).unwrap_or_default();
        if !hash::same(&said, signature) {
            return Err(Error::ServerSignature { mechanism });
        }
        self.state = State::Done;
        Ok(())
    }

    /// What our first message begins with (RFC 5802 §7): how the login is bound, and for whom.
    fn header(&self) -> Result<String, Error> {
        let flag = match (&self.binding, self.plus) {
            (ChannelBinding::TlsExporter(_), true) => "p=tls-exporter",
            (_, true) => {
                return Err(Error::NoChannelBinding {
                    mechanism: self.mechanism(),
                });
            }
            (ChannelBinding::NotOffered, false) => "y",
            // Not bound by choice: `y` would tell a server that binds that it was tampered with.
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

    /// What the proof covers of the connection: the header, and what it says is bound to.
    fn bound(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut bound = Zeroizing::new(self.header()?.into_bytes());
        if let (ChannelBinding::TlsExporter(exported), true) = (&self.binding, self.plus) {
            bound.extend_from_slice(exported);
        }
        Ok(bound)
    }

    /// A name as it is written in a message.
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
        // Whatever goes wrong below, the exchange is over.
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
