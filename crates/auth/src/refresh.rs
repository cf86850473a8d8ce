//! Access tokens from a refresh token: kept for the process, renewed by one caller for all.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{App, Grant, Token, TokenError, TokenSource, TokenStore};

/// Upper bound on the time before its expiry at which an access token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

/// A source of access tokens that uses a refresh token (RFC 6749 §6).
///
/// An access token is kept for the whole process until shortly before it expires: all sources for
/// the same program, user, refresh token and address share it. When several callers need a token at
/// the same time, one of them asks the provider, and the others get the same result, even if it is
/// an error.
///
/// ```
/// use imapclient_auth::{App, Provider, RefreshToken};
///
/// let app = App::of(Provider::GOOGLE, "id.apps.googleusercontent.com");
/// let source = RefreshToken::new(app, "1//refresh".into())
///     .username("bob@example.org")
///     .on_rotation(|_new| { /* keep it in place of the old one */ });
/// ```
pub struct RefreshToken {
    app: App,
    username: String,
    refresh_token: SecretString,
    hook: Option<Box<Hook>>,
    store: Option<Box<dyn TokenStore>>,
}

type Hook = dyn Fn(&SecretString) + Send + Sync;

/// The access token of one account, shared by all its sources.
#[derive(Default)]
struct Slot {
    /// The number of requests to the provider that have ended, successfully or not.
    attempts: AtomicU64,
    /// Locked during a request to the provider.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// The refresh token that the provider issued in place of the previous one.
    rotated: Option<SecretString>,
    /// The content of the store when it was last read. A different one the next time was stored by
    /// another process.
    stored: Option<SecretString>,
    /// The error of the last request.
    failure: Option<TokenError>,
}

struct Kept {
    secret: SecretString,
    /// The time until it is used; `None` if the provider does not state its lifetime.
    until: Option<Instant>,
}

impl RefreshToken {
    /// Creates a source of access tokens for this program.
    #[must_use]
    pub fn new(app: App, refresh_token: SecretString) -> Self {
        Self {
            app,
            username: String::new(),
            refresh_token,
            hook: None,
            store: None,
        }
    }

    /// Sets the user of the tokens: those of different users are kept apart.
    #[must_use]
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.username = username.into();
        self
    }

    /// Sets a function that is called with a new refresh token if the provider issues one in place
    /// of the old one, which may be invalid then. This process uses the new one by itself; the
    /// function is for storing it.
    #[must_use]
    pub fn on_rotation(mut self, hook: impl Fn(&SecretString) + Send + Sync + 'static) -> Self {
        self.hook = Some(Box::new(hook));
        self
    }

    /// Sets a store that keeps new refresh tokens for later processes, and shares them with
    /// processes that run at the same time. Its entry is locked during each request to the
    /// provider.
    ///
    /// ```
    /// use imapclient_auth::{App, RefreshToken, StoredToken, TokenError, TokenStore};
    /// use imapclient_auth::secrecy::SecretString;
    /// use std::sync::{Arc, Mutex, MutexGuard};
    ///
    /// /// Keeps the token of one account, for as long as the process runs.
    /// #[derive(Clone, Default)]
    /// struct Memory(Arc<Mutex<Option<SecretString>>>);
    ///
    /// impl TokenStore for Memory {
    ///     fn lock(&self, _key: &str) -> Result<Box<dyn StoredToken + '_>, TokenError> {
    ///         Ok(Box::new(Entry(self.0.lock().unwrap())))
    ///     }
    /// }
    ///
    /// struct Entry<'m>(MutexGuard<'m, Option<SecretString>>);
    ///
    /// impl StoredToken for Entry<'_> {
    ///     fn get(&self) -> Option<SecretString> {
    ///         self.0.clone()
    ///     }
    ///     fn put(&mut self, new: &SecretString) {
    ///         *self.0 = Some(new.clone());
    ///     }
    /// }
    ///
    /// let app = App::new("https://login.example.org/token", "mail-reader")?;
    /// let source = RefreshToken::new(app, "first".into()).store(Memory::default());
    /// # Ok::<(), TokenError>(())
    /// ```
    #[must_use]
    pub fn store(mut self, store: impl TokenStore + 'static) -> Self {
        self.store = Some(Box::new(store));
        self
    }

    /// Returns the name of the entry in a [`TokenStore`]: a digest, in 64 hexadecimal digits, of
    /// the token address, the client id, the user and the first refresh token. A new token in the
    /// settings therefore has an entry of its own, and is not hidden by the one of its predecessor.
    pub fn key(&self) -> String {
        let digest = self.digest();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn refresh(&self, refresh_token: &SecretString) -> Result<Grant, TokenError> {
        tracing::debug!(url = %self.app.token_url.as_str(), "getting an access token");
        let client = self.app.client().set_token_uri(self.app.token_url.clone());
        let refresh_token = oauth2::RefreshToken::new(refresh_token.expose_secret().to_owned());
        // Without a scope, the provider grants the original one. Not all providers accept another.
        let scope = self.app.scope.as_deref().unwrap_or_default();
        let scopes = scope.split_ascii_whitespace();
        let scopes = scopes.map(|scope| oauth2::Scope::new(scope.to_owned()));
        client
            .exchange_refresh_token(&refresh_token)
            .add_scopes(scopes)
            .request(&self.app.ask())
            .map(|response| Grant::new(&response))
            .map_err(|error| self.app.error(error))
    }

    /// Keeps what was granted. Returns the refresh token if it is a new one.
    fn keep(&self, state: &mut State, grant: Grant) -> Option<SecretString> {
        let lives = grant.expires_in.map(|lives| lives - MARGIN.min(lives / 10));
        state.kept = Some(Kept {
            secret: grant.access_token,
            // A lifetime beyond the clock's range does not end.
            until: lives.and_then(|lives| Instant::now().checked_add(lives)),
        });
        state.failure = None;
        let new = grant.refresh_token.filter(|new| {
            let old = state.rotated.as_ref().unwrap_or(&self.refresh_token);
            new.expose_secret() != old.expose_secret()
        })?;
        state.rotated = Some(new.clone());
        Some(new)
    }

    fn tell(&self, new: &SecretString) {
        match &self.hook {
            Some(hook) => hook(new),
            // A store reports a failure itself.
            None if self.store.is_some() => {}
            None => tracing::warn!(
                "the provider issued a new refresh token, which is not stored: the one in the settings may be invalid now"
            ),
        }
    }

    fn slot(&self) -> Arc<Slot> {
        /// The key is a digest of what identifies an account, so that the map contains no refresh
        /// tokens.
        static SLOTS: LazyLock<Mutex<HashMap<[u8; 32], Arc<Slot>>>> = LazyLock::new(Mutex::default);
        Arc::clone(lock(&SLOTS).entry(self.digest()).or_default())
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for part in [
            self.app.token_url.as_str(),
            &self.app.client_id,
            &self.username,
            self.refresh_token.expose_secret(),
        ] {
            // The same on each machine, since the digest names a file.
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}

impl TokenSource for RefreshToken {
    fn token(&self, refused: Option<&Token>) -> Result<Token, TokenError> {
        let slot = self.slot();
        let before = slot.attempts.load(Ordering::SeqCst);
        let mut state = lock(&slot.state);
        if let Some(kept) = state.kept.as_ref().filter(|kept| kept.is_good(refused)) {
            return Ok(Token::kept(kept.secret.clone()));
        }
        // Another caller's request failed while this one waited for the lock; share its error.
        if slot.attempts.load(Ordering::SeqCst) != before
            && let Some(failure) = &state.failure
        {
            return Err(failure.clone());
        }
        state.kept = None;
        // The entry stays locked until the new token is in it: another process that sent the same
        // token in the meantime would have it revoked.
        let locked = self.store.as_ref().map(|store| store.lock(&self.key()));
        let mut entry = match locked.transpose() {
            Ok(entry) => entry,
            Err(error) => {
                slot.attempts.fetch_add(1, Ordering::SeqCst);
                state.failure = Some(error.clone());
                return Err(error);
            }
        };
        let stored = entry.as_ref().and_then(|entry| entry.get());
        state.take_over(stored);
        let refresh_token = state.rotated.clone();
        let result = self.refresh(refresh_token.as_ref().unwrap_or(&self.refresh_token));
        slot.attempts.fetch_add(1, Ordering::SeqCst);
        match result {
            Ok(grant) => {
                let token = Token::fresh(grant.access_token.clone());
                let new = self.keep(&mut state, grant);
                if let (Some(newest), Some(entry)) = (&state.rotated, &mut entry)
                    && !is_same(entry.get().as_ref(), newest)
                {
                    // Also if it could not be stored the last time.
                    entry.put(newest);
                    state.stored = entry.get();
                }
                drop(state);
                if let Some(new) = new {
                    self.tell(&new);
                }
                Ok(token)
            }
            Err(error) => {
                state.failure = Some(error.clone());
                Err(error)
            }
        }
    }
}

fn is_same(stored: Option<&SecretString>, token: &SecretString) -> bool {
    stored.is_some_and(|stored| stored.expose_secret() == token.expose_secret())
}

impl State {
    /// Adopts a token that another process has stored since the last time. A token that this
    /// process could not store is newer than the one that was there before, and is kept.
    fn take_over(&mut self, stored: Option<SecretString>) {
        let seen = self.stored.as_ref().map(ExposeSecret::expose_secret);
        if let Some(stored) = stored
            && seen != Some(stored.expose_secret())
        {
            self.rotated = Some(stored.clone());
            self.stored = Some(stored);
        }
    }
}

impl Kept {
    /// Returns whether the token can still be used, and is not the one that the server refused.
    fn is_good(&self, refused: Option<&Token>) -> bool {
        let refused = refused.map(|token| token.secret().expose_secret());
        self.until.is_none_or(|until| Instant::now() < until)
            && refused != Some(self.secret.expose_secret())
    }
}

/// Locks a mutex. A panic in the hook leaves no inconsistent state, so poisoning is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken")
            .field("app", &self.app)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
