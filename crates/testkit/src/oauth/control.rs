//! Control of a provider that runs in another process.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    OAuthCounts, OAuthFault,
    http::{Reply, Request, encode},
    state::State,
};

/// Controls an [`OAuthProvider`](super::OAuthProvider) that runs in another process.
#[derive(Clone, Copy, Debug)]
pub struct OAuthControl(SocketAddr);

impl OAuthControl {
    /// Returns the control of the provider with this
    /// [address](super::OAuthProvider::control_addr).
    pub fn new(addr: SocketAddr) -> Self {
        Self(addr)
    }

    /// Adds a refresh token for a client and a user. Returns the token.
    ///
    /// # Errors
    /// Fails if the provider does not respond.
    pub fn add_refresh_token(&self, client: &str, user: &str) -> io::Result<String> {
        let order = format!(
            "refresh_token?client={}&user={}",
            encode(client),
            encode(user)
        );
        let answer = self.order(&order)?;
        let token = answer["token"].as_str();
        token.map(ToOwned::to_owned).ok_or_else(no_answer)
    }

    /// See [`OAuthProvider::set_lifetime`](super::OAuthProvider::set_lifetime). The resolution is
    /// one second.
    ///
    /// # Errors
    /// Fails if the provider does not respond.
    pub fn set_lifetime(&self, lifetime: Duration) -> io::Result<()> {
        self.order(&format!("lifetime?seconds={}", lifetime.as_secs()))?;
        Ok(())
    }

    /// See [`OAuthProvider::set_rotating`](super::OAuthProvider::set_rotating).
    ///
    /// # Errors
    /// Fails if the provider does not respond.
    pub fn set_rotating(&self, rotating: bool) -> io::Result<()> {
        self.order(&format!("rotating?on={rotating}"))?;
        Ok(())
    }

    /// Makes the token endpoint hang at its next request.
    ///
    /// # Errors
    /// Fails if the provider does not respond.
    pub fn hang(&self) -> io::Result<()> {
        self.order("hang")?;
        Ok(())
    }

    /// See [`OAuthProvider::revoke_access_tokens`](super::OAuthProvider::revoke_access_tokens).
    ///
    /// # Errors
    /// Fails if the provider does not respond.
    pub fn revoke_access_tokens(&self) -> io::Result<()> {
        self.order("revoke")?;
        Ok(())
    }

    /// See [`OAuthProvider::counts`](super::OAuthProvider::counts).
    ///
    /// # Errors
    /// Fails if the provider does not respond.
    pub fn counts(&self) -> io::Result<OAuthCounts> {
        let answer = self.order("counts")?;
        let count = |name: &str| {
            answer[name]
                .as_u64()
                .and_then(|count| count.try_into().ok())
        };
        Ok(OAuthCounts {
            token: count("token").ok_or_else(no_answer)?,
            introspection: count("introspection").ok_or_else(no_answer)?,
            device: count("device").ok_or_else(no_answer)?,
        })
    }

    fn order(&self, order: &str) -> io::Result<Value> {
        let mut stream = TcpStream::connect(self.0)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(format!("GET /control/{order} HTTP/1.1\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body);
        let body = body.filter(|_| answer.starts_with("HTTP/1.1 200 "));
        serde_json::from_str(body.ok_or_else(no_answer)?).map_err(io::Error::from)
    }
}

/// Executes an order of a control.
pub(super) fn obey(state: &mut State, order: &str, request: &Request) -> Option<Reply> {
    let mut answer = json!({});
    match order {
        "refresh_token" => {
            let (client, user) = (request.field("client"), request.field("user"));
            answer["token"] = state.add_refresh_token(client, user).into();
        }
        "lifetime" => {
            let seconds = request.field("seconds").parse().ok();
            state.lifetime = seconds.map_or(state.lifetime, Duration::from_secs);
        }
        "rotating" => state.rotating = request.field("on") == "true",
        "hang" => state.faults.push_back(OAuthFault::Hang),
        "revoke" => state.access.clear(),
        "counts" => {
            answer["token"] = state.counts.token.into();
            answer["introspection"] = state.counts.introspection.into();
            answer["device"] = state.counts.device.into();
        }
        _ => return Some(Reply::page(404)),
    }
    Some(Reply::json(200, &answer))
}

fn no_answer() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no answer of a provider")
}
