//! The methods to send a password, and the choice of the best one.

use imapclient_auth::{Scram, secrecy::SecretString};
use imapclient_codec::Capabilities;

/// A method to send a password, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Scram(&'static str),
    Plain,
    Login,
    LoginCommand,
}

impl Method {
    /// Returns the name as in `AUTH=...`; `None` for the LOGIN command.
    pub(super) fn mechanism(self) -> Option<&'static str> {
        match self {
            Self::Scram(name) => Some(name),
            Self::Plain => Some("PLAIN"),
            Self::Login => Some("LOGIN"),
            Self::LoginCommand => None,
        }
    }

    /// Returns the name for people.
    pub(super) fn name(self) -> &'static str {
        self.mechanism().unwrap_or("the LOGIN command")
    }

    /// Returns the name of the same SCRAM mechanism without channel binding; `None` if it has none.
    pub(super) fn unbound(name: &str) -> Option<&'static str> {
        match name {
            "SCRAM-SHA-256-PLUS" => Some("SCRAM-SHA-256"),
            "SCRAM-SHA-1-PLUS" => Some("SCRAM-SHA-1"),
            _ => None,
        }
    }

    /// Returns the best method among those that the server offers.
    pub(super) fn best(capabilities: &Capabilities, can_bind: bool) -> Option<Self> {
        let offers = |name| offers(capabilities, name);
        [
            Self::Scram("SCRAM-SHA-256-PLUS"),
            Self::Scram("SCRAM-SHA-1-PLUS"),
            Self::Scram("SCRAM-SHA-256"),
            Self::Scram("SCRAM-SHA-1"),
            Self::Plain,
            Self::Login,
            Self::LoginCommand,
        ]
        .into_iter()
        .find(|method| match method {
            Self::Scram(name) => offers(name) && (can_bind || !name.ends_with("-PLUS")),
            Self::Plain => offers("PLAIN"),
            Self::Login => offers("LOGIN"),
            Self::LoginCommand => !capabilities.has("LOGINDISABLED"),
        })
    }
}

/// Returns the mechanism with this name, which is that of a [`Method::Scram`].
pub(super) fn scram(name: &str, username: String, password: SecretString) -> Scram {
    match name {
        "SCRAM-SHA-256-PLUS" => Scram::sha256_plus(username, password),
        "SCRAM-SHA-1-PLUS" => Scram::sha1_plus(username, password),
        "SCRAM-SHA-256" => Scram::sha256(username, password),
        _ => Scram::sha1(username, password),
    }
}

/// Returns whether the server offers the mechanism with this name.
pub(super) fn offers(capabilities: &Capabilities, name: &str) -> bool {
    let mut offered = capabilities.auth_mechanisms();
    offered.any(|offered| offered.eq_ignore_ascii_case(name))
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
            ("", true, Some(Method::LoginCommand)),
            ("LOGINDISABLED", true, None),
            ("LOGINDISABLED AUTH=GSSAPI AUTH=CRAM-MD5", true, None),
            (
                "AUTH=GSSAPI AUTH=CRAM-MD5",
                true,
                Some(Method::LoginCommand),
            ),
            ("AUTH=CRAM-MD5 AUTH=LOGIN", true, Some(Method::Login)),
            ("AUTH=LOGIN AUTH=PLAIN", true, Some(Method::Plain)),
            ("AUTH=PLAIN LOGINDISABLED", true, Some(Method::Plain)),
            (
                "AUTH=PLAIN AUTH=SCRAM-SHA-1",
                true,
                Some(Method::Scram("SCRAM-SHA-1")),
            ),
            (
                "AUTH=SCRAM-SHA-1 auth=scram-sha-256",
                true,
                Some(Method::Scram("SCRAM-SHA-256")),
            ),
            (
                "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1-PLUS",
                true,
                Some(Method::Scram("SCRAM-SHA-1-PLUS")),
            ),
            (
                "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-1-PLUS",
                true,
                Some(Method::Scram("SCRAM-SHA-256-PLUS")),
            ),
            (
                "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS",
                false,
                Some(Method::Scram("SCRAM-SHA-256")),
            ),
            (
                "AUTH=SCRAM-SHA-256-PLUS AUTH=PLAIN",
                false,
                Some(Method::Plain),
            ),
            (
                "AUTH=SCRAM-SHA-512 AUTH=PLAINER",
                true,
                Some(Method::LoginCommand),
            ),
        ] {
            let capabilities = Capabilities::from_iter([offered]);
            assert_eq!(Method::best(&capabilities, can_bind), chosen, "{offered}");
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
