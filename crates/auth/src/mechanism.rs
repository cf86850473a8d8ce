use std::fmt;

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::Error;

/// One authentication exchange, from the client's side (RFC 4422 §3).
///
/// A value serves for one exchange. The calls come in this order: [`bind`](Self::bind) at most
/// once, [`initial`](Self::initial) once, [`respond`](Self::respond) for each challenge, and
/// [`finish`](Self::finish) if the server says that the exchange succeeded.
///
/// ```
/// use imapclient_auth::{Error, Mechanism, secrecy::zeroize::Zeroizing};
///
/// /// Says back what the server says.
/// struct Echo;
///
/// impl Mechanism for Echo {
///     fn name(&self) -> &str {
///         "X-ECHO"
///     }
///
///     fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
///         Ok(None)
///     }
///
///     fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
///         Ok(Zeroizing::new(challenge.to_vec()))
///     }
///
///     fn finish(&mut self) -> Result<(), Error> {
///         Ok(())
///     }
/// }
/// ```
pub trait Mechanism: Send {
    /// Its registered name, as in `AUTH=PLAIN`.
    fn name(&self) -> &str;

    /// Told what the connection can be bound to. Of use to mechanisms with channel binding; the
    /// others ignore it.
    fn bind(&mut self, binding: &ChannelBinding) {
        let _ = binding;
    }

    /// What the client says first; `None` if the server begins.
    ///
    /// # Errors
    /// If the user's data cannot be sent with this mechanism.
    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error>;

    /// The answer to a challenge.
    ///
    /// # Errors
    /// If the exchange must not go on; it is then cancelled.
    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error>;

    /// Called when the server says that the exchange succeeded.
    ///
    /// # Errors
    /// If the mechanism knows better: a server that has to prove itself and has not.
    fn finish(&mut self) -> Result<(), Error>;

    /// Whether the server has to prove itself in the exchange, so that one that nobody has brought
    /// to its [`finish`](Self::finish) is worth nothing.
    fn proves_server(&self) -> bool {
        false
    }

    /// What the server said within the exchange about why it is going to refuse; not escaped.
    fn failure(&self) -> Option<&str> {
        None
    }

    /// Returns the secrets that its messages carry so far: password, token, what is made of them.
    /// A text of the server that repeats one of them is shown to nobody. `None`, the default,
    /// means that each message as a whole is such a secret.
    fn secrets(&self) -> Option<Vec<SecretString>> {
        None
    }
}

/// Any mechanism, for when it is chosen at run time.
impl<M: Mechanism + ?Sized> Mechanism for Box<M> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn bind(&mut self, binding: &ChannelBinding) {
        (**self).bind(binding);
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        (**self).initial()
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        (**self).respond(challenge)
    }

    fn finish(&mut self) -> Result<(), Error> {
        (**self).finish()
    }

    fn proves_server(&self) -> bool {
        (**self).proves_server()
    }

    fn failure(&self) -> Option<&str> {
        (**self).failure()
    }

    fn secrets(&self) -> Option<Vec<SecretString>> {
        (**self).secrets()
    }
}

/// What a login can be bound to, so that it is worth nothing on another connection (RFC 5056).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelBinding {
    /// We have nothing to bind to.
    #[default]
    None,
    /// We have, but the server offers no mechanism that binds. A server that does knows from it
    /// that somebody has changed its offer (RFC 5802 §6).
    NotOffered,
    /// `tls-exporter`: 32 bytes exported from TLS 1.3 (RFC 9266).
    TlsExporter([u8; 32]),
}

/// Does not show the bytes.
impl fmt::Debug for ChannelBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::NotOffered => "NotOffered",
            Self::TlsExporter(_) => "TlsExporter",
        })
    }
}
