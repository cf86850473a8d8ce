//! Commands about the connection and who uses it.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use crate::outgoing::{Effect, InvalidArgument, Outgoing};

/// `CAPABILITY` (RFC 9051 §6.1.1).
#[must_use]
pub fn capability() -> Outgoing {
    Outgoing::new("CAPABILITY")
}

/// `NOOP` (RFC 9051 §6.1.2).
#[must_use]
pub fn noop() -> Outgoing {
    Outgoing::new("NOOP")
}

/// `LOGOUT` (RFC 9051 §6.1.3).
#[must_use]
pub fn logout() -> Outgoing {
    Outgoing::new("LOGOUT").with_effect(Effect::Logout)
}

/// `STARTTLS` (RFC 9051 §6.2.1).
#[must_use]
pub fn starttls() -> Outgoing {
    Outgoing::new("STARTTLS").with_effect(Effect::StartTls)
}

/// `IDLE` (RFC 2177). The engine ends it with `DONE`.
#[must_use]
pub fn idle() -> Outgoing {
    Outgoing::new("IDLE").with_effect(Effect::Idle)
}

/// `LOGIN` (RFC 9051 §6.2.3).
///
/// # Errors
/// If the user name or the password contains NUL.
pub fn login(username: &str, password: &str) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("LOGIN ").with_effect(Effect::Login);
    outgoing
        .astring("user name", username.as_bytes())?
        .push(" ")
        .secret("password", password)?;
    Ok(outgoing)
}

/// `AUTHENTICATE` (RFC 9051 §6.2.2), with an initial response where the server announces
/// `SASL-IR` (RFC 4959).
///
/// # Errors
/// If the name of the mechanism is no atom.
pub fn authenticate(mechanism: &str, initial: Option<&[u8]>) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("AUTHENTICATE ").with_effect(Effect::Authenticate);
    outgoing.atom("mechanism", mechanism)?;
    match initial {
        // RFC 4959 §3: an empty response is written as `=`.
        Some([]) => {
            outgoing.push(" =");
        }
        Some(initial) => {
            let initial = Zeroizing::new(BASE64_STANDARD.encode(initial).into_bytes());
            outgoing.push(" ").secret_text(initial);
        }
        None => {}
    }
    Ok(outgoing)
}
