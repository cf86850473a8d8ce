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

use http::{Reply, Request};
use imapclient_loopback::{Authority, Certificate, Listener, lock};
use state::State;
use std::{
    fmt, io,
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

pub use control::OAuthControl;

/// An OAuth 2.0 provider on free ports of 127.0.0.1, over HTTP and HTTPS: it gives access tokens for refresh tokens, authorization codes
/// (with PKCE) and device codes, tells mail servers whose tokens they are, and counts who asks. Dropping it ends it.
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
    /// Before the shared part is gone its threads are.
    plain: Listener,
    tls: Listener,
    state: Arc<Mutex<State>>,
    ca_pem: String,
}

/// How often an endpoint was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuthCounts {
    /// Requests for access tokens, those that were answered by a fault included.
    pub token: usize,
    /// Questions of mail servers.
    pub introspection: usize,
    /// Requests for device codes.
    pub device: usize,
}

/// What the token endpoint does otherwise than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OAuthFault {
    /// It takes the request and never answers.
    Hang,
    /// It sends the client elsewhere.
    Redirect(String),
    /// It answers with this HTTP status and a page for people.
    Status(u16),
    /// It answers with this body as `application/json`.
    Body(String),
    /// It answers as it should, but calls it something else.
    ContentType(String),
    /// It refuses with this code, as `slow_down`.
    Refuse(String),
}

impl OAuthProvider {
    /// Starts one whose certificate is of an authority of its own.
    pub fn start() -> Self {
        Self::start_with(&Authority::new())
    }

    /// Starts one whose certificate is of this authority.
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

    /// The certificate of the authority that signed its own, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Where access tokens are got.
    pub fn token_url(&self) -> String {
        self.url("/token")
    }

    /// Where somebody would be asked to grant access; [`grant`](Self::grant) does what would happen there.
    pub fn authorization_url(&self) -> String {
        self.url("/authorize")
    }

    /// Where device codes are got.
    pub fn device_url(&self) -> String {
        self.url("/device")
    }

    /// Where mail servers ask about tokens (RFC 7662), by HTTP; a token may be put behind it.
    pub fn introspection_url(&self) -> String {
        format!("http://{}/introspect?token=", self.plain.addr())
    }

    /// Where [`OAuthControl`] finds it.
    pub fn control_addr(&self) -> SocketAddr {
        self.plain.addr()
    }

    /// Adds a program.
    pub fn add_client(&self, id: &str, secret: Option<&str>) {
        lock(&self.state).add_client(id, secret);
    }

    /// Adds a refresh token for a program and a user, and gives it.
    pub fn add_refresh_token(&self, client: &str, user: &str) -> String {
        lock(&self.state).add_refresh_token(client, user)
    }

    /// How long the access tokens are good for that it gives from now on; an hour unless said otherwise.
    pub fn set_lifetime(&self, lifetime: Duration) {
        lock(&self.state).lifetime = lifetime;
    }

    /// Whether a refresh token is good for one use only, and another is given with each access token.
    pub fn set_rotating(&self, rotating: bool) {
        lock(&self.state).rotating = rotating;
    }

    /// How long the device codes are good for that it gives from now on, in whole seconds, and how long a device is told to wait between two
    /// questions; ten minutes, and five seconds, unless said otherwise.
    pub fn set_device(&self, lifetime: Duration, interval: Option<Duration>) {
        let mut state = lock(&self.state);
        state.device_lifetime = lifetime;
        state.device_interval = interval;
    }

    /// Makes the token endpoint do this at the next request that no earlier fault is for.
    pub fn add_fault(&self, fault: OAuthFault) {
        lock(&self.state).faults.push_back(fault);
    }

    /// No access token given so far is good any more.
    pub fn revoke_access_tokens(&self) {
        lock(&self.state).access.clear();
    }

    /// No refresh token is good any more.
    pub fn revoke_refresh_tokens(&self) {
        lock(&self.state).refresh.clear();
    }

    /// How often it was asked so far.
    pub fn counts(&self) -> OAuthCounts {
        lock(&self.state).counts
    }

    /// What happens when a user opens the page of an authorization request and says yes: gives the address that the browser is sent to.
    ///
    /// # Errors
    ///
    /// What is wrong with the request.
    pub fn grant(&self, url: &str, user: &str) -> Result<String, String> {
        let query = url.strip_prefix(&format!("{}?", self.authorization_url()));
        let query = query.ok_or_else(|| format!("{url} is not its page"))?;
        lock(&self.state).grant(&http::pairs(query), user)
    }

    /// What happens when a user enters a device code and says yes, or no.
    ///
    /// # Errors
    ///
    /// If there is no such code.
    pub fn enter(&self, user_code: &str, user: Option<&str>) -> Result<(), String> {
        lock(&self.state).enter(user_code, user)
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.tls.addr().port())
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

/// What an endpoint says; nothing where it hangs.
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
    let mut content_type = None;
    match fault {
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
    Some(reply)
}
