//! An OAuth 2.0 provider on loopback.
//!
//! ```text
//!  client ──▶ POST /token, /device ──┐
//!  server ──▶ GET|POST /introspect ──┼─▶ http ─▶ Fault, or endpoints ─▶ State ◀── the test, or Control
//!  control ─▶ GET /control/... ──────┘
//! ```

mod control;
mod endpoints;
mod http;
mod state;

use std::{
    fmt, io,
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use imapclient_loopback::{Authority, Certificate, Gate, Listener, lock};

use http::{Reply, Request};
use state::State;

pub use control::OAuthControl;

/// An OAuth 2.0 provider on free ports of 127.0.0.1, over HTTP and HTTPS.
///
/// It issues access tokens for refresh tokens, authorization codes (with PKCE) and device codes,
/// reports the owners of tokens to mail servers, and counts requests. Dropping it stops it.
///
/// ```
/// use imapclient_testkit::OAuthProvider;
///
/// let provider = OAuthProvider::start();
/// provider.add_client("mail-reader", Some("hush"));
/// let refresh_token = provider.add_refresh_token("mail-reader", "bob");
/// assert!(provider.token_url().starts_with("https://localhost:"));
/// assert_eq!(provider.counts().token, 0);
/// ```
pub struct OAuthProvider {
    /// The listeners come first, so that their threads end before the shared part is dropped.
    plain: Listener,
    tls: Listener,
    state: Arc<Mutex<State>>,
    ca_pem: String,
}

/// The number of requests to each endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuthCounts {
    /// The number of requests for access tokens, including those that were answered by a fault.
    pub token: usize,
    /// The number of requests of mail servers.
    pub introspection: usize,
    /// The number of requests for device codes.
    pub device: usize,
}

/// A fault of the token endpoint.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum OAuthFault {
    /// Reads the request and never responds.
    Hang,
    /// Responds correctly, but only once the gate is open; a token that it replaces is invalid at
    /// once. The gate opens when the provider stops.
    Late(Gate),
    /// Redirects the client.
    Redirect(String),
    /// Responds with this HTTP status and an HTML page.
    Status(u16),
    /// Responds with this body as `application/json`.
    Body(String),
    /// Responds correctly, but with this content type.
    ContentType(String),
    /// Refuses with this code, such as `slow_down`.
    Refuse(String),
}

impl OAuthProvider {
    /// Starts a provider with a certificate of its own authority.
    pub fn start() -> Self {
        Self::start_with(&Authority::new())
    }

    /// Starts a provider with a certificate of this authority.
    pub fn start_with(authority: &Authority) -> Self {
        let identity = authority.issue(Certificate::new(&["localhost", "127.0.0.1"]));
        let config = identity.server_config();
        let state = Arc::new(Mutex::new(State::default()));
        let listen = |tls: bool| {
            let (state, config) = (Arc::clone(&state), Arc::clone(&config));
            Listener::start(move |stream| {
                let config = tls.then(|| Arc::clone(&config));
                serve(stream, config, &state)
            })
        };
        Self {
            plain: listen(false),
            tls: listen(true),
            state,
            ca_pem: authority.pem(),
        }
    }

    /// Returns the certificate of the authority that signed the provider's certificate, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Returns the URL of the token endpoint.
    pub fn token_url(&self) -> String {
        self.url("/token")
    }

    /// Returns the URL of the authorization endpoint. [`grant`](Self::grant) replaces the page that
    /// a user would see there.
    pub fn authorization_url(&self) -> String {
        self.url("/authorize")
    }

    /// Returns the URL of the device authorization endpoint.
    pub fn device_url(&self) -> String {
        self.url("/device")
    }

    /// Returns the URL of the introspection endpoint for mail servers (RFC 7662), over HTTP. A
    /// token may be appended to it.
    pub fn introspection_url(&self) -> String {
        format!("http://{}/introspect?token=", self.plain.addr())
    }

    /// Returns the address for [`OAuthControl`].
    pub fn control_addr(&self) -> SocketAddr {
        self.plain.addr()
    }

    /// Adds a client.
    pub fn add_client(&self, id: &str, secret: Option<&str>) {
        lock(&self.state).add_client(id, secret);
    }

    /// Adds a refresh token for a client and a user. Returns the token.
    pub fn add_refresh_token(&self, client: &str, user: &str) -> String {
        lock(&self.state).add_refresh_token(client, user)
    }

    /// Sets the lifetime of future access tokens. The default is an hour.
    pub fn set_lifetime(&self, lifetime: Duration) {
        lock(&self.state).lifetime = lifetime;
    }

    /// Sets whether a refresh token can be used only once, and is replaced with each access token.
    pub fn set_rotating(&self, rotating: bool) {
        lock(&self.state).rotating = rotating;
    }

    /// Sets the lifetime of future device codes, in whole seconds, and the polling interval for
    /// devices. The defaults are ten minutes and five seconds.
    pub fn set_device(&self, lifetime: Duration, interval: Option<Duration>) {
        let mut state = lock(&self.state);
        state.device_lifetime = lifetime;
        state.device_interval = interval;
    }

    /// Adds a fault for the next request to the token endpoint after those of earlier faults.
    pub fn add_fault(&self, fault: OAuthFault) {
        let mut state = lock(&self.state);
        if let OAuthFault::Late(gate) = &fault {
            state.gates.push(gate.clone());
        }
        state.faults.push_back(fault);
    }

    /// Revokes all access tokens.
    pub fn revoke_access_tokens(&self) {
        lock(&self.state).access.clear();
    }

    /// Revokes all refresh tokens.
    pub fn revoke_refresh_tokens(&self) {
        lock(&self.state).refresh.clear();
    }

    /// Returns the number of requests so far.
    pub fn counts(&self) -> OAuthCounts {
        lock(&self.state).counts
    }

    /// Simulates a user who opens the page of an authorization request and agrees. Returns the URL
    /// to which the browser is redirected.
    ///
    /// # Errors
    /// Fails with the reason if the request is invalid.
    pub fn grant(&self, url: &str, user: &str) -> Result<String, String> {
        let query = url.strip_prefix(&format!("{}?", self.authorization_url()));
        let query = query.ok_or_else(|| format!("{url} is not its page"))?;
        lock(&self.state).grant(&http::pairs(query), user)
    }

    /// Simulates a user who enters a device code and agrees, or denies if `user` is `None`.
    ///
    /// # Errors
    /// Fails if the code does not exist.
    pub fn enter(&self, user_code: &str, user: Option<&str>) -> Result<(), String> {
        lock(&self.state).enter(user_code, user)
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.tls.addr().port())
    }
}

impl Drop for OAuthProvider {
    fn drop(&mut self) {
        for gate in &lock(&self.state).gates {
            gate.open();
        }
    }
}

impl fmt::Debug for OAuthProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthProvider")
            .field("token_url", &self.token_url())
            .finish_non_exhaustive()
    }
}

fn serve(
    stream: TcpStream,
    tls: Option<Arc<rustls::ServerConfig>>,
    state: &Mutex<State>,
) -> io::Result<()> {
    let Some((mut connection, request)) = Request::read(stream, tls)? else {
        return Ok(());
    };
    let reply = match request.path.strip_prefix("/control/") {
        Some(order) => control::obey(&mut lock(state), order, &request),
        None => answer(state, &request),
    };
    match reply {
        Some(reply) => reply.send(&mut connection),
        None => http::wait_for_end(&mut connection),
    }
}

/// Returns the response of an endpoint; `None` if it hangs.
fn answer(state: &Mutex<State>, request: &Request) -> Option<Reply> {
    let mut state = lock(state);
    let is_token = request.path == "/token";
    if is_token {
        state.counts.token += 1;
    }
    let fault = if is_token {
        state.faults.pop_front()
    } else {
        None
    };
    let (mut content_type, mut gate) = (None, None);
    match fault {
        Some(OAuthFault::Late(until)) => gate = Some(until),
        Some(OAuthFault::Hang) => return None,
        Some(OAuthFault::Redirect(to)) => return Some(Reply::redirect(&to)),
        Some(OAuthFault::Status(status)) => return Some(Reply::page(status)),
        Some(OAuthFault::Body(body)) => return Some(Reply::body(200, body)),
        Some(OAuthFault::ContentType(other)) => content_type = Some(other),
        Some(OAuthFault::Refuse(code)) => return Some(endpoints::refusal(&code)),
        None => {}
    }
    let mut reply = endpoints::answer(&mut state, request);
    if let Some(other) = content_type {
        reply.content_type = other;
    }
    // Others must be answered meanwhile.
    drop(state);
    if let Some(gate) = gate {
        gate.pass();
    }
    Some(reply)
}
