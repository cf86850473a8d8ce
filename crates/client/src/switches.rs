//! Capabilities that are not used although the server announces them.

use std::fmt;

use imapclient_codec::{Capabilities, InvalidArgument, Status, command};
use imapclient_escape::escaped;

use crate::error::Result;

/// The settings that disable capabilities.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switches {
    /// The names of capabilities that are not used.
    pub(crate) disabled: Vec<String>,
    /// The names of capabilities that are used even if the server is known not to support them.
    pub(crate) allowed: Vec<String>,
}

/// A capability that is not used on this connection: see [`Client::disabled`].
///
/// [`Client::disabled`]: crate::Client::disabled
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disabled {
    /// The name of the capability.
    pub capability: String,
    /// The reason why it is not used.
    pub reason: DisabledBy,
    /// True if the server has announced it in its last list of capabilities.
    pub announced: bool,
}

/// The reason why a capability is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisabledBy {
    /// [`Builder::disable`](crate::Builder::disable).
    Settings,
    /// Servers of this kind announce it and do not support it, as this text explains.
    /// [`Builder::allow`](crate::Builder::allow) uses it all the same.
    Server(&'static str),
}

/// A capability that a kind of server announces without supporting it.
struct Broken {
    /// A text in the greeting of these servers, in lower case.
    greeting: &'static str,
    capability: &'static str,
    reason: &'static str,
}

/// The capabilities that servers announce without supporting them, where no answer shows it in
/// time. No row may be about security: a greeting without TLS can be forged.
const BROKEN: &[Broken] = &[
    Broken {
        greeting: "coremail",
        capability: "SASL-IR",
        reason: "Coremail answers BAD to a login with an initial response",
    },
    Broken {
        greeting: "smartermail",
        capability: "CONDSTORE",
        reason: "SmarterMail sends no modification sequences",
    },
    Broken {
        greeting: "zoho mail",
        capability: "CONDSTORE",
        reason: "Zoho sends -1 as the modification sequence of messages",
    },
];

impl fmt::Display for Disabled {
    /// Writes a text for people, such as `MOVE, by the settings; the server offers it`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let capability = escaped(&self.capability);
        match self.reason {
            DisabledBy::Settings => write!(f, "{capability}, by the settings")?,
            DisabledBy::Server(reason) => write!(f, "{capability}: {reason}")?,
        }
        match self.announced {
            true => write!(f, "; the server offers it"),
            false => write!(f, "; the server does not offer it"),
        }
    }
}

impl Switches {
    /// Fails if a name cannot be that of a capability, or is one that must be obeyed.
    pub(crate) fn check(&self) -> Result<()> {
        let names = || self.disabled.iter().chain(&self.allowed);
        if names().next().is_some() {
            // It has the same syntax.
            command::enable(names())?;
        }
        if let Some(name) = self.disabled.iter().find(|name| is_prohibition(name)) {
            let why = format!("{name} cannot be disabled, since it is a prohibition of the server");
            return Err(InvalidArgument::new("capability", why).into());
        }
        Ok(())
    }

    /// Returns the capabilities that are not used with the server that sent this greeting, and why.
    /// A capability that is both disabled and allowed is disabled.
    pub(crate) fn choose(&self, greeting: &Status) -> Vec<(String, DisabledBy)> {
        let greeting = greeting.text.to_ascii_lowercase();
        let mut chosen: Vec<(String, DisabledBy)> = Vec::new();
        for name in &self.disabled {
            if !chosen
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(name))
            {
                chosen.push((name.clone(), DisabledBy::Settings));
            }
        }
        for broken in BROKEN {
            let is = |name: &String| name.eq_ignore_ascii_case(broken.capability);
            if greeting.contains(broken.greeting)
                && !self.disabled.iter().chain(&self.allowed).any(is)
            {
                let reason = DisabledBy::Server(broken.reason);
                chosen.push((broken.capability.to_owned(), reason));
            }
        }
        chosen
    }
}

/// Returns the names of these capabilities.
pub(crate) fn names(disabled: &[(String, DisabledBy)]) -> Capabilities {
    disabled.iter().map(|(name, _)| name.as_str()).collect()
}

/// Returns whether a capability forbids something, so that it has to be obeyed.
fn is_prohibition(name: &str) -> bool {
    name.eq_ignore_ascii_case("LOGINDISABLED")
}
