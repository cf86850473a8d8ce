//! Commands that concern the connection and authentication.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use crate::{
    capability::Capabilities,
    concurrency::{self, Concurrency},
    needs::Needs,
    outgoing::{Effect, InvalidArgument, Outgoing},
    response::Id,
};

/// The extensions that change how a mailbox is named or what the answer to SELECT has.
const LOUD: &[&str] = &["IMAP4rev2", "QRESYNC", "UTF8=ACCEPT", "UTF8=ONLY"];

/// Encodes `CAPABILITY` (RFC 9051 §6.1.1).
#[must_use]
pub fn capability() -> Outgoing {
    Outgoing::new("CAPABILITY").beside(Concurrency::Kind("CAPABILITY"))
}

/// Encodes `NOOP` (RFC 9051 §6.1.2).
#[must_use]
pub fn noop() -> Outgoing {
    Outgoing::new("NOOP").beside(Concurrency::Tagged)
}

/// Encodes `LOGOUT` (RFC 9051 §6.1.3).
#[must_use]
pub fn logout() -> Outgoing {
    Outgoing::new("LOGOUT").with_effect(Effect::Logout)
}

/// Encodes `STARTTLS` (RFC 9051 §6.2.1).
#[must_use]
pub fn starttls() -> Outgoing {
    Outgoing::new("STARTTLS")
        .with_effect(Effect::StartTls)
        .needing(Needs::fresh().capability("STARTTLS"))
}

/// Encodes `IDLE` (RFC 2177). The engine ends it with `DONE`.
#[must_use]
pub fn idle() -> Outgoing {
    Outgoing::new("IDLE")
        .with_effect(Effect::Idle)
        .needing(Needs::login().capability("IDLE"))
}

/// Encodes `COMPRESS DEFLATE` (RFC 4978): everything after the server's OK is compressed in both
/// directions.
#[must_use]
pub fn compress() -> Outgoing {
    Outgoing::new("COMPRESS DEFLATE")
        .with_effect(Effect::Compress)
        .needing(Needs::login().capability("COMPRESS=DEFLATE"))
}

/// Encodes `ENABLE` (RFC 5161), for extensions such as `UTF8=ACCEPT`, `CONDSTORE`, `QRESYNC`,
/// `IMAP4rev2`.
///
/// # Errors
/// Fails if there is no name, or if one is not a word.
pub fn enable(
    names: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::no_mailbox().capability("ENABLE");
    let mut outgoing = Outgoing::new("ENABLE").needing(needs);
    let mut capabilities = Vec::new();
    for name in names {
        outgoing.push(" ").atom("capability", name.as_ref())?;
        capabilities.push(name);
    }
    if capabilities.is_empty() {
        return Err(InvalidArgument::new("capabilities", "name at least one"));
    }
    let asked_for = Capabilities::from_iter(capabilities.iter().map(AsRef::as_ref));
    let concurrency = match LOUD.iter().any(|name| asked_for.lists(name)) {
        true => Concurrency::Alone,
        false => Concurrency::Enable,
    };
    let effect = Effect::Enable(asked_for);
    Ok(outgoing.with_effect(effect).beside(concurrency))
}

/// Encodes `UNAUTHENTICATE` (RFC 8437), which returns to the state before the login. TLS is kept.
#[must_use]
pub fn unauthenticate() -> Outgoing {
    Outgoing::new("UNAUTHENTICATE")
        .with_effect(Effect::Unauthenticate)
        .needing(Needs::login().capability("UNAUTHENTICATE"))
}

/// Encodes `NAMESPACE` (RFC 2342).
#[must_use]
pub fn namespace() -> Outgoing {
    Outgoing::new("NAMESPACE")
        .needing(Needs::login().capability("NAMESPACE"))
        .beside(Concurrency::Kind("NAMESPACE"))
}

/// Encodes `GETJMAPACCESS` (RFC 9698), which asks for the URL at which the same mail is available
/// by JMAP.
#[must_use]
pub fn get_jmap_access() -> Outgoing {
    Outgoing::new("GETJMAPACCESS").needing(Needs::login().capability("JMAPACCESS"))
}

/// Encodes `ID` (RFC 2971), which identifies the client and asks for the identity of the server.
/// Without any field it only asks.
///
/// ```
/// use imapclient_codec::{Id, command};
///
/// let us = Id::from_iter([("name", "example"), ("version", "1.0")]);
/// let outgoing = command::id(&us)?;
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// Fails if a name or a value contains NUL or is too long, a name occurs twice, or there are too
/// many fields: the RFC allows 30 fields, 30 bytes in a name and 1024 in a value.
pub fn id(fields: &Id) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("ID ")
        .needing(Needs::nothing().capability("ID"))
        .beside(Concurrency::Kind(concurrency::ID));
    if fields.fields.is_empty() {
        outgoing.push("NIL");
        return Ok(outgoing);
    }
    let wrong = |why: String| InvalidArgument::new("ID field", why);
    if fields.fields.len() > 30 {
        return Err(wrong("there are more than 30".to_owned()));
    }
    let mut before: Vec<&str> = Vec::new();
    outgoing.list(&fields.fields, |outgoing, (name, value)| {
        if name.len() > 30 {
            return Err(wrong(format!("the name {name:?} is over 30 bytes long")));
        }
        if before.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return Err(wrong(format!("the name {name:?} comes twice")));
        }
        before.push(name);
        outgoing.string("ID field", name.as_bytes())?.push(" ");
        match value {
            Some(value) if value.len() > 1024 => {
                let why = format!("the value of {name:?} is over 1024 bytes long");
                return Err(wrong(why));
            }
            Some(value) => outgoing.string("ID field", value.as_bytes())?,
            None => outgoing.push("NIL"),
        };
        Ok(())
    })?;
    Ok(outgoing)
}

/// Encodes `LOGIN` (RFC 9051 §6.2.3).
///
/// # Errors
/// Fails if the user name or the password contains NUL.
pub fn login(username: &str, password: &str) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("LOGIN ")
        .with_effect(Effect::Login)
        .needing(Needs::fresh().login_command());
    outgoing
        .string("user name", username.as_bytes())?
        .push(" ")
        .secret("password", password)?;
    Ok(outgoing)
}

/// Encodes `AUTHENTICATE` (RFC 9051 §6.2.2), with an initial response if the server announces
/// `SASL-IR` (RFC 4959).
///
/// # Errors
/// Fails if the name of the mechanism is not an atom.
pub fn authenticate(mechanism: &str, initial: Option<&[u8]>) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("AUTHENTICATE ")
        .with_effect(Effect::Authenticate)
        .needing(Needs::fresh());
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
