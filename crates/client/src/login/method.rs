//! The methods to send a password, and the choice of the best one.

use std::fmt;

use imapclient_codec::Capabilities;

/// A method to log in by a password that [`Login::auto`](crate::Login::auto) may choose, best
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AutoMethod {
    /// SCRAM-SHA-256 bound to the TLS connection (RFC 7677).
    ScramSha256Plus,
    /// SCRAM-SHA-1 bound to the TLS connection (RFC 5802).
    ScramSha1Plus,
    /// SCRAM-SHA-256 (RFC 7677).
    ScramSha256,
    /// SCRAM-SHA-1 (RFC 5802).
    ScramSha1,
    /// PLAIN (RFC 4616).
    Plain,
    /// LOGIN as a SASL mechanism, which some servers have instead of PLAIN.
    SaslLogin,
    /// The LOGIN command (RFC 9051 §6.2.3).
    LoginCommand,
}

impl AutoMethod {
    /// All methods, best first.
    const ALL: [Self; 7] = [
        Self::ScramSha256Plus,
        Self::ScramSha1Plus,
        Self::ScramSha256,
        Self::ScramSha1,
        Self::Plain,
        Self::SaslLogin,
        Self::LoginCommand,
    ];

    /// Returns the name of the mechanism, as in the capability `AUTH=...`; `None` for the LOGIN
    /// command.
    #[must_use]
    pub fn mechanism(self) -> Option<&'static str> {
        Some(match self {
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::ScramSha1Plus => "SCRAM-SHA-1-PLUS",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::Plain => "PLAIN",
            Self::SaslLogin => "LOGIN",
            Self::LoginCommand => return None,
        })
    }

    /// Returns the same SCRAM mechanism without channel binding; `None` if it has none.
    pub(super) fn unbound(self) -> Option<Self> {
        match self {
            Self::ScramSha256Plus => Some(Self::ScramSha256),
            Self::ScramSha1Plus => Some(Self::ScramSha1),
            _ => None,
        }
    }

    /// Returns whether the mechanism hides the password from the server.
    pub(super) fn is_scram(self) -> bool {
        matches!(self, Self::ScramSha256 | Self::ScramSha1) || self.unbound().is_some()
    }

    /// Returns the best method among those that the server offers.
    pub(super) fn best(capabilities: &Capabilities, can_bind: bool) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|method| {
            method.is_offered(capabilities) && (can_bind || method.unbound().is_none())
        })
    }

    /// Returns whether the server offers this method.
    pub(super) fn is_offered(self, capabilities: &Capabilities) -> bool {
        match self.mechanism() {
            Some(name) => {
                let mut offered = capabilities.auth_mechanisms();
                offered.any(|offered| offered.eq_ignore_ascii_case(name))
            }
            None => !capabilities.has("LOGINDISABLED"),
        }
    }
}

/// The name of the mechanism, or `the LOGIN command`.
impl fmt::Display for AutoMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mechanism().unwrap_or("the LOGIN command"))
    }
}

/// Returns whether the server supports channel binding.
pub(super) fn offers_plus(capabilities: &Capabilities) -> bool {
    let mut offered = capabilities.auth_mechanisms();
    offered.any(|name| {
        let name = name.to_ascii_uppercase();
        name.starts_with("SCRAM-") && name.ends_with("-PLUS")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_that_is_offered() {
        for (offered, can_bind, chosen) in [
            ("", true, Some(AutoMethod::LoginCommand)),
            ("LOGINDISABLED", true, None),
            ("LOGINDISABLED AUTH=GSSAPI AUTH=CRAM-MD5", true, None),
            (
                "AUTH=GSSAPI AUTH=CRAM-MD5",
                true,
                Some(AutoMethod::LoginCommand),
            ),
            (
                "AUTH=CRAM-MD5 AUTH=LOGIN",
                true,
                Some(AutoMethod::SaslLogin),
            ),
            ("AUTH=LOGIN AUTH=PLAIN", true, Some(AutoMethod::Plain)),
            ("AUTH=PLAIN LOGINDISABLED", true, Some(AutoMethod::Plain)),
            (
                "AUTH=PLAIN AUTH=SCRAM-SHA-1",
                true,
                Some(AutoMethod::ScramSha1),
            ),
            (
                "AUTH=SCRAM-SHA-1 auth=scram-sha-256",
                true,
                Some(AutoMethod::ScramSha256),
            ),
            (
                "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1-PLUS",
                true,
                Some(AutoMethod::ScramSha1Plus),
            ),
            (
                "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-1-PLUS",
                true,
                Some(AutoMethod::ScramSha256Plus),
            ),
            (
                "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS",
                false,
                Some(AutoMethod::ScramSha256),
            ),
            (
                "AUTH=SCRAM-SHA-256-PLUS AUTH=PLAIN",
                false,
                Some(AutoMethod::Plain),
            ),
            (
                "AUTH=SCRAM-SHA-512 AUTH=PLAINER",
                true,
                Some(AutoMethod::LoginCommand),
            ),
        ] {
            let capabilities = Capabilities::from_iter([offered]);
            assert_eq!(
                AutoMethod::best(&capabilities, can_bind),
                chosen,
                "{offered}"
            );
        }
    }

    #[test]
    fn whether_the_server_binds() {
        for (offered, binds) in [
            ("AUTH=SCRAM-SHA-256", false),
            ("AUTH=SCRAM-SHA-256 AUTH=scram-sha-1-plus", true),
            ("AUTH=SCRAM-SHA-512-PLUS", true),
            ("AUTH=GS2-PLUS SCRAM-SHA-1-PLUS", false),
        ] {
            let capabilities = Capabilities::from_iter([offered]);
            assert_eq!(offers_plus(&capabilities), binds, "{offered}");
        }
    }
}
