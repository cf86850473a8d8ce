//! The clients, tokens and codes of the provider.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use imapclient_loopback::Gate;
use ring::{
    digest,
    rand::{SecureRandom, SystemRandom},
};

use super::{OAuthCounts, OAuthFault, http::encode};

pub(super) struct State {
    /// The secrets of the clients, by their id.
    clients: BTreeMap<String, Option<String>>,
    pub(super) refresh: BTreeMap<String, Owner>,
    pub(super) access: BTreeMap<String, Access>,
    codes: BTreeMap<String, Code>,
    devices: Vec<Device>,
    pub(super) lifetime: Duration,
    pub(super) rotating: bool,
    pub(super) device_lifetime: Duration,
    pub(super) device_interval: Option<Duration>,
    pub(super) faults: VecDeque<OAuthFault>,
    /// The gates of all faults, to be opened at the end.
    pub(super) gates: Vec<Gate>,
    pub(super) counts: OAuthCounts,
}

/// The owner of a token.
#[derive(Clone)]
pub(super) struct Owner {
    pub(super) client: String,
    pub(super) user: String,
}

pub(super) struct Access {
    pub(super) user: String,
    pub(super) until: Instant,
}

/// An authorization code, and the values that the client must send with it.
struct Code {
    owner: Owner,
    redirect: String,
    challenge: String,
}

struct Device {
    client: String,
    device_code: String,
    user_code: String,
    until: Instant,
    decision: Decision,
}

enum Decision {
    Pending,
    Denied,
    Granted(String),
}

/// An error code of RFC 6749 or RFC 8628.
pub(super) type Refusal = &'static str;

impl State {
    pub(super) fn add_client(&mut self, id: &str, secret: Option<&str>) {
        self.clients
            .insert(id.to_owned(), secret.map(ToOwned::to_owned));
    }

    pub(super) fn add_refresh_token(&mut self, client: &str, user: &str) -> String {
        let token = random("refresh");
        let owner = Owner {
            client: client.to_owned(),
            user: user.to_owned(),
        };
        self.refresh.insert(token.clone(), owner);
        token
    }

    pub(super) fn add_access_token(&mut self, user: &str) -> String {
        let token = random("access");
        let access = Access {
            user: user.to_owned(),
            until: Instant::now() + self.lifetime,
        };
        self.access.insert(token.clone(), access);
        token
    }

    pub(super) fn check_client(&self, id: &str, secret: &str) -> Result<(), Refusal> {
        match self.clients.get(id) {
            Some(expected) if expected.as_deref().unwrap_or_default() == secret => Ok(()),
            _ => Err("invalid_client"),
        }
    }

    /// Uses a refresh token. Returns its owner, and the token that replaces it, if tokens rotate.
    pub(super) fn use_refresh_token(
        &mut self,
        client: &str,
        token: &str,
    ) -> Result<(Owner, Option<String>), Refusal> {
        let owner = self
            .refresh
            .get(token)
            .filter(|owner| owner.client == client);
        let owner = owner.cloned().ok_or("invalid_grant")?;
        if !self.rotating {
            return Ok((owner, None));
        }
        self.refresh.remove(token);
        let new = self.add_refresh_token(client, &owner.user);
        Ok((owner, Some(new)))
    }

    /// See [`OAuthProvider::grant`](super::OAuthProvider::grant).
    pub(super) fn grant(
        &mut self,
        request: &BTreeMap<String, String>,
        user: &str,
    ) -> Result<String, String> {
        let field = |name: &str| request.get(name).cloned().unwrap_or_default();
        for (name, expected) in [("response_type", "code"), ("code_challenge_method", "S256")] {
            if field(name) != expected {
                return Err(format!("{name} is {:?}", field(name)));
            }
        }
        let client = field("client_id");
        if !self.clients.contains_key(&client) {
            return Err(format!("there is no client {client:?}"));
        }
        let code = random("code");
        let redirect = field("redirect_uri");
        let back = format!(
            "{redirect}?code={}&state={}",
            encode(&code),
            encode(&field("state"))
        );
        let owner = Owner {
            client,
            user: user.to_owned(),
        };
        let challenge = field("code_challenge");
        let code_of = Code {
            owner,
            redirect,
            challenge,
        };
        self.codes.insert(code, code_of);
        Ok(back)
    }

    pub(super) fn use_code(
        &mut self,
        client: &str,
        code: &str,
        redirect: &str,
        verifier: &str,
    ) -> Result<Owner, Refusal> {
        let code = self.codes.remove(code).ok_or("invalid_grant")?;
        let challenge = digest::digest(&digest::SHA256, verifier.as_bytes());
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(challenge);
        if code.owner.client != client || code.redirect != redirect || code.challenge != challenge {
            return Err("invalid_grant");
        }
        Ok(code.owner)
    }

    /// Returns a device code, and the code that the user must enter.
    pub(super) fn add_device(&mut self, client: &str) -> (String, String) {
        let (device_code, user_code) = (random("device"), random("user"));
        self.devices.push(Device {
            client: client.to_owned(),
            device_code: device_code.clone(),
            user_code: user_code.clone(),
            until: Instant::now() + self.device_lifetime,
            decision: Decision::Pending,
        });
        (device_code, user_code)
    }

    /// See [`OAuthProvider::enter`](super::OAuthProvider::enter).
    pub(super) fn enter(&mut self, user_code: &str, user: Option<&str>) -> Result<(), String> {
        let mut devices = self.devices.iter_mut();
        let device = devices.find(|device| device.user_code == user_code);
        let device = device.ok_or_else(|| format!("there is no code {user_code:?}"))?;
        device.decision = match user {
            Some(user) => Decision::Granted(user.to_owned()),
            None => Decision::Denied,
        };
        Ok(())
    }

    pub(super) fn use_device(&mut self, client: &str, device_code: &str) -> Result<Owner, Refusal> {
        let mut devices = self.devices.iter();
        let at = devices.position(|device| device.device_code == device_code);
        let at = at.ok_or("invalid_grant")?;
        let device = &self.devices[at];
        if device.client != client {
            return Err("invalid_grant");
        }
        match &device.decision {
            _ if device.until <= Instant::now() => Err("expired_token"),
            Decision::Pending => Err("authorization_pending"),
            Decision::Denied => Err("access_denied"),
            Decision::Granted(user) => {
                let user = user.clone();
                let client = self.devices.remove(at).client;
                Ok(Owner { client, user })
            }
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            clients: BTreeMap::new(),
            refresh: BTreeMap::new(),
            access: BTreeMap::new(),
            codes: BTreeMap::new(),
            devices: Vec::new(),
            lifetime: Duration::from_secs(3600),
            rotating: false,
            device_lifetime: Duration::from_secs(600),
            device_interval: Some(Duration::from_secs(5)),
            faults: VecDeque::new(),
            gates: Vec::new(),
            counts: OAuthCounts::default(),
        }
    }
}

/// Returns a random token that begins with `what`.
fn random(what: &str) -> String {
    let mut bytes = [0; 18];
    SystemRandom::new().fill(&mut bytes).expect("random bytes");
    format!("{what}-{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
