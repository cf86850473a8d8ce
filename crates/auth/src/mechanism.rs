//! The interface of mechanisms.

use std::{convert::Infallible, fmt};

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::Error;

/// One authentication exchange, from the client's side (RFC 4422 §3).
///
/// Each value is for a single exchange. The calls come in this order: [`bind`](Self::bind) at most
/// once, [`initial`](Self::initial) once, [`respond`](Self::respond) for each challenge, and
/// [`finish`](Self::finish) if the server reports success.
///
/// ```
/// use imapclient_auth::{Error, Mechanism, secrecy::zeroize::Zeroizing};
///
/// /// Repeats what the server says.
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
    /// Returns the registered name, such as `PLAIN` for `AUTH=PLAIN`.
    fn name(&self) -> &str;

    /// Sets the channel binding that the connection offers. Mechanisms without channel binding
    /// ignore it.
    fn bind(&mut self, binding: &ChannelBinding) {
        let _ = binding;
    }

    /// Returns the client's first message, or `None` if the server begins.
    ///
    /// # Errors
    /// Fails if the user's data cannot be sent with this mechanism.
    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error>;

    /// Returns the response to a challenge.
    ///
    /// # Errors
    /// Fails if the exchange must not continue; the caller then cancels it.
    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error>;

    /// Completes the exchange after the server reported success.
    ///
    /// # Errors
    /// Fails if the mechanism disagrees, for example because the server had to prove its identity
    /// and has not.
    fn finish(&mut self) -> Result<(), Error>;

    /// Returns whether the server has to prove its identity in the exchange, so that the exchange
    /// is worthless unless [`finish`](Self::finish) succeeds.
    fn proves_server(&self) -> bool {
        false
    }

    /// Returns the reason that the server gave within the exchange for the refusal to come; not
    /// escaped.
    fn failure(&self) -> Option<&str> {
        None
    }

    /// Returns the secrets in the messages sent so far: the password, the token, and what is
    /// derived from them. Text from the server that repeats one of them is not shown. `None`, the
    /// default, means that each message as a whole is such a secret.
    fn secrets(&self) -> Option<Vec<SecretString>> {
        None
    }
}

/// Any mechanism, for choosing one at run time.
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

/// The result of creating a mechanism: the mechanism itself, or a [`Result`] of one if creating it
/// may fail, for example because it needs a password that a command prints.
///
/// ```
/// use imapclient_auth::{CommandError, CramMd5, External, IntoMechanism, Mechanism, SecretCommand};
///
/// fn name_of<M: IntoMechanism>(made: M) -> Result<String, M::Error> {
///     Ok(made.into_mechanism()?.name().to_owned())
/// }
///
/// assert_eq!(name_of(External::new()).unwrap(), "EXTERNAL");
/// let password = SecretCommand::new("echo sekret").run();
/// assert_eq!(name_of(password.map(|password| CramMd5::new("bob", password)))?, "CRAM-MD5");
/// # Ok::<(), CommandError>(())
/// ```
pub trait IntoMechanism {
    /// The mechanism.
    type Mechanism: Mechanism;
    /// The error of creating it.
    type Error;

    /// Returns the mechanism.
    ///
    /// # Errors
    /// Fails if the mechanism could not be created.
    fn into_mechanism(self) -> Result<Self::Mechanism, Self::Error>;
}

impl<M: Mechanism> IntoMechanism for M {
    type Mechanism = M;
    type Error = Infallible;

    fn into_mechanism(self) -> Result<M, Infallible> {
        Ok(self)
    }
}

impl<M: Mechanism, E> IntoMechanism for Result<M, E> {
    type Mechanism = M;
    type Error = E;

    fn into_mechanism(self) -> Self {
        self
    }
}

/// The data that ties a login to its connection, so that it is useless on another one (RFC 5056).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChannelBinding {
    /// The connection has nothing to bind to.
    #[default]
    None,
    /// The connection supports binding, but the server offers no mechanism that uses it. If the
    /// server did offer one, it detects from this that its list was tampered with (RFC 5802 §6).
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
